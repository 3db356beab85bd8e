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
            seen = min(presence[:, k].sum(), presence[:, other].sum())
            out[k, other] = both / most if seen else math.nan
    return out


def density(presence: np.ndarray, near: np.ndarray) -> np.ndarray:
    out = np.full(presence.shape, math.nan)
    for i in range(presence.shape[0]):
        for k in range(presence.shape[1]):
            known = [other for other in range(presence.shape[1]) if not math.isnan(near[other, k])]
            total = sum(near[other, k] for other in known)
            if total > 0:
                out[i, k] = sum(near[other, k] for other in known if presence[i, other]) / total
    return out


def complexity(presence: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """By the unsymmetric matrix of the definition; only for networks where the index exists."""
    rows, columns = presence.any(axis=1), presence.any(axis=0)
    kept = presence[rows][:, columns].astype(float)
    diversity, ubiquity = kept.sum(axis=1), kept.sum(axis=0)
    values, vectors = np.linalg.eig((kept / diversity[:, None]) @ (kept / ubiquity).T)
    raw = vectors[:, np.argsort(values.real)[-2]].real
    raw = raw * np.sign(np.corrcoef(raw, diversity)[0, 1])
    of_products = np.array([raw[kept[:, k] > 0].mean() for k in range(kept.shape[1])])
    out = np.full(presence.shape[0], math.nan), np.full(presence.shape[1], math.nan)
    out[0][rows] = (raw - raw.mean()) / raw.std()
    if np.ptp(of_products) > 1e-9:
        out[1][columns] = (of_products - of_products.mean()) / of_products.std()
    return out


def intensity_parts(between: np.ndarray, exports: np.ndarray, imports: np.ndarray) -> list[np.ndarray]:
    n = len(between)
    out = [np.full((n, n), math.nan) for _ in range(3)]
    for i in range(n):
        rest = sum(imports[other].sum() for other in range(n) if other != i)
        for j in range(n):
            if i == j or exports[i].sum() == 0 or imports[j].sum() == 0:
                continue
            plain = exports[i].sum() * imports[j].sum() / rest
            expected = 0.0
            for k in range(exports.shape[1]):
                others = sum(imports[other, k] for other in range(n) if other != i)
                if others > 0:
                    expected += exports[i, k] * imports[j, k] / others
            out[0][i, j], out[1][i, j] = between[i, j] / plain, expected / plain
            if expected > 0:
                out[2][i, j] = between[i, j] / expected
    return out


def theil(values: np.ndarray) -> np.ndarray:
    out = np.full(len(values), math.nan)
    for i, row in enumerate(values):
        if row.sum() > 0:
            mean = row.sum() / len(row)
            out[i] = sum(x / mean * math.log(x / mean) for x in row if x > 0) / len(row)
    return out


def trend(values: np.ndarray, years: np.ndarray) -> tuple[float, float]:
    """Slope and standard error from the normal equations."""
    design = np.column_stack([np.ones(len(years)), years - years[0]])
    inverse = np.linalg.inv(design.T @ design)
    solution = inverse @ design.T @ np.log(values)
    residual = np.log(values) - design @ solution
    return solution[1], math.sqrt(residual @ residual / (len(years) - 2) * inverse[1, 1])
