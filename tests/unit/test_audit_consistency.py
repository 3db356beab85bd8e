"""Claims that cannot all be true."""

from __future__ import annotations

from typing import Any

import msgspec
import pytest

from hikiwake.audit.consistency import conflicts
from hikiwake.core.claim.kinds import Claim

IMPORTS = {"of": "world -> JPN: LNG", "in": 2014}


def share(name: str, partner: str, value: str, **more: Any) -> dict[str, Any]:
    return {
        "id": name,
        "quantity": "share",
        "part": f"{partner} -> JPN: LNG",
        "value": value,
        **IMPORTS,
        **more,
    }


def level(name: str, of: str, value: str) -> dict[str, Any]:
    return {"id": name, "quantity": "level", "of": of, "in": 2014, "value": value}


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        ([share("a", "RUS", "8 %"), share("b", "RUS", "8.0 %")], []),
        ([share("a", "RUS", "8 %"), share("b", "RUS", "9 %")], [("a", "b")]),
        ([share("a", "RUS", "8 %"), share("b", "RUS", "less than 10 %")], []),
        ([share("a", "RUS", "60 %"), share("b", "AUS", "50 %")], [("a", "b")]),
        ([share("a", "RUS", "50 %"), share("b", "AUS", "50 %")], []),
        ([share("a", "RUS", "60 %"), share("b", "AUS", "50 %", **{"in": 2015})], []),
        (
            [
                share("s", "RUS", "8 %"),
                level("p", "RUS -> JPN: LNG", "5.6 bn USD"),
                level("w", "world -> JPN: LNG", "71 bn USD"),
            ],
            [],
        ),
        (
            [
                share("s", "RUS", "10 %"),
                level("p", "RUS -> JPN: LNG", "5.6 bn USD"),
                level("w", "world -> JPN: LNG", "71 bn USD"),
            ],
            [("s", "p", "w")],
        ),
    ],
)
def test_conflicts_are_found_and_agreement_is_not_one(
    claims: list[dict[str, Any]], found: list[tuple[str, ...]]
) -> None:
    assert [conflict.claims for conflict in conflicts(msgspec.convert(claims, list[Claim]))] == found
