"""Economic ties: what two economies sell each other, how it moved, and what it weighs for each."""
