"""Which passes a layout gets: compiled for tensors where that part was built, else NumPy."""

from __future__ import annotations

from hikiwake import kernels
from hikiwake.gravity.cells import Passes
from hikiwake.gravity.compiled import Compiled
from hikiwake.gravity.effects import Effects
from hikiwake.gravity.plain import Plain


def passes(effects: Effects) -> Passes:
    """Return the passes over the cells of a layout."""
    found = kernels.compiled() if effects.tensor else None
    return Plain(effects) if found is None else Compiled(effects, found)
