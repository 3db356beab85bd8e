"""The potential: is there less trade than such a pair would lead one to expect, and how sure is that."""
