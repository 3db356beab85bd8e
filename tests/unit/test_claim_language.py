"""Values as printed, operands, dates: what is read, and what is refused with which reason."""

from __future__ import annotations

import math
from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hikiwake.core.claim import operand, printed
from hikiwake.core.dates import PartialDate

READ = [
    ("8 %", "share", 0.075, 0.085),
    ("3.6 %", "share", 0.0355, 0.0365),
    ("100 %", "share", 0.995, 1.005),
    ("0.02 per cent", "share", 0.00015, 0.00025),
    ("34.8 bn USD", "USD", 34.75e9, 34.85e9),
    ("USD 34.8 billion", "USD", 34.75e9, 34.85e9),
    ("$34.8bn", "USD", 34.75e9, 34.85e9),
    ("2 522 bn yen", "JPY", 2521.5e9, 2522.5e9),
    ("less than 4 %", "share", 0.0, 0.04),
    ("over 60 %", "share", 0.6, math.inf),
    ("half", "share", 0.45, 0.55),
    ("about half", "share", 0.45, 0.55),
    ("nearly half", "share", 0.45, 0.5),
    ("one quarter", "share", 0.225, 0.275),
    ("quadrupled", "multiple", 3.5, 4.5),
    ("4 times", "multiple", 3.5, 4.5),
    ("fell", "sign", -math.inf, 0.0),
    ("rose by 12 %", "share", 0.115, 0.125),
    ("fell by 34.3 %", "share", -0.3435, -0.3425),
    ("-34.3 %", "share", -0.3435, -0.3425),
    ("third", "rank", 2.5, 3.5),
    ("12th", "rank", 11.5, 12.5),
    ("17 000 persons", "persons", 16_500, 17_500),
    ("1,200 t", "t", 1_150, 1_250),
    ("9.6 Mt", "t", 9.55e6, 9.65e6),
    ("four visits", "count", 3.5, 4.5),
    ("more than 70 years", "years", 70.0, math.inf),
    ("between 3 and 4 %", "share", 0.025, 0.045),
    ("a few km", "km", 2.0, 10.0),
    (2013, None, 2012.5, 2013.5),
]


@pytest.mark.parametrize(("text", "measure", "low", "high"), READ, ids=str)
def test_a_printed_value_stands_for_its_band(text: str, measure: str, low: float, high: float) -> None:
    read = printed.parse(text)
    assert read.measure == measure
    assert (read.low, read.high) == pytest.approx((low, high))


@pytest.mark.parametrize("text", ["", "blue", "4 zorks2", True, "x" * 100, "9e999 USD", "USD 4 t"])
def test_what_is_no_value_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        printed.parse(text)


@given(st.integers(1, 9999), st.integers(0, 3))
def test_a_number_lies_in_the_band_of_its_own_rounding(thousandths: int, digits: int) -> None:
    value = thousandths / 1000
    read = printed.parse(f"{value:.{digits}f} bn USD")
    assert read.low <= value * 1e9 * (1 + 1e-12)
    assert value * 1e9 * (1 - 1e-12) <= read.high


def test_limits_belong_to_the_band_or_not_as_the_words_say() -> None:
    assert not printed.parse("less than 4 %").holds(0.04)
    assert printed.parse("at most 4 %").holds(0.04)
    assert not printed.parse("more than 4 %").holds(0.04)
    assert printed.parse("at least 4 %").holds(0.04)
    assert not printed.parse("fell").holds(0.0)


@pytest.mark.parametrize(
    ("line", "meant"),
    [
        ("Russia -> Japan", "RUS -> JPN"),
        ("JPN <-> RUS: LNG", "JPN <-> RUS: LNG"),
        ("world -> Japan: crude oil by quantity", "world -> JPN: crude oil by quantity"),
        ("investment Japan -> Russia", "investment JPN -> RUS"),
        ("GDP of Japan", "gdp of JPN"),
        ("G7 -> Russia: HS 8703", "G7 -> RUS: HS 8703"),
        ("fact abe-visits", "fact abe-visits"),
    ],
)
def test_an_operand_is_read_and_written_in_one_spelling(line: str, meant: str) -> None:
    read = operand.parse(line, frozenset({"G7"}))
    assert str(read) == meant
    assert operand.parse(meant, frozenset({"G7"})) == read


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("RUS => JPN", "not a flow"),
        ("RUS -> Jpan", "Did you mean Japan"),
        ("RUS -> RUS", "both sides"),
        ("RUS -> JPN: crude oyl", "Did you mean crude oil"),
        ("JPN -> RUS by quantity", "name a product"),
        ("x" * 300, "longer"),
    ],
)
def test_a_wrong_operand_is_refused_with_the_likely_meaning(line: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        operand.parse(line)


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        (1855, date(1855, 1, 1), date(1855, 12, 31)),
        ("1956-10", date(1956, 10, 1), date(1956, 10, 31)),
        ("2016-12-15/16", date(2016, 12, 15), date(2016, 12, 16)),
        ("2016-12-30/2017-01-02", date(2016, 12, 30), date(2017, 1, 2)),
        ("1904/05", date(1904, 1, 1), date(1905, 12, 31)),
        ("2000-07/09", date(2000, 7, 1), date(2000, 9, 30)),
        ("2015-02-26/03-02", date(2015, 2, 26), date(2015, 3, 2)),
        ("2014-09~", date(2014, 9, 1), date(2014, 9, 30)),
    ],
)
def test_a_date_may_be_partial_or_a_span(text: str | int, first: date, last: date) -> None:
    read = PartialDate.parse(text)
    assert (read.first, read.last) == (first, last)
    assert PartialDate.parse(str(read)) == read


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("13 March 2012", "write 2012-03-13"),
        ("2014-13", "no day"),
        ("2014-02-30", "no day"),
        ("spring 2014", "not a date"),
        ("2016-12-15/11-03", "ends before"),
        ("0000", "no day"),
    ],
)
def test_what_is_no_date_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        PartialDate.parse(text)


@given(st.dates(date(1000, 1, 1)), st.dates(date(1000, 1, 1)))
def test_spans_contain_and_touch_as_their_days_do(one: date, other: date) -> None:
    first, last = sorted((one, other))
    span = PartialDate.parse(f"{first}/{last}")
    assert PartialDate.parse(first).within(span)
    assert span.touches(PartialDate.parse(last.year))
    assert span.year == (first.year if first.year == last.year else None)
    assert list(span.years())[-1] == last.year
