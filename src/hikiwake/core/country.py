"""Economies, pairs of them, and finding one from whatever a person types.

An economy is a unit that trade statistics count on its own, today or in the past. Being listed, its
name and its dates say nothing about status or recognition.
"""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from itertools import filterfalse, takewhile
from pathlib import Path
from typing import Literal

import msgspec

from hikiwake.core.errors import BadInput, UnknownCountry

MAX_LENGTH = 100
"""Longest text that is looked up; no economy's name in any language comes near it."""

Kind = Literal["economy", "former", "union", "remainder"]


class Country(msgspec.Struct, frozen=True, omit_defaults=True):
    """One economy.

    `id` is ISO 3166-1 alpha-3 (XKX for Kosovo), ISO 3166-3's old alpha-3 or the trade data's own code
    for former ones. `name` is the short English name for prose; `the` says whether it takes the
    article. `since` and `until` are the first and last calendar year in which trade statistics count
    it on its own (None: no such bound in the data). `kind`: 'former' ended, 'union' was reported as
    one although its members had codes, 'remainder' is a "not specified" of a reporting area.
    """

    id: str
    name: str
    iso2: str = ""
    iso_num: int | None = None
    the: bool = False
    kind: Kind = "economy"
    since: int | None = None
    until: int | None = None
    predecessors: tuple[str, ...] = ()
    successors: tuple[str, ...] = ()
    capital: str = ""
    area_km2: int | None = None
    continent: str = ""
    region: str = ""

    @property
    def in_sentence(self) -> str:
        """English name with its article: 'the Netherlands', 'Japan'."""
        return f"the {self.name}" if self.the else self.name

    def counted_in(self, year: int) -> bool:
        """Say whether trade statistics count the economy on its own in a year."""
        return (self.since is None or self.since <= year) and (self.until is None or year <= self.until)

    def __str__(self) -> str:
        return self.name


class Pair(msgspec.Struct, frozen=True):
    """Two different economies in the reader's order; the order is a viewpoint, not a direction of trade."""

    a: Country
    b: Country

    def __post_init__(self) -> None:
        if self.a.id == self.b.id:
            raise BadInput(
                where=f"{self.a.id}-{self.b.id}",
                why=f"{self.a.name} cannot be compared with itself",
                remedy="Name two different economies.",
            )

    def flip(self) -> Pair:
        """Return the same two economies seen from the other side."""
        return Pair(self.b, self.a)

    def __str__(self) -> str:
        return f"{self.a.id}-{self.b.id}"


class _Record(msgspec.Struct, frozen=True):
    """What the file holds of an economy: `names` by language, `aliases` in English, `also` elsewhere."""

    country: Country
    names: dict[str, str]
    aliases: tuple[str, ...]
    also: tuple[str, ...]


class _File(msgspec.Struct, frozen=True):
    """What is no economy stands beside them: groups, regions that nobody counts alone, parts by economy."""

    groups: tuple[str, ...]
    uncounted: tuple[str, ...]
    parts: dict[str, tuple[str, ...]]
    economies: tuple[_Record, ...]


def resolve(text: str) -> Country:
    """Find the economy that a code or a name means.

    Takes ISO alpha-2, alpha-3 and numeric codes, short, official, old and common names, in English
    and 30 other languages, in any case, with or without accents, spaces and punctuation. Codes come
    before names, English names before other languages'.

    Parameters
    ----------
    text : what somebody typed; at most 100 characters.

    Raises
    ------
    UnknownCountry
        Nothing or more than one economy answers to it; the remedy lists the likely ones.

    Examples
    --------
    >>> resolve("jp").id, resolve("Côte d'Ivoire").id, resolve("ロシア").id, resolve("USSR").until
    ('JPN', 'CIV', 'RUS', 1991)
    """
    ids = _find(text)
    if len(ids) == 1:
        return country(ids[0])
    if ids:
        raise UnknownCountry(
            where=_shown(text),
            why=f"{len(ids)} economies answer to it",
            remedy=f"Did you mean {_listed(ids)}?",
        )
    raise _unknown(text)


def known(text: str) -> Country | None:
    """Return the economy that a code or a name means; None where there is none, or more than one."""
    ids = _find(text)
    return country(ids[0]) if len(ids) == 1 else None


