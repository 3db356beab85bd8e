"""What `source/module.c` offers. Arrays are float64 and contiguous; letters are axes, see source/arrays.h.

Each function works on a block, `first` to `last`, of A (exporters or times) or, where it says so, of C.
"""

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]

def sets() -> tuple[str, ...]: ...
def use(name: str, /) -> None: ...
