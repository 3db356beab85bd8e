"""The dispute: what is stable, why, and what would make a settlement so."""
