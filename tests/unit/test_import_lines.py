"""Rejected rows are told at the lines of their files: below titles, after blank lines, after long cells."""

from __future__ import annotations

from pathlib import Path

import msgspec
import pytest
from tests.imports import PLAIN, brought, reasons, table

from hikiwake.store.library import Library

GOODS = msgspec.structs.replace(PLAIN, product="hs6", quantity="kg")
HEAD = "from,to,year,hs6,usd,kg\n"
GOOD = "JPN,RUS,2014,870323,10,1\n"
BAD = "QQQ,RUS,2014,870323,1,1\n"
ABOVE = "Trade of a ministry\n\n"
CASES: dict[str, tuple[str | bytes, list[int]]] = {
    "nothing between": (HEAD + GOOD + BAD, [3]),
    "blank lines": (HEAD + GOOD + "\n\n" + BAD, [5]),
    "blank lines of Windows": ((HEAD + GOOD + "\n" + BAD).replace("\n", "\r\n"), [4]),
    "a cell of two lines": ("note," + HEAD + '"a\nb",' + GOOD + "c," + BAD, [4]),
    "too few fields": (HEAD + "a,b\n\n" + GOOD + "a,b\n\n" + BAD, [2, 5, 7]),
    "too few fields after a cell of two lines": (
        "note," + HEAD + '"a\nb",' + GOOD + "c,JPN\n" + "c," + BAD,
        [4, 5],
    ),
    "a comma more than fields": (HEAD + GOOD.strip() + ",\n\n" + BAD.strip() + ",\na,b\n", [4, 5]),
    "a title": (ABOVE + HEAD + GOOD + BAD, [5]),
    "a title in UTF-16": ((ABOVE + HEAD + GOOD + BAD).encode("utf-16"), [5]),
    "a title, a blank line, too few fields": (ABOVE + HEAD + GOOD + "\na,b\n" + BAD, [6, 7]),
    "many sound lines": (HEAD + GOOD.replace("2014", "2013") * 3000 + "\n" + BAD + "a\n", [3003, 3004]),
}


FEW = (
    "blank lines",
    "a comma more than fields",
    "too few fields after a cell of two lines",
    "a title, a blank line, too few fields",
)
"""Tables that are tried in the fast tests; all are in the slow ones."""


@pytest.mark.parametrize("form", [pytest.param(n, marks=() if n in FEW else pytest.mark.slow) for n in CASES])
@pytest.mark.parametrize("goods", [True, pytest.param(False, marks=pytest.mark.slow)])
def test_lines_are_those_of_the_file(tmp_path: Path, library: Library, form: str, goods: bool) -> None:
    text, lines = CASES[form]
    mapping = GOODS if goods else msgspec.structs.replace(GOODS, product="", quantity="")
    made = brought(library, table(tmp_path, text), mapping=mapping, name="own", allow_rejects=True)
    assert [(one.source, one.line) for one in made.report.parts[0].bad] == [("t.csv", line) for line in lines]


def test_a_row_of_a_wide_table_is_told_at_the_line_of_the_wide_one(tmp_path: Path, library: Library) -> None:
    text = (
        "COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,SCALE,2012,2013,2013-M01\n"
        "JPN,XG_FOB_USD,RUS,A,6,1,2,\n"
        "JPN,XG_FOB_USD,CHN,A,6,,4,\n"
        "\n"
        "JPN,XG_FOB_USD\n"
        "JPN,XG_FOB_USD,Nowhere,A,6,5,6,\n"
    )
    made = brought(library, table(tmp_path, text, "imts.csv"), allow_rejects=True)
    assert [(one.source, one.line, one.reason) for one in made.report.parts[0].bad] == [
        ("imts.csv", 5, "malformed"),
        ("imts.csv", 6, "unknown_importer"),
        ("imts.csv", 6, "unknown_importer"),
    ]


def test_rows_without_a_value_are_faults_unless_the_mapping_says_otherwise(
    tmp_path: Path, library: Library
) -> None:
    text = "from,to,year,usd\nJPN,RUS,2014,5\nJPN,RUS,2015,NA\nJPN,RUS,,\nJPN,RUS,2016,much\n"
    mapping = msgspec.structs.replace(PLAIN, missing="leave out")
    path = table(tmp_path, text)
    for chosen, wanted in (
        (PLAIN, {"accepted": 1, "no_value": 1, "no_year": 1, "not_a_number": 1}),
        (mapping, {"accepted": 1, "blank": 2, "not_a_number": 1}),
    ):
        made = brought(library, path, mapping=chosen, allow_rejects=True, name=f"own@{len(wanted)}")
        assert reasons(made.report) == wanted
