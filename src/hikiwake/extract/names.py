"""The parties and products that a text names: names and adjectives of economies, terms of products."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from functools import lru_cache
from typing import Literal, NamedTuple

from hikiwake.core.country import all_countries, english_names
from hikiwake.core.nationality import demonyms
from hikiwake.core.products import named

Kind = Literal["party", "adjective", "product"]


class Mention(NamedTuple):
    """A name in a sentence; `means` is the id of an economy or the name of a product."""

    start: int
    end: int
    kind: Kind
    means: str


_WORD = re.compile(r"[^\W_]+(?:[.'’-][^\W_]+)*\.?")
# A name is part of another one before or after these: the South China Sea is no party.
_PLACE_AFTER = re.compile(r"\s+(?:Sea|Ocean|Gulf|Strait|Channel|Peninsula)\b")
_PLACE_BEFORE = re.compile(
    r"\b(?:Seas? of|Gulf of|Bank of|University of|New|Papua|Latin|North|South|Central) $"
)
# "oil prices" are no oil that is traded.
_NO_GOODS_AFTER = re.compile(
    r"[\s-]+(?:prices?|pipelines?|fields?|sectors?|compan(?:y|ies)|firms?|projects?|industr(?:y|ies)|giants?|crisis|"
    r"plants?|disaster|weapons?|power stations?|reserves|security|policy|transition|"
    r"infrastructure|markets?|ministers?|"
    r"majors?|terminals?|tankers?|carriers?|production|producers?|mines?|mining|dispute|cap)\b",
    re.IGNORECASE,
)
_ABBREVIATED = re.compile(r"(?:[A-Z]\.?){2,4}")
# Terms that are too common as other words to be taken for goods.
_COMMON = frozenset({"all", "chips", "logs", "energy", "minerals", "copper coins", "grain", "other"})


@lru_cache(maxsize=1)
def _parties() -> dict[str, list[tuple[str, Kind, str]]]:
    """Return names and adjectives by their first word, the longest first."""
    found: dict[str, list[tuple[str, Kind, str]]] = {}
    names: list[tuple[str, Kind, str]] = [
        (name, "party", economy) for name, economy in english_names().items()
    ]
    names += [
        (name, "adjective", economy) for name, economy in demonyms().items() if name not in english_names()
    ]
    for name, kind, economy in names:
        if name[:1].isupper() and (len(name) > 3 or _ABBREVIATED.fullmatch(name)) and "," not in name:
            found.setdefault(_first(name), []).append((name, kind, economy))
    for candidates in found.values():
        candidates.sort(key=lambda one: -len(one[0]))
    return found


@lru_cache(maxsize=1)
def _products() -> dict[str, list[tuple[str, str]]]:
    found: dict[str, list[tuple[str, str]]] = {}
    for name, term in named().items():
        if name not in _COMMON and len(name) > 2:
            found.setdefault(_first(name), []).append((name, term.name))
    for candidates in found.values():
        candidates.sort(key=lambda one: -len(one[0]))
    return found


@lru_cache(maxsize=1)
def _capitals() -> dict[str, str]:
    """Return whose capital a city is, where it has not the economy's own name."""
    return {
        one.capital: one.id
        for one in all_countries()
        if one.capital and one.kind == "economy" and one.capital not in english_names()
    }


def _first(name: str) -> str:
    found = _WORD.match(name)
    return found[0].rstrip(".") if found else name


def mentions(text: str, named_elsewhere: Iterable[str] = ()) -> list[Mention]:
    """Return the names of a sentence in its order.

    Parameters
    ----------
    text : the sentence.
    named_elsewhere : economies that the text names; their capitals then stand for them.
    """
    capitals = {city: economy for city, economy in _capitals().items() if economy in set(named_elsewhere)}
    found: list[Mention] = []
    end = 0
    for word in _WORD.finditer(text):
        if word.start() < end:
            continue
        mention = _party(text, word) or _product(text, word) or _capital(text, word, capitals)
        if mention:
            found.append(mention)
            end = mention.end
    return found


def _goes_on(text: str, end: int) -> bool:
    """Say whether a word goes on at a place; a raised digit is the mark of a footnote."""
    return text[end : end + 1].isalpha() or text[end : end + 1] in set("0123456789")


def _party(text: str, word: re.Match[str]) -> Mention | None:
    if not word[0][0].isupper():
        return None
    start = word.start()
    words = (word[0].rstrip("."), re.split(r"['’-]", word[0])[0])
    for key in dict.fromkeys((*words, *(one.title() for one in words if one.isupper() and len(one) > 3))):
        for name, kind, economy in _parties().get(key, ()):
            end = start + len(name)
            spelt = text[start:end]
            if (spelt == name or (len(name) > 3 and spelt == name.upper())) and not _goes_on(text, end):
                before = _PLACE_BEFORE.search(text[max(0, start - 16) : start])
                if before or _PLACE_AFTER.match(text, end):
                    return None
                return Mention(start, end, kind, economy)
    return None


def _product(text: str, word: re.Match[str]) -> Mention | None:
    start = word.start()
    lower = text[start : start + 60].lower()
    for key in dict.fromkeys((word[0].lower().rstrip("."), re.split(r"['’-]", word[0].lower())[0])):
        for name, label in _products().get(key, ()):
            if lower.startswith(name) and not _goes_on(lower, len(name)):
                end = start + len(name)
                return None if _NO_GOODS_AFTER.match(text, end) else Mention(start, end, "product", label)
    return None


def _capital(text: str, word: re.Match[str], capitals: Mapping[str, str]) -> Mention | None:
    for city, economy in capitals.items():
        if text.startswith(city, word.start()) and not _goes_on(text, word.start() + len(city)):
            return Mention(word.start(), word.start() + len(city), "party", economy)
    return None
