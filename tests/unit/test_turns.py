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


def test_a_whole_test_has_its_turn_too(monkeypatch: pytest.MonkeyPatch) -> None:
    def marks(turn: int) -> list[str]:
        def some() -> None: ...

        monkeypatch.setattr(turns, "TURN", turn)
        return sorted(mark.name for mark in turns.at_turn(1, 3)(some).pytestmark)  # type: ignore[attr-defined]

    assert [marks(turn) for turn in (7, 10)] == [["slow"], ["slow"]]
    assert [marks(turn) for turn in (8, 9, -1)] == [["nightly", "slow"]] * 3
