"""What comes out: proposed claims, and for every number of the text what became of it."""

from __future__ import annotations

from typing import Literal

import msgspec

from hikiwake.extract.blocks import Place

Quantity = Literal[
    "level", "share", "ratio", "growth", "balance", "record", "rank", "count", "date", "duration"
]
Role = Literal["claim", "period", "left"]


class Proposal(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A claim that the text seems to make.

    `fields` are those of its kind in the claim language; an empty one is blank, for the analyst, and
    `missing` says what it needs. `confidence` in [0, 1] is lowered by each thing that the sentence does not
    say itself; it is a mark for the reader and no probability. `place` is the figure's, `sentence` its
    sentence's.
    """

    id: str
    quantity: Quantity
    fields: dict[str, str | int | dict[str, str]]
    says: str
    confidence: float
    place: Place
    sentence: Place
    open: tuple[str, ...] = ()
    missing: dict[str, str] = {}

    @property
    def complete(self) -> bool:
        """Whether it can be audited as it is."""
        return not self.missing


class Number(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A number of the text and what became of it: figure of a claim, its period, or left over and why."""

    text: str
    role: Role
    place: Place
    claims: tuple[str, ...] = ()
    reason: str = ""


class Extraction(msgspec.Struct, frozen=True, kw_only=True):
    """The proposals of a text and all its numbers, in its order.

    `parties` are the two economies that it is about, by its title or else those most often named; `words` is
    its length.
    """

    title: str
    parties: tuple[str, ...]
    proposals: tuple[Proposal, ...]
    numbers: tuple[Number, ...]
    words: int

    @property
    def complete(self) -> tuple[Proposal, ...]:
        """The proposals that can be audited as they are."""
        return tuple(one for one in self.proposals if one.complete)

    @property
    def left(self) -> tuple[Number, ...]:
        """The numbers of which nothing was made."""
        return tuple(one for one in self.numbers if one.role == "left")
