"""Figures draw what the facts say, nothing is clipped or covered, and a screen reader is told the finding."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any, NamedTuple
from xml.etree import ElementTree

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.briefs import composed
from tests.pictures import SVG, check_texts, texts
from tests.sample import Builder, brief, name

from hikiwake.core import provenance as p
from hikiwake.core.document import Annotation, Brief, Chart, ChartKind, Label, LocatorMap, Mark, Series
from hikiwake.core.errors import Environment
from hikiwake.core.provenance import Ledger, Unit
from hikiwake.render import charts
from hikiwake.render.charts import png, specification, svg
from hikiwake.render.language import load

PAIRS = [("JPN", "RUS"), ("LUX", "BEL"), ("TCD", "CHN"), ("TUV", "NRU"), ("USA", "CAN"), ("BIH", "VCT")]
KINDS: tuple[ChartKind, ...] = ("lines", "bars", "diverging", "dumbbell", "strip", "ranges")
LONG = "Saint Vincent and the Grenadines to Bosnia and Herzegovina"
INDUSTRY = "Crop and animal production, hunting and related service activities, forestry, logging and fishing"
Values = Mapping[str, float | None]


class Drawn(NamedTuple):
    """A chart that a test made, with its facts."""

    chart: Chart
    ledger: Ledger

    def svg(self) -> str:
        return svg(self.chart, self.ledger, load())

    def rows(self) -> list[dict[str, Any]]:
        """Return all rows of data of all layers."""
        layers = specification(self.chart, self.ledger, load())["layer"]
        return [row for layer in layers for row in layer["data"]["values"]]


def made(
    kind: ChartKind,
    series: Mapping[str, Values],
    *,
    unit: Unit = p.USD,
    emphasis: tuple[str, ...] = (),
    doubtful: tuple[str, ...] = (),
    notes: Mapping[str, str] | None = None,
) -> Drawn:
    builder = Builder()

    def marks(title: str, values: Values) -> tuple[Mark, ...]:
        return tuple(
            Mark(
                Label("year" if kind == "lines" else "industry", at, at),
                builder.fact("value", value, unit, series=title, at=at),
                emphasis=at in emphasis,
                doubtful=at in doubtful,
            )
            for at, value in values.items()
        )

    drawn = tuple(Series(name(title), marks(title, values)) for title, values in series.items())
    said = tuple(Annotation(Label("year", at, at), name(text)) for at, text in (notes or {}).items())
    chart = Chart(f"made-{kind}", kind, name("Title"), name("Exports"), drawn, name("Alt"), said)
    return Drawn(chart, builder.ledger)


def years(values: Mapping[int, float | None]) -> Values:
    return {str(year): value for year, value in values.items()}


WAVE = years({year: 1e9 * (1 + year % 7) for year in range(1995, 2025)})
STRESS: dict[str, Drawn] = {
    "lines of one point": made("lines", {LONG: {"2023": 1.2e6}}, notes={"2023": "peak: US$1.20 million"}),
    "lines without a point": made("lines", {LONG: {}}),
    "lines of nothing known": made("lines", {"a": {"2001": None, "2002": None}, "b": {"2001": 0.0}}),
    "lines six orders apart": made("lines", {LONG: {k: 1e3 for k in WAVE}, "b": WAVE}),
    "lines that fall below zero": made("lines", {"a": {"2001": -0.3, "2002": 0.2}}, unit=p.CHANGE),
    "lines that end early": made("lines", {"a": {"1988": 3e9, "1991": 3e9}, "b": {"1992": 1e9, "2002": 9e9}}),
    "lines with many notes": made(
        "lines",
        {"Russia to Japan": WAVE, "Japan to Russia": {k: (v or 0.0) / 2 for k, v in WAVE.items()}},
        notes={str(year): f"down to US${year} billion" for year in (1996, 1998, 2009, 2010, 2011, 2023)},
        doubtful=("2023", "2024"),
    ),
    "bars six orders apart": made("bars", {"x": {INDUSTRY: 3.1e12, "Coal": 4e6, "One": 1.0, "None": None}}),
    "one bar": made("bars", {"x": {"Coal": 0.5}}, unit=p.SHARE),
    "no bar": made("bars", {"x": {}}),
    "bars below zero": made("bars", {"x": {"a": 0.5, "b": -0.3}}, unit=p.CHANGE),
    "diverging with long names": made(
        "diverging", {LONG: {INDUSTRY: 8e9, "Coal": 2e5}, f"{LONG} again": {INDUSTRY: 1e6, "Gas": None}}
    ),
    "one direction only": made("diverging", {"a": {"Coal": 3e9}, "b": {}}),
    "dumbbell with long names": made(
        "dumbbell",
        {f"in {LONG}’s imports": {INDUSTRY: 1e-3, "Coal": 0.5, "Gas": None}, "b": {INDUSTRY: 1.0}},
        unit=p.SHARE,
        doubtful=("Coal",),
    ),
    "dumbbell of traces": made("dumbbell", {"a": {"x": 1e-7}, "b": {"x": 2e-7}}, unit=p.SHARE),
    "scatter over nine decades": made(
        "scatter",
        {
            "Expected": {**{f"p{n}": 10.0**n for n in range(12)}, LONG: 1e11},
            INDUSTRY: {f"p{n}": 0.0 for n in range(9)},
        },
        unit=p.RATIO,
        emphasis=(LONG, "p3", "p4"),
    ),
    "scatter of nothing": made("scatter", {"a": {}, "b": {}}),
    "ranges from nothing to a thousand times": made(
        "ranges",
        {
            f"Nine of ten flows from {LONG}": {INDUSTRY: 0.0, "Coal": 0.4},
            "Half": {INDUSTRY: 0.2, "Coal": 0.5},
            "Median": {INDUSTRY: 0.7, "Coal": None},
            LONG: {INDUSTRY: 5e6, "Coal": 1e-9},
            "Others": {INDUSTRY: 2.0},
        },
        unit=p.RATIO,
    ),
    "strip of equals": made(
        "strip",
        {LONG: {**{f"p{n}": 0.0 for n in range(200)}, LONG: 5e5, INDUSTRY: 5.01e5}},
        emphasis=(LONG, INDUSTRY),
    ),
    "strip of one": made("strip", {"x": {LONG: 4.0}}, unit=p.INDEX_100, emphasis=(LONG,)),
    "strip with the pair at both edges": made(
        "strip",
        {"x": {**{f"p{n}": n / 150 for n in range(150)}, LONG: 0.0, "Japan": 1.0}},
        unit=p.SHARE,
        emphasis=(LONG, "Japan"),
    ),
}


@pytest.fixture(scope="module")
def briefs() -> dict[tuple[str, str], Brief]:
    return {names: composed(*names).content for names in PAIRS}


def pictures(content: Brief) -> list[Chart | LocatorMap]:
    return [b for s in content.sections for b in s.blocks if isinstance(b, Chart | LocatorMap)]


@pytest.mark.parametrize("names", PAIRS)
def test_every_figure_is_well_formed_and_described(
    briefs: dict[tuple[str, str], Brief], names: tuple[str, str]
) -> None:
    language = load()
    seen: Counter[str] = Counter()
    for block in pictures(briefs[names]):
        drawn = ElementTree.fromstring(svg(block, briefs[names].ledger, language))
        assert drawn.get("role") == "img"
        title, described = drawn.find(f"{SVG}title"), drawn.find(f"{SVG}desc")
        assert title is not None
        assert described is not None
        assert title.text == language.text(block.title, briefs[names].ledger)
        assert described.text == language.text(block.alt, briefs[names].ledger)
        assert drawn.get("aria-labelledby") == f"{title.get('id')} {described.get('id')}"
        seen.update(element.get("id", "") for element in drawn.iter() if element.get("id"))
        for used in re.findall(r"url\(#([^)]+)\)", svg(block, briefs[names].ledger, language)):
            assert used in seen
    assert max(seen.values(), default=1) == 1, seen.most_common(3)


@pytest.mark.parametrize("names", PAIRS)
def test_no_text_of_a_brief_is_clipped_or_covered(
    briefs: dict[tuple[str, str], Brief], names: tuple[str, str]
) -> None:
    for block in pictures(briefs[names]):
        if isinstance(block, Chart):
            check_texts(svg(block, briefs[names].ledger, load()))


@pytest.mark.parametrize("case", STRESS)
def test_no_text_is_clipped_or_covered_in_odd_cases(case: str) -> None:
    drawn = STRESS[case].svg()
    check_texts(drawn)
    assert not re.search(r"NaN|Infinity|undefined|\bnull\b", drawn)


numbers = st.one_of(st.none(), st.just(0.0), st.floats(1e-9, 1e13))


@given(
    kind=st.sampled_from(KINDS),
    first=st.lists(numbers, max_size=12),
    second=st.lists(numbers, max_size=12),
    words=st.text("AaMil wW-’", max_size=70),
)
def test_whatever_is_drawn_stays_inside(
    kind: ChartKind, first: list[float | None], second: list[float | None], words: str
) -> None:
    def values(numbers: list[float | None]) -> Values:
        return {str(2000 + n) if kind == "lines" else f"{words} {n}": v for n, v in enumerate(numbers)}

    chosen = tuple(list(values(second))[:2])
    check_texts(made(kind, {f"x {words}": values(first), "y": values(second)}, emphasis=chosen).svg())


def test_doubtful_points_are_hollow_and_unconnected() -> None:
    drawn = made("lines", {"a": {"2001": 1e9, "2002": 2e9, "2003": 3e9}}, doubtful=("2002",))
    connected, points = specification(drawn.chart, drawn.ledger, load())["layer"][:2]
    assert [row["y"] for row in connected["data"]["values"]] == [1.0, None, 3.0]
    assert [row["d"] for row in points["data"]["values"]] == [False, True, False]
    assert drawn.svg().count('fill="white"') == 1


# Ranges are of what comparable flows are: none of them is doubtful by itself.
@pytest.mark.parametrize("kind", [kind for kind in KINDS if kind not in {"lines", "ranges"}])
def test_doubtful_marks_are_hollow(kind: ChartKind) -> None:
    values = {"a": 1e9, "b": 2e9, "c": 3e9}
    assert 'fill="white"' not in made(kind, {"x": values, "y": values}).svg()
    hollow = made(kind, {"x": values, "y": values}, doubtful=("b",)).svg()
    assert hollow.count('fill="white"') == (1 if kind == "bars" else 2)


def test_a_gap_stays_a_gap() -> None:
    drawn = made("lines", {"a": {"2001": 1e9, "2002": 2e9, "2003": None, "2004": 4e9, "2005": 5e9}})
    path = re.search(r'<path d="(M[^"]*)" stroke="#123f6d" stroke-width="2.2"', drawn.svg())
    assert path is not None
    assert path[1].count("M") == 2


def test_bars_are_as_long_as_their_numbers() -> None:
    drawn = made("bars", {"x": {"a": 4e9, "b": 1e9, "c": 1.0, "d": 0.0}})
    bars = {row["v"]: row["x2"] - row["x"] for row in drawn.rows() if "v" in row}
    assert bars[4e9] == pytest.approx(4 * bars[1e9])
    # What is not zero can be seen.
    assert bars[1.0] == 1.0
    assert 0.0 not in bars


def test_two_directions_share_one_scale() -> None:
    drawn = made("diverging", {"a": {"x": 4e9}, "b": {"x": 1e9}})
    left, right = (row["x2"] - row["x"] for row in drawn.rows() if "v" in row)
    assert left == pytest.approx(-4 * right)


def test_no_value_is_missing_from_a_strip() -> None:
    values = {f"p{n}": float(n % 5) for n in range(60)}
    drawn = made("strip", {"x": values}, unit=p.INDEX_100, emphasis=("p7",))
    dots = [row for row in drawn.rows() if "e" in row]
    assert len(dots) == 60
    assert len({(round(dot["x"], 3), round(dot["y"], 3)) for dot in dots}) == 60
    assert [row["t"] for row in drawn.rows() if row.get("t", [""])[0].startswith("P7")] == [["P7: 2.0"]]


def test_a_small_number_of_notes_is_all_there() -> None:
    said = {"1996": "peak: US$12.3 billion", "2009": "down to US$3.1 billion"}
    drawn = made("lines", {"a": WAVE}, notes=said)
    assert {text.words for text in texts(drawn.svg())} >= set(said.values())


def test_a_name_that_was_cut_is_told_whole() -> None:
    drawn = made("bars", {"x": {f"{INDUSTRY} & more": 1.0}}).svg()
    cut = [
        node
        for node in ElementTree.fromstring(drawn).iter(f"{SVG}text")
        if node.find(f"{SVG}title") is not None
    ]
    assert [node.findtext(f"{SVG}title") for node in cut] == [f"{INDUSTRY} & more"]
    assert "".join(cut[0].itertext()).endswith("…")


def test_characters_that_xml_forbids_are_dropped() -> None:
    drawn = made("bars", {"x": {"a\x00b\x1fc <d>": 1.0}}).svg()
    assert "Ab c <d>" in "".join(ElementTree.fromstring(drawn).itertext())


def test_the_unit_is_said_in_words() -> None:
    assert "Exports (billion US$)" in [text.words for text in texts(made("lines", {"a": WAVE}).svg())]


def test_the_specification_is_plain_data_of_the_named_grammar() -> None:
    for drawn in STRESS.values():
        specified = specification(drawn.chart, drawn.ledger, load())
        assert specified["$schema"].endswith("vega-lite/v6.json")
        assert msgspec.json.decode(msgspec.json.encode(specified)) is not None


PROGRAM = """
import hashlib, sys
from tests.sample import brief
from hikiwake.core.document import Chart, LocatorMap
from hikiwake.render.charts import png, svg
from hikiwake.render.language import load
content, digest = brief(), hashlib.sha256()
for section in content.sections:
    for block in section.blocks:
        if isinstance(block, Chart | LocatorMap):
            digest.update(svg(block, content.ledger, load()).encode())
            digest.update(png(block, content.ledger, load(), scale=1.0))
