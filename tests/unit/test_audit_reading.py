"""Flows that claims ask for are the same whether they are read at once or each when it is asked for."""

from __future__ import annotations

import random
from itertools import permutations, product
from pathlib import Path

import msgspec
import numpy as np
import pytest
from tests import releases
from tests.imports import brought
from tests.unit.test_audit_other_pairs import DEU_RUS, USA_CAN

from hikiwake.audit import reading
from hikiwake.audit.amounts import Amounts, Series
from hikiwake.audit.run import audit
from hikiwake.audit.silence import LARGE
from hikiwake.core.claim.operand import WORLD
from hikiwake.dossier.validation import check_bytes
from hikiwake.measures.flows import BY_PAIR, FLOWS, LARGE_FLOWS, of_exporters
from hikiwake.sources.quality import Limits
from hikiwake.store import tables
from hikiwake.store.catalogue import open_vintage
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables

CODES = (643, 392, 156, 842, 251)
WANTED = ("JPN", "RUS", "CHN")
PRODUCTS = ("010110", "270900", "870323")
YEARS = (2011, 2012, 2013, 2014, 2015)
CHOICES = ((), ("27",), ("27", "01"))


@pytest.fixture
def place(tmp_path: Path, library: Library) -> Path:
    """Five years in which large flows stop, return and are missing at the end."""
    chance = random.Random(3)
    flows: dict[int, list[releases.Row]] = {
        year: [
            (year, i, j, k, f"{chance.choice((5e4, 4e5, 3e6)):.3f}", f"{chance.uniform(1e3, 1e6):.3f}")
            for i, j in permutations(CODES, 2)
            for k in PRODUCTS
            if chance.random() < 0.6
        ]
        for year in YEARS
    }
    return library.path(brought(library, releases.release(tmp_path / "a.zip", flows)).held)


def opened(place: Path, monkeypatch: pytest.MonkeyPatch, resident: int) -> Tables:
    monkeypatch.setattr(tables, "RESIDENT_BYTES", resident)
    return Tables(open_vintage(place))


def every_series(amounts: Amounts) -> dict[tuple[str, str, tuple[str, ...]], Series]:
    ends = (*WANTED, "USA", WORLD)
    return {
        (x, m, chosen): amounts.series(x, m, chosen)
        for x, m, chosen in product(ends, ends, CHOICES)
        if x != m and ("USA" not in (x, m) or {x, m} & set(WANTED))
    }


@pytest.mark.parametrize("last_year", [None, 2014])
def test_series_and_partners_are_the_same_either_way(
    place: Path, monkeypatch: pytest.MonkeyPatch, last_year: int | None
) -> None:
    small = Amounts(opened(place, monkeypatch, 2**30), WANTED, last_year)
    large = Amounts(opened(place, monkeypatch, 0), WANTED, last_year)
    assert isinstance(small._reading, reading.AtOnce)
    assert isinstance(large._reading, reading.Asked)
    assert small.years == large.years == tuple(y for y in YEARS if last_year is None or y <= last_year)
    one, other = every_series(small), every_series(large)
    assert one.keys() == other.keys()
    for key, series in one.items():
        for name in series.__struct_fields__:
            assert np.array_equal(getattr(series, name), getattr(other[key], name)), (key, name)
    assert any(series.silent.any() for series in one.values())
    assert any(series.value.any() for (x, m, _), series in one.items() if WORLD not in (x, m))
    for economy, side, year in product(WANTED, ("exporter", "importer"), (*YEARS, 1900)):
        of_year = [
            amounts.by_partner(economy, side, ("27",), year)  # type: ignore[arg-type]
            for amounts in (small, large)
        ]
        assert list(of_year[0].items()) == list(of_year[1].items())
    assert [small.active("JPN", year) for year in YEARS] == [large.active("JPN", year) for year in YEARS]


