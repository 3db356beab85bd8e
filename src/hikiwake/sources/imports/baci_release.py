"""CEPII's BACI as published: a zip with a file a year, and tables of countries and products; or its files."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Iterator
from pathlib import Path

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.archive import base, is_zip, members, opened
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.streams import DELIMITERS, Part, Stream, blocks

_YEAR = re.compile(r"BACI_HS(\d\d)_Y(\d{4})_V(\w{4,12})\.csv", re.IGNORECASE)
_PRODUCTS = re.compile(r"product_codes(_HS\d\d)?(_V\w+)?\.csv", re.IGNORECASE)
_COUNTRIES = re.compile(r"country_codes(_V\w+)?\.csv", re.IGNORECASE)
LARGEST_TABLE = 4 * 2**20
CITATION = (
    "CEPII, BACI, HS{revision}, release {release}; Gaulier, G. and Zignago, S. (2010), BACI: International "
    "Trade Database at the Product-Level. The 1994-2007 Version, CEPII Working Paper 2010-23"
)


class Release(msgspec.Struct, frozen=True):
    """A release: its HS revision and name, a part for each year, and its products by code."""

    revision: str
    release: str
    parts: tuple[Part, ...]
    products: dict[str, str]
    countries: dict[str, str]

    @property
    def mapping(self) -> Mapping:
        """What its columns mean; the last year of a release is provisional."""
        return Mapping(
            title=f"BACI: International Trade Database at the Product-Level, HS{self.revision}",
            producer="CEPII, from the United Nations' Comtrade",
            licence="Etalab Open Licence 2.0",
            citation=CITATION.format(revision=self.revision, release=self.release),
            exporter="i",
            importer="j",
            year="t",
            product="k",
            value="v",
            value_unit="thousand USD",
            valuation="FOB",
            quantity="q",
            quantity_unit="t",
            classification=f"HS{self.revision}",
            scope="all products",
            provisional_from=max(part.year or 0 for part in self.parts),
        )


def recognise(files: tuple[Path, ...]) -> Release | None:
    """Return the release in a zip file, or in the files that were in one; None where it is something else.

    Raises `BadInput` where it is a release that lacks a table, or mixes releases.
    """
    streams = _streams(files)
    years = {name: found for name in streams if (found := _YEAR.fullmatch(name))}
    if not years:
        return None
    path = files[0]
    kinds = {(found[1], found[3].upper()) for found in years.values()}
    if len(kinds) > 1:
        raise BadInput(
            where=str(path),
            why=f"it mixes releases or revisions: {', '.join(sorted('HS' + r + ' V' + v for r, v in kinds))}",
            remedy="Add one release at a time; figures of different releases must not be compared.",
        )
    ((revision, release),) = kinds
    parts = tuple(
        Part(found[2], (streams[name],), int(found[2]))
        for name, found in sorted(years.items(), key=lambda item: item[1][2])
    )
    products = _table(path, streams, _PRODUCTS, ("code",), ("description",))
    countries = _table(
        path,
        streams,
        _COUNTRIES,
        ("country_code",),
        ("country_name", "country_name_full", "country_name_abbreviation"),
    )
    # A list that passed through a spreadsheet has lost its leading zeros, as its flows may have.
    whole = {
        code.zfill(6) if len(code) == 5 and code.isdigit() else code: name for code, name in products.items()
    }
    return Release(revision, release, parts, whole, countries)


def _streams(files: tuple[Path, ...]) -> dict[str, Stream]:
    """Return the tables in one zip file, or in files and beside them, by their names without folders."""
    if len(files) == 1 and is_zip(files[0]):
        with opened(files[0]) as archive:
            return {base(name): Stream(files[0], name) for name in members(archive)}
    loose = [path for path in files if path.suffix.lower() == ".csv"]
    if len(loose) < len(files) or not any(_YEAR.fullmatch(path.name) for path in loose):
        return {}
    beside = [
        path
        for path in sorted(files[0].parent.glob("*.csv"))
        if _PRODUCTS.fullmatch(path.name) or _COUNTRIES.fullmatch(path.name)
    ]
    return {path.name: Stream(path) for path in (*beside, *loose)}


def _table(
    path: Path,
    streams: dict[str, Stream],
    which: re.Pattern[str],
    keys: tuple[str, ...],
    values: tuple[str, ...],
) -> dict[str, str]:
    stream = next((streams[name] for name in sorted(streams) if which.fullmatch(name)), None)
    if stream is None:
        raise BadInput(
            where=str(path),
            why=f"it has no table of {'products' if which is _PRODUCTS else 'countries'}",
            remedy="Take the zip as CEPII publishes it, with all its files.",
        )
    text = _text(stream)
    delimiter = max(DELIMITERS, key=text.partition("\n")[0].count)
    rows = csv.DictReader(io.StringIO(text), delimiter=delimiter)
    header = tuple(name.strip() for name in rows.fieldnames or ())
    key = next((name for name in keys if name in header), "")
    value = next((name for name in values if name in header), "")
    if not key or not value:
        raise BadInput(
            where=f"{path}, {stream.name}",
            why=f"it has no column {' or '.join(keys if not key else values)}",
            remedy=f"It has: {', '.join(header)[:200]}.",
        )
    return {" ".join((row[key] or "").split()): " ".join((row[value] or "").split()) for row in rows}


def _text(stream: Stream) -> str:
    content = b"".join(_limited(blocks(stream, "utf-8")))
    for encoding in ("utf-8-sig", "latin-1"):
        try:
            return content.decode(encoding)
        except UnicodeDecodeError:
            continue
    return ""


def _limited(found: Iterator[bytes]) -> Iterator[bytes]:
    size = 0
    for block in found:
        size += len(block)
        if size > LARGEST_TABLE:
            raise BadInput(
                where="a table of codes",
                why=f"it is larger than {LARGEST_TABLE} bytes",
                remedy="Get the file again from its producer.",
            )
        yield block
