"""The groups of goods of which each has an expectation of its own: chapters, or sections where they are many.

Each group is a model, and one of few goods of few sellers tells little: of all goods the 21 sections of the
Harmonised System are enough, with one group for what is not specified.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from functools import lru_cache
from itertools import groupby

import narwhals as nw

from hikiwake.core.products import Partition, chapter_name, partition

MOST_CHAPTERS = 24
"""Chapters up to which each is a group."""
CHAPTERS = tuple(f"{number:02}" for number in range(100))


def groups_of(codes: Iterable[str]) -> tuple[str, ...]:
    """Return the groups that products are told apart by, in the order of the Harmonised System."""
    chapters = sorted({code[:2] for code in codes})
    return tuple(chapters) if len(chapters) <= MOST_CHAPTERS else tuple(_sections().groups)


def place(product: nw.Expr, groups: Sequence[str]) -> nw.Expr:
    """Return the place of a product's group among those that `groups_of` gives."""
    at = {group: number for number, group in enumerate(groups)}
    if set(groups) == set(_sections().groups):
        of_chapter = [(chapter, at[section]) for chapter, section in _section_of_chapter().items()]
        starts = [next(run) for _, run in groupby(of_chapter, key=lambda one: one[1])]
    else:
        starts = list(at.items())
    return _from(product, starts)


def _from(product: nw.Expr, starts: list[tuple[str, int]]) -> nw.Expr:
    """Halve the list of first codes until one is left: a row is compared five times, and not twenty-two."""
    if len(starts) == 1:
        return nw.lit(starts[0][1]).cast(nw.Int8)
    half = len(starts) // 2
    below = product < starts[half][0]
    return nw.when(below).then(_from(product, starts[:half])).otherwise(_from(product, starts[half:]))


def name_of(group: str) -> str:
    """Return what a group is called within a sentence."""
    found = _sections().groups.get(group)
    return found.name if found else chapter_name(group)


def selected(group: str) -> str:
    """Return how the products of a group are selected."""
    if group not in _sections().groups:
        return f"{group}*"
    return ",".join(f"{chapter}*" for chapter, section in _section_of_chapter().items() if section == group)


def _sections() -> Partition:
    return partition("hs_sections")


@lru_cache(maxsize=1)
def _section_of_chapter() -> dict[str, str]:
    return _sections().groups_of(CHAPTERS)
