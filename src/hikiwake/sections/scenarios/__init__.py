"""What would change it: the pair with cheaper trade, and with none, in general equilibrium."""