def pair(text: str) -> Pair:
    """Find the two economies in one text.

    Examples
    --------
    >>> str(pair("JP-RU")), str(pair("japan russia")), str(pair("Guinea-Bissau / Korea, South"))
    ('JPN-RUS', 'JPN-RUS', 'GNB-KOR')

    Raises
    ------
    UnknownCountry
        A side is unknown or ambiguous, or the text can be cut in more than one way.
    BadInput
        The text names one economy only, or the same one twice.
    """
    if len(text) > 2 * MAX_LENGTH:
        raise _unknown(text)
    cuts = [(text[: m.start()], text[m.end() :]) for m in _SEPARATOR.finditer(text)]
    cuts = [(left, right) for left, right in cuts if _fold(left) and _fold(right)]
    found = [(_find(left), _find(right)) for left, right in cuts]
    whole = dict.fromkeys((a[0], b[0]) for a, b in found if len(a) == 1 and len(b) == 1)
    if len(whole) == 1:
        ((a, b),) = whole
        return Pair(country(a), country(b))
    if whole:
        readings = "; ".join(f"{country(a).name} and {country(b).name}" for a, b in whole)
        raise UnknownCountry(
            where=_shown(text),
            why="the two names can be separated in more than one way",
            remedy=f"Write JPN/RUS style codes, or a slash between the names. Possible readings: {readings}.",
        )
    if not cuts or len(_find(text)) == 1:
        resolve(text)  # an unknown single name is the better message
        raise BadInput(
            where=_shown(text),
            why="this names one economy, a pair needs two",
            remedy="Name two, for example JPN-RUS or 'Japan and Russia'.",
        )
    raise _bad_side(cuts, found)


def _bad_side(
    cuts: list[tuple[str, str]], found: list[tuple[tuple[str, ...], tuple[str, ...]]]
) -> UnknownCountry:
    """Say which side is wrong, at the cut where the other side is right if there is one."""
    halves = [i for i, sides in enumerate(found) if any(sides)]
    strong = [i for i, (left, _) in enumerate(cuts) if left[-1:] == " " or len(cuts) == 1]
    left, right = cuts[(halves or strong or [0])[-1]]
    for side in (left, right):
        try:
            resolve(side)
        except UnknownCountry as error:
            return error
    return _unknown(left + right)


REST = Country(id="ROW", name="rest of the world", the=True, kind="remainder")
"""What an inter-country table holds beside the economies it names. Nobody can ask for it as an economy."""


def country(identity: str) -> Country:
    """Return the economy of an id (JPN, SUN, BLX).

    Raises
    ------
    UnknownCountry
        No economy has this id. For codes and names of any other form use `resolve`.
    """
    if identity == REST.id:
        return REST
    try:
        return _records()[identity].country
    except KeyError:
        raise _unknown(identity) from None


def all_countries() -> tuple[Country, ...]:
    """Return every economy, former ones included, by id."""
    return tuple(record.country for record in _records().values())


def languages() -> tuple[str, ...]:
    """Return the languages that names are known in (ISO 639-1)."""
    return tuple(sorted(_records()["JPN"].names))


def english_names() -> dict[str, str]:
    """Return the economy of each English name as it is spelt, where it has one bearer; codes are not names.

    Examples
    --------
    >>> english_names()["Russian Federation"], english_names()["USA"], "JPN" in english_names()
    ('RUS', 'USA', False)
    """
    found: dict[str, str] = {}
    for identity, record in _records().items():
        for name in (record.country.name, *record.aliases):
            if _find(name) == (identity,):
                found[name] = identity
    return found


def name_in(which: Country, language: str) -> str:
    """Name an economy in a language; in English where the language or the name is not known.

    Examples
    --------
    >>> name_in(country("JPN"), "fr"), name_in(country("PCZ"), "fr")
    ('Japon', 'Panama Canal Zone')
    """
    return _records()[which.id].names.get(language, which.name)


_SEPARATOR = re.compile(
    r"\s*(?:[/,;:|&+–—→↔~]|->|<->)\s*|\s+(?:and|und|et|vs\.?|versus|with|to|-)\s+|-|\s+", re.IGNORECASE
)

# Letters that NFKD leaves alone although people type them plainly.
_PLAIN = str.maketrans({"ø": "o", "ł": "l", "đ": "d", "æ": "ae", "œ": "oe", "ı": "i", "ħ": "h", "&": " and "})


def _fold(text: str) -> str:
    """Reduce a name to what typing it differently does not change: letters and digits, no accents."""
    plain = unicodedata.normalize("NFKD", text).casefold().translate(_PLAIN)
    plain = "".join(filterfalse(unicodedata.combining, plain))
    words = re.findall(r"[^\W_]+", plain.replace("'", "").replace("’", "").replace(".", ""))
    if len(words) > 1 and words[0] == "the":
        words = words[1:]
    return "".join("saint" if word == "st" and len(words) > 1 else word for word in words)


def _find(text: str) -> tuple[str, ...]:
    """Ids of the economies that a text means: codes first, then English, then other languages."""
    if len(text) > MAX_LENGTH:
        return ()
    key = _fold(text)
    return _codes().get(key) or _english().get(key) or _other().get(key) or ()


