"""The chronology: visits, spells, what is in force, trade around events, and what an as-of date hides."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import duckdb
import msgspec
import numpy as np
import pytest
from tests.briefs import composed
from tests.commands import hikiwake

import hikiwake as hk
from hikiwake.core.document import Caveat
from hikiwake.core.dossier import CitedFact, Dossier, Event
from hikiwake.core.errors import NoData
from hikiwake.dossier.horizon import known_by
from hikiwake.dossier.shipped import shipped
from hikiwake.dossier.validation import read
from hikiwake.measures.chronology import contacts, spread, windows
from hikiwake.render.dates import spoken
from hikiwake.store.catalogue import SHIPPED


def event(identity: str, when: str, **parts: object) -> Event:
    given = {"type": "visit", "level": "government", "actors": ("JPN",), "host": "RUS", **parts}
    return msgspec.convert({"id": identity, "date": when, "title": identity, **given}, Event)


def dossier() -> Dossier:
    path = shipped("JPN", "RUS")
    assert path is not None
    return read(path)


def test_before_december_2016_japan_s_leader_went_four_times_and_russia_s_not_once() -> None:
    known = known_by(dossier(), date(2016, 12, 1))
    run = contacts.unanswered(contacts.visits(known.events, "JPN", "RUS"))
    assert run is not None
    assert run.before is not None
    assert [visit.guest for visit in run.visits] == ["JPN"] * 4
    assert (run.before.guest, run.before.event.date) == ("RUS", "2009-05")


def test_a_visit_needs_the_other_party_as_host_and_a_leader_as_guest() -> None:
    events = [
        event("counts", "2010-01"),
        event("to a third", "2010-02", host="CHN"),
        event("a minister", "2010-03", level="minister"),
        event("a meeting", "2010-04", type="meeting"),
        event("to a disputed place", "2010-05", host=""),
    ]
    assert [visit.event.id for visit in contacts.visits(events, "RUS", "JPN")] == ["counts"]


def test_parties_may_be_named_by_name_as_well_as_by_code() -> None:
    named = event("n", "2010", actors=("Japan",), host="Russia")
    assert [visit.guest for visit in contacts.visits([named], "JPN", "RUS")] == ["JPN"]
    assert contacts.contacts([named], "RUS", "JPN") == (named,)


def test_time_between_contacts_is_the_shortest_that_partial_dates_allow() -> None:
    met = contacts.contacts([event("b", "2003-06"), event("a", "2000")], "JPN", "RUS")
    (between,) = contacts.spells(met)
    assert between.years == (date(2003, 6, 1) - date(2000, 12, 31)).days / 365.2425


@pytest.mark.parametrize(
    ("day", "held"), [("1999-12-31", False), ("2000-12-31", True), ("2005-01-01", False)]
)
def test_in_force_from_the_last_day_it_may_have_begun_to_its_end(day: str, held: bool) -> None:
    treaty = event("t", "2000", type="treaty", until="2005")
    assert bool(contacts.in_force([treaty], date.fromisoformat(day))) is held


def test_windows_leave_out_the_event_s_year() -> None:
    around = windows.window(2003, tuple(range(2000, 2007)))
    assert around is not None
    assert (around.before, around.after) == ((2001, 2002), (2004, 2005))
    series = np.array([9.0, 1.0, 3.0, 99.0, 2.0, 8.0, 9.0])
    assert windows.change(series, tuple(range(2000, 2007)), around) == 1.5
    assert windows.window(2001, tuple(range(2000, 2007))) is None
    assert np.isnan(windows.change(np.zeros(7), tuple(range(2000, 2007)), around))


def test_an_as_of_date_hides_what_came_later() -> None:
    brief = composed("JPN", "RUS", "2016-12-01")
    shown = brief.render(".md").decode()
    chronology = shown[shown.index("## Chronology") : shown.index("## Method and data")]
    assert "Medvedev on Iturup" in chronology
    told = [line for line in chronology.splitlines() if line.startswith("| ")]
    assert len(told) > 90
    for later in ("Nagato", "2017", "2018", "2019", "2020", "2021", "2022"):
        assert not [line for line in told if later in line]
    known = known_by(dossier(), date(2016, 12, 1))
    assert "jr-2016" not in {fact.id for fact in known.facts}
    assert "jr-2015" in {fact.id for fact in known.facts}


def test_an_end_in_the_future_is_not_known() -> None:
    whole = msgspec.structs.replace(dossier(), events=(event("t", "2000", type="treaty", until="2005"),))
    assert known_by(whole, date(2003, 1, 1)).events[0].until == ""
    assert known_by(whole, date(2006, 1, 1)).events[0].until == "2005"


@pytest.mark.parametrize(
    ("formula", "where"),
    [
        ("change_around_event", "exporter = 'RUS' and importer = 'JPN'"),
        ("change_around_event_other_suppliers", "exporter <> 'RUS' and importer = 'JPN'"),
        ("change_around_event_other_customers", "exporter = 'RUS' and importer <> 'JPN'"),
    ],
)
def test_changes_around_2022_are_what_sql_says(formula: str, where: str) -> None:
    facts = composed("JPN", "RUS").content.ledger.facts.values()
    found = {f.formula: f for f in facts if f.formula.startswith("change_around") and f.period.first == 2020}
    flows = SHIPPED / "baci_flows.parquet"
    summed = duckdb.sql(
        f"select sum(value) filter (year in (2023, 2024)), sum(value) filter (year in (2020, 2021)) "
        f"from '{flows}' where {where}"
    )
    assert summed is not None
    after, before = summed.fetchall()[0]
    assert found[formula].value == pytest.approx(after / before - 1, rel=1e-12)
    pair, others, apart = (
        found[name].value
        for name in (
            "change_around_event",
            "change_around_event_other_suppliers",
            "change_around_event_apart",
        )
    )
    assert pair is not None
    assert others is not None
    assert apart == pytest.approx(100 * (pair - others), rel=1e-12)


def test_what_may_have_happened_later_is_not_known_yet() -> None:
    month = event("m", "2016-12", type="summit")
    figure = msgspec.convert(
        {"id": "f", "what": "x", "value": "1 bn USD", "in": "2016", "sources": ()}, CitedFact
    )
    whole = msgspec.structs.replace(dossier(), events=(month,), facts=(figure,))
    early, late = known_by(whole, date(2016, 12, 15)), known_by(whole, date(2016, 12, 31))
    assert (early.events, early.facts) == ((), ())
    assert (late.events, late.facts) == ((month,), (figure,))


def test_a_window_with_a_hole_moves_to_the_nearest_sound_years_and_says_so() -> None:
    """Large suppliers are missing from Japan's total of 2015: 2016 and 2017 stand in for 2015 and 2016."""
    view = composed("JPN", "RUS")
    facts = view.content.ledger.facts.values()
    around = {f.formula: f for f in facts if f.formula.startswith("change_around") and f.period.first == 2012}
    flows = SHIPPED / "baci_flows.parquet"
    for formula, where in (
        ("change_around_event", "exporter = 'RUS' and importer = 'JPN'"),
        ("change_around_event_other_suppliers", "exporter <> 'RUS' and importer = 'JPN'"),
    ):
        summed = duckdb.sql(
            f"select sum(value) filter (year in (2016, 2017)), sum(value) filter (year in (2012, 2013)) "
            f"from '{flows}' where {where}"
        )
        assert summed is not None
        after, before = summed.fetchall()[0]
        assert around[formula].value == pytest.approx(after / before - 1, rel=1e-12)
        assert around[formula].inputs[0].endswith("year=2012,2013,2016,2017")
    assert "2012–13, 2016–17 (moved)" in view.render(".md").decode()


