"""hikiwake: the evidence on how two countries depend on each other.

    >>> import hikiwake as hw
    >>> hw.pair("Japan", "RUS")
    <Pair: Japan (JPN) and Russia (RUS)>

The public names are loaded when first used, so that importing the package costs next to nothing.
"""

from __future__ import annotations

__version__ = "0.1.0"
