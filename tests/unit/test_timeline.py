"""The timeline: every event a mark at its date or in a count, above the trade of the same years."""

from __future__ import annotations

from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.briefs import composed
from tests.pictures import SVG, check_texts, texts
from tests.sample import Builder, name

import hikiwake as hk
from hikiwake.core import provenance as p
from hikiwake.core.document import Brief, Chart, Label, Mark, Moment, Moments, Series
from hikiwake.core.provenance import Ledger
from hikiwake.dossier.shipped import shipped
from hikiwake.dossier.validation import read
from hikiwake.measures.chronology.contacts import in_order
from hikiwake.render.charts import specification, svg, timeline
from hikiwake.render.data import read as read_brief
from hikiwake.render.language import load
from hikiwake.render.outline import Words, figure_rows
from hikiwake.render.table import csv_of_block

LONG = "Resolutions, rulings and votes of parliaments, courts and international organisations"


def drawn(
    dates: list[str], trade: dict[int, float | None] | None = None, rows: int = 2
) -> tuple[Chart, Ledger]:
    """Make a timeline of events with these dates, spread over rows and parties in turn."""
    made = Builder()
    marks = tuple(
        Mark(Label("year", str(year), str(year)), made.fact("value", value, p.USD, year=year))
        for year, value in (trade or {}).items()
    )
    moments = tuple(
        Moment(Label("date", when, when), Label("text", LONG, LONG), number, number % rows, number % 3)
        for number, when in enumerate(dates, start=1)
    )
    events = Moments(
        tuple(name(f"{LONG} {n}") for n in range(rows)),
        (name("by Japan"), name("by Russia"), name(LONG)),
        moments,
    )
    series = (Series(name(LONG), marks),) if trade else ()
    return Chart("t", "timeline", name("T"), name("Exports"), series, name("A"), events=events), made.ledger


TRADE: dict[int, float | None] = {year: 1e9 * (1 + year % 7) for year in range(1995, 2025)}
CASES: dict[str, tuple[list[str], dict[int, float | None] | None, int]] = {
    "no event": ([], None, 1),
    "no event but trade": ([], TRADE, 1),
    "one event": (["1963-01"], None, 1),
    "one event and one year of trade": (["2001"], {2001: 1e9}, 1),
    "spans and partial dates": (["1855", "1904/1905", "1945-08/09", "1945/1949", "2014-09/11~"], None, 2),
    "eighty in three years": ([f"2022-{1 + n % 12:02d}-{1 + n % 28:02d}" for n in range(80)], TRADE, 7),
    "a thousand": ([f"{1995 + n % 30}-{1 + n % 12:02d}" for n in range(1000)], TRADE, 7),
    "at both ends": (["1995-01-01", "2024-12-31", "1990/2030"], TRADE, 1),
    "nothing known": (["2000", "2001"], {1999: None, 2000: None}, 1),
}


@pytest.mark.parametrize("case", CASES)
def test_no_text_is_clipped_or_covered(case: str) -> None:
    dates, trade, rows = CASES[case]
    chart, ledger = drawn(dates, trade, rows)
    picture = svg(chart, ledger, load())
    check_texts(picture)
    assert "NaN" not in picture


@settings(max_examples=30, deadline=None)
@given(
    years=st.lists(st.integers(1700, 2030), max_size=40),
    months=st.integers(1, 12),
    trade=st.booleans(),
    rows=st.integers(1, 7),
)
def test_every_event_is_drawn_or_counted(years: list[int], months: int, trade: bool, rows: int) -> None:
    chart, ledger = drawn([f"{year}-{months:02d}" for year in years], TRADE if trade else None, rows)
    check_texts(svg(chart, ledger, load()))
    said = [row["t"][0] for row in _rows(chart, ledger) if "t" in row and len(row["t"]) == 1]
    numbers = {text for text in said if text.isdigit()}
    counted = sum(int(text[1:]) for text in said if text.startswith("+"))
    assert len(numbers) + counted == len(years)


def _rows(chart: Chart, ledger: Ledger) -> list[dict[str, Any]]:
    layers = specification(chart, ledger, load())["layer"]
    return [row for layer in layers for row in layer["data"]["values"]]


def test_marks_of_one_row_do_not_touch() -> None:
    chart, ledger = drawn([f"2014-{1 + n % 12:02d}" for n in range(30)], TRADE, 1)
    dots = [row for row in _rows(chart, ledger) if set(row) == {"x", "y"}]
    marks = [(dot["x"], dot["y"]) for dot in dots if dot["y"] > -34.0 - timeline.MOST * 25 and dot["y"] < -34]
    for one, first in enumerate(marks):
        for second in marks[one + 1 :]:
            apart = max(abs(first[0] - second[0]), abs(first[1] - second[1]))
            assert apart >= 2 * timeline.RADIUS, (first, second)


