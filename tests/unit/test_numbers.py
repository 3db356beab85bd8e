"""How numbers are written: never zero for a trace, never a hundred for nearly all, no digit lost."""

import re

import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from hikiwake.core import provenance as p
from hikiwake.core.provenance import Fact, Interval, Period, Unit
from hikiwake.render.numbers import alike, number, ordinal, spelt_ordinal, unit_title


def fact(value: float | None, unit: Unit, interval: Interval | None = None) -> Fact:
    return Fact("f", {}, Period(1995, 2024), value, unit, (), interval)


@pytest.mark.parametrize(
    ("value", "unit", "form", "written"),
    [
        (34.8e9, p.USD, "", "US$34.8 billion"),
        (999_960_000.0, p.USD, "", "US$1.00 billion"),
        (999_400_000.0, p.USD, "", "US$999 million"),
        (46_600.0, p.USD, "", "US$46,600"),
        (0.35, p.USD, "", "US$0.350"),
        (2.5e13, p.USD, "", "US$25.0 trillion"),
        (4.1e18, p.USD, "", "US$4,100,000 trillion"),
        (1.2e9, p.USD_2011, "", "US$1.20 billion at 2011 prices"),
        (-1.5e6, p.USD, "", "−US$1.50 million"),
        (-1.5e6, p.USD, "abs", "US$1.50 million"),
        (0.0, p.USD, "", "US$0"),
        (7_860_000.0, p.TONNE, "", "7.86 million t"),
        (0.0759, p.SHARE, "", "7.6\u202f%"),
        (0.0759, p.SHARE, "whole", "8\u202f%"),
        (0.003, p.SHARE, "whole", "0.3\u202f%"),
        (1.0, p.SHARE, "", "100.0\u202f%"),
        (1.0 - 1e-15, p.SHARE, "", "100.0\u202f%"),
        (0.99996, p.SHARE, "", "99.996\u202f%"),
        (1 - 1e-10, p.SHARE, "", "more than 99.999999\u202f%"),
        (0.00043, p.SHARE, "", "0.043\u202f%"),
        (0.00004, p.SHARE, "", "0.004\u202f%"),
        (0.0000401, p.SHARE, "", "0.0040\u202f%"),
        (1e-12, p.SHARE, "", "less than 0.000001\u202f%"),
        (0.0, p.SHARE, "", "0.0\u202f%"),
        (1.0, p.CHANGE, "", "100.0\u202f%"),
        (0.05, p.PER_YEAR, "", "5.0\u202f%"),
        (12.5, p.CHANGE, "", "1,250.0\u202f%"),
        (-0.99977, p.CHANGE, "abs", "99.98\u202f%"),
        (-0.99977, p.CHANGE, "", "−99.98\u202f%"),
        (-1.0, p.CHANGE, "abs", "100.0\u202f%"),
        (1.0003, p.CHANGE, "", "100.0\u202f%"),
        (-0.685, p.CHANGE, "abs", "68.5\u202f%"),
        (0.012, p.CHANGE, "signed", "+1.2\u202f%"),
        (-0.012, p.CHANGE, "signed", "−1.2\u202f%"),
        (0.0, p.CHANGE, "signed", "0.0\u202f%"),
        (1e-12, p.CHANGE, "signed", "less than +0.000001\u202f%"),
        (-1e-12, p.CHANGE, "", "just below 0\u202f%"),
        (-1e-12, p.CHANGE, "signed", "just below 0\u202f%"),
        (-1 + 1e-10, p.CHANGE, "", "just above −100\u202f%"),
        (-1 + 1e-10, p.CHANGE, "abs", "more than 99.999999\u202f%"),
        (1.3, p.POINTS, "", "1.3 percentage points"),
        (-0.04, p.POINTS, "", "−0.04 percentage points"),
        (62.44, p.INDEX_100, "", "62.4"),
        (99.97, p.INDEX_100, "", "99.97"),
        (62.44, p.INDEX_100, "whole", "62"),
        (0.234, p.INDEX_1, "", "0.23"),
        (0.0991, p.INDEX_1, "", "0.099"),
        (0.998, p.INDEX_1, "", "0.998"),
        (1.8, p.RATIO, "", "1.8"),
        (1.04, p.RATIO, "", "1.04"),
        (1.0, p.RATIO, "", "1.0"),
        (0.034, p.RATIO, "", "0.034"),
        (-0.9978, p.RATIO, "", "−0.998"),
        (-0.99999, p.RATIO, "", "−1.0"),
        (-1.0, p.RATIO, "", "−1.0"),
        (0.9, p.RATIO, "", "0.90"),
        (3.4, p.RATIO, "times", "3.4 times"),
        (6649.4, p.KM, "", "6,649 km"),
        (125.14e6, p.PERSONS, "", "125.1 million"),
        (5.123e6, p.PERSONS, "", "5.12 million"),
        (1.4123e9, p.PERSONS, "", "1.41 billion"),
        (86_123.0, p.PERSONS, "", "86,123"),
        (1_234_567.0, p.COUNT, "", "1,234,567"),
        (3.0, p.RANK, "", "3rd"),
        (3.0, p.RANK, "ordinal", "third"),
        (2014.0, p.YEAR, "", "2014"),
        (-0.904, p.SCORE, "", "−0.90"),
        (None, p.USD, "", "no data"),
        (None, p.USD, "abs", "no data"),
        (None, p.RATIO, "times", "no data"),
        (5.0, p.USD, "year", "1995–2024"),
    ],
)
def test_cases(value: float | None, unit: Unit, form: str, written: str) -> None:
    assert number(fact(value, unit), form).replace("\u00a0", " ") == written


