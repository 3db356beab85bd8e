"""The compiled part, where there is one, and who chooses it.

Passes over many cells exist twice: in NumPy, which is always there and says what is meant, and in C, which
does in one reading of the cells what NumPy does in several. Both give the same numbers but for rounding.
Where the compiled part was built it does the work, with the best instructions that the processor has; the
variable `HIKIWAKE_KERNELS` asks for another: `numpy`, or one of the sets `avx512`, `avx2` and `plain`.
"""

from __future__ import annotations

import os
from functools import cache
from types import ModuleType

from hikiwake.core.errors import BadInput

CHOICE = "HIKIWAKE_KERNELS"
NUMPY = "numpy"
HOW_TO_BUILD = "It is built at installation where there is GCC or Clang and Python's headers."


@cache
def built() -> ModuleType | None:
    """Return the compiled part, whoever chooses; None where it was not built."""
    try:
        from hikiwake.kernels import loops
    except ImportError:
        return None
    return loops


def compiled() -> ModuleType | None:
    """Return the compiled part, set to the instructions chosen; None where NumPy is to do the work.

    Raises
    ------
    BadInput
        If `HIKIWAKE_KERNELS` asks for what is not there.
    """
    choice, found = os.environ.get(CHOICE, ""), built()
    if choice == NUMPY or (found is None and not choice):
        return None
    sets: tuple[str, ...] = found.sets() if found is not None else ()
    if found is None or (choice and choice not in sets):
        raise BadInput(
            where=f"{CHOICE}={choice}",
            why="this processor has no such instructions" if sets else "the compiled part was not built",
            remedy=f"Unset it, or use one of {', '.join((NUMPY, *sets))}.",
        )
    found.use(choice or sets[0])
    return found


def described() -> str:
    """Return in words what does the work."""
    choice, found = os.environ.get(CHOICE, ""), compiled()
    if found is not None:
        return f"compiled, instructions {choice or found.sets()[0]}"
    if choice == NUMPY:
        return f"NumPy, as {CHOICE} asks"
    return f"NumPy; regressions, scenarios and imports are faster with the compiled part. {HOW_TO_BUILD}"