sys.stdout.write(digest.hexdigest())
"""


def test_the_same_figures_in_every_process() -> None:
    root = Path(__file__).resolve().parents[2]
    seen = set()
    for zone, language, seed in (("UTC", "C.UTF-8", "0"), ("Asia/Tokyo", "fr_FR.UTF-8", "4711")):
        surroundings = {
            **os.environ,
            "TZ": zone,
            "LANG": language,
            "LC_ALL": language,
            "PYTHONHASHSEED": seed,
        }
        done = subprocess.run(
            [sys.executable, "-c", PROGRAM], cwd=root, env=surroundings, capture_output=True, check=True
        )
        seen.add(done.stdout)
    assert len(seen) == 1
    assert len(seen.pop()) == 64


def test_the_order_of_drawing_does_not_matter() -> None:
    content = brief()
    blocks = pictures(content)
    charts._DRAWN.clear()
    forth = {block.id: svg(block, content.ledger, load()) for block in blocks}
    charts._DRAWN.clear()
    back = {block.id: svg(block, content.ledger, load()) for block in reversed(blocks)}
    assert forth == back


def test_a_chart_is_also_a_png() -> None:
    drawn = STRESS["one bar"]
    assert png(drawn.chart, drawn.ledger, load(), scale=1.0).startswith(b"\x89PNG")


def test_without_the_package_that_makes_pixels_the_remedy_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    charts._converter.cache_clear()
    monkeypatch.setitem(sys.modules, "vl_convert", None)
    drawn = made("bars", {"never drawn before": {"Coal": 0.125}}, unit=p.SHARE)
    assert drawn.svg().startswith("<svg")
    with pytest.raises(Environment, match=r"hikiwake\[brief\]"):
        png(drawn.chart, drawn.ledger, load())
    monkeypatch.undo()
    charts._converter.cache_clear()


def test_a_chart_without_numbers_is_drawn_empty() -> None:
    for kind in KINDS:
        empty = Chart(f"e-{kind}", kind, name("x"), name("x"), (), name("x"))
        assert svg(empty, Ledger(), load()).startswith("<svg")
