"""BACI's numeric economy codes and the economies they mean; the only place that knows them.

BACI's codes are neither ISO's (842 is the United States, 490 is Taiwan) nor one to one with its own
ISO letters (58 and 56 are both "BEL"), so they are mapped here, once, and never seen above.
"""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

import msgspec

from hikiwake.core.errors import BadInput

TABLE = Path(__file__).with_suffix(".toml")


class BaciCode(msgspec.Struct, frozen=True):
    """One code: the economy it means, the provider's name, and the years in which it is valid.

    `note` is what a reader of a series must know, `selection` what the shipped data hold of it.
    """

    code: int
    economy: str
    name: str
    first: int | None = None
    last: int | None = None
    note: str = ""
    selection: str = ""

    @property
    def of_selection(self) -> str:
        """What a reader of the shipped data must know, as one sentence."""
        if not (self.note and self.selection):
            return self.note or self.selection
        return f"{self.note.removesuffix('.')}; {self.selection[0].lower()}{self.selection[1:]}"


@cache
def baci_codes() -> dict[int, BaciCode]:
    """Return all known codes by number."""
    with TABLE.open("rb") as stream:
        rows = msgspec.convert(tomllib.load(stream)["codes"], list[BaciCode])
    return {row.code: row for row in rows}


def economy_of(code: int | str) -> str:
    """Return the economy of a BACI code, given as a number or as text.

    Raises
    ------
    BadInput : the code is unknown; a guess would put trade on the wrong economy.
    """
    try:
        return baci_codes()[int(code)].economy
    except (KeyError, ValueError):
        raise BadInput(
            where=f"economy code {str(code)!r}",
            why="BACI's list of economies, as known here, does not hold it",
            remedy="Check that the file is BACI's; if the release added a code, add it to baci_codes.toml.",
        ) from None