def test_intervals() -> None:
    score = fact(-0.9, p.SCORE, Interval(-1.13, -0.67, 0.68, "standard error"))
    assert number(score) == "−0.90 (standard error 0.23)"
    share = fact(0.1, p.SHARE, Interval(0.0812, 0.12, 0.95, "confidence"))
    assert number(share, "range") == "8.1\u202f% to 12.0\u202f%"
    assert number(share, "level") == "95\u202f%"
    with pytest.raises(ValueError, match="no interval"):
        number(fact(1.0, p.USD), "range")


@pytest.mark.parametrize(
    ("value", "unit", "ends", "written", "spread"),
    [
        (0.00203, p.CHANGE, (0.00196, 0.00212), "0.203 %", "0.196 % to 0.212 %"),
        (18.31e9, p.USD, (18.305e9, 18.314e9), "US$18.31 billion", "US$18.30 billion to US$18.31 billion"),
        (1.2343, p.RATIO, (1.2341, 1.2346), "1.234", "1.234 to 1.235"),
        (0.002, p.CHANGE, (0.002, 0.002), "0.2 %", "0.2 % to 0.2 %"),
    ],
)
def test_an_interval_narrower_than_its_digits_gets_more_of_them(
    value: float, unit: p.Unit, ends: tuple[float, float], written: str, spread: str
) -> None:
    narrow = fact(value, unit, Interval(*ends, 0.9, "scenario range"))
    plain = str.maketrans({"\u202f": " ", "\u00a0": " "})
    assert number(narrow).translate(plain) == written
    assert number(narrow, "range").translate(plain) == spread


