"""Groups of products from a file of the reader's: a concordance to SITC or BEC, or a table of own groups."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.core.products import Group, Partition
from hikiwake.sources.imports.concordance import code_of, revision, revisions
from hikiwake.sources.imports.long import rows_of
from hikiwake.sources.imports.streams import layout, table_of

LARGEST = 4 * 2**20
_CLASSIFICATION = re.compile(r"\b(SITC|BEC)\b", re.IGNORECASE)
# Sections of the Standard International Trade Classification, Revisions 3 and 4 (United Nations 1986, 2006).
SITC = {
    "0": "food and live animals",
    "1": "beverages and tobacco",
    "2": "crude materials, inedible, except fuels",
    "3": "mineral fuels and lubricants",
    "4": "animal and vegetable oils and fats",
    "5": "chemicals",
    "6": "manufactured goods by material",
    "7": "machinery and transport equipment",
    "8": "other manufactured articles",
    "9": "commodities not classified elsewhere",
}
# Broad Economic Categories, Revision 4 (United Nations 2002).
BEC = {
    "111": "food, primary, mainly for industry",
    "112": "food, primary, mainly for households",
    "121": "food, processed, mainly for industry",
    "122": "food, processed, mainly for households",
    "21": "industrial supplies, primary",
    "22": "industrial supplies, processed",
    "31": "fuels and lubricants, primary",
    "32": "fuels and lubricants, processed",
    "41": "capital goods except transport equipment",
    "42": "parts of capital goods",
    "51": "passenger motor cars",
    "52": "other transport equipment",
    "53": "parts of transport equipment",
    "61": "consumer goods, durable",
    "62": "consumer goods, semi-durable",
    "63": "consumer goods, non-durable",
    "7": "goods not specified elsewhere",
}


class _File(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    groups: dict[str, Group]
    rest: str = "other"
    source: str = ""


def read(path: Path) -> Partition:
    """Read a partition of products: TOML with groups of beginnings of codes, or a concordance (CSV, zip).

    Raises `BadInput` where the file is neither, and where a beginning or a product stands in two groups.
    """
    return _own(path) if path.suffix == ".toml" else _concordance(path)


def fit(groups: Partition, coverage: str) -> None:
    """Refuse groups by codes of another revision than the one that a dataset's coverage names."""
    held = revisions(coverage)
    if groups.revision and held and held != {groups.revision}:
        raise BadInput(
            where=f"groups of {groups.revision} products",
            why=f"the data are by products of {', '.join(sorted(held))}, whose codes mean other goods",
            remedy="Take the concordance of that revision, or bring the data into this one: data convert.",
        )


def _own(path: Path) -> Partition:
    try:
        raw = path.read_bytes()[: LARGEST + 1]
        found = msgspec.convert(tomllib.loads(raw.decode("utf-8")), type=_File)
    except (OSError, ValueError, RecursionError) as fault:
        said = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise _wrong(path, f"it is no table of groups: {said}") from fault
    seen: dict[str, str] = {}
    for identity, group in found.groups.items():
        for prefix in group.prefixes:
            if not re.fullmatch(r"\d{1,6}", prefix):
                raise _wrong(path, f"group {identity!r} has {prefix[:20]!r}, and codes are digits")
            if seen.setdefault(prefix, identity) != identity:
                raise _wrong(path, f"{prefix} stands in the groups {seen[prefix]!r} and {identity!r}")
    return Partition(
        found.rest, {**found.groups, found.rest: found.groups.get(found.rest, Group(found.rest, ()))}
    )


def _concordance(path: Path) -> Partition:
    stream = table_of(path)
    found = layout(stream)
    codes = [(n, name) for n, name in enumerate(found.header) if "desc" not in name.lower()]
    product, of = next(((n, revision(name)) for n, name in codes if revision(name)), (None, ""))
    named = ((n, _CLASSIFICATION.search(name)) for n, name in codes)
    other = next(((n, said[1].upper()) for n, said in named if said), None)
    if product is None or other is None:
        raise _wrong(path, "its header names no product of the Harmonised System and no SITC or BEC")
    place, kind = other
    names = SITC if kind == "SITC" else BEC
    prefixes: dict[str, list[str]] = {}
    seen: dict[str, str] = {}
    for row in rows_of(stream, found):
        if len(row) <= max(product, place):
            continue
        code, _ = code_of(row[product])
        group = next(
            (key for key in sorted(names, key=len, reverse=True) if row[place].strip().startswith(key)), ""
        )
        if not code or not group:
            continue
        if seen.setdefault(code, group) != group:
            raise _wrong(path, f"product {code} is of {kind} {seen[code]} and {group}")
        prefixes.setdefault(group, []).append(code)
    if not prefixes:
        raise _wrong(path, "no line of it has a product and its group")
    groups = {
        f"{kind} {key}": Group(names[key], tuple(dict.fromkeys(prefixes[key]))) for key in sorted(prefixes)
    }
    return Partition("other", {**groups, "other": Group("other products", ())}, revision=of)


def _wrong(path: Path, why: str) -> BadInput:
    return BadInput(
        where=str(path),
        why=why,
        remedy='Give a concordance of WITS, or TOML: [groups.wood] with name = "wood" and prefixes = ["44"].',
    )
