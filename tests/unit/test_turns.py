"""Counts that are taken in turns are taken whole in the end, and by the night at once."""

from __future__ import annotations

import pytest
from tests import turns


def now(at_once: int = 1) -> set[int]:
    return {one.values[0] for one in turns.in_turn(range(10), at_once) if not one.marks}


@pytest.mark.parametrize("at_once", [1, 2, 3])
def test_every_part_has_its_turn(at_once: int, monkeypatch: pytest.MonkeyPatch) -> None:
    seen: set[int] = set()
    for turn in range(7, 17):
        monkeypatch.setattr(turns, "TURN", turn)
        assert len(now(at_once)) == at_once
        seen |= now(at_once)
    assert seen == set(range(10))


def test_the_night_takes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN", -1)
    assert now() == set()
    assert all(one.marks[0].name == "nightly" for one in turns.in_turn(range(10)))
