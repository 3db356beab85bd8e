"""Large counts taken in turns: each run takes a part of them, and `make test-nightly` takes all.

`HIKIWAKE_TURN` names the turn. `.ci/run` counts the commits, so that the parts go round and a commit can be
tested again as it was; without it the first part is taken, and with -1 none, which leaves all to the night.
"""

from __future__ import annotations

import os
from collections.abc import Sequence
from typing import Any

import pytest

TURN = int(os.environ.get("HIKIWAKE_TURN", "0"))


def by_night(count: int) -> Any:
    """Return a count that only the night's run takes."""
    return pytest.param(count, marks=[pytest.mark.slow, pytest.mark.nightly])


def in_turn(parts: Sequence[Any], at_once: int = 1) -> list[Any]:
    """Return parts as parameters, those whose turn it is not for the night alone."""
    first = TURN * at_once
    now = {(first + n) % len(parts) for n in range(at_once)} if TURN >= 0 else set()
    names = [f"{number + 1} of {len(parts)}" for number in range(len(parts))]
    return [
        pytest.param(part, id=names[number], marks=() if number in now else pytest.mark.nightly)
        for number, part in enumerate(parts)
    ]
