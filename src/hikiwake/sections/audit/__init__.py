"""The audit in the brief: what published texts said, and what the data say."""
