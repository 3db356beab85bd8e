"""How numbers are written: never zero for a trace, never a hundred for nearly all, no digit lost to rounding."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hikiwake.core import provenance as p
from hikiwake.core.provenance import Fact, Period, Unit
from hikiwake.render.numbers import number, ordinal


def fact(value: float | None, unit: Unit) -> Fact:
    return Fact("f", {}, Period(1995, 2024), value, unit, ())


@pytest.mark.parametrize(
    ("value", "unit", "form", "written"),
    [
        (34.8e9, p.USD, "", "US$34.8 billion"),
        (999_960_000.0, p.USD, "", "US$1.00 billion"),
        (999_400_000.0, p.USD, "", "US$999 million"),
        (46_600.0, p.USD, "", "US$46,600"),
        (-1.5e6, p.USD, "", "−US$1.50 million"),
        (-1.5e6, p.USD, "abs", "US$1.50 million"),
        (0.0, p.USD, "", "US$0"),
        (7_860_000.0, p.TONNE, "", "7.86 million t"),
        (0.0759, p.SHARE, "", "7.6\u202f%"),
        (1.0, p.SHARE, "", "100.0\u202f%"),
        (0.99996, p.SHARE, "", "99.996\u202f%"),
        (0.00004, p.SHARE, "", "0.004\u202f%"),
        (1e-12, p.SHARE, "", "less than 0.000001\u202f%"),
        (0.0, p.SHARE, "", "0.0\u202f%"),
        (-0.685, p.CHANGE, "abs", "68.5\u202f%"),
        (0.012, p.CHANGE, "signed", "+1.2\u202f%"),
        (-0.012, p.CHANGE, "signed", "−1.2\u202f%"),
        (62.44, p.INDEX_100, "", "62.4"),
        (0.0991, p.INDEX_1, "", "0.099"),
        (3.4, p.RATIO, "times", "3.40 times"),
        (6649.4, p.KM, "", "6,649 km"),
        (125.1e6, p.PERSONS, "", "125 million"),
        (3.0, p.RANK, "", "3rd"),
        (None, p.USD, "", "no data"),
        (5.0, p.USD, "year", "1995–2024"),
    ],
)
def test_cases(value: float | None, unit: Unit, form: str, written: str) -> None:
    assert number(fact(value, unit), form).replace("\u00a0", " ") == written


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 101, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th",
    ]  # fmt: skip


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True))
def test_a_part_is_never_written_as_nothing_or_as_all(share: float) -> None:
    written = number(fact(share, p.SHARE)).removesuffix("\u202f%")
    assert written.startswith("less than") or 0 < float(written) <= 100
    if share < 0.9999999:
        assert written != "100.0"


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15))
def test_every_finite_amount_is_written_without_an_exponent_or_a_negative_zero(value: float) -> None:
    written = number(fact(value, p.USD))
    assert "e" not in written.replace("trillion", "").replace("billion", "").lower().replace("million", "")
    assert written not in ("−US$0", "−US$0.0")
