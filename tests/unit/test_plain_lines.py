"""Lines that a compiled loop reads mean what the query says they mean, and none is lost between the two."""

from __future__ import annotations

import itertools
import random
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests import releases
from tests.imports import PLAIN, adds_up, brought, quiet, rows, table

from hikiwake import kernels
from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import plain
from hikiwake.sources.imports.mapping import Mapping, QuantityUnit, ValueUnit
from hikiwake.sources.imports.report import Report
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

pytestmark = pytest.mark.skipif(kernels.built() is None, reason="the compiled part was not built")

TOTALS = msgspec.structs.replace(PLAIN, quantity="kg")
ECONOMIES = "JPN|RUS|842|392|276|280|Japan|NA|USA| JPN|jpn|XX||WLD|490|日本".split("|")
YEARS = "2014|2015|2014.0|1899|2101| 2014|14||20145|+2014".split("|")
VALUES = (
    "1|10|0.0005|0.0004999|1.5|12.3456789|007|0|-1|1e3|abc||5.|.5| 7|99999999999|999999999999999"
    "|9999999999999999|1234567890123456789|0.499|0.5|+3|1,000"
).split("|")
QUANTITIES = (
    "1|0|NA|          NA|| |nan|-|..|1.0004|1.0005|-2|x| 3 |1e2|123456789012345|12345678901234567"
).split("|")
HEAD = "from,to,year,usd,kg\n"


def lines_of(seed: int, count: int, quote: str = "") -> list[str]:
    """Return lines of fields of all kinds, most of them sound; distinct but for what they say of a year."""
    chance = random.Random(seed)
    each = (ECONOMIES, ECONOMIES, YEARS, VALUES, QUANTITIES)

    def field(kinds: list[str]) -> str:
        found = kinds[0] if chance.random() < 0.7 else chance.choice(kinds)
        found = f'"{found}"' if "," in found else found
        return f"{quote}{found}{quote}" if chance.random() < 0.5 and '"' not in found else found

    made = [",".join(map(field, each)) for _ in range(count)]
    return [line if chance.random() < 0.98 else chance.choice([line + ",", "x", line[:5]]) for line in made]


def found(path: Path, library: Path, mapping: Mapping | None) -> tuple[Report, list[tuple[object, ...]]]:
    store = Library(library)
    made = add(Wish(files=(path,), mapping=mapping, allow_rejects=True), store, quiet)
    adds_up(made.report)
    return made.report, rows(open_tables(store.path(made.held)))


def both(
    path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, mapping: Mapping | None
) -> tuple[Report, list[tuple[object, ...]]]:
    """Import a table twice, the second time without the loop; the same must come of it."""
    monkeypatch.delenv(kernels.CHOICE, raising=False)
    quick = found(path, tmp_path / "quick", mapping)
    monkeypatch.setenv(kernels.CHOICE, "numpy")
    slow = found(path, tmp_path / "slow", mapping)
    assert msgspec.to_builtins(quick[0]) == msgspec.to_builtins(slow[0])
    assert quick[1] == slow[1]
    return quick


@pytest.mark.parametrize(
    ("value_unit", "quantity_unit"), [("USD", "kg"), ("thousand USD", "t"), ("million USD", "kg")]
)
@pytest.mark.parametrize("quote", ["", '"'])
def test_the_loop_and_the_query_judge_alike(
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    value_unit: ValueUnit,
    quantity_unit: QuantityUnit,
    quote: str,
) -> None:
    monkeypatch.setattr(plain, "ALWAYS", 1 << 26)  # or most lines would be left to the query at once
    mapping = msgspec.structs.replace(TOTALS, value_unit=value_unit, quantity_unit=quantity_unit)
    path = table(tmp_path, HEAD + "\n".join(lines_of(len(value_unit), 1500, quote)) + "\n")
    report, _ = both(path, tmp_path, monkeypatch, mapping)
    assert report.read > 1400
    assert report.rows("accepted") > 0
    assert len({one.reason for one in report.parts[0].bad}) > 8


@pytest.mark.parametrize("limit", [0, 200, 1 << 26])
@pytest.mark.parametrize("at_once", [64, 1 << 20])
def test_wherever_the_query_takes_over_no_line_is_lost(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: int, at_once: int
) -> None:
    for name, value in {"ALWAYS": limit, "MOST": limit, "ROWS": 7, "OTHERS": 3}.items():
        monkeypatch.setattr(plain, name, value)
    monkeypatch.setattr("hikiwake.sources.imports.streams.BLOCK", at_once)
    monkeypatch.setattr("hikiwake.sources.imports.loading.AT_ONCE", at_once)
    both(table(tmp_path, HEAD + "\n".join(lines_of(5, 300))), tmp_path, monkeypatch, TOTALS)


