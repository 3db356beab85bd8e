"""Comtrade's months: a year is their sum only where all twelve are there and its reporter states no year."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.imports import brought, quiet, reasons, rows, table

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

HEADER = (
    "freqCode,refYear,refMonth,period,reporterCode,flowCode,partnerCode,cmdCode,aggrLevel,netWgt,primaryValue"
)


def month(
    number: int, *, reporter: int = 392, partner: int = 643, usd: object = 10.25, kg: object = 2
) -> str:
    at = f"M,2014,{number},2014{number:02}"
    return f"{at},{reporter},X,{partner},870323,6,{kg},{usd}"


def year(reporter: int, usd: int) -> str:
    return f"A,2014,52,2014,{reporter},X,392,870323,6,7,{usd}"


def text(*lines: str) -> str:
    return "\n".join([HEADER, *lines, ""])


TWELVE = tuple(month(n) for n in range(1, 13))


def test_twelve_months_are_a_year_and_seven_are_none(tmp_path: Path, library: Library) -> None:
    lines = [*TWELVE, TWELVE[4], *(month(n, reporter=643, partner=392) for n in range(1, 8))]
    # What a reporter states for the year holds the corrections that came after its months.
    lines += [year(842, 5000), *(month(n, reporter=842, partner=392, usd=1) for n in range(1, 13))]
    made = brought(library, table(tmp_path, text(*lines)), name="un@1")
    assert rows(open_tables(library.path(made.held))) == [
        (2014, "JPN", "RUS", "870323", 123, 24),
        (2014, "USA", "JPN", "870323", 5000, 7),
    ]
    assert reasons(made.report) == {"accepted": 2, "other_rows": 13 + 7 + 12}
    notes = made.report.parts[0].notes
    assert "13 rows of months were added up to 1 of 1 reporters' years" in notes
    assert "left out, since months are missing: reporter 643 in 2014 (7 of 12)" in notes


def test_months_come_in_a_file_each(tmp_path: Path, library: Library) -> None:
    files = [table(tmp_path, text(line), f"CM392{n}.csv") for n, line in enumerate(TWELVE)]
    made = add(Wish(files=tuple(files), name="un@1"), library, quiet)
    assert rows(open_tables(library.path(made.held))) == [(2014, "JPN", "RUS", "870323", 123, 24)]


@pytest.mark.parametrize(
    ("odd", "found", "kinds"),
    [
        (month(12, kg=""), [(2014, "JPN", "RUS", "870323", 123, None)], {"accepted": 1}),
        (month(12, usd="many"), [], {"not_a_number": 1}),
        (f"{month(12)}\n{month(12, usd=11)}", [], {"not_a_number": 1}),
    ],
)
def test_a_year_is_no_better_than_its_months(
    tmp_path: Path, library: Library, odd: str, found: list[object], kinds: dict[str, int]
) -> None:
    others = [month(n, partner=156, usd=1, kg=1) for n in range(1, 13)]
    made = brought(
        library, table(tmp_path, text(*TWELVE[:11], odd, *others)), name="un@1", allow_rejects=True
    )
    assert rows(open_tables(library.path(made.held))) == [(2014, "JPN", "CHN", "870323", 12, 12), *found]
    told = reasons(made.report)
    assert {kind: told[kind] - (kind == "accepted") for kind in kinds} == kinds


@pytest.mark.parametrize(
    ("odd", "line", "reason", "said"),
    [
        (month(5, usd="many"), 5, "not_a_number", "many"),
        (month(5, usd="-5"), 5, "negative", "-5"),
        (month(5, usd=""), 5, "no_value", ""),
        (f"{month(5)}\n{month(5, usd=11)}", 6, "not_a_number", "two amounts of one month"),
    ],
)
def test_what_spoils_a_year_is_told_where_it_stands(
    tmp_path: Path, library: Library, odd: str, line: int, reason: str, said: str
) -> None:
    """The line is counted in the file, after one that cannot be read, and not in the table of sums."""
    others = [month(n, partner=156, usd=1) for n in range(1, 13)]
    first = table(tmp_path, text(*others, *TWELVE[:3]), "one.csv")
    second = table(
        tmp_path, text(TWELVE[3].removesuffix(",10.25"), *TWELVE[3:4], "x", odd, *TWELVE[5:]), "two.csv"
    )
    made = add(Wish(files=(first, second), name="un@1", allow_rejects=True), library, quiet)
    assert rows(open_tables(library.path(made.held))) == [(2014, "JPN", "CHN", "870323", 12, 24)]
    bad = [one for one in made.report.parts[0].bad if one.reason != "malformed"]
    assert [(one.source, one.line, one.reason, one.text) for one in bad] == [("two.csv", line, reason, said)]


def test_months_alone_that_make_no_year(tmp_path: Path, library: Library) -> None:
    with pytest.raises(BadInput, match=r"months alone.*reporter 392 has 11 of 2014") as refused:
        brought(library, table(tmp_path, text(*TWELVE[:11])))
    assert "all twelve months" in refused.value.remedy
    assert library.held() == ()
