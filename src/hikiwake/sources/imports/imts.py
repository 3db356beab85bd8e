"""The IMF's trade in goods by partner: IMTS as its service sends it and its site saves it, DOTS as it was.

Totals over all products. Each flow is told twice, by its exporter (free on board) and by its importer (with
carriage): one report is taken.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import NamedTuple, cast

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.comtrade import Side
from hikiwake.sources.imports.long import VALUE, YEAR, LongStream, ScaledStream, rows_of
from hikiwake.sources.imports.mapping import FACTORS, Mapping, ValueUnit
from hikiwake.sources.imports.streams import Layout, Stream, layout, table_of
from hikiwake.sources.imports.wide import years_of

CODES: dict[Side, list[str]] = {
    "exports": ["XG_FOB_USD", "TXG_FOB_USD"],
    "imports": ["MG_CIF_USD", "TMG_CIF_USD"],
}
WORDS: dict[Side, re.Pattern[str]] = {
    "exports": re.compile(r".*exports.*(fob|free on board).*us dollar.*", re.IGNORECASE),
    "imports": re.compile(r".*imports.*(cif|cost, insurance).*us dollar.*", re.IGNORECASE),
}
NEW = ("COUNTRY", "COUNTERPART_COUNTRY", "INDICATOR")
OLD = frozenset({"Country Name", "Counterpart Country Name", "Indicator Code"})
PANEL = frozenset({"Country Name", "Counterpart Country Name", "Time Period"})
SCALES: dict[str, ValueUnit] = {
    "0": "USD", "units": "USD", "": "USD", "3": "thousand USD", "thousands": "thousand USD",
    "6": "million USD", "millions": "million USD",
}  # fmt: skip
NO_FLOW = 1e8
"""No flow between two economies comes near to so many million USD; so an amount above is in USD."""


class Known(NamedTuple):
    """A table of the IMF's: what its columns mean, and the stream to read (the long form of a wide table)."""

    mapping: Mapping
    stream: Stream


def recognise(path: Path, side: Side = "exports", unit: str = "") -> Known | None:
    """Return how to read a table of the IMF's; None where the file is something else.

    `unit` is what values are in where the file does not say ("" to look at them). Raises `BadInput` where it
    does not hold the side that is asked for, or where nothing tells the unit.
    """
    if path.suffix in (".parquet", ".pq"):
        return None
    try:
        stream = table_of(path)
        found = layout(stream)
    except BadInput:
        return None
    header = set(found.header)
    if all(_called(found, name) for name in NEW):
        return _new(stream, found, side, unit)
    if header >= OLD and years_of(found):
        return _old(stream, side, unit)
    if header >= PANEL:
        return _panel(stream, found, side, unit)
    return None


def _called(found: Layout, name: str) -> str:
    """Return the column of a concept's code, which the portal calls so beside its name; empty without one."""
    return next((one for one in (f"{name}.ID", name) if one in found.header), "")


def _new(stream: Stream, found: Layout, side: Side, asked: str) -> Known:
    """Read IMTS: long with TIME_PERIOD, or wide as the site saves it."""
    long = "TIME_PERIOD" in found.header and "OBS_VALUE" in found.header
    scale = _called(found, "SCALE") or _called(found, "UNIT_MULT")
    ends = (_called(found, "COUNTRY"), _called(found, "COUNTERPART_COUNTRY"))
    indicator, frequency = _called(found, "INDICATOR"), _called(found, "FREQUENCY")
    kept = tuple(filter(None, (*ends, indicator, frequency, scale)))
    read = stream if long else LongStream(stream.path, stream.member, kept=kept)
    year, value = ("TIME_PERIOD", "OBS_VALUE") if long else (YEAR, VALUE)
    seen = _seen(read, value, scale, indicator, "" if frequency else year, side)
    only: dict[str, str | list[str]] = {indicator: _indicators(read, seen, side)}
    if frequency:
        only[frequency] = ["A", "Annual"]
    if len(seen.scales) > 1 and seen.scales <= SCALES.keys() - {""}:
        powers = tuple((name, FACTORS[SCALES[name]]) for name in sorted(seen.scales))
        read = (
            ScaledStream(stream.path, stream.member, value=value, scale=scale, powers=powers)
            if long
            else msgspec.structs.replace(read, scale=scale, powers=powers)
        )
        return Known(_mapping(side, "USD", ends, (year, value), only), read)
    return Known(_mapping(side, _unit(read, seen, asked), ends, (year, value), only), read)


