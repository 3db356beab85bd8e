"""What a claim is about, in one line: a flow of trade, a stock of investment, an indicator, a cited fact.

RUS -> JPN                       Russia's exports of all goods to Japan
JPN <-> RUS: LNG                 trade of both directions in liquefied natural gas
world -> JPN: crude oil by quantity
world -> world: LNG              all trade in it
investment JPN -> RUS            what Japan's investors hold in Russia
gdp of JPN                       an indicator of one economy
fact abe-visits                  a fact of the dossier
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import Literal

import msgspec

from hikiwake.core.country import resolve
from hikiwake.core.errors import UnknownCountry
from hikiwake.core.products import named, terms

By = Literal["value", "quantity"]
Kind = Literal["trade", "investment", "intermediate"]

WORLD = "world"
ALL = "all goods"
INDICATORS = ("gdp", "population", "exports", "imports", "investment stock", "investment abroad")
_PRODUCT_CODE = re.compile(r"(?:HS ?)?(\d{2}|\d{4}|\d{6})", re.IGNORECASE)
_FLOW = re.compile(
    r"(?:(?P<kind>trade|investment|intermediate)\s+)?(?P<left>[^:<>-][^:<>]*?)\s*(?P<arrow><->|->|→|↔)\s*"
    r"(?P<right>[^:<>]+?)(?:\s*:\s*(?P<product>.+?))?(?:\s+by\s+(?P<by>value|quantity))?"
)


class Flow(msgspec.Struct, frozen=True):
    """Trade (or investment) from one party to another, or both ways when `both`.

    A party is the id of an economy, `world`, or the name of a group that the dossier defines. `products` are
    code prefixes; empty means all goods. `label` is the product as written.
    """

    exporter: str
    importer: str
    both: bool = False
    label: str = ALL
    products: tuple[str, ...] = ()
    by: By = "value"
    kind: Kind = "trade"

    def __str__(self) -> str:
        kind = "" if self.kind == "trade" else f"{self.kind} "
        product = "" if not self.products else f": {self.label}"
        by = "" if self.by == "value" else " by quantity"
        return f"{kind}{self.exporter} {'<->' if self.both else '->'} {self.importer}{product}{by}"


class Indicator(msgspec.Struct, frozen=True):
    """A number of one economy or group."""

    name: str
    economy: str

    def __str__(self) -> str:
        return f"{self.name} of {self.economy}"


class FactOf(msgspec.Struct, frozen=True):
    """A fact of the dossier."""

    fact: str

    def __str__(self) -> str:
        return f"fact {self.fact}"


Operand = Flow | Indicator | FactOf


def parse(text: str, groups_defined: frozenset[str] = frozenset()) -> Operand:
    """Read an operand.

    Parameters
    ----------
    text : as in the module's examples; parties by any name or code of an economy, `world`, or a group.
    groups_defined : names of the groups of economies that the dossier defines.

    Raises
    ------
    ValueError
        With the reason and, where one is near, the name that was probably meant.

    Examples
    --------
    >>> str(parse("Russia -> Japan: LNG"))
    'RUS -> JPN: LNG'
    >>> str(parse("gdp of Japan"))
    'gdp of JPN'
    """
    line = re.sub(r"\s+", " ", str(text)).strip()
    if len(line) > 200:
        raise ValueError("longer than any flow needs to be (200 characters)")
    if found := re.fullmatch(r"fact\s+([\w.-]+)", line):
        return FactOf(found[1])
    if found := re.fullmatch(rf"({'|'.join(INDICATORS)}) of (.+)", line, re.IGNORECASE):
        return Indicator(found[1].lower(), party(found[2], groups_defined))
    found = _FLOW.fullmatch(line)
    if found is None:
        raise ValueError(_unreadable(line))
    left, right = party(found["left"], groups_defined), party(found["right"], groups_defined)
    if left == right and (left != WORLD or found["arrow"] in {"<->", "↔"}):
        raise ValueError(f"{line!r}: both sides are {left}")
    if left == WORLD and found["arrow"] in {"<->", "↔"}:
        left, right = right, left
    label, products = product(found["product"] or ALL)
    by: By = "quantity" if found["by"] == "quantity" else "value"
    if by == "quantity" and not products:
        raise ValueError(f"{line!r}: tonnes of all goods are not added up; name a product")
    return Flow(
        left, right, found["arrow"] in {"<->", "↔"}, label, products, by,
        kind=_kind(found["kind"]),
    )  # fmt: skip


def party(text: str, groups_defined: frozenset[str] = frozenset()) -> str:
    """Return the id of an economy, `world`, or the name of a defined group."""
    name = text.strip()
    if name.lower() in {WORLD, "the world", "all", "everybody"}:
        return WORLD
    if name in groups_defined:
        return name
    try:
        return resolve(name).id
    except UnknownCountry as fault:
        more = f" (groups defined here: {', '.join(sorted(groups_defined))})" if groups_defined else ""
        raise ValueError(f"{fault.why}. {fault.remedy}{more}") from fault


def product(text: str) -> tuple[str, tuple[str, ...]]:
    """Return a product's label and its code prefixes: a named group, or HS codes of 2, 4 or 6 digits."""
    label = text.strip()
    if label.lower() in {ALL, "goods", "everything", "all"}:
        return ALL, ()
    known = named()
    if label.lower() in known:
        return label, known[label.lower()].prefixes
    codes = []
    for part in re.split(r"\s*[,+]\s*", label):
        found = _PRODUCT_CODE.fullmatch(part)
        if found:
            codes.append(found[1])
        elif part.lower() in known:
            codes.extend(known[part.lower()].prefixes)
        else:
            raise ValueError(_unknown_product(part))
    return label, tuple(dict.fromkeys(codes))


def _kind(text: str | None) -> Kind:
    match text:
        case "investment":
            return "investment"
        case "intermediate":
            return "intermediate"
        case _:
            return "trade"


def _unknown_product(text: str) -> str:
    near = get_close_matches(text.lower(), list(named()), n=3, cutoff=0.6)
    hint = (
        f"Did you mean {' or '.join(near)}?"
        if near
        else f"Known are {', '.join(t.name for t in terms().values())}."
    )
    return f"no product is called {text!r}. {hint} HS codes of 2, 4 or 6 digits are understood too"


def _unreadable(line: str) -> str:
    return (
        f"{line!r} is not a flow; write for example RUS -> JPN, JPN <-> RUS: LNG, world -> JPN: crude oil, "
        "gdp of JPN, investment JPN -> RUS, fact ID"
    )
