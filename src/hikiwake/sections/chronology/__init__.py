"""The chronology: what happened between two parties, and what trade did around it."""
