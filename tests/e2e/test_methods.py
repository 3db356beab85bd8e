"""The command `methods`: a measure answers to its name, and to the letters that the field uses."""

from __future__ import annotations

import pytest
from tests.commands import hikiwake


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("revealed_comparative_advantage", ["revealed_comparative_advantage"]),
        ("RCA", ["revealed_comparative_advantage"]),
        ("tci", ["trade_complementarity"]),
        ("GL", ["grubel_lloyd"]),
        ("share of imports", ["share_of_imports"]),
        ("HHI", ["supplier_concentration", "customer_concentration"]),
        ("Herfindahl", ["supplier_concentration", "customer_concentration"]),
    ],
)
def test_a_measure_answers_to_the_letters_that_the_field_uses(text: str, found: list[str]) -> None:
    done = hikiwake("methods", text)
    told = (done.stdout if len(found) == 1 else done.stderr).decode()
    assert done.returncode == (0 if len(found) == 1 else 3)
    assert all(identity in told for identity in found)


def test_the_name_of_a_person_is_no_name_of_a_measure() -> None:
    assert hikiwake("methods", "balassa").returncode == 3
