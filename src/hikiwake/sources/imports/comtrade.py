"""UN Comtrade's tables, known by their header: saved by its page, sent by its service, or bulk files.

A table can hold the same trade many times: by second partner, customs procedure and mode of transport, at
several levels of the classification, and as its exporter and its importer report it. Only rows are taken
that are totals of the first three, of one level (six digits where there are any, else the total), and of one
report.
"""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.loading import piped, text_columns
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.months import MONTHLY
from hikiwake.sources.imports.quoting import named
from hikiwake.sources.imports.streams import Layout, Stream, layout, table_of
from hikiwake.store.tables import without_bar

Side = Literal["exports", "imports"]
NEEDED = frozenset({"reporterCode", "partnerCode", "flowCode", "cmdCode", "primaryValue"})
# Column: the values that mark a total; a blank is what older files hold.
TOTALS: dict[str, list[str]] = {
    "partner2Code": ["0", ""],
    "motCode": ["0", ""],
    "customsCode": ["C00", ""],
    "mosCode": ["0", ""],
    "freqCode": ["A"],
}
LICENCE = "United Nations, Policy on use and re-dissemination of UN Comtrade data: not to be passed on"
FLOWS: dict[Side, str] = {"exports": "X", "imports": "M"}
# An amount as it is written where the comma is the decimal sign.
_COMMA = "contains({0}, ',') and not contains({0}, '.')"
SURVEYED = ("cmdCode", "flowCode", "classificationCode", "period", "freqCode")


class Survey(msgspec.Struct, frozen=True):
    """What a table holds: product codes, flows, years of each classification, months, decimal commas."""

    codes: frozenset[str]
    flows: frozenset[str]
    classifications: dict[str, tuple[str, ...]]
    monthly: bool
    commas: bool

    @property
    def six(self) -> list[str]:
        """The codes of six digits, in their order, and those that have lost a leading zero."""
        return sorted(code for code in self.codes if code.isdigit() and len(code) in (5, 6))


class Known(msgspec.Struct, frozen=True):
    """Comtrade's tables: what their columns mean, how they are written, and whether they hold months."""

    mapping: Mapping
    tables: tuple[tuple[Stream, Layout], ...]
    monthly: bool


def recognise(files: tuple[Path, ...], side: Side = "exports") -> Known | None:
    """Return what the columns of Comtrade tables mean; None where the files are something else.

    Raises `BadInput` where they lack the flows of a side, or hold two classifications of one year, whose
    codes must not be added.
    """
    if any(path.suffix in (".parquet", ".pq") for path in files):
        return None
    try:
        streams = [table_of(path) for path in files]
        found = [layout(stream) for stream in streams]
    except BadInput:
        return None
    if not all(set(one.header) >= NEEDED and _year(one) for one in found):
        return None
    surveys = [survey(stream, one) for stream, one in zip(streams, found, strict=True)]
    for path, one in zip(files, surveys, strict=True):
        _refuse(path, one, side)
    six = sorted({code for one in surveys for code in one.six})
    mapping = _mapping(set(found[0].header), _year(found[0]), six, surveys, side)
    return Known(mapping, tuple(zip(streams, found, strict=True)), any(one.monthly for one in surveys))


def survey(stream: Stream, found: Layout) -> Survey:
    """Look at a whole table for what it holds."""
    import duckdb

    place = {name: f"trim(c{found.header.index(name)})" for name in SURVEYED if name in found.header}
    value = f"c{found.header.index('primaryValue')}"
    commas = _COMMA.format(value) if found.delimiter != "," else "false"
    chosen = ", ".join(f"{place.get(name, 'null')} as {named(name)}" for name in SURVEYED)
    chosen += f", coalesce({commas}, false) as commas"
    with duckdb.connect() as connection, piped(stream, found, lambda _: None) as pipe:
        without_bar(connection)
        rows = connection.execute(f"select distinct {chosen} from {text_columns(pipe, found)}").fetchall()
    texts = [tuple(str(cell or "") for cell in row[:-1]) for row in rows]
    used: dict[str, set[str]] = {}
    for _, _, classification, period, _ in texts:
        if classification:
            used.setdefault(period[:4], set()).add(classification)
    return Survey(
        frozenset(row[0] for row in texts),
        frozenset(row[1] for row in texts),
        {year: tuple(sorted(codes)) for year, codes in used.items()},
        any(row[4] == MONTHLY for row in texts),
        any(row[-1] for row in rows),
    )


def _year(found: Layout) -> str:
    return next((name for name in ("refYear", "period") if name in found.header), "")


def _refuse(path: Path, found: Survey, side: Side) -> None:
    if FLOWS[side] not in found.flows:
        other: Side = "imports" if side == "exports" else "exports"
        raise BadInput(
            where=str(path),
            why=f"it holds no {side} (flows: {', '.join(sorted(found.flows)) or 'none'})",
            remedy=f"Add --report {other}."
            if FLOWS[other] in found.flows
            else "Ask Comtrade for exports or imports.",
        )
    for year, classifications in sorted(found.classifications.items()):
        if len(classifications) > 1:
            raise BadInput(
                where=f"{path}, {year}",
                why=f"it holds two classifications of one year ({', '.join(classifications)})",
                remedy="Take one of them: write a mapping whose `only` names its classificationCode.",
            )


def _mapping(header: set[str], year: str, six: list[str], surveys: list[Survey], side: Side) -> Mapping:
    only: dict[str, str | list[str]] = {
        "flowCode": FLOWS[side],
        **{column: values for column, values in TOTALS.items() if column in header},
    }
    if not six:
        only["cmdCode"] = "TOTAL"
    elif "aggrLevel" in header:
        only["aggrLevel"] = "6"
    else:
        only["cmdCode"] = six
    ends = ("reporterCode", "partnerCode") if side == "exports" else ("partnerCode", "reporterCode")
    return Mapping(
        title=f"UN Comtrade, {side} as their reporters state them",
        producer="United Nations Statistics Division",
        licence=LICENCE,
        citation="United Nations Statistics Division, UN Comtrade Database (comtradeplus.un.org)",
        exporter=ends[0],
        importer=ends[1],
        year=year,
        product="cmdCode" if six else "",
        value="primaryValue",
        quantity="netWgt" if "netWgt" in header and six else "",
        valuation="FOB" if side == "exports" else "CIF",
        classification=_classification(surveys) if six else "",
        scope="all products" if six else "goods",
        only=only,
        domestic="leave out",
        decimal="," if any(one.commas for one in surveys) else ".",
    )


def _classification(surveys: list[Survey]) -> str:
    """Name the classifications: one, or each with its first year, since revisions differ by year."""
    first: dict[str, str] = {}
    for one in surveys:
        for year, codes in one.classifications.items():
            for code in codes:
                first[code] = min(year, first.get(code, year))
    named_by_year = sorted(first.items(), key=lambda item: (item[1], item[0]))
    if len(named_by_year) <= 1:
        return named_by_year[0][0] if named_by_year else "HS"
    return "HS as reported: " + ", ".join(f"{code} from {year}" for code, year in named_by_year)
