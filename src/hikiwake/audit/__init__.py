"""The audit: what a text says of two economies, recomputed from the data and judged.

`amounts` holds flows in memory, `known` says what is known of one quantity, `quantities` computes what a
claim is about, `readings` varies it, `verdict` judges, `run` puts them together.
"""
