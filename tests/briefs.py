"""Briefs that many tests look at, composed once in each process; nobody may change one."""

from __future__ import annotations

from functools import lru_cache

import hikiwake as hk
from hikiwake.api import BriefView
from hikiwake.core.document import Length


@lru_cache(maxsize=24)
def composed(a: str, b: str, as_of: str = "", length: Length = "full") -> BriefView:
    """Return the brief of a pair."""
    return hk.pair(a, b).brief(as_of=as_of, length=length)