@pytest.mark.parametrize(
    ("unit", "ends", "spread"),
    [
        (p.CHANGE, (-0.00068, -0.0004), "−0.068 % to −0.040 %"),
        (p.CHANGE, (0.0, 0.00041), "0.000 % to 0.041 %"),
        (p.CHANGE, (-0.0000091, 0.0000013), "−0.0009 % to 0.0001 %"),
        (p.CHANGE, (-3e-9, 0.0000013), "just below 0 % to 0.00013 %"),
        (p.CHANGE, (3e-9, 0.00000302), "just above 0 % to 0.00030 %"),
        (p.CHANGE, (-3e-9, 2e-9), "just below 0 % to just above 0 %"),
        (p.CHANGE, (-0.0107, -0.004), "−1.07 % to −0.40 %"),
        (p.CHANGE, (0.000012, 6.23), "just above 0 % to 623.0 %"),  # more digits would be none that are known
        (p.CHANGE, (0.000099, 0.001468), "0.01 % to 0.15 %"),
        (p.RATIO, (0.0062, 0.026), "0.0062 to 0.0260"),
        (p.RATIO, (0.0027, 0.38), "0.0027 to 0.3800"),
        (p.RATIO, (0.0027, 3.84), "0.003 to 3.840"),
        (p.RATIO, (0.9962, 1.81), "0.996 to 1.810"),
        (p.RATIO, (0.54, 1.23), "0.54 to 1.23"),
        (p.POINTS, (-0.02, 0.104), "−0.02 percentage points to 0.10 percentage points"),
        (p.INDEX_1, (0.05, 0.65), "0.050 to 0.650"),
        (p.USD, (810e6, 8.53e9), "US$810 million to US$8.53 billion"),
    ],
)
def test_the_ends_of_an_interval_have_the_same_decimals(
    unit: p.Unit, ends: tuple[float, float], spread: str
) -> None:
    written = number(fact(ends[1], unit, Interval(*ends, 0.9, "confidence")), "range")
    assert written.replace("\u202f", " ").replace("\u00a0", " ") == spread


SPREADS = st.lists(st.floats(1e-6, 40.0) | st.floats(-0.99, -1e-6), min_size=3, max_size=3).map(sorted)
WITH_DECIMALS = st.sampled_from([p.SHARE, p.CHANGE, p.POINTS, p.RATIO, p.INDEX_1, p.INDEX_100])


@given(WITH_DECIMALS, SPREADS, st.integers(0, 4), st.sampled_from(["", "signed", "abs"]))
def test_a_number_has_the_decimals_of_its_interval(
    unit: p.Unit, spread: list[float], digits: int, form: str
) -> None:
    low, value, high = spread
    assume(high - low > 1e-6 * max(abs(low), abs(high)))
    made = fact(value, unit, Interval(low, high, 0.9, "confidence"))
    ends = number(made, "range", digits).split(" to ")
    assert ends[0] != ends[1]
    written = [number(made, form, digits), *ends]
    told = [text for text in written if not re.search("just|less|more", text)]
    decimals = {len(re.search(r"[\d,]+\.?(\d*)", text)[1]) for text in told}  # type: ignore[index]
    assert len(decimals) < 2
    for text, true in zip(written, (value, low, high), strict=True):
        bare = re.search(r"[\d,]+\.?\d*", text)
        assert bare
        if text in told and true != 0:
            assert float(bare[0].replace(",", "")) != 0, text
    # No digits that nobody asked for: three decimals at most beside a wide interval's end above one.
    reach = (100 if unit.kind in ("share", "rate") else 1) * max(map(abs, spread))
    wide = digits <= 1 and reach > 1 and high - low > 0.01 * max(map(abs, spread))
    assert not wide or max(decimals, default=0) <= 3, written


def test_an_unknown_form_is_refused() -> None:
    with pytest.raises(ValueError, match="form 'the'"):
        number(fact(1.0, p.USD), "the")


def test_ordinals() -> None:
    assert [ordinal(n) for n in (1, 2, 3, 4, 11, 12, 13, 21, 101, 111)] == [
        "1st", "2nd", "3rd", "4th", "11th", "12th", "13th", "21st", "101st", "111th",
    ]  # fmt: skip
    assert [spelt_ordinal(n) for n in (1, 10, 11)] == ["first", "tenth", "11th"]


def test_unit_titles() -> None:
    units = (p.USD, p.USD_2011, p.SHARE, p.TONNE, p.INDEX_100, p.COUNT)
    assert [unit_title(unit) for unit in units] == ["US$", "US$ at 2011 prices", "%", "t", "index, 0–100", ""]


