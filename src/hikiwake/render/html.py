"""A brief as one self-contained HTML page: no outside request, readable without scripts.

Every number stands in an element that carries its fact id and leads to its line in the list at the end; the
page holds the whole brief as packed JSON, so that it can be rendered again, and any number asked for its
origin, from the page alone.
"""

from __future__ import annotations

import base64
import hashlib
import zlib
from functools import lru_cache
from importlib.resources import files
from typing import Any
from urllib.parse import quote

import msgspec
from msgspec.structs import replace

from hikiwake.core.document import AnyBlock, Brief, Chart, LocatorMap, Table
from hikiwake.core.provenance import Fact
from hikiwake.render import data, numbers
from hikiwake.render.language import load
from hikiwake.render.outline import Words, annexed, by_formula, ended, figure_rows, in_body, shared_notes
from hikiwake.render.spans import DASH, Spans
from hikiwake.render.table import csv_of_block

SUFFIX = ".html"

DIALOG = (
    "value", "of", "period", "interval", "formula", "range", "caution", "status", "coverage_word", "note",
    "inputs", "dataset", "licence", "ask", "close", "all_about",
)  # fmt: skip
"""The words of the note that a click on a number opens."""

PACKED = 7
"""How hard zlib tries: 9 takes twice as long for one part in fifty of the payload."""

SHORT = 3
"""Signs of a name at the head of a row, such as a number, that needs no room to be read by."""
WIDE, NARROW = 680, 340
"""Pixels of a figure, and of the same figure laid out for a telephone; the style sheet shows one of them."""

SAFE = "!$'()*,/:;=?@"
"""Signs that an address may hold as they are (RFC 3986)."""


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the page as UTF-8."""
    words = Words(brief, load(lang, brief.digits))
    styles, script = _asset("brief.css") + _fonts(), _asset("brief.js")
    text: str = _template().render(
        words=words,
        brief=brief,
        annex=[section for section in brief.sections if annexed(section)],
        lang=lang,
        description=" ".join(words.text(sentence) for point in brief.summary for sentence in point),
        styles=styles,
        script=script,
        policy=_policy(styles, script),
        payload=_payload(brief),
        dialog=msgspec.json.encode({key: words.word(key) for key in DIALOG}).decode("utf-8"),
        dash=DASH,
        **_helpers(words),
    )
    return text.encode("utf-8")


def _helpers(words: Words) -> dict[str, Any]:
    """Return the functions that the template calls."""
    spans = Spans(words, exact)
    return {
        "number": spans.number,
        "say": spans.say,
        "sentences": spans.sentences,
        "cell": spans.cell,
        "kind": lambda block: type(block).__name__,
        "picture": lambda block: _picture(block, words),
        "small_picture": lambda block: _picture(_narrow(block), words, NARROW),
        "figure_rows": figure_rows,
        "by_formula": by_formula,
        "shared": shared_notes(fact.note for fact in words.ledger.facts.values()),
        "ended": ended,
        "in_body": in_body,
        "annexed": annexed,
        "numeric_columns": _numeric_columns,
        "file": lambda block: _file(block, words),
        "exact": lambda fact: exact(fact) or numbers.NO_DATA,
        "period": numbers.period,
        "short": lambda cell: bool(cell.label) and len(cell.label.text or cell.label.id) <= SHORT,
        "symbols": lambda facts: "; ".join(dict.fromkeys(fact.unit.symbol for fact in facts)),
        "subject": _subject,
        "inputs": _inputs,
    }


def exact(fact: Fact) -> str:
    """Return a fact's value with every digit it has, for programs; empty where there is none."""
    return "" if fact.value is None else repr(fact.value).removesuffix(".0")


def _subject(fact: Fact) -> str:
    """Say of whom and what a fact is, in codes: the list at the end is for checking, not for reading."""
    rest = dict(fact.subject)
    ends = [rest.pop(key) for key in ("exporter", "importer") if key in rest and len(fact.subject) > 1]
    named = [f"{key} {value}" for key, value in rest.items()]
    return ", ".join([" → ".join(ends), *named] if ends else named)


def _inputs(fact: Fact) -> str:
    """Return what a fact was computed from; the version stands in the references."""
    return "; ".join(source.partition("#")[2] or source for source in fact.inputs)


def _numeric_columns(table: Table) -> list[bool]:
    return [
        any(row[place].fact for row in table.rows if place < len(row)) for place in range(len(table.columns))
    ]


def _file(block: AnyBlock, words: Words) -> str:
    """Return the data of a table or figure as an address that holds them."""
    return f"data:text/csv;charset=utf-8,{_quoted(csv_of_block(block, words))}"


def _quoted(text: bytes) -> str:
    """Return a text as an address holds it: what `urllib` makes of it, byte by byte and more slowly."""
    return text.decode("latin-1").translate(_signs())


@lru_cache(maxsize=1)
def _signs() -> dict[int, str]:
    return {byte: quote(bytes([byte]), safe=SAFE) for byte in range(256)}


def _narrow(block: Chart | LocatorMap) -> Chart | LocatorMap:
    """Return a figure under a name of its own, for the page shows it twice."""
    return replace(block, id=f"{block.id}-narrow")


def _picture(block: Chart | LocatorMap, words: Words, width: int = WIDE) -> str:
    from hikiwake.render.charts import svg

    return svg(block, words.ledger, words.language, width=width)


def _payload(brief: Brief) -> str:
    """Return the brief as JSON, packed as zlib does (RFC 1950), in base64: a seventh of its length.

    No character of it can end the script element that it stands in.
    """
    return base64.b64encode(zlib.compress(data.content(brief), PACKED)).decode("ascii")


@lru_cache(maxsize=1)
def _template() -> Any:
    import jinja2
    from markupsafe import Markup

    environment = jinja2.Environment(
        loader=jinja2.FunctionLoader(_asset),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    # The two ways past escaping. `own`: our style sheet and script, and the brief's JSON in base64.
    # `drawing`: SVG made by `charts`, whose texts the converter has escaped.
    environment.filters["own"] = Markup
    environment.filters["drawing"] = Markup
    return environment.get_template("brief.html.j2")


@lru_cache(maxsize=8)
def _asset(name: str) -> str:
    return files("hikiwake.render").joinpath("assets", name).read_text(encoding="utf-8")


@lru_cache(maxsize=1)
def _fonts() -> str:
    """Return font faces with the shipped subset inside, so that the page looks the same everywhere."""
    folder = files("hikiwake.render").joinpath("assets", "fonts")
    faces = []
    for style, weight in (("Regular", 400), ("SemiBold", 600)):
        raw = folder.joinpath(f"HikiwakeSans-{style}.woff2").read_bytes()
        faces.append(
            f"@font-face{{font-family:'Hikiwake Sans';font-weight:{weight};font-display:swap;"
            f"src:url(data:font/woff2;base64,{base64.b64encode(raw).decode('ascii')}) format('woff2')}}"
        )
    return "\n" + "\n".join(faces)


def _policy(styles: str, script: str) -> str:
    """Return a content policy under which nothing is fetched, and no style or script counts but ours."""
    return (
        "default-src 'none'; img-src data:; font-src data:; base-uri 'none'; form-action 'none'; "
        f"style-src 'sha256-{_digest(styles)}'; script-src 'sha256-{_digest(script)}'"
    )


def _digest(text: str) -> str:
    return base64.b64encode(hashlib.sha256(text.encode("utf-8")).digest()).decode("ascii")
