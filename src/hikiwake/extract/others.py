"""Places, counts, dates, lengths of time: third largest supplier, four visits, in October 1956, 70 years."""

from __future__ import annotations

import re
from typing import NamedTuple

from hikiwake.extract.figures import Figure
from hikiwake.extract.flows import other_of
from hikiwake.extract.marks import pattern
from hikiwake.extract.scene import Scene

_AMONG = {
    "suppl": "suppliers", "source": "suppliers", "provider": "suppliers", "exporter": "suppliers",
    "seller": "suppliers",
    "customer": "customers", "buyer": "customers", "market": "customers", "importer": "customers",
    "destination": "customers", "client": "customers", "partner": "partners", "export": "products",
    "import": "products", "product": "products", "good": "products", "item": "products",
}  # fmt: skip
_ROLE = pattern(
    r"[^;.]{0,30}?\b(?P<role>suppliers?|sources?|providers?|exporters?|sellers?|customers?|buyers?|markets?|importers?|"
    r"destinations?|clients?|partners?|exports?|imports?|products?|goods|items?)\b(?:\s+(?:of|for|in)\s+(?:{A}\s+|{P}['’]s?\s+)?(?P<goods>{G}))?"
)
_EVENTS = {
    "visit": "visit", "trip": "visit", "meeting": "meeting", "talk": "meeting", "summit": "summit",
    "treat": "treaty",
    "agreement": "treaty", "sanction": "sanction", "resolution": "resolution", "declaration": "declaration",
    "project": "project", "war": "war",
}  # fmt: skip
_REMARKS = re.compile(
    r"^\s*(?:©|copyright\b|sources?:|isbn|figure\b|table\b|see\b|notes?\b|footnotes?\b)", re.IGNORECASE
)

_REFERENCE = re.compile(r"\(eds?\.\)|\bet al\.|\bpp?\. ?\d")


class Rank(NamedTuple):
    """A place among suppliers, customers, partners or products."""

    of: str
    among: str
    sure: float


def rank(scene: Scene, figure: Figure) -> Rank | None:
    """Return what has a place among what; None where the words are no rank in trade."""
    start = scene.marked.place(figure)
    if (
        figure.value in {"first", "second", "third"}
        and "place" in scene.marked.sentence.text[figure.start : figure.end]
    ):
        return _in_place(scene, start)
    found = _ROLE.match(scene.text, start)
    if not found:
        return _and_second(scene, start)
    among = next(name for stem, name in _AMONG.items() if stem in found["role"].lower())
    goods = [product for _, product in scene.marked.products(start, found.end())][-1:]
    owner = [p for _, p in scene.marked.parties(max(0, start - 3), found.end())] or [
        p
        for at, p in scene.marked.parties(0, start)
        if scene.text[at + 1 : at + 3] in {"'s", "’s"} and start - at < 6
    ]
    named = list(dict.fromkeys(party for _, party in scene.marked.parties()))
    near = (
        owner[0]
        if owner
        else next((p for _, p in reversed(scene.marked.parties(found.end()))), "")
        if among != "partners"
        else ""
    )
    near = near or (named[-1] if len(named) > 1 else "")
    far = next((party for party in named if party != near), "") or other_of(near, scene.pair)
    if among == "products" or not near or not far:
        return Rank("", among, 0.4)
    scene.placed = among
    line = {"suppliers": f"{far} -> {near}", "customers": f"{near} -> {far}"}.get(among, f"{near} <-> {far}")
    scene.placed_line = line + (f": {goods[0]}" if goods else "")
    return Rank(scene.placed_line, among, 0.8 if len(named) > 1 else 0.6)


def _and_second(scene: Scene, start: int) -> Rank | None:
    """Read "and China the second largest" after "Japan was the largest buyer of Australian LNG"."""
    named = [party for _, party in scene.marked.parties(scene.marked.clause(start)[0], start)]
    found = re.fullmatch(r"(\w+) (<?->) (\w+)(.*)", scene.placed_line)
    if not found or not named or named[-1] in found.groups() or scene.placed == "products":
        return None
    ends = (named[-1], found[3]) if scene.placed == "suppliers" else (found[1], named[-1])
    return Rank(f"{ends[0]} {found[2]} {ends[1]}{found[4]}", scene.placed, 0.7)


def _in_place(scene: Scene, start: int) -> Rank:
    flow = scene.before(start)
    goods = scene.marked.products(flow[0].end if flow else 0, start)
    if flow is None or not flow[1].whole or not goods:
        return Rank("", "products", 0.4)
    return Rank(str(flow[1]._replace(goods=goods[-1][1])), "products", 0.75)


def event_type(noun: str) -> str:
    """Return the type of event that is counted; empty where the noun is none."""
    return next((kind for stem, kind in _EVENTS.items() if re.search(rf"\b{stem}", noun)), "")


def refers_back(scene: Scene, figure: Figure) -> bool:
    """Say whether a number in words means things named before: "the two countries"."""
    if scene.marked.sentence.text[: figure.end].endswith(figure.noun[:-1]):
        return False  # "the fourth official visit": what is counted stands in the figure itself
    before = scene.marked.sentence.text[: figure.start].rstrip()
    return bool(
        re.search(
            r"\b(?:the|these|those|both|its|their|all|other|last|past|'s|’s)$|['’]s$", before, re.IGNORECASE
        )
    ) or bool(
        re.search(
            r"\b(?:countries|sides|leaders|nations|economies|neighbours|states|partners|parties|capitals)\b",
            figure.noun,
        )
    )


def dates_something(scene: Scene, figure: Figure) -> bool:
    """Say whether a date tells when something was: in a sentence, with a verb, and not in a remark."""
    block = scene.marked.sentence.block
    words = scene.marked.sentence.text.split()
    return (
        block.kind == "paragraph"
        and not _REFERENCE.search(block.text)
        and len(words) >= 6
        and not _REMARKS.match(block.text)
        and not figure.why
    )