@pytest.mark.parametrize(
    ("value", "unit", "digits", "written"),
    [
        (0.0759, p.SHARE, 0, "8 %"),
        (0.0759, p.SHARE, 3, "7.590 %"),
        (0.004, p.SHARE, 0, "0.4 %"),
        (0.996, p.SHARE, 0, "99.6 %"),
        (0.0000096, p.SHARE, 0, "0.00096 %"),
        (0.0000096, p.SHARE, 3, "0.00096 %"),  # never fewer digits than are usual
        (34.816e9, p.USD, 0, "US$35 billion"),
        (34.816e9, p.USD, 3, "US$34.816 billion"),
        (46_612.0, p.USD, 0, "US$46,612"),
        (7_864_321.0, p.TONNE, 4, "7.86432 million t"),
        (62.44, p.INDEX_100, 0, "62"),
        (0.2344, p.INDEX_1, 0, "0.2"),
        (1.83, p.RATIO, 0, "2"),
        (1.23, p.RATIO, 0, "1.2"),  # one would say that the two are equal
        (1.8312, p.RATIO, 3, "1.831"),
        (0.04, p.SCORE, 0, "0.04"),
        (-0.019, p.SCORE, 1, "−0.02"),
        (0.0004, p.SCORE, 1, "0.0004"),
        (12.3456, p.YEARS, 2, "12.35 years"),
        (125.14e6, p.PERSONS, 3, "125.1 million"),
        (3.0, p.RANK, 3, "3rd"),
    ],
)
def test_more_and_fewer_digits(value: float, unit: Unit, digits: int, written: str) -> None:
    plain = str.maketrans({"\u202f": " ", "\u00a0": " "})
    assert number(fact(value, unit), digits=digits).translate(plain) == written


def test_levels_that_differ_and_read_the_same_are_told_from_changes_and_estimates() -> None:
    assert alike(fact(0.0759, p.SHARE), fact(0.0761, p.SHARE))
    assert not alike(fact(0.0759, p.SHARE), fact(0.0761, p.SHARE), digits=2)
    assert not alike(fact(0.0759, p.SHARE), fact(0.0759, p.SHARE))
    assert not alike(fact(0.0759, p.SHARE), fact(0.0759 * (1 + 1e-14), p.SHARE))
    assert not alike(fact(None, p.SHARE), fact(None, p.SHARE))
    assert not alike(fact(0.0759, p.CHANGE), fact(0.0761, p.CHANGE))
    wide = Interval(0.07, 0.08, 0.9, "confidence")
    assert not alike(fact(0.0759, p.SHARE, wide), fact(0.0761, p.SHARE, wide))


DIGITS = st.integers(0, 6)


@given(st.floats(min_value=0, max_value=1, exclude_min=True, exclude_max=True), DIGITS)
def test_a_part_is_never_written_as_nothing_or_as_all(share: float, digits: int) -> None:
    written = number(fact(share, p.SHARE), digits=digits).removesuffix("\u202f%")
    assert written.startswith(("less than", "more than")) or 0 < float(written) <= 100
    if share < 1 - 1e-11:  # closer than that is the noise of a sum
        assert float(written.split()[-1]) < 100


@given(st.floats(allow_nan=False, allow_infinity=False, min_value=-1e15, max_value=1e15), DIGITS)
def test_every_finite_amount_is_written_without_an_exponent_or_a_negative_zero(
    value: float, digits: int
) -> None:
    written = number(fact(value, p.USD), digits=digits)
    assert "e" not in written.replace("trillion", "").replace("billion", "").lower().replace("million", "")
    assert written not in ("−US$0", "−US$0.0")


@given(
    st.floats(allow_nan=False, allow_infinity=False, min_value=-1e9, max_value=1e9),
    st.sampled_from([p.SHARE, p.CHANGE, p.INDEX_1, p.INDEX_100, p.RATIO, p.POINTS, p.SCORE]),
    DIGITS,
)
def test_what_is_not_zero_is_never_written_as_zero(value: float, unit: Unit, asked: int) -> None:
    written = number(fact(value, unit), digits=asked)
    nothing = {letter for letter in written if letter.isdigit()} == {"0"} and not written.startswith("just ")
    assert nothing == (value == 0)
