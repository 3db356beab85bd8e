"""The trade indices with plain loops."""

import math

import numpy as np


def rca(exports: np.ndarray) -> np.ndarray:
    out = np.full(exports.shape, math.nan)
    for i in range(exports.shape[0]):
        for k in range(exports.shape[1]):
            own, product, world = exports[i].sum(), exports[:, k].sum(), exports.sum()
            if own > 0 and product > 0:
                out[i, k] = (exports[i, k] / own) / (product / world)
    return out


def trade_complementarity(exports: np.ndarray, imports: np.ndarray) -> np.ndarray:
    out = np.full((len(exports), len(imports)), math.nan)
    for i, sold in enumerate(exports):
        for j, bought in enumerate(imports):
            if sold.sum() > 0 and bought.sum() > 0:
                gap = sum(abs(b / bought.sum() - s / sold.sum()) for s, b in zip(sold, bought, strict=True))
                out[i, j] = 100 * (1 - gap / 2)
    return out


def proximity(presence: np.ndarray) -> np.ndarray:
    n = presence.shape[1]
    out = np.zeros((n, n))
    for k in range(n):
        for other in range(n):
            both = np.sum(presence[:, k] & presence[:, other])
            most = max(presence[:, k].sum(), presence[:, other].sum())
            out[k, other] = both / most if most else 0.0
    return out