def _unknown(text: str) -> UnknownCountry:
    key = "" if len(text) > MAX_LENGTH else _fold(text)
    remedy = "Give a code (JPN, JP or 392) or a country's name."
    why = "no economy has this name or code"
    if len(text) > MAX_LENGTH:
        why = f"longer than {MAX_LENGTH} characters, so not the name of an economy"
    elif not key:
        why = "no letters or digits to look up"
    elif reason := _no_economies().get(key):
        why, remedy = reason
    elif close := _close(key):
        remedy = f"Did you mean {_listed(close)}?"
    return UnknownCountry(where=_shown(text), why=why, remedy=remedy)


def _close(key: str) -> tuple[str, ...]:
    """Up to three economies whose name or code is spelt most like the key."""
    from difflib import get_close_matches  # only after a slip: it costs more than the rest of this import

    pools = [_english(), _other()]
    if len(key) == 3 and key.isascii():
        pools.insert(0, {code: ids for code, ids in _codes().items() if len(code) == 3 and code.isalpha()})
    for pool in pools:
        # 0.66 is two of three letters, a slip in a code; a longer name must be nearer.
        if close := get_close_matches(key, pool, n=8, cutoff=0.66 if len(key) < 5 else 0.75):
            # People get the first letters right.
            close.sort(key=lambda name: -_shared_start(name, key))
            return tuple(dict.fromkeys(i for name in close for i in pool[name]))[:3]
    return ()


def _shared_start(one: str, two: str) -> int:
    return sum(1 for _ in takewhile(lambda both: both[0] == both[1], zip(one, two, strict=False)))


def _listed(ids: tuple[str, ...]) -> str:
    """Write 'Japan (JPN), Jordan (JOR) or Jersey (JEY)'."""
    shown = [f"{country(i).name} ({i})" for i in ids]
    return shown[0] if len(shown) == 1 else f"{', '.join(shown[:-1])} or {shown[-1]}"


def _shown(text: str) -> str:
    """Quote text that somebody typed so that it cannot steer a terminal or flood a message."""
    cut = text if len(text) <= 60 else f"{text[:60]}…"
    # isprintable is false for controls, lone surrogates and the marks that turn writing round.
    return "'" + "".join(c if c.isprintable() else f"\\u{ord(c):04x}" for c in cut) + "'"


@lru_cache(maxsize=1)
def _file() -> _File:
    raw = Path(__file__).with_name("economies.json").read_bytes()
    return msgspec.json.decode(raw, type=_File)


@lru_cache(maxsize=1)
def _records() -> dict[str, _Record]:
    return {record.country.id: record for record in _file().economies}


@lru_cache(maxsize=1)
def _no_economies() -> dict[str, tuple[str, str]]:
    """Why a name that people know is no economy, and what to ask for instead."""
    group = ("a group of economies, and hikiwake compares single ones", "Name one of its members.")
    alone = ("trade statistics do not count it on its own", "Name the economy whose trade you mean.")
    found = {_fold(name): group for name in _file().groups}
    found |= {_fold(name): alone for name in _file().uncounted}
    for identity, names in _file().parts.items():
        whole = country(identity)
        part = (
            f"a part of {whole.in_sentence}, and trade statistics count the whole alone",
            f"Ask for {whole.name} ({identity}).",
        )
        found |= {_fold(name): part for name in names}
    return found


@lru_cache(maxsize=1)
def _codes() -> dict[str, tuple[str, ...]]:
    """ISO codes in lower case; an economy of today keeps its code against a former one."""
    found: dict[str, tuple[str, ...]] = {}
    for one in sorted(all_countries(), key=lambda c: (c.until is not None, c.id)):
        number = () if one.iso_num is None else (str(one.iso_num), f"{one.iso_num:03d}")
        for code in dict.fromkeys((one.id.lower(), one.iso2.lower(), *number)):
            kept = found.get(code, ())
            if code and (not kept or country(kept[0]).until is not None):
                found[code] = (*kept, one.id)
    return found


@lru_cache(maxsize=1)
def _english() -> dict[str, tuple[str, ...]]:
    return _index({i: (record.country.name, *record.aliases) for i, record in _records().items()})


@lru_cache(maxsize=1)
def _other() -> dict[str, tuple[str, ...]]:
    # Apart from English because folding 8,000 names takes 40 ms that most calls need not spend.
    return _index({i: (*record.names.values(), *record.also) for i, record in _records().items()})


def _index(names: dict[str, tuple[str, ...]]) -> dict[str, tuple[str, ...]]:
    """Turn names by economy into economies by folded name."""
    found: dict[str, tuple[str, ...]] = {}
    for identity, mine in names.items():
        for key in dict.fromkeys(_fold(name) for name in mine):
            found[key] = (*found.get(key, ()), identity)
    return found
