"""A set of facts: found by what it is about, the same in every frame library, closed against change."""

from __future__ import annotations

import copy
import json
import sys
from typing import Any

import pytest

from hikiwake.core.errors import Environment, NoData
from hikiwake.core.factset import LONGEST_CELL, SHOWN, FactSet
from hikiwake.core.provenance import (
    RATIO,
    SHARE,
    USD,
    Dataset,
    Fact,
    Formula,
    Interval,
    Ledger,
    Period,
    Unit,
)

FLOWS = Dataset("flows", "v1", "Flows", "tests", "none", "tests", "everything")
SIZES = Dataset("sizes", "v2", "Sizes", "tests", "none", "tests", "everything")


def formula(identity: str, unit: Unit) -> Formula:
    return Formula(identity, identity.title(), "x", unit, "any", "tests", ("flows",))


def fact(measure: str, unit: Unit, value: float | None, inputs: tuple[str, ...], **subject: str) -> Fact:
    note = "" if value is not None else "nothing is recorded"
    status = "observed" if value is not None else "missing"
    return Fact(measure, subject, Period.of(2014), value, unit, inputs, status=status, note=note)  # type: ignore[arg-type]


def ledger() -> Ledger:
    made = Ledger()
    value = fact("value", USD, 12.5, ("flows@v1#flows?year=2014",), exporter="RUS", importer="JPN")
    size = fact("size", USD, 100.0, ("sizes@v2#sizes?year=2014",), economy="JPN")
    first = made.state(value, formula("value", USD), (FLOWS,))
    second = made.state(size, formula("size", USD), (SIZES,))
    ratio = Fact(
        "ratio",
        {"exporter": "RUS", "importer": "JPN"},
        Period(2004, 2014),
        0.125,
        RATIO,
        (first, second),
        interval=Interval(0.1, 0.2, 0.95, "bootstrap"),
        coverage=0.5,
        status="estimated",
    )
    made.state(ratio, formula("ratio", RATIO), ())
    gone = fact("share", SHARE, None, ("flows@v1#flows?year=2014",), exporter="JPN", importer="RUS")
    made.state(gone, formula("share", SHARE), (FLOWS,))
    return made


@pytest.fixture
def facts() -> FactSet:
    return FactSet(ledger(), "a test")


def test_facts_keep_the_order_in_which_they_were_stated(facts: FactSet) -> None:
    assert [one.formula for one in facts] == ["value", "size", "ratio", "share"]
    assert len(facts) == 4
    assert repr(facts) == "<FactSet: a test, 4 facts>"


def test_a_fact_is_found_by_formula_year_and_subject(facts: FactSet) -> None:
    assert facts.get("value", year=2014, exporter="RUS").value == 12.5
    # The ratio was made from two others, which nobody asked for.
    assert [one.formula for one in facts.where("ratio")] == ["ratio"]
    assert facts.get("ratio").value == 0.125
    assert [one.formula for one in facts.where(exporter="RUS")] == ["value", "ratio"]
    assert {source.id for source in facts.where("ratio").datasets} == {"flows", "sizes"}
    assert [one.id for one in facts.where("ratio").formulas] == ["ratio"]


@pytest.mark.parametrize(
    "asked",
    [{"formula": "nothing"}, {"formula": "value", "year": 1990}, {"formula": "value", "product": "1"}],
)
def test_what_is_not_there_is_said(facts: FactSet, asked: dict[str, Any]) -> None:
    with pytest.raises(NoData, match="0 facts") as refused:
        facts.get(**asked)
    assert "ratio, share, size, value" in refused.value.remedy


def test_a_fact_is_taken_by_its_id_or_its_place(facts: FactSet) -> None:
    first, *_, last = facts
    assert facts[first.id] == facts[0] == first
    assert facts[-1] == last
    with pytest.raises(NoData, match="none of the 4 facts of a test has this id"):
        facts["000000000000"]


