"""Counts that are taken in turns are taken whole in the end, and by the night at once."""

from __future__ import annotations

import pytest
from tests import turns


def now() -> list[int]:
    return [one.values[0] for one in turns.in_turn(range(10)) if not one.marks]


def test_every_part_has_its_turn(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[int] = []
    for turn in range(7, 17):
        monkeypatch.setattr(turns, "TURN", turn)
        assert len(now()) == 1
        seen += now()
    assert sorted(seen) == list(range(10))


def test_the_night_takes_all(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(turns, "TURN", -1)
    assert now() == []
    for one in turns.in_turn(range(10)):
        assert [mark.name for mark in one.marks] == ["slow", "nightly"]
