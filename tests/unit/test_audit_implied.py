"""Claims that imply a size together, names of places, partners of projects, records of several makers."""

from __future__ import annotations

from datetime import date
from typing import Any

import msgspec
import pytest

from hikiwake.audit.run import Audit, audit
from hikiwake.core.dossier import Dossier
from hikiwake.dossier.shipped import shipped
from hikiwake.dossier.validation import check_bytes, read
from hikiwake.store.tables import open_tables

SOURCES = [{"id": "book", "title": "A book"}]


def run(claims: list[dict[str, Any]], as_of: date | None = None, **parts: Any) -> Audit:
    content = {"hikiwake": 1, "title": "t", "parties": ["JPN", "RUS"], "claims": claims, **parts}
    return audit(msgspec.convert(content, Dossier), open_tables(), as_of=as_of)


def share(name: str, part: str, of: str, value: str) -> dict[str, Any]:
    return {"id": name, "quantity": "share", "part": part, "of": of, "value": value, "in": 2014}


def total(name: str, of: str, value: str, year: int = 2014, basis: str = "") -> dict[str, Any]:
    return {"id": name, "what": of, "value": value, "of": of, "in": year, "basis": basis, "sources": ["book"]}


TOTALS = [
    total("exports", "JPN -> world", "700 bn USD"),
    total("imports", "world -> JPN", "800 bn USD"),
    total("bought", "world -> RUS", "300 bn USD"),
]
LEVEL = {"id": "level", "quantity": "level", "of": "JPN <-> RUS", "in": 2013, "value": "34.8 bn USD"}
RECORD = {"id": "record", "quantity": "record", "of": "JPN <-> RUS", "in": 2013, "within": "1995/2016"}


HOME, AWAY = "JPN -> world", "world -> RUS"
OPEN = "not checkable here"


@pytest.mark.parametrize(
    ("claims", "found"),
    [
        # 1.3 % of 700 bn is 9 bn, 4.6 % of 300 bn is 14 bn: no maker's 15 per cent bring them together.
        ([("a", "JPN -> RUS", HOME, "1.3 %"), ("b", "JPN -> RUS", AWAY, "4.6 %")], [("a", "b")]),
        ([("a", "JPN -> RUS", HOME, "1.3 %"), ("b", "JPN -> RUS", AWAY, "3.2 %")], []),
        # 9 bn and 29 bn are more than the record of 34.8 bn; 9 bn and 24 bn are not.
        (
            [("a", "JPN -> RUS", "JPN -> world", "1.3 %"), ("b", "RUS -> JPN", "world -> JPN", "3.6 %")],
            [("record", "level", "a", "b")],
        ),
        ([("a", "JPN -> RUS", "JPN -> world", "1.3 %"), ("b", "RUS -> JPN", "world -> JPN", "3.0 %")], []),
    ],
)  # fmt: skip
def test_shares_imply_levels_that_must_agree_with_each_other_and_with_a_record(
    claims: list[tuple[str, str, str, str]], found: list[tuple[str, ...]]
) -> None:
    result = run([*(share(*claim) for claim in claims), LEVEL, RECORD], facts=TOTALS, references=SOURCES)
    assert [conflict.claims for conflict in result.conflicts] == found
    assert all("bn USD" in conflict.reason for conflict in result.conflicts)


def test_a_record_does_not_bind_years_outside_its_span() -> None:
    claims = [
        share("a", "JPN -> RUS", "JPN -> world", "1.3 %"),
        share("b", "RUS -> JPN", "world -> JPN", "3.6 %"),
    ]
    record = {**RECORD, "within": "1995/2013"}
    assert not run([*claims, LEVEL, record], facts=TOTALS, references=SOURCES).conflicts


def test_the_briefing_of_2016_contradicts_itself_in_four_places() -> None:
    path = shipped("JPN", "RUS")
    assert path is not None
    result = audit(read(path), open_tables())
    assert {frozenset(conflict.claims) for conflict in result.conflicts} == {
        frozenset({"H6-nuclear", "H34"}),
        frozenset({"T5", "T7"}),
        frozenset({"T6", "T8"}),
        frozenset({"T2-record", "T2", "T5", "T6"}),
    }


def series(*points: tuple[int, str, str]) -> list[dict[str, Any]]:
    return [total(f"f{year}", "JPN <-> RUS", value, year, basis) for year, value, basis in points]


