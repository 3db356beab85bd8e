"""What follows from a dossier's dispute: stable outcomes, their robustness, and least changes."""
