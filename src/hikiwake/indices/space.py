"""Product space: which products are exported together, and what that says of exporters and products."""

from __future__ import annotations

from typing import Any, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hikiwake import kernels
from hikiwake.indices.arrays import Array
from hikiwake.indices.threads import for_each

# Rows and columns of one tile of the proximity matrix: all that a step touches stays in a near cache.
ROWS, COLUMNS = 64, 250
# Two eigenvalues closer than this are one; the eigenvectors of a double one are not determined.
APART = 1e-9
# A correlation below this is a rounding error.
UNCORRELATED = 1e-9
# A standard score nearer to 0 than this is 0: its sign would be that of a rounding error of the eigenvector.
NOUGHT = 1e-12


class Complexity(NamedTuple):
    """Complexity of economies (n_exporters,) and of products (n_products,), in standard deviations."""

    economies: Array
    products: Array


def presence(advantage: ArrayLike, threshold: float = 1.0) -> NDArray[np.bool_]:
    """Which products each exporter exports with an advantage.

    M_ik = 1 where RCA_ik >= threshold, else 0.

    Parameters
    ----------
    advantage : (n_exporters, n_products) float, revealed comparative advantage.
    threshold : float.

    Returns
    -------
    (n_exporters, n_products) bool; False where the advantage is NaN.

    References
    ----------
    Hidalgo, Klinger, Barabasi & Hausmann (2007), Science 317.

    Examples
    --------
    >>> presence([[2.0, 0.5, np.nan]])
    array([[ True, False, False]])
    """
    return np.asarray(np.asarray(advantage, dtype=np.float64) >= threshold)


def proximity(present: NDArray[np.bool_]) -> Array:
    """Proximity of each pair of products: how likely one is exported with an advantage given the other.

    phi_kl = min(P(k | l), P(l | k)) = sum_i M_ik M_il / max(U_k, U_l), with U_k = sum_i M_ik.

    Parameters
    ----------
    present : (n_exporters, n_products) bool.

    Returns
    -------
    (n_products, n_products) float in [0, 1], symmetric, 1 on the diagonal; NaN in rows and columns of
    products that nobody exports with an advantage.

    Raises
    ------
    ValueError
        If `present` is not a boolean matrix.

    References
    ----------
    Hidalgo, Klinger, Barabasi & Hausmann (2007), Science 317.

    Examples
    --------
    >>> proximity(np.array([[True, True], [True, False]]))
    array([[1. , 0.5],
           [0.5, 1. ]])
    """
    _check(present)
    words = _words(present)
    counted = np.count_nonzero(present, axis=0)
    with np.errstate(divide="ignore"):
        inverse = np.where(counted > 0, 1.0 / counted, np.nan)
    n = len(inverse)
    result = np.empty((n, n))
    compiled = kernels.compiled()

    def count(start: int) -> None:
        compiled.products(words, inverse, result, start, min(start + ROWS, n))  # type: ignore[union-attr]

    def fill(start: int) -> None:
        # The tiles on and right of the diagonal, and their mirror images below.
        rows = slice(start, min(start + ROWS, n))
        own = _repeated(words[:, rows])
        least = _repeated(inverse[rows])
        for left in range(start, n, COLUMNS):
            columns = slice(left, min(left + COLUMNS, n))
            width = columns.stop - left
            tile = np.minimum(least[:, :width], inverse[columns])
            tile *= _shared(own[..., :width], words[:, columns])
            result[rows, columns] = tile
            result[columns, rows] = tile.T

    for_each(fill if compiled is None else count, range(0, n, ROWS), n * n * len(words))
    return result