def test_a_series_is_the_sum_of_the_rows(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = opened(place, monkeypatch, 0)
    amounts = Amounts(held, WANTED)
    rows = held.frame(FLOWS).select("exporter", "importer", "product", "year", "value").to_native().fetchall()
    for x, m in (("JPN", "RUS"), ("JPN", WORLD), (WORLD, "RUS"), (WORLD, WORLD)):
        for year, value in zip(YEARS, amounts.series(x, m, ("27",)).value, strict=True):
            assert value == sum(
                row[4]
                for row in rows
                if row[0] in (x, *[row[0]] * (x == WORLD))
                and row[1] in (m, *[row[1]] * (m == WORLD))
                and row[2].startswith("27")
                and row[3] == year
            )


RANKS = """\
hikiwake: 1
title: Ranks of partners in all products
parties: [Japan, Russia]
claims:
  - {id: seller, quantity: rank, of: "RUS -> JPN", among: suppliers, in: 2014, value: RANK}
  - {id: both, quantity: rank, of: "RUS <-> JPN", among: partners, in: 2014, value: first}
"""


@pytest.fixture
def steady(tmp_path: Path, library: Library) -> Path:
    """Three years of which only one small product has a hole."""
    flows: dict[int, list[releases.Row]] = {
        year: [
            (year, 643, 392, "270900", "10000000.000", "10000000.000"),
            (year, 156, 392, "270900", "20000000.000", "20000000.000"),
            (year, 643, 392, "870323", "15000000.000", "15000000.000"),
            (year, 842, 392, "010110", *("200000.000",) * 2)
            if year != 2014
            else (year, 842, 392, "010110", *("2000.000",) * 2),
        ]
        for year in (2013, 2014, 2015)
    }
    return library.path(brought(library, releases.release(tmp_path / "b.zip", flows)).held)


def test_a_hole_spoils_the_totals_of_which_it_was_a_part_of_weight(
    steady: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for resident in (0, 2**30):
        amounts = Amounts(opened(steady, monkeypatch, resident), WANTED)
        for products, doubtful in (((), False), (("01", "27"), False), (("01",), True), (("27",), False)):
            series = amounts.series(WORLD, "JPN", products)
            assert series.doubtful.tolist() == [False, doubtful, False]
            assert series.doubtful_quantity.tolist() == [False, doubtful, False]


def test_where_the_data_leave_no_goods_out_they_rank_partners_in_all_goods(
    steady: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    held = opened(steady, monkeypatch, 0)
    assert not Amounts(held, WANTED).complete(())  # half of the listed products have no rows
    monkeypatch.setattr("hikiwake.audit.amounts.TRADED", 0.5)
    assert Amounts(held, WANTED).complete(("44",))  # nobody traded it
    assert not Amounts(held, WANTED).complete(("98",))  # it is no product of the data
    judged = {}
    for word in ("first", "second", "third"):
        dossier, problems = check_bytes(RANKS.replace("RANK", word).encode(), "d.yaml")
        assert dossier is not None, problems
        found = {one.claim: one for one in audit(dossier, held).verdicts}
        judged[word] = found["seller"].judgement
        assert found["both"].judgement == "not checkable here"
        assert "Data of all products" not in found["both"].remedy
    # 25 billion dollars of Russia's beside 20 of China's, and next to nothing of others.
    assert judged == {"first": "holds", "second": "contradicted", "third": "contradicted"}


def test_only_what_is_asked_for_is_read(place: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    held = opened(place, monkeypatch, 0)
    asked: list[str] = []
    frame = Tables.frame

    def noted(self: Tables, table: str, **which: object) -> tables.Frame:
        asked.append(table)
        return frame(self, table, **which)  # type: ignore[arg-type]

    monkeypatch.setattr(Tables, "frame", noted)
    amounts = Amounts(held, WANTED)
    assert LARGE_FLOWS in asked
    assert not {FLOWS, BY_PAIR} & set(asked)
    amounts.need(("JPN",), ("RUS", "CHN"))
    amounts.series("JPN", "RUS", ())
    amounts.series("JPN", "CHN", ("27",))
    assert asked.count(BY_PAIR) == 1
    of_exporters(held, "JPN")
    assert asked.count(FLOWS) == 0


def test_large_flows_that_are_held_ready_are_all_that_can_fall_silent() -> None:
    assert min(Limits().flow_value, Limits().spike_value) <= LARGE


@pytest.mark.parametrize("text", [DEU_RUS, USA_CAN])
def test_verdicts_on_the_shipped_data_are_the_same_either_way(
    text: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    dossier, _ = check_bytes(text.encode(), "d.yaml")
    assert dossier is not None
    found = []
    for resident in (tables.RESIDENT_BYTES, 0):
        monkeypatch.setattr(tables, "RESIDENT_BYTES", resident)
        found.append(msgspec.json.encode(audit(dossier, Tables(open_vintage()))))
    assert found[0] == found[1]
