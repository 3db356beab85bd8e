"""The language of claims: what a text says of a quantity, written so that it can be recomputed.

`printed` reads the value as a text prints it, `operand` the quantity that it is of, `kinds` joins the two.
"""
