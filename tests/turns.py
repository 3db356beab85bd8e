"""Large counts taken in turns: each run takes a part of them, and `make test-nightly` takes all.

`HIKIWAKE_TURN` names the turn. `.ci/run` counts the commits, so that the parts go round and a commit can be
tested again as it was; without it the first part is taken, and with -1 none, which leaves all to the night.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Sequence
from typing import Any, TypeVar

import pytest

Test = TypeVar("Test", bound=Callable[..., None])

TURN = int(os.environ.get("HIKIWAKE_TURN", "0"))


def by_night(count: int) -> Any:
    """Return a count that only the night's run takes."""
    return pytest.param(count, marks=[pytest.mark.slow, pytest.mark.nightly])


def in_turn(parts: Sequence[Any], what: str = "") -> list[Any]:
    """Return parts as parameters, all but the one whose turn it is for the night alone.

    What they have in common begins their names.
    """
    now, later = TURN % len(parts) if TURN >= 0 else None, (pytest.mark.slow, pytest.mark.nightly)
    return [
        pytest.param(part, id=f"{what}{n + 1} of {len(parts)}", marks=() if n == now else later)
        for n, part in enumerate(parts)
    ]


def at_turn(part: int, parts: int) -> Callable[[Test], Test]:
    """Return what marks a slow test that one run of so many takes, and the night."""

    def marked(test: Test) -> Test:
        if TURN < 0 or TURN % parts != part:
            pytest.mark.nightly(test)
        pytest.mark.slow(test)
        return test

    return marked
