"""What a dossier's events say in numbers: visits, time between contacts, what is in force, trade around."""
