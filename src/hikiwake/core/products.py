"""Products: short names fit for a sentence, and groups of product codes, both as data."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from functools import lru_cache
from importlib.resources import files

import msgspec

EVERYTHING = "all products"
WHOLE = (EVERYTHING, "goods", "goods and services", "total trade")
"""What flows are said to be of that leave no goods out."""


class Group(msgspec.Struct, frozen=True):
    """Products that belong together: every code that begins with one of the prefixes."""

    name: str
    prefixes: tuple[str, ...]


class Term(msgspec.Struct, frozen=True):
    """What texts call a product: its codes by prefix, other names, and terms that may be meant instead."""

    name: str
    prefixes: tuple[str, ...]
    aliases: tuple[str, ...] = ()
    near: tuple[str, ...] = ()


class Partition(msgspec.Struct, frozen=True):
    """Groups that share out all products; what no prefix matches goes to `rest`.

    `revision` is the one of the Harmonised System that the codes are of, such as "HS17"; empty where they
    mean the same in all. `source` is whose list it is.
    """

    rest: str
    groups: dict[str, Group]
    revision: str = ""
    source: str = ""

    def groups_of(self, codes: Iterable[str]) -> dict[str, str]:
        """Return the id of the one group that each product code belongs to: the longest prefix wins."""
        places = {prefix: identity for identity, group in self.groups.items() for prefix in group.prefixes}
        lengths = sorted({len(prefix) for prefix in places}, reverse=True)
        return {
            code: next((places[code[:n]] for n in lengths if code[:n] in places), self.rest) for code in codes
        }


class _Products(msgspec.Struct, frozen=True):
    names: dict[str, str]
    chapters: dict[str, str]
    groups: dict[str, Group]
    partitions: dict[str, Partition]
    terms: dict[str, Term]
    negligible: dict[str, str]


@lru_cache(maxsize=1)
def _products() -> _Products:
    raw = files("hikiwake.core").joinpath("products.toml").read_text(encoding="utf-8")
    return msgspec.convert(tomllib.loads(raw), type=_Products)


def short_name(code: str, description: str = "") -> str:
    """Return a product's name as it stands in a sentence; else its producer's description, else the code."""
    return _products().names.get(code) or description or f"HS {code}"


def chapter_name(code: str) -> str:
    """Return the name of a chapter (two digits)."""
    return _products().chapters.get(code) or f"HS {code}"


def group(identity: str) -> Group:
    """Return a named group of products."""
    return _products().groups[identity]


def groups() -> dict[str, Group]:
    """Return all named groups."""
    return dict(_products().groups)


def partition(identity: str) -> Partition:
    """Return a named partition of all products."""
    return _products().partitions[identity]


def partitions() -> tuple[str, ...]:
    """Return the names of all partitions."""
    return tuple(_products().partitions)


def partition_for(codes: Iterable[str]) -> Partition:
    """Return the partition that tells products apart: commodities where most are such, else HS sections."""
    commodities, listed = partition("commodities"), tuple(codes)
    others = sum(group == commodities.rest for group in commodities.groups_of(listed).values())
    return partition("hs_sections") if 2 * others > len(listed) else commodities


def negligible() -> dict[str, str]:
    """Return the codes without which a heading still counts as whole, with their names."""
    return dict(_products().negligible)


def terms() -> dict[str, Term]:
    """Return what texts call products, by id."""
    return dict(_products().terms)


@lru_cache(maxsize=1)
def named() -> dict[str, Term]:
    """Return each term under all its names, and each product with a short name under that, in lower case."""
    found: dict[str, Term] = {}
    for identity, term in terms().items():
        for name in (term.name, identity.replace("_", " "), *term.aliases):
            found.setdefault(name.lower(), term)
    for code, name in _products().names.items():
        found.setdefault(name.lower(), Term(name, (code,)))
    return found
