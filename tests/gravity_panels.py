"""Random gravity panels for tests, with zeros, dead pairs, missing cells and an embargo."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

Columns = dict[str, np.ndarray]


class Shape(NamedTuple):
    """How a panel is made; `missing` is the part of cells without a row."""

    countries: int = 12
    years: int = 5
    missing: float = 0.0
    embargo: bool = False


PLAIN = Shape()


def panel(seed: int, shape: Shape = PLAIN) -> Columns:
    """Return a panel in long form: exporter, importer, year, trade and regressors."""
    rng = np.random.default_rng(seed)
    n, years = shape.countries, shape.years
    t, i, j = (one.ravel() for one in np.indices((years, n, n)))
    place = rng.normal(0.0, 1.0, (n, 2))
    distance = np.log(0.3 + np.linalg.norm(place[:, None] - place[None], axis=2))
    lang = np.triu(rng.random((n, n)) < 0.25, 1)
    start = rng.integers(0, 3 * years, (n, n))
    start = np.minimum(start, start.T)
    size = rng.normal(0.0, 1.0, (2, n)) + rng.normal(0.0, 0.2, (years, 2, n))
    rta = ((t >= start[i, j]) & (i != j)).astype(float)
    bloc = rng.random((n, n)) < 0.04
    embargo = (bloc[i, j] & (t >= years // 2) & (i != j)).astype(float)
    index = 2.0 - 0.8 * distance[i, j] + 0.3 * (lang | lang.T)[i, j] + 0.4 * rta
    index += size[t, 0, i] + size[t, 1, j] + 1.5 * (i == j) + rng.normal(0.0, 0.4, (n, n))[i, j]
    trade = np.exp(index) * rng.lognormal(-0.3, 0.8, len(t))
    trade[rng.random(len(t)) > 1.0 / (1.0 + np.exp(1.0 - index))] = 0.0
    trade[(rng.random((n, n)) < 0.04)[i, j] & (i != j)] = 0.0
    trade[(t == 0) & (i == 3)] = 0.0
    names = np.array([f"C{at:02d}" for at in range(n)])
    columns: Columns = {
        "exporter": names[i],
        "importer": names[j],
        "year": 2000 + t,
        "trade": trade,
        "ln_dist": distance[i, j],
        "lang": (lang | lang.T)[i, j].astype(float),
        "home": (i == j).astype(float),
        "rta": rta,
        "wave": rng.normal(0.0, 1.0, len(t)),
    }
    if shape.embargo:
        columns["embargo"] = embargo
        columns["trade"] = np.where(embargo > 0.0, 0.0, trade)
    kept = rng.random(len(t)) >= shape.missing
    return {name: column[kept] for name, column in columns.items()}