@pytest.mark.parametrize(
    ("points", "judgement"),
    [
        ([(2011, "20 bn USD", "A"), (2012, "30 bn USD", "A"), (2013, "33 bn USD", "A")], "holds"),
        ([(2011, "20 bn USD", "A"), (2012, "35 bn USD", "A"), (2013, "33 bn USD", "A")], "contradicted"),
        # Another maker's 35 may be its own way of counting 32; its 50 may not.
        ([(2011, "20 bn USD", "A"), (2012, "35 bn USD", "B"), (2013, "33 bn USD", "A")], OPEN),
        ([(2011, "20 bn USD", "A"), (2012, "50 bn USD", "B"), (2013, "33 bn USD", "A")], "contradicted"),
        ([(2011, "20 bn USD", "A"), (2012, "20 bn USD", "B"), (2013, "33 bn USD", "A")], "holds"),
        ([(2012, "30 bn USD", "A"), (2013, "33 bn USD", "A")], "not checkable here"),
    ],
)  # fmt: skip
def test_a_record_is_one_makers_figures(points: list[tuple[int, str, str]], judgement: str) -> None:
    claim = {**RECORD, "within": "2011/2013"}
    assert run([claim], facts=series(*points), references=SOURCES).verdicts[0].judgement == judgement


PLACES = [{"id": "largest", "names": [{"name": "Etorofu"}, {"name": "Iturup"}]}]


@pytest.mark.parametrize(
    ("printed", "judgement"),
    [("Etorofu", "holds"), ("iturup", "holds"), ("Etoforu", "differs"), ("Honshu", "contradicted")],
)
def test_a_printed_name_is_held_against_the_names_of_the_place(printed: str, judgement: str) -> None:
    claim = {"id": "c", "quantity": "name", "place": "largest", "value": printed}
    verdict = run([claim], places=PLACES).verdicts[0]
    assert verdict.judgement == judgement
    assert "Etorofu" in verdict.reason


def project(*partners: dict[str, str], since: str = "2006") -> list[dict[str, Any]]:
    return [{"id": "pipe", "name": "Pipeline", "partners": list(partners), "since": since}]


ALONE = {"who": "Transneft", "share": "100 %", "of": "RUS"}
HALF = {"who": "Gazprom", "share": "50 %", "of": "RUS"}
MITSUI = {"who": "Mitsui", "share": "12.5 %", "of": "JPN"}
MITSUBISHI = {"who": "Mitsubishi", "share": "10 %", "of": "JPN"}


@pytest.mark.parametrize(
    ("partners", "value", "judgement"),
    [
        ([HALF, MITSUI], None, "holds"),
        ([HALF, MITSUI, MITSUBISHI], "22.5 %", "holds"),
        ([HALF, MITSUI, MITSUBISHI], "30 %", "contradicted"),
        ([ALONE], None, "contradicted"),
        ([HALF], None, "not checkable here"),
        ([HALF, {"who": "SODECO", "of": "JPN"}], "30 %", "not checkable here"),
    ],
)
def test_a_partner_is_looked_up_and_its_shares_added(
    partners: list[dict[str, str]], value: str | None, judgement: str
) -> None:
    claim = {"id": "c", "quantity": "partner", "project": "pipe", "who": "Japan"}
    claim |= {"value": value} if value else {}
    assert run([claim], projects=project(*partners)).verdicts[0].judgement == judgement


def test_a_project_of_the_future_is_unknown_and_not_an_error() -> None:
    claim = {"id": "c", "quantity": "partner", "project": "pipe", "who": "JPN"}
    verdict = run([claim], as_of=date(2016, 12, 1), projects=project(MITSUI, since="2020")).verdicts[0]
    assert verdict.judgement == "not checkable here"


def test_what_names_no_entry_is_told_with_the_name_that_was_meant() -> None:
    text = """
hikiwake: 1
title: t
parties: [JPN, RUS]
places: [{id: largest, names: [{name: Etorofu}]}]
projects: [{id: pipe, name: Pipeline, partners: [{who: A, share: many, of: Russlamd}]}]
claims:
  - {id: a, quantity: name, place: larges, value: Etorofu}
  - {id: b, quantity: partner, project: pip, who: Japn}
  - {id: c, quantity: statement, projects: [pip]}
"""
    _, problems = check_bytes(text.encode(), "t.yaml")
    told = "\n".join(str(problem) for problem in problems)
    for part in (
        "largest",
        "pipe",
        "Japan",
        "Russia (RUS)",
        "claims[0].place",
        "projects[0].partners[0].share",
    ):
        assert part in told
