"""Separation by linear programming: slow, obvious, exact (Correia, Guimaraes & Zylkin 2019, section 3)."""

from __future__ import annotations

from importlib import import_module

import numpy as np


def dummies(codes: np.ndarray) -> np.ndarray:
    """One column for each level."""
    out: np.ndarray = (codes[:, None] == np.unique(codes)[None]).astype(float)
    return out


def separated(y: np.ndarray, design: np.ndarray) -> np.ndarray:
    """Return the rows with z > 0 for some z = design @ g with z >= 0 where y = 0 and z = 0 where y > 0.

    Maximises the number of rows with z >= 1: the sum of min(z, 1), as a linear programme.
    """
    zero = np.flatnonzero(y == 0.0)
    rows, columns = len(zero), design.shape[1]
    # Unknown: g (free), s in [0, 1] with s <= z. Maximise the sum of s.
    result = import_module("scipy.optimize").linprog(
        np.concatenate([np.zeros(columns), -np.ones(rows)]),
        A_ub=np.hstack([-design[zero], np.eye(rows)]),
        b_ub=np.zeros(rows),
        A_eq=np.hstack([design[y > 0.0], np.zeros((int((y > 0.0).sum()), rows))]),
        b_eq=np.zeros(int((y > 0.0).sum())),
        bounds=[(None, None)] * columns + [(0.0, 1.0)] * rows,
        method="highs",
    )
    out: np.ndarray = np.zeros(len(y), dtype=bool)
    out[zero] = result.x[columns:] > 0.5
    return out
