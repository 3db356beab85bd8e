"""Product space and economic complexity."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from hikiwake.indices.shares import Array

Presence = NDArray[np.bool_]


def proximity(presence: Presence) -> NDArray[np.float32]:
    """Proximity of each two products: the smaller conditional probability of being exported together.

    phi_kl = sum_i p_ik p_il / max(sum_i p_ik, sum_i p_il).

    Parameters
    ----------
    presence : (n_economies, n_products) bool, usually RCA >= 1.

    Returns
    -------
    (n_products, n_products) float32 in [0, 1]; 0 for a product nobody exports. Counts are exact in single
    precision (below 2**24 economies); the quotient carries its relative error of 6e-8.

    References
    ----------
    Hidalgo et al. (2007), Science 317:482, equation 1.
    """
    present = np.asarray(presence, dtype=np.float32)
    together = present.T @ present
    ubiquity = np.maximum(present.sum(axis=0), 1.0)
    # min(1/a, 1/b) = 1 / max(a, b), row by row so that no second large array is made.
    inverse = (1.0 / ubiquity).astype(np.float32)
    for k in range(len(together)):
        together[k] *= np.minimum(inverse, inverse[k])
    return together


def density(presence: Presence, near: NDArray[np.float32]) -> Array:
    """Density around each product in each economy: proximity to what it has, as a part of all proximity.

    Returns (n_economies, n_products) float in [0, 1]; NaN for a product near nothing.

    References
    ----------
    Hidalgo et al. (2007), Science 317:482, equation 2.
    """
    total = near.sum(axis=0, dtype=np.float64)
    with np.errstate(invalid="ignore", divide="ignore"):
        return np.where(total > 0, np.asarray(presence, dtype=np.float32) @ near / total, np.nan)


def complexity(presence: Presence) -> tuple[Array, Array]:
    """Economic complexity of economies and products: standardised second eigenvectors.

    ECI is the eigenvector of the second largest eigenvalue of M_ij = sum_k p_ik p_jk / (d_i u_k), with
    diversity d and ubiquity u, standardised and signed so that it correlates with diversity; PCI is the mean
    ECI of the economies that have the product, on the same scale.

    Returns (n_economies,) and (n_products,) float; NaN for rows and columns without any presence.

    References
    ----------
    Hidalgo & Hausmann (2009), PNAS 106:10570; Mealy, Farmer & Teytelboym (2019), Science Advances 5:eaau1705.
    """
    present = np.asarray(presence, dtype=np.float64)
    rows, columns = present.sum(axis=1) > 0, present.sum(axis=0) > 0
    eci, pci = np.full(len(present), np.nan), np.full(present.shape[1], np.nan)
    kept = present[np.ix_(rows, columns)]
    if min(kept.shape, default=0) < 2:
        return eci, pci
    diversity, ubiquity = kept.sum(axis=1), kept.sum(axis=0)
    # The symmetric matrix D^-1/2 P U^-1 P' D^-1/2 has the same eigenvalues, and a stable solver.
    half = kept / np.sqrt(diversity)[:, None] / np.sqrt(ubiquity)[None, :]
    _, vectors = np.linalg.eigh(half @ half.T)
    raw = vectors[:, -2] / np.sqrt(diversity)
    if np.corrcoef(raw, diversity)[0, 1] < 0:
        raw = -raw
    mean, deviation = raw.mean(), raw.std()
    if deviation == 0:
        return eci, pci
    eci[rows] = (raw - mean) / deviation
    pci[columns] = (kept.T @ eci[rows]) / ubiquity
    return eci, pci
