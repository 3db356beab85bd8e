"""Dossiers as files: reading what somebody else wrote without trusting it, and saying all that is wrong."""
