"""Tables as people have them, and as nobody should: every row has its reason, and no dollar is lost."""

from __future__ import annotations

from collections import Counter
from pathlib import Path

import msgspec
import pytest
from tests.imports import PLAIN, brought, reasons, table

from hikiwake.core.errors import BadInput, HikiwakeError
from hikiwake.store.library import Library

GOODS = msgspec.structs.replace(PLAIN, product="hs6", quantity="kg")
HEAD = "from,to,year,hs6,usd,kg\n"
GOOD = "JPN,RUS,2014,870323,10,1\n"

Case = tuple[str, str | bytes, dict[str, int]]
# What it is, the table, and what becomes of its rows. One good row stands in each, worth 10 USD.
TAKEN: list[Case] = [
    ("columns in another order", "kg,usd,hs6,year,to,from\n1,10,870323,2014,RUS,JPN\n", {}),
    ("columns nobody asked for", "a,from,to,year,hs6,usd,kg,z\n?,JPN,RUS,2014,870323,10,1,!\n", {}),
    ("blanks around everything", HEAD + " JPN , RUS , 2014 , 870323 , 10 , 1 \n", {}),
    ("quotes around everything", HEAD + '"JPN","RUS","2014","870323","10","1"\n', {}),
    ("a line break within quotes", "note," + HEAD + '"a\nb",' + GOOD, {}),
    ("no line break at the end", HEAD + GOOD.strip(), {}),
    ("empty lines at the end", HEAD + GOOD + "\n\n", {"malformed": 0}),
    ("a code of its own for the USA", HEAD + GOOD + "842,251,2014,870323,5,1\n", {"accepted": 2}),
    (
        "codes of its own for six economies",
        HEAD + GOOD + "381,579,2014,870323,5,1\n757,699,2014,870323,5,1\n",
        {"accepted": 3},
    ),
    ("Taiwan as other Asia", HEAD + GOOD + "490,JPN,2014,870323,5,1\n", {"accepted": 2}),
    ("Namibia and Norway", HEAD + GOOD + "NA,NO,2014,870323,5,1\n", {"accepted": 2}),
    ("numbers with zeros before them", HEAD + GOOD + "004,036,2014,870323,5,1\n", {"accepted": 2}),
    ("names in place of codes", HEAD + GOOD + "Russian Federation,Japan,2014,870323,5,1\n", {"accepted": 2}),
    ("names in another script", HEAD + GOOD + "Россия,日本,2014,870323,5,1\n", {"accepted": 2}),
    ("a lost leading zero", HEAD + GOOD + "JPN,RUS,2014,10121,5,1\n", {"accepted": 2}),
    ("a year as a spreadsheet writes it", HEAD + GOOD + "JPN,RUS,2015.0,870323,5,1\n", {"accepted": 2}),
    ("an amount with an exponent", HEAD + GOOD + "JPN,RUS,2015,870323,5e0,1\n", {"accepted": 2}),
    (
        "a quantity that is missing in five ways",
        HEAD
        + GOOD
        + "".join(
            f"JPN,RUS,{2015 + n},870323,5,{none}\n"
            for n, none in enumerate(("", "NA", "          NA", "..", "-"))
        ),
        {"accepted": 6},
    ),
    ("the same row again", HEAD + GOOD + GOOD, {"repeated": 1}),
    ("the same row in other signs", HEAD + GOOD + "392,643,2014,870323,10.0,1\n", {"accepted": 2}),
    (
        "another amount for the same key",
        HEAD + GOOD + "JPN,CHN,2014,870323,1,1\nJPN,CHN,2014,870323,2,1\n",
        {"conflicting": 2},
    ),
    ("trade with itself", HEAD + GOOD + "JPN,JPN,2014,870323,5,1\n", {"self_trade": 1}),
    ("trade with itself under two codes", HEAD + GOOD + "842,USA,2014,870323,5,1\n", {"self_trade": 1}),
    ("the world", HEAD + GOOD + "JPN,0,2014,870323,5,1\nWLD,JPN,2014,870323,5,1\n", {"aggregate": 2}),
    (
        "an economy that nobody knows",
        HEAD + GOOD + "QQQ,JPN,2014,870323,5,1\nJPN,,2014,870323,5,1\n",
        {"unknown_exporter": 1, "unknown_importer": 1},
    ),
    ("a code as spreadsheets write it", HEAD + GOOD + "842.0,JPN,2014,870323,5,1\n", {"accepted": 2}),
    ("a code that is no whole number", HEAD + GOOD + "842.5,JPN,2014,870323,5,1\n", {"unknown_exporter": 1}),
    (
        "a sign that separates texts within a code",
        HEAD + GOOD + "a\x1fb,JPN,2014,870323,5,1\n",
        {"unknown_exporter": 1},
    ),
    ("a year that is none", HEAD + GOOD + "JPN,RUS,14/15,870323,5,1\nJPN,RUS,,870323,5,1\n", {"no_year": 2}),
    (
        "years nobody has data of",
        HEAD + GOOD + "JPN,RUS,1066,870323,5,1\nJPN,RUS,99999,870323,5,1\n",
        {"year_range": 2},
    ),
    (
        "products that are none",
        HEAD + GOOD + "JPN,RUS,2014,8703,5,1\nJPN,RUS,2014,001234,5,1\nJPN,RUS,2014,oil,5,1\n",
        {"unknown_product": 3},
    ),
    ("no value", HEAD + GOOD + "JPN,RUS,2015,870323,,1\nJPN,RUS,2016,870323,NaN,1\n", {"no_value": 2}),
    (
        "values that are no numbers",
        HEAD
        + GOOD
        + "".join(
            f"JPN,RUS,{2015 + n},870323,{bad},1\n"
            for n, bad in enumerate(("inf", "-inf", "1e400", "1,5", "0x10", "1 000", "10$"))
        ),
        {"malformed": 1, "not_a_number": 4, "not_finite": 2},
    ),
    ("a value below zero", HEAD + GOOD + "JPN,RUS,2015,870323,-5,1\n", {"negative": 1}),
    ("a value of zero", HEAD + GOOD + "JPN,RUS,2015,870323,0,1\nJPN,RUS,2016,870323,0.000,1\n", {"zero": 2}),
    (
        "quantities that cannot be",
        HEAD + GOOD + "JPN,RUS,2015,870323,5,-1\nJPN,RUS,2016,870323,5,heavy\n",
        {"bad_quantity": 2},
    ),
    (
        "too few and too many fields",
        HEAD + GOOD + "JPN,RUS,2014\nJPN,RUS,2014,870323,5,1,2\n",
        {"malformed": 2},
    ),
    (
        "a cell of three million signs",
        HEAD + GOOD + "JPN,RUS,2015,870323," + "9" * 3_000_000 + ",1\n",
        {"malformed": 1},
    ),
    (
        "words on the data below the table",
        HEAD + GOOD + "\nSource: the ministry's register\n(c) The Ministry of Trade\n",
        {"remark": 2, "malformed": 0},
    ),
    (
        "rows that were cut within their first name",
        HEAD + GOOD + "Jap\nUnited States\n2014\nUnited Sta",
        {"malformed": 4},
    ),
    ("a null sign", HEAD + GOOD + "JPN\0,RUS,2015,870323,5,1\n", {"unknown_exporter": 1}),
]
REFUSED: list[tuple[str, str | bytes, str]] = [
    ("nothing", b"", "it is empty"),
    ("a mark of order and nothing", b"\xef\xbb\xbf", "it is empty"),
    ("a header alone", HEAD, "no row of it can be taken"),
    ("no header", GOOD, "there is no column"),
    ("a column renamed", HEAD.replace("usd", "value") + GOOD, "there is no column 'usd'"),
    ("a column in capitals", HEAD.replace("usd", "USD") + GOOD, "there is no column 'usd'"),
    ("a column twice", HEAD.replace("kg", "usd") + GOOD, "stands 2 times"),
    ("a page of the web", "<html><body>Error 404</body></html>\n", "there is no column"),
    ("a workbook", b"PK\x03\x04" + bytes(200), "there is no column"),
]