def test_without_sound_years_in_reach_there_is_no_comparison() -> None:
    years = tuple(range(2000, 2012))
    assert windows.sound_window(2005, years, lambda at: True) == windows.window(2005, years)
    moved = windows.sound_window(2005, years, lambda at: at != 2006)
    assert moved is not None
    assert (moved.before, moved.after) == ((2003, 2004), (2007, 2008))
    assert windows.sound_window(2005, years, lambda at: at < 2005) is None
    assert windows.sound_window(2005, years, lambda at: at not in range(2006, 2009)) is None
    # The end of the data moves no window.
    assert windows.sound_window(2010, years, lambda at: at != 2009) is None


def test_no_comparison_with_a_total_whose_holes_no_sound_year_replaces(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(windows, "REACH", 2)
    facts = hk.pair("JPN", "RUS").brief().content.ledger.facts.values()
    around = {f.formula: f for f in facts if f.formula.startswith("change_around") and f.period.first == 2012}
    assert around["change_around_event_other_suppliers"].value is None
    assert "not comparable" in around["change_around_event_other_suppliers"].note
    assert around["change_around_event_apart"].value is None
    assert "change_around_event_below" not in around


def test_where_the_flow_stands_among_other_suppliers_is_what_sql_says() -> None:
    facts = composed("JPN", "RUS").content.ledger.facts.values()
    around = [f for f in facts if f.formula.startswith("change_around") and f.period.first == 2020]
    found = {f.formula + f.subject.get("quartile", ""): f.value for f in around}
    flows = SHIPPED / "baci_flows.parquet"
    summed = duckdb.sql(
        f"""with supplier as (
          select exporter, sum(value) filter (year in (2020, 2021)) as before,
            coalesce(sum(value) filter (year in (2023, 2024)), 0) as after
          from '{flows}' where importer = 'JPN' group by exporter having before > 0),
        other as (select after / before - 1 as change from supplier
          where exporter <> 'RUS' and before >= 0.001 * (select sum(before) from supplier))
        select count(*), count(*) filter (change < {found["change_around_event"]}),
          quantile_cont(change, 0.25), quantile_cont(change, 0.75) from other"""
    )
    assert summed is not None
    members, below, low, high = summed.fetchall()[0]
    assert (found["change_around_event_suppliers"], found["change_around_event_below"]) == (members, below)
    assert found["change_around_event_quartilelower"] == pytest.approx(low, rel=1e-12)
    assert found["change_around_event_quartileupper"] == pytest.approx(high, rel=1e-12)


def test_suppliers_of_no_weight_are_left_out_of_the_spread() -> None:
    years = (2000, 2001, 2003, 2004)
    window = windows.Window((2000, 2001), (2003, 2004))
    value = np.array(
        [[2.0, 2.0, 4.0, 4.0], [1e3, 1e3, 5e2, 5e2], [1e-3, 1e-3, 1.0, 1.0], [0.0, 0.0, 1.0, 1.0]]
    )
    held = spread.Suppliers(("A", "B", "C", "D"), years, value)
    # A sells just enough, C too little to count, D sold nothing before.
    assert spread.changes(held, "B", window).tolist() == [1.0]
    assert spread.changes(held, "A", window).tolist() == [-0.5]
    assert spread.changes(held._replace(years=(1, 2, 3, 4)), "A", window).size == 0


def test_a_provisional_number_in_a_title_is_called_so() -> None:
    page = composed("JPN", "RUS").render(".md").decode()
    (title,) = [line for line in page.splitlines() if line.startswith("**Around 2022")]
    assert title.endswith("(provisional)**")
    early = composed("JPN", "RUS", "2018-12-31").render(".md").decode()
    (title,) = [line for line in early.splitlines() if line.startswith("**Around 2014")]
    assert "provisional" not in title


def test_a_declaration_is_in_force_only_where_it_changed_something() -> None:
    said = event("said", "2000", type="declaration")
    done = event("done", "2000", type="declaration", changed="The state of war ends.")
    assert contacts.in_force([said, done], date(2001, 1, 1)) == (done,)


def test_a_pair_without_a_dossier_is_told_how_to_add_one() -> None:
    content = composed("FRA", "DEU").content
    section = content.sections[-1]
    assert section.id == "chronology"
    assert [type(block) for block in section.blocks] == [Caveat]
    assert content.sources == ()
    assert "hikiwake brief FRA DEU --dossier FILE" in composed("FRA", "DEU").render(".md").decode()
    assert "hikiwake dossier new FRA DEU" in composed("FRA", "DEU").render(".md").decode()


def test_why_shows_the_entries_behind_a_count(tmp_path: Path) -> None:
    brief = composed("JPN", "RUS")
    (fact,) = [f for f in brief.content.ledger.facts.values() if f.formula == "visits_unanswered"]
    saved = brief.save(tmp_path / "brief-JPN-RUS.json")
    assert b"Abe in Moscow" in hikiwake("why", fact.id, saved).stdout


@pytest.mark.parametrize(
    ("written", "said"),
    [
        ("1855", "1855"),
        ("1956-10", "October 1956"),
        ("1855-02-07", "7 February 1855"),
        ("2016-12-15/16", "15–16 December 2016"),
        ("2014-07-28/08-05", "28 July – 5 August 2014"),
        ("2014-09/11~", "about September–November 2014"),
        ("1904/1905", "1904–1905"),
        ("not a date", "not a date"),
    ],
)
def test_dates_are_written_as_people_say_them(written: str, said: str) -> None:
    assert spoken(written) == said


def test_an_as_of_date_before_all_data_is_refused_with_the_first_that_works() -> None:
    with pytest.raises(NoData, match="1995-12-31"):
        hk.pair("JPN", "RUS").brief(as_of="1950-01-01")
    assert composed("JPN", "RUS", "1995-12-31").content.year == 1995
