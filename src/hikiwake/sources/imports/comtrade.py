"""UN Comtrade's tables, known by their header: saved by its page, sent by its service, or bulk files.

A table can hold the same trade many times: by second partner, customs procedure and mode of transport, at
several levels of the classification, in several classifications, and as its exporter and its importer report
it. Only rows are taken that are totals of the first three, of one level (six digits where there are any, else
the total), of one classification, and of one report.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Literal

import msgspec

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.comtrade_replies import Reply, is_json, rows_of
from hikiwake.sources.imports.comtrade_survey import Survey, survey
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.streams import Layout, Stream, layout, table_of

Side = Literal["exports", "imports"]
NEEDED = frozenset({"reporterCode", "partnerCode", "flowCode", "cmdCode", "primaryValue"})
CALLED: dict[str, tuple[str, ...]] = {
    "typeCode": ("typecode",),
    "freqCode": ("freqcode",),
    "refYear": ("refyear", "year", "yr"),
    "period": ("period",),
    "reporterCode": ("reportercode", "rtcode"),
    "partnerCode": ("partnercode", "ptcode"),
    "partner2Code": ("partner2code", "2ndpartnercode", "x2ndpartnercode", "ptcode2"),
    "flowCode": ("flowcode", "tradeflowcode", "rgcode"),
    "classificationCode": ("classificationcode", "classification", "pfcode"),
    "cmdCode": ("cmdcode", "commoditycode"),
    "aggrLevel": ("aggrlevel", "aggregatelevel"),
    "customsCode": ("customscode", "customsproccode", "cstcode"),
    "mosCode": ("moscode",),
    "motCode": ("motcode", "modeoftransportcode"),
    "netWgt": ("netwgt", "netweightkg", "netweight"),
    "primaryValue": ("primaryvalue", "tradevalueus", "tradevalueusd", "tradevalue"),
}
"""How columns are called: by its service, by its page before 2023 (for people and for machines), and by
packages that ask it; compared without case and signs."""
NONE = ("", "NA", "nan")
# Column: the values that mark a total; a blank is what older files hold, "0.0" what statistics packages make.
TOTALS: dict[str, tuple[str, ...]] = {
    "typeCode": ("C",),
    "partner2Code": ("0", "0.0"),
    "motCode": ("0", "0.0"),
    "customsCode": ("C00",),
    "mosCode": ("0", "0.0"),
}
SIX = ["6", "6.0"]
LICENCE = "United Nations, Policy on use and re-dissemination of UN Comtrade data: not to be passed on"
FLOWS: dict[Side, tuple[str, ...]] = {
    "exports": ("x", "2", "2.0", "export", "exports"),
    "imports": ("m", "1", "1.0", "import", "imports"),
}
CHAPTERS = 80
"""Of the 97 chapters of the Harmonised System: with fewer, and no total, files are of some products only."""
MOST = (100_000, 250_000)
"""Rows that the page and the service send at most; a table of exactly so many may have been cut."""


class Known(msgspec.Struct, frozen=True):
    """Comtrade's tables: what their columns mean, how they are written, and whether they hold months.

    `notes` is what a reader must know of them.
    """

    mapping: Mapping
    tables: tuple[tuple[Stream, Layout], ...]
    monthly: bool
    notes: tuple[str, ...] = ()


def recognise(files: tuple[Path, ...], side: Side = "exports") -> Known | None:
    """Return what the columns of Comtrade tables mean; None where the files are something else.

    Raises `BadInput` where they lack the flows of a side or products that can be read, hold services, or two
    classifications of a reporter's year, whose codes must not be added.
    """
    if any(path.suffix in (".parquet", ".pq") for path in files):
        return None
    for path in filter(is_json, files):
        rows_of(path)  # says what is wrong with it
    try:
        tables = tuple(_table(path) for path in files)
    except BadInput:
        return None
    if not all(set(found.header) >= NEEDED and _year(found) for _, found in tables):
        return None
    surveys = [survey(stream, found) for stream, found in tables]
    for path, one in zip(files, surveys, strict=True):
        _refuse(path, one, side)
    six = sorted({code for one in surveys for code in one.six})
    used = _classifications(surveys)
    if six:
        _refuse_two(used)
    else:
        _refuse_parts(files, surveys)
    mapping = _mapping(tables, six, surveys, side, used)
    notes = tuple(_notes(files, surveys, six, used))
    return Known(mapping, tables, any(one.monthly for one in surveys), notes)


def _table(path: Path) -> tuple[Stream, Layout]:
    """Return a table and how it is written, its columns called as the service calls them."""
    stream: Stream = Reply(path) if is_json(path) else table_of(path)
    found = layout(stream)
    plain = {re.sub(r"[^a-z0-9]", "", name.lower()): name for name in reversed(found.header)}
    called = {}
    for name, others in CALLED.items():
        other = next((plain[one] for one in others if one in plain), name)
        if name not in found.header:
            called[other] = name
    if not NEEDED - set(found.header) <= set(called.values()):
        return stream, found
    known = msgspec.structs.replace(stream, called=called)
    return known, layout(known)


def _year(found: Layout) -> str:
    # Where nothing tells months from years but the period, only that tells which year a row is of.
    names = ("refYear", "period") if "freqCode" in found.header else ("period", "refYear")
    return next((name for name in names if name in found.header), "")


def _of(side: Side, found: Survey) -> list[str]:
    """Return the words for a side's flows in a table."""
    return [word for word in found.flows if word.lower() in FLOWS[side]]