@pytest.mark.slow
@pytest.mark.parametrize(("content", "fates"), [case[1:] for case in TAKEN], ids=[case[0] for case in TAKEN])
def test_what_becomes_of_each_row(
    tmp_path: Path, library: Library, content: str, fates: dict[str, int]
) -> None:
    made = brought(library, table(tmp_path, content), mapping=GOODS, name="own", allow_rejects=True)
    wanted = Counter({"accepted": 1}) | Counter(fates)
    assert +reasons(made.report) == +wanted
    # Rows beside the good one are worth 5 USD each, but for the one that says the same in other signs.
    beside = 10 if content.endswith("10.0,1\n") else 5
    assert made.report.usd("accepted") == 10 + beside * (wanted["accepted"] - 1)


@pytest.mark.slow
@pytest.mark.parametrize(
    ("content", "why"), [case[1:] for case in REFUSED], ids=[case[0] for case in REFUSED]
)
def test_what_cannot_be_taken_at_all(
    tmp_path: Path, library: Library, content: str | bytes, why: str
) -> None:
    with pytest.raises(HikiwakeError, match=why) as refused:
        brought(library, table(tmp_path, content), mapping=msgspec.structs.replace(GOODS), name="own")
    assert isinstance(refused.value, BadInput)
    assert refused.value.remedy
    assert library.held() == ()


def test_there_are_sixty_with_those_of_the_other_modules() -> None:
    # 12 forms that are taken and 13 tables that are refused stand in test_imports.py.
    assert len(TAKEN) + len(REFUSED) + 12 + 13 >= 60
