"""A brief as one self-contained HTML page: no outside request, readable without scripts.

Every number stands in an element that carries its fact id; the page holds the whole brief as JSON, so
that it can be rendered again, and any number asked for its origin, from the page alone.
"""

from __future__ import annotations

import base64
import hashlib
from functools import lru_cache
from importlib.resources import files
from typing import Any

import msgspec

from hikiwake.core.document import (
    AnyBlock,
    Brief,
    Caveat,
    Chart,
    KeyFigures,
    LocatorMap,
    Paragraph,
    Table,
)
from hikiwake.core.provenance import Fact
from hikiwake.render.language import FactRun, LabelRun, PeriodRun, Run, Text, load
from hikiwake.render.outline import Words

SUFFIX = ".html"
_MARKERS = {Text: "text", FactRun: "fact", PeriodRun: "period", LabelRun: "label"}
"""How the template tells the kinds of runs apart."""


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the page as UTF-8."""
    words = Words(brief, load(lang))
    styles, script = _asset("brief.css") + _fonts(), _asset("brief.js")
    page = _environment().get_template("brief.html.j2")
    text: str = page.render(
        words=words,
        brief=brief,
        lang=lang,
        marker=lambda run: _MARKERS[type(run)],
        kind=_kind,
        picture=lambda block: _picture(block, words),
        rows=lambda chart: _rows(chart, words),
        dash="–",
        styles=styles,
        script=script,
        policy=_policy(script),
        payload=_payload(brief),
        origins=_origins(words),
    )
    return text.encode("utf-8")


def _kind(block: AnyBlock) -> str:
    names: dict[type, str] = {
        Paragraph: "paragraph",
        KeyFigures: "figures",
        Table: "table",
        Chart: "chart",
        LocatorMap: "map",
        Caveat: "caveat",
    }
    return names[type(block)]


def _picture(block: Chart | LocatorMap, words: Words) -> str:
    from hikiwake.render.charts import svg

    return svg(block, words.ledger, words.language)


def _rows(chart: Chart, words: Words) -> list[tuple[tuple[Run, ...], str, Fact]]:
    """Return the linked data of a figure: series, item, fact."""
    return [
        (words.runs(series.label), words.language.label(mark.at), words.ledger[mark.fact])
        for series in chart.series
        for mark in series.marks
    ]


def _origins(words: Words) -> list[dict[str, Any]]:
    """Return one line a fact for the appendix, grouped by formula."""
    groups: dict[str, list[Fact]] = {}
    for fact in words.ledger.facts.values():
        groups.setdefault(fact.formula, []).append(fact)
    return [
        {"formula": words.ledger.formulas[name], "facts": facts}
        for name, facts in sorted(groups.items(), key=lambda item: words.ledger.formulas[item[0]].name)
    ]


def _payload(brief: Brief) -> str:
    """Return the brief as JSON that can stand inside a script element: no character can end it."""
    text = msgspec.json.encode(brief).decode("utf-8")
    return text.replace("<", "\\u003c").replace(">", "\\u003e").replace("&", "\\u0026")


@lru_cache(maxsize=1)
def _environment() -> Any:
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The one way past escaping: our own style sheet and script, the brief's JSON with < > & written as
    # escapes, and SVG drawn by `charts`, whose text has been escaped there.
    environment.filters["safe_asset"] = Markup
    return environment


@lru_cache(maxsize=8)
def _asset(name: str) -> str:
    return files("hikiwake.render").joinpath("assets", name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _fonts() -> str:
    """Return font faces with the shipped subset inside, so that the page looks the same everywhere."""
    folder = files("hikiwake.render").joinpath("assets", "fonts")
    faces = []
    for style, weight in (("Regular", 400), ("SemiBold", 600)):
        data = base64.b64encode(folder.joinpath(f"HikiwakeSans-{style}.woff2").read_bytes()).decode("ascii")
        faces.append(
            f"@font-face{{font-family:'Hikiwake Sans';font-weight:{weight};font-display:swap;"
            f"src:url(data:font/woff2;base64,{data}) format('woff2')}}"
        )
    return "\n" + "\n".join(faces)


def _policy(script: str) -> str:
    """Return a content policy under which nothing is fetched and no script runs but ours."""
    digest = base64.b64encode(hashlib.sha256(script.encode("utf-8")).digest()).decode("ascii")
    return (
        "default-src 'none'; img-src data:; font-src data:; style-src 'unsafe-inline'; "
        f"script-src 'sha256-{digest}'"
    )