def _words(present: NDArray[np.bool_]) -> NDArray[np.uint64]:
    """Return the exporters of each product as bits of (n_exporters / 64, n_products) words."""
    bits = np.packbits(present, axis=0)
    padded = np.zeros((present.shape[1], 8 * max(1, -(-len(present) // 64))), dtype=np.uint8)
    padded[:, : len(bits)] = bits.T
    return np.ascontiguousarray(padded.view(np.uint64).T)


def _repeated(values: NDArray[Any]) -> NDArray[Any]:
    """Return values along a new last axis of a tile's width: written out, NumPy is twice as fast on them."""
    return np.repeat(values[..., None], COLUMNS, axis=-1)


def _shared(own: NDArray[np.uint64], others: NDArray[np.uint64]) -> NDArray[np.unsignedinteger[Any]]:
    """Count the exporters that two products share: the bits that both have, word by word."""
    both = own[0] & others[0]
    count: NDArray[np.unsignedinteger[Any]] = np.bitwise_count(both).astype(
        np.min_scalar_type(64 * len(own)), copy=False
    )
    for mine, theirs in zip(own[1:], others[1:], strict=True):
        np.bitwise_and(mine, theirs, out=both)
        count += np.bitwise_count(both)
    return count


def density(present: NDArray[np.bool_], nearness: ArrayLike) -> Array:
    """Density: the part of what is near a product that an exporter has an advantage in.

    omega_ik = sum_l M_il phi_kl / sum_l phi_kl

    Products whose proximity is NaN are left out of both sums. For the density around a product without the
    product itself, give a proximity with zeros on its diagonal.

    Parameters
    ----------
    present : (n_exporters, n_products) bool.
    nearness : (n_products, n_products) float, the proximity of products, symmetric.

    Returns
    -------
    (n_exporters, n_products) float in [0, 1], no unit; NaN for products that are near to none.

    Raises
    ------
    ValueError
        If the shapes do not fit.

    References
    ----------
    Hidalgo, Klinger, Barabasi & Hausmann (2007), Science 317.

    Examples
    --------
    >>> density(np.array([[True, False]]), [[1.0, 0.5], [0.5, 1.0]])
    array([[0.66666667, 0.33333333]])
    """
    _check(present)
    phi = np.asarray(nearness, dtype=np.float64)
    if phi.shape != (present.shape[1], present.shape[1]):
        raise ValueError(f"nearness has shape {phi.shape} and present has {present.shape[1]} products")
    if np.isnan(phi).any():
        phi = np.nan_to_num(phi, nan=0.0)
    with np.errstate(invalid="ignore"):
        result: Array = present.astype(np.float64) @ phi / phi.sum(axis=0)
    return np.minimum(result, 1.0)


def complexity(present: NDArray[np.bool_]) -> Complexity:
    """Economic complexity of exporters (ECI) and of products (PCI).

    The ECI is the eigenvector of the second largest eigenvalue of
    W_ij = sum_k M_ik M_jk / (D_i U_k), D_i = sum_k M_ik, U_k = sum_i M_ik,
    with the sign that makes it rise with D. The PCI of a product is the mean ECI of those who export it.
    Both are then given mean 0 and standard deviation 1 (of the population, ddof 0).

    W has the eigenvalues of the symmetric D^-1/2 M U^-1 M' D^-1/2, from which they are taken here:
    stable, and a matrix of exporters only.

    Parameters
    ----------
    present : (n_exporters, n_products) bool.

    Returns
    -------
    Complexity of float arrays in standard deviations. NaN for exporters without any advantage and for
    products in which nobody has one. All NaN where the index does not exist: fewer than 2 exporters, parts of
    the network without connection (the largest eigenvalue is double), a double second eigenvalue, or a sign
    that D does not decide.

    Raises
    ------
    ValueError
        If `present` is not a boolean matrix.

    References
    ----------
    Hidalgo & Hausmann (2009), PNAS 106; Mealy, Farmer & Teytelboym (2019), Science Advances 5.

    Examples
    --------
    >>> present = np.array([[True, True, True], [True, True, False], [True, False, False]])
    >>> complexity(present).economies.round(4)
    array([ 1.2247,  0.    , -1.2247])
    """
    _check(present)
    diversity, ubiquity = present.sum(axis=1), present.sum(axis=0)
    active, exported = diversity > 0, ubiquity > 0
    result = Complexity(np.full(len(active), np.nan), np.full(len(exported), np.nan))
    whole = active.all() and exported.all()
    kept = (present if whole else present[np.ix_(active, exported)]).astype(np.float64)
    raw = _second_vector(kept, diversity[active])
    if raw is not None:
        result.economies[active] = _standardised(raw)
        result.products[exported] = _standardised(raw @ kept / ubiquity[exported])
    return result


def _second_vector(kept: Array, diversity: NDArray[np.int_]) -> Array | None:
    """Return the second eigenvector of W, rising with diversity, or None where it is not determined."""
    if len(kept) < 2:
        return None
    root = np.sqrt(diversity)
    scaled = kept / np.sqrt(kept.sum(axis=0))
    values, vectors = np.linalg.eigh(scaled @ scaled.T / np.outer(root, root))
    third = values[-3] if len(values) > 2 else -1.0
    if values[-1] - values[-2] < APART or values[-2] - third < APART:
        return None
    vector: Array = vectors[:, -2] / root
    if np.ptp(diversity) == 0:
        return None
    sign = np.corrcoef(vector, diversity)[0, 1]
    return None if abs(sign) < UNCORRELATED else np.sign(sign) * vector


def _standardised(values: Array) -> Array:
    """Mean 0 and standard deviation 1, never -0.0; NaN where all values are equal but for rounding."""
    deviation = values - values.mean()
    spread = float(np.sqrt((deviation**2).mean()))
    if spread <= UNCORRELATED * float(np.abs(values).max(initial=0.0)):
        return np.full_like(values, np.nan)
    scores: Array = deviation / spread
    scores[np.abs(scores) < NOUGHT] = 0.0
    return scores


def _check(present: NDArray[np.bool_]) -> None:
    if present.ndim != 2 or present.dtype != np.bool_:
        raise ValueError(
            f"present must be a boolean matrix, not {present.dtype} of {present.ndim} dimension(s)"
        )
