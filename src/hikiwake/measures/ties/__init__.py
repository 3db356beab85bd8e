"""Levels, shares, ranks, growth, balance, composition and dependence in the covered trade of a pair."""
