"""Log-likelihoods, by which models of the same rows are compared."""

from __future__ import annotations

import math

import numpy as np

from hikiwake.gravity.effects import Array

FAR = 1e8
SHIFT = 10
"""Stirling's series is used from here on: its first term left out is then below 1e-15 of the whole."""


def poisson(dependent: Array, mean: Array, weights: Array | None = None) -> float:
    """Return sum w [y log mu - mu - log Gamma(y + 1)]; a pseudo-likelihood where y are no counts."""
    logs = np.log(np.where(dependent > 0.0, mean, 1.0))
    terms = dependent * logs - mean - log_gamma(dependent + 1.0)
    return float(terms.sum() if weights is None else (weights * terms).sum())


def normal(residuals: Array, weights: Array | None = None) -> float:
    """Return the largest Gaussian log-likelihood, -n/2 [log(2 pi w'r^2 / n) + 1] + sum(log w) / 2."""
    count = len(residuals)
    squares = float((residuals**2 if weights is None else weights * residuals**2).sum())
    if squares <= 0.0:
        return math.inf
    extra = 0.0 if weights is None else 0.5 * float(np.log(weights).sum())
    return extra - 0.5 * count * (math.log(2.0 * math.pi * squares / count) + 1.0)


def log_gamma(x: Array) -> Array:
    """Return log Gamma(x) for x of 1 and more: Stirling's series (Abramowitz & Stegun 6.1.41) at x + 10."""
    # Far out the series needs no shift, and the product of the terms between would not fit.
    far = x > FAR
    shifted = np.where(far, x, x + SHIFT)
    between = np.ones_like(x)
    for step in range(SHIFT):
        between *= np.where(far, 1.0, x + step)
    inverse = 1.0 / shifted
    square = inverse * inverse
    last = 1 / 1680 - square / 1188
    series = inverse * (1 / 12 - square * (1 / 360 - square * (1 / 1260 - square * last)))
    out: Array = (shifted - 0.5) * np.log(shifted) - shifted + 0.5 * math.log(2.0 * math.pi) + series
    return out - np.log(between)