GOOD = ["JPN,RUS,2014,10,1", "RUS,JPN,2014,11,", "842,392,2014,12,NA", "276,RUS,2015,13,5"]
ODD = {
    "a quote within a field": 'JP"N,RUS,2014,10,1',
    "a break within quotes": '"JPN\n",RUS,2014,10,1',
    "quotes that stand for quotes": '"a""b",RUS,2014,10,1',
    "text after quotes": '"JPN"x,RUS,2014,10,1',
    "quotes that never close": '"JPN,RUS,2014,10,1',
    "a lone return": "JPN,RUS,2014,1\r0,1",
    "a return at the end": "RUS,USA,2014,10,1\r",
    "a byte that is no text": "FRA,DEU,2014,10,1\xff",
    "a sign that does not show": "FRA,DEU,2014,10\x00,1",
    "a line without fields": "x",
    "too many fields": "FRA,DEU,2014,10,1,1,1",
}


# The database stops at these.
UNREADABLE = ("a lone return", "a return at the end")


@pytest.mark.parametrize(("odd", "end"), list(itertools.product(ODD, ["\n", "\r\n"])))
def test_odd_lines_change_nothing_for_those_before_and_after(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, odd: str, end: str
) -> None:
    text = end.join([HEAD.strip(), *GOOD[:2], ODD[odd], *GOOD[2:]])
    path = table(tmp_path, text.encode("latin-1"))
    if odd in UNREADABLE:
        # The loop does read a line that ends otherwise than those before it.
        alike = ("", "numpy") if (odd, end) != ("a return at the end", "\n") else ("numpy",)
        for choice in alike:
            monkeypatch.setenv(kernels.CHOICE, choice)
            with pytest.raises(BadInput, match="the table cannot be read"):
                found(path, tmp_path / f"none-{choice}", TOTALS)
    else:
        both(path, tmp_path, monkeypatch, TOTALS)


def test_a_release_is_read_alike_with_its_products(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = releases.release(tmp_path / "zip.zip")
    report, flows = both(path, tmp_path, monkeypatch, None)
    assert len(flows) == report.rows("accepted") - sum(part.added for part in report.parts) > 10


def test_lines_are_counted_as_they_stand_in_the_file(tmp_path: Path) -> None:
    text = HEAD + "JPN,RUS,2014,10,1\n\n\nJPN,RUS,2014,abc,1\nx\nJPN,RUS,2015,12,1\n"
    made = brought(Library(tmp_path / "library"), table(tmp_path, text), mapping=TOTALS, allow_rejects=True)
    assert [(bad.line, bad.reason) for bad in made.report.parts[0].bad] == [
        (5, "not_a_number"),
        (6, "malformed"),
    ]


def test_what_does_not_fit_together_is_refused() -> None:
    loop = kernels.built()
    assert loop is not None
    starts, slots = np.array([0, 3, 6]), np.zeros(8, dtype=np.int64)
    loop.index_words(b"JPNRUS", starts, slots)
    assert sorted(slots[slots > 0]) == [1, 2]
    for wrong in (np.array([0, 3, 7]), np.array([0, 4, 3]), np.array([-1, 3, 6])):
        with pytest.raises(ValueError, match="do not belong together"):
            loop.index_words(b"JPNRUS", wrong, slots)
    with pytest.raises(ValueError, match="do not belong together"):
        loop.index_words(b"JPNRUS", starts, np.zeros(6, dtype=np.int64))
    with pytest.raises(ValueError, match="do not belong together"):
        loop.add(np.array([0, 2]), np.array([1, 1]), np.zeros(2, dtype=np.int64))
    words, out = (b"JPNRUS", starts, slots), np.zeros((7, 4), dtype=np.int64)
    rest = (np.zeros((3, 4), dtype=np.int64), np.zeros(5, dtype=np.int64))
    numbers = np.array([3, ord(","), 1900, 2100, 0, 0, 0])
    for places in ([0, 1, -1, -1, 3, -1], [0, 1, -1, -1, -1, -1], [-2, 1, -1, -1, 2, -1]):
        with pytest.raises(ValueError, match="do not belong together"):
            loop.plain(b"a\n", np.array(places), numbers, *words, np.arange(2), *words, out, *rest)
    loop.plain(
        b"JPN,RUS,5\n", np.array([0, 1, -1, -1, 2, -1]), numbers, *words, np.arange(2), *words, out, *rest
    )
    assert rest[1].tolist() == [1, 0, 1, 10, 0]
    assert out[:, 0].tolist() == [0, 1900, 0, 1, 0, 5, -1]