def _old(stream: Stream, side: Side, asked: str) -> Known:
    """Read DOTS as it was published whole: a column for each year, quarter and month."""
    ends = ("Country Name", "Counterpart Country Name")
    has_attribute = "Attribute" in layout(stream).header
    kept = (*ends, "Indicator Code", *(("Attribute",) if has_attribute else ()))
    long = LongStream(stream.path, stream.member, kept=kept)
    seen = _seen(long, VALUE, "", "Indicator Code", "", side)
    only: dict[str, str | list[str]] = {"Indicator Code": _indicators(long, seen, side)}
    if has_attribute:
        only["Attribute"] = "Value"
    return Known(_mapping(side, _unit(long, seen, asked), ends, (YEAR, VALUE), only), long)


def _panel(stream: Stream, found: Layout, side: Side, asked: str) -> Known | None:
    """Read DOTS as its site saved it: a column for each indicator."""
    value = next((name for name in found.header if WORDS[side].fullmatch(name)), "")
    if not value:
        return None
    seen = _seen(stream, value, "", "", "Time Period", side)
    ends = ("Country Name", "Counterpart Country Name")
    return Known(_mapping(side, _unit(stream, seen, asked), ends, ("Time Period", value), {}), stream)


class _Seen(NamedTuple):
    """What a whole table holds: indicators, scales, and the largest amount."""

    indicators: frozenset[str]
    scales: frozenset[str]
    largest: float


def _seen(stream: Stream, value: str, scale: str, indicator: str, year: str, side: Side) -> _Seen:
    """Look at a whole table, at scales and amounts of the rows of a side.

    `BadInput` where its years (asked for only without a frequency) are months.
    """
    found = layout(stream)
    place = {name: found.header.index(name) for name in (value, scale, indicator, year) if name}
    indicators, scales, largest = set(), set(), 0.0
    for number, row in enumerate(rows_of(stream, found), 2):
        if len(row) < len(found.header) or not row[place[value]].strip():
            continue
        if year and not re.fullmatch(r"\d{4}(\.0+)?", row[place[year]].strip()):
            raise BadInput(
                where=f"{stream.name}, line {number}",
                why=f"{row[place[year]][:20]!r} is no year; months and quarters repeat the year's trade",
                remedy="Save annual data alone.",
            )
        if indicator:
            indicators.add(row[place[indicator]].strip())
            if not _fits(row[place[indicator]].strip(), side):
                continue
        if scale:
            scales.add(row[place[scale]].strip().lower())
        try:
            largest = max(largest, float(row[place[value]]))
        except ValueError:
            continue  # the import counts it
    return _Seen(frozenset(indicators), frozenset(scales), largest)


def _fits(indicator: str, side: Side) -> bool:
    return indicator in CODES[side] or WORDS[side].fullmatch(indicator) is not None


def _indicators(stream: Stream, seen: _Seen, side: Side) -> list[str]:
    fitting = sorted(name for name in seen.indicators if _fits(name, side))
    if not fitting:
        raise BadInput(
            where=stream.name,
            why=f"it holds no {side} (indicators: {', '.join(sorted(seen.indicators))[:200] or 'none'})",
            remedy=f"Ask for {CODES[side][0]}, or choose the other side with --report.",
        )
    return fitting


def _unit(stream: Stream, seen: _Seen, asked: str) -> ValueUnit:
    if len(seen.scales) == 1 and (scale := next(iter(seen.scales))) in SCALES:
        return SCALES[scale]
    if not seen.scales and asked:
        return cast(ValueUnit, asked)
    if not seen.scales and seen.largest > NO_FLOW:
        return "USD"
    told = (
        f"it states its unit as {', '.join(sorted(seen.scales))}" if seen.scales else "nothing tells its unit"
    )
    raise BadInput(
        where=stream.name,
        why=told,
        remedy='Say it: --unit "USD" or --unit "million USD"; the IMF\'s old service sent millions.'
        if not seen.scales
        else "Each row must say its scale: units, thousands or millions (or 0, 3, 6).",
    )


def _mapping(
    side: Side,
    unit: ValueUnit,
    ends: tuple[str, str],
    columns: tuple[str, str],
    only: dict[str, str | list[str]],
) -> Mapping:
    exporter, importer = ends if side == "exports" else ends[::-1]
    return Mapping(
        title=f"IMF, International Trade in Goods by partner, {side} as their reporters state them",
        producer="International Monetary Fund",
        licence="IMF, terms and conditions for the use of data",
        citation="International Monetary Fund, International Trade in Goods by Partner Country (IMTS)",
        exporter=exporter,
        importer=importer,
        year=columns[0],
        value=columns[1],
        value_unit=unit,
        valuation="FOB" if side == "exports" else "CIF",
        scope="goods",
        only=only,
        domestic="leave out",
        missing="leave out",
    )
