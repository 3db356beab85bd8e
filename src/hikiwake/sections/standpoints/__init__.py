"""What a dossier knows besides events: disputed places, positions, projects, figures with their sources."""
