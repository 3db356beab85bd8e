"""How intensely a pair trades, given how much each trades with the world."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.indices.shares import Array


def trade_intensity(flows: Array) -> Array:
    """Trade intensity of each exporter with each importer, I_ij = (x_ij / X_i) / (M_j / (W - M_i)).

    An economy cannot sell to itself, so its own imports M_i leave the world's (the refined form). Above one,
    the pair trades more than the importer's weight in the exporter's possible markets.

    Parameters
    ----------
    flows : (n, n) float, exporters in rows; the diagonal is ignored.

    Returns
    -------
    (n, n) float in [0, inf); NaN on the diagonal and where a side trades nothing.

    References
    ----------
    Brown (1949); Kojima (1964), Hitotsubashi Journal of Economics 5:16.

    Examples
    --------
    >>> trade_intensity(np.array([[0.0, 1.0, 1.0], [1.0, 0.0, 1.0], [1.0, 1.0, 0.0]]))[0]
    array([nan,  1.,  1.])
    """
    values = _pairs(flows)
    out, into = values.sum(axis=1), values.sum(axis=0)
    with np.errstate(invalid="ignore", divide="ignore"):
        reach = into[None, :] / (values.sum() - into)[:, None]
        intensity: Array = np.asarray(values / out[:, None] / reach, dtype=np.float64)
    intensity[~np.isfinite(intensity)] = np.nan
    np.fill_diagonal(intensity, np.nan)
    return intensity


class IntensitySplit(NamedTuple):
    """Intensity of one pair, and its exact split into complementarity and bias."""

    intensity: float
    complementarity: float
    bias: float


def intensity_split(
    flow: Array, exports: Array, imports: Array, world: Array, own_imports: Array
) -> IntensitySplit:
    """Split a pair's trade intensity, I = C x B, into complementarity C and country bias B.

    With the flow expected of product k, e_k = x_ik m_jk / (W_k - m_ik): C = sum e_k / (X_i M_j / (W - M_i))
    and B = sum x_ijk / sum e_k. Both are unbounded around 1 (C is not the 0-100 complementarity index).

    Parameters
    ----------
    flow : (n_products,) what i sends j. exports : i's exports. imports : j's imports. world : world imports.
    own_imports : i's imports.

    Returns
    -------
    The three numbers; NaN where a side trades nothing.

    References
    ----------
    Drysdale & Garnaut (1982), Hitotsubashi Journal of Economics 22:62.
    """
    room = world - own_imports
    with np.errstate(invalid="ignore", divide="ignore"):
        expected = float(np.where(room > 0, exports * imports / room, 0.0).sum())
        plain = float(exports.sum() * imports.sum() / room.sum()) if room.sum() > 0 else np.nan
        actual = float(flow.sum())
        return IntensitySplit(
            _ratio(actual, plain),
            _ratio(expected, plain),
            _ratio(actual, expected),
        )


def _ratio(over: float, under: float) -> float:
    return over / under if under > 0 else float("nan")


def _pairs(flows: Array) -> Array:
    values = np.array(flows, dtype=np.float64)
    if values.ndim != 2 or values.shape[0] != values.shape[1]:
        msg = f"flows must be square (exporters, importers), not {values.shape}"
        raise ValueError(msg)
    np.fill_diagonal(values, 0.0)
    return values
