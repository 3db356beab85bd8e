"""How well what one side sells fits what the other buys, in two universes that are never mixed."""