def test_two_answers_are_none() -> None:
    made = ledger()
    made.state(
        fact("value", USD, 1.0, ("flows@v1#flows?",), exporter="SAU", importer="JPN"),
        formula("value", USD),
        (FLOWS,),
    )
    with pytest.raises(NoData, match="2 facts"):
        FactSet(made).get("value")


def test_records_have_the_same_columns_and_their_own_datasets(facts: FactSet) -> None:
    records = facts.to_dicts()
    assert len({tuple(record) for record in records}) == 1
    value, size, ratio, share = records
    assert (value["exporter"], value["economy"], size["economy"]) == ("RUS", None, "JPN")
    assert (ratio["first_year"], ratio["last_year"]) == (2004, 2014)
    assert (ratio["low"], ratio["high"], ratio["interval"]) == (0.1, 0.2, "bootstrap")
    assert (ratio["dataset"], ratio["version"]) == ("flows; sizes", "v1; v2")
    assert (value["dataset"], value["version"]) == ("flows", "v1")
    assert (share["value"], share["status"], share["note"]) == (None, "missing", "nothing is recorded")


def test_frames_hold_what_the_records_hold(facts: FactSet) -> None:
    polars = pytest.importorskip("polars")
    pytest.importorskip("pandas")
    pytest.importorskip("pyarrow")
    records = facts.to_dicts()
    assert facts.to_polars().to_dicts() == records
    assert facts.to_arrow().to_pylist() == records
    # Through the protocol, with no word of who made it.
    assert polars.DataFrame(facts).to_dicts() == records
    frame = facts.to_pandas()
    assert list(frame.columns) == list(records[0])
    assert frame["value"].isna().tolist() == [False, False, False, True]


@pytest.mark.parametrize("method", ["to_pandas", "to_polars", "to_arrow", "__arrow_c_stream__"])
def test_a_missing_package_is_named_with_the_remedy(
    facts: FactSet, method: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    for package in ("pandas", "polars", "pyarrow"):
        monkeypatch.setitem(sys.modules, package, None)  # what Python keeps for "cannot be imported"
    with pytest.raises(Environment, match="not installed") as refused:
        getattr(facts, method)()
    assert 'pip install "hikiwake[frames]"' in refused.value.remedy


def test_json_is_complete(facts: FactSet) -> None:
    content = json.loads(facts.to_json())
    assert content["facts"] == facts.to_dicts()
    assert {one["id"] for one in content["formulas"]} == {"value", "size", "ratio", "share"}
    assert {one["id"] for one in content["datasets"]} == {"flows", "sizes"}


def test_a_set_does_not_change() -> None:
    made = ledger()
    facts = FactSet(made, "a test")
    made.state(fact("value", USD, 3.0, ("flows@v1#f?",), exporter="X"), formula("value", USD), (FLOWS,))
    assert len(facts) == 4
    for name in ("title", "ledger", "other"):
        with pytest.raises(AttributeError):
            setattr(facts, name, None)
    assert copy.deepcopy(facts) == facts
    assert hash(copy.deepcopy(facts)) == hash(facts)
    assert facts != FactSet(made)


def test_an_empty_set_is_a_set() -> None:
    empty = FactSet(Ledger())
    assert (len(empty), empty.to_dicts(), list(empty)) == (0, [], [])
    assert json.loads(empty.to_json())["facts"] == []


def test_the_notebook_table_is_small_and_escaped() -> None:
    made = Ledger()
    for number in range(SHOWN + 5):
        hostile = f"<script>{number}</script>" + "x" * 500
        made.state(
            fact("value", USD, float(number), ("flows@v1#f?",), exporter=hostile), formula("value", USD), ()
        )
    page = FactSet(made, "<b>bold</b>")._repr_html_()
    assert "<script" not in page
    assert "<b>" not in page
    assert "x" * (LONGEST_CELL + 1) not in page
    assert "and 5 more" in page
    assert len(page.encode()) < 50_000