def _refuse(path: Path, found: Survey, side: Side) -> None:
    if not found.goods:
        raise BadInput(
            where=str(path),
            why="it holds services, and a brief's trade is that of goods",
            remedy="Ask Comtrade for goods (typeCode C).",
        )
    if not _of(side, found):
        other: Side = "imports" if side == "exports" else "exports"
        raise BadInput(
            where=str(path),
            why=f"it holds no {side} (flows: {', '.join(sorted(found.flows)) or 'none'})",
            remedy=f"Add --report {other}." if _of(other, found) else "Ask Comtrade for exports or imports.",
        )


def _refuse_two(used: dict[str, dict[str, set[str]]]) -> None:
    for year, reporters in sorted(used.items()):
        for reporter, classifications in sorted(reporters.items()):
            if len(classifications) > 1:
                raise BadInput(
                    where=f"reporter {reporter}, {year}",
                    why=f"it is in two classifications of one year ({', '.join(sorted(classifications))})",
                    remedy="Give one of them: without the other's file, or with a mapping whose `only` names"
                    " its classificationCode.",
                )


def _refuse_parts(files: tuple[Path, ...], surveys: list[Survey]) -> None:
    """Refuse files without products of six digits that hold no totals either."""
    for path, one in zip(files, surveys, strict=True):
        if "TOTAL" not in one.codes:
            told = ", ".join(dict.fromkeys(code for _, of in one.classifications.items() for code in of))
            raise BadInput(
                where=str(path),
                why="it holds neither totals (cmdCode TOTAL) nor products of six digits of the Harmonised"
                f" System, but {', '.join(one.codes[:4])}{'...' if len(one.codes) > 4 else ''}"
                + (f" of {told}" if told else ""),
                remedy="Ask Comtrade for AG6 of HS, or for TOTAL.",
            )


def _classifications(surveys: list[Survey]) -> dict[str, dict[str, set[str]]]:
    """Return, by year and reporter, the revisions of the Harmonised System."""
    used: dict[str, dict[str, set[str]]] = {}
    for one in surveys:
        for (year, reporter), codes in one.classifications.items():
            if found := set(codes) & set(one.harmonised):
                used.setdefault(year, {}).setdefault(reporter, set()).update(found)
    return used


def _mapping(
    tables: tuple[tuple[Stream, Layout], ...],
    six: list[str],
    surveys: list[Survey],
    side: Side,
    used: dict[str, dict[str, set[str]]],
) -> Mapping:
    header = frozenset.intersection(*(frozenset(found.header) for _, found in tables))
    ends = ("reporterCode", "partnerCode") if side == "exports" else ("partnerCode", "reporterCode")
    few = len({code.zfill(6)[:2] for code in six}) < CHAPTERS
    whole = all("TOTAL" in one.codes for one in surveys)
    return Mapping(
        title=f"UN Comtrade, {side} as their reporters state them",
        producer="United Nations Statistics Division",
        licence=LICENCE,
        citation="United Nations Statistics Division, UN Comtrade Database (comtradeplus.un.org)",
        exporter=ends[0],
        importer=ends[1],
        year=_year(tables[0][1]),
        product="cmdCode" if six else "",
        value="primaryValue",
        quantity="netWgt" if "netWgt" in header and six else "",
        valuation="FOB" if side == "exports" else "CIF",
        classification=_classification(used) if six else "",
        scope=("the listed products" if few and not whole else "all products") if six else "goods",
        only=_only(header, six, surveys, side),
        domestic="leave out",
        decimal="," if any(one.commas for one in surveys) else ".",
    )


def _only(
    header: frozenset[str], six: list[str], surveys: list[Survey], side: Side
) -> dict[str, str | list[str]]:
    """Return which rows count: by the values that columns must have."""
    words = sorted({word for one in surveys for word in _of(side, one)})
    only: dict[str, str | list[str]] = {"flowCode": words[0] if len(words) == 1 else words}
    only |= {column: [*values, *NONE] for column, values in TOTALS.items() if column in header}
    if "freqCode" in header:
        only["freqCode"] = ["A"]
    elif "period" in header:
        periods = {period for one in surveys for period in one.periods}
        # "2014.0" is what statistics packages make of 2014.
        written = {period for period in periods if re.fullmatch(r"\d{4}\.0+", period)}
        only["period"] = sorted({period[:4] for period in periods} | written)
    others = {code for one in surveys for codes in one.classifications.values() for code in codes}
    harmonised = {code for one in surveys for code in one.harmonised}
    if "classificationCode" in header and harmonised and others - harmonised:
        only["classificationCode"] = sorted(harmonised)
    if not six:
        only["cmdCode"] = "TOTAL"
    elif "aggrLevel" in header:
        only["aggrLevel"] = SIX
    else:
        only["cmdCode"] = six
    return only


def _classification(used: dict[str, dict[str, set[str]]]) -> str:
    """Name the classifications: one, or each with its first year, since revisions differ by year."""
    first: dict[str, str] = {}
    for year, reporters in used.items():
        for code in set().union(*reporters.values()):
            first[code] = min(year, first.get(code, year))
    if len(first) <= 1:
        return next(iter(first), "HS")
    told = ", ".join(
        f"{code} from {year}" for code, year in sorted(first.items(), key=lambda x: (x[1], x[0]))
    )
    return f"HS as reported: {told}"


def _notes(
    files: tuple[Path, ...],
    surveys: list[Survey],
    six: list[str],
    used: dict[str, dict[str, set[str]]],
) -> Iterator[str]:
    for path, one in zip(files, surveys, strict=True):
        if one.rows in MOST:
            yield (
                f"{path.name} has {one.rows:,} rows, as many as the service sends at most: it may have been"
                " cut"
            )
    for year, reporters in sorted(used.items()) if six else ():
        codes = set().union(*reporters.values())
        if len(codes) > 1:
            yield (
                f"reporters use different revisions in {year} ({', '.join(sorted(codes))}): not all of their"
                " products can be compared"
            )
