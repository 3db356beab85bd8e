"""What the people and the goods of an economy are called in English: Japanese, Dutch, South Korean."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path

import msgspec


@lru_cache(maxsize=1)
def demonyms() -> dict[str, str]:
    """Return the economy of each adjective and plural noun.

    From the entry Nationality of the World Factbook, edition of 2025; words of several economies are left out
    but for the few that `scripts/build/demonyms.py` gives to one.

    Examples
    --------
    >>> demonyms()["Japanese"], demonyms()["Soviet"], demonyms()["Danes"]
    ('JPN', 'SUN', 'DNK')
    """
    raw = Path(__file__).with_name("demonyms.json").read_bytes()
    return msgspec.json.decode(raw, type=dict[str, str])
