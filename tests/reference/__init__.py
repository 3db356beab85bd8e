"""Slow, obvious versions of the kernels, word for word from the definitions."""
