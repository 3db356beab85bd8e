"""Intermediate trade of a pair: what one's industries deliver to the other's industries."""