def test_a_mark_stands_at_its_date_and_a_year_s_total_in_the_middle_of_its_year() -> None:
    chart, ledger = drawn(["2014-07-02", "2015-07-02"], {2014: 1e9, 2015: 2e9, 2016: 3e9}, 1)
    specified = specification(chart, ledger, load())
    axis = specified["layer"][1]["encoding"]["x"]["scale"]
    (first, last), (low, high) = axis["domain"], axis["range"]

    def x(year: float) -> float:
        return float(low + (high - low) * (year - first) / (last - first))

    numbers = {row["t"][0]: row["x"] for row in _rows(chart, ledger) if "t" in row}
    assert numbers["1"] == pytest.approx(x(2014), abs=0.5)
    assert numbers["2"] == pytest.approx(x(2015), abs=0.5)


def test_a_span_is_as_long_as_its_years() -> None:
    chart, ledger = drawn(["2000/2009"], TRADE, 1)
    layers = specification(chart, ledger, load())["layer"]
    (bars,) = [layer for layer in layers if layer["mark"].get("strokeWidth") == 5]
    (span,) = bars["data"]["values"]
    year = (span["x2"] - span["x"]) / 10
    assert year == pytest.approx(specification(chart, ledger, load())["width"] / 30, rel=0.05)


@pytest.fixture(scope="module")
def brief() -> Brief:
    return composed("JPN", "RUS").content


def charts(brief: Brief) -> dict[str, Chart]:
    blocks = (block for section in brief.sections for block in section.blocks)
    return {block.id: block for block in blocks if isinstance(block, Chart) and block.kind == "timeline"}


def test_together_the_figures_hold_every_event_of_the_table(brief: Brief) -> None:
    path = shipped("JPN", "RUS")
    assert path is not None
    ordered = in_order(read(path).events)
    drawn_events = [chart.events.marks for chart in charts(brief).values() if chart.events]
    moments = [moment for marks in drawn_events for moment in marks]
    assert sorted(moment.number for moment in moments) == list(range(1, len(ordered) + 1))
    assert all(moment.what.text == ordered[moment.number - 1].title for moment in moments)


def test_the_lines_are_the_flow_s_own_facts(brief: Brief) -> None:
    (series,) = charts(brief)["timeline"].series  # Japan sells Russia a trickle, which is left out
    assert len(series.marks) == 30
    assert all(brief.ledger[mark.fact].subject["exporter"] == "RUS" for mark in series.marks)
    assert [mark.at.id for mark in series.marks if mark.doubtful] == ["2024"]


def test_the_data_of_the_figure_name_the_events_by_year(brief: Brief) -> None:
    chart = charts(brief)["timeline"]
    rows = {row.item.id: row.events for row in figure_rows(chart)}
    assert list(rows) == [str(year) for year in range(1995, 2025)]
    assert len(rows["2022"].split(", ")) == 8
    lines = csv_of_block(chart, Words(brief, load())).decode().splitlines()
    assert any("G7 oil price cap" in line and "event 5" in line for line in lines)


def test_as_of_a_date_the_figure_ends_there() -> None:
    chart = charts(composed("JPN", "RUS", "2016-12-01").content)["timeline"]
    assert chart.events is not None
    assert max(moment.at.id for moment in chart.events.marks) < "2016-12"
    assert chart.series[0].marks[-1].at.id == "2015"


def test_few_events_need_no_figure_of_their_own(tmp_path: Path) -> None:
    path = tmp_path / "one.yaml"
    event = '{id: t, date: "1963-01", type: treaty, title: A treaty, actors: [WSM, NZL]}'
    path.write_text(f"hikiwake: 1\ntitle: One\nparties: [WSM, NZL]\nevents:\n  - {event}\n", encoding="utf-8")
    view = hk.pair("WSM", "NZL").brief(dossier=path)
    assert charts(view.content) == {}
    assert "The dossier records 1 event, of January 1963." in view.render(".md").decode()
    path.write_text(path.read_text().replace("1963", "2003"), encoding="utf-8")
    view = hk.pair("WSM", "NZL").brief(dossier=path)
    page = view.render(".md").decode()
    assert "the 1 recorded event falls in 2003" in page
    assert read_brief(view.render(".json")) == view.content


def test_a_screen_reader_is_told_what_stands_there(brief: Brief) -> None:
    chart = charts(brief)["timeline-before"]
    picture = ElementTree.fromstring(svg(chart, brief.ledger, load()))
    assert "one for each of 11 recorded events" in (picture.findtext(f"{SVG}desc") or "")
    assert "1860" in {text.words for text in texts(svg(chart, brief.ledger, load()))}
