"""Lists that producers publish beside their tables, given alone: what each is, and what is missing."""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.archive import base
from hikiwake.sources.imports.streams import layout, table_of

_SIGNS = re.compile(r"V(\d{4,6}\w?)", re.IGNORECASE)
_REVISION = re.compile(r"HS(\d\d)", re.IGNORECASE)


class _List(NamedTuple):
    """A list, by its name and by columns that it has; what it lacks, and the files that hold that."""

    name: re.Pattern[str]
    columns: frozenset[str]
    what: str
    lacks: str
    whole: str


_LISTS = (
    _List(
        re.compile(r"country_codes(_V\w+)?\.csv", re.IGNORECASE),
        frozenset({"country_code", "country_name"}),
        "BACI's table of countries",
        "the flows of a release",
        "BACI_HS{revision}_V{release}.zip",
    ),
    _List(
        re.compile(r"product_codes(_HS\d\d)?(_V\w+)?\.csv", re.IGNORECASE),
        frozenset({"code", "description"}),
        "BACI's table of products",
        "the flows of a release",
        "BACI_HS{revision}_V{release}.zip",
    ),
    _List(
        re.compile(r"Countries_V\w+\.csv", re.IGNORECASE),
        frozenset({"country_id", "iso3"}),
        "Gravity's list of territories",
        "the pairs of territories",
        "Gravity_csv_V{release}.zip",
    ),
    _List(
        re.compile(r"WDICountry.*\.csv", re.IGNORECASE),
        frozenset({"Country Code", "Short Name", "Table Name"}),
        "the World Bank's list of countries",
        "the indicators",
        "WDI_CSV.zip",
    ),
    _List(
        re.compile(r"WDISeries.*\.csv", re.IGNORECASE),
        frozenset({"Series Code", "Topic", "Indicator Name"}),
        "the World Bank's list of indicators",
        "their values",
        "WDI_CSV.zip",
    ),
)


def refuse(path: Path) -> None:
    """Raise `BadInput` for a list that stands beside a producer's tables, with the file to take."""
    stream = table_of(path)
    name = base(stream.name)
    header = frozenset(layout(stream).header)
    for one in _LISTS:
        # The columns alone are of no producer: a code and a description may be anybody's.
        if one.name.fullmatch(name) and one.columns <= header:
            raise BadInput(
                where=str(path),
                why=f"it is {one.what} alone, without {one.lacks}",
                remedy=_remedy(path, one.whole, name),
            )


def _remedy(path: Path, whole: str, name: str) -> str:
    release, revision = _SIGNS.search(name), _REVISION.search(name)
    known = {"release": release[1] if release else "*", "revision": revision[1] if revision else "*"}
    there = sorted(found.name for found in path.parent.glob(whole.format(**known)))
    if there:
        return f"Did you mean {there[0]}?"
    told = {
        "release": known["release"].replace("*", "202601"),
        "revision": known["revision"].replace("*", "92"),
    }
    return f"Take the producer's zip as it is, such as {whole.format(**told)}."
