"""The OECD's inter-country input-output tables as published: a square of numbers for each year.

A row is what an industry of an economy sells, a column who uses it: an industry, or a category of final use.
The extended edition splits China (CN1, CN2) and Mexico (MX1, MX2) by who produces; their parts are added.
"""

from __future__ import annotations

import re
import warnings
from collections import Counter
from collections.abc import Callable, Iterator
from pathlib import Path, PurePosixPath
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.archive import is_zip, members, opened
from hikiwake.sources.imports.economies import meaning
from hikiwake.sources.imports.streams import FAULTS, Stream

Array = NDArray[np.float64]
FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
_FORMER = {"DIRP": "DPABR", "P33": "DPABR", "NPS": "NPISH", "INV": "INVNT"}
"""What categories of final use are called now that editions before 2023 called otherwise."""
_VALUE_ADDED = ("VA", "VALU")
_OUTPUT = frozenset({"OUT", "OUTPUT", "TOTAL"})
_NO_INDUSTRY = _OUTPUT.union(_VALUE_ADDED, ("TLS", "TAXSUB"))
_PARTS = {"CN1": "CHN", "CN2": "CHN", "MX1": "MEX", "MX2": "MEX"}
ROW = "ROW"
_LABEL = re.compile(r"([A-Z][A-Z0-9]{2})_([A-Z][A-Z0-9_]*)")
_YEAR = re.compile(r"(?:^|\D)(19[89]\d|20\d\d)(?:_SML)?\.csv$", re.IGNORECASE)
VALUE_ADDED = (2e7, 2e8)
"""Million USD between which the world's value added lies in 1995 to now; lost decimal points lead far out."""
OPEN_ROWS = 0.01
LINE_BYTES = 1 << 21


class Square(NamedTuple):
    """One year of a table.

    values : (rows, columns) million USD. rows, columns : economy and industry, or category of final use, of
    each. value_added : the world's. open_rows : rows whose uses do not add up to their output.
    """

    year: int
    values: Array
    rows: tuple[tuple[str, str], ...]
    columns: tuple[tuple[str, str], ...]
    output: Array
    value_added: float
    open_rows: int


def streams_of(files: tuple[Path, ...]) -> dict[int, Stream] | None:
    """Return the table of each year in some files; None where they are something else.

    Raises `BadInput` where a year stands twice.
    """
    found: dict[int, Stream] = {}
    for path in files:
        if is_zip(path):
            with opened(path) as archive:
                streams = [Stream(path, name) for name in members(archive)]
        else:
            streams = [Stream(path)]
        for stream in streams:
            named = _YEAR.search(PurePosixPath(stream.name).name)
            if named is None or not industries_of(stream):
                continue
            year = int(named[1])
            if year in found:
                raise BadInput(
                    where=f"{stream.path}, {stream.name}",
                    why=f"the year {year} stands in {found[year].name} as well",
                    remedy="Give one table a year, of one edition.",
                )
            found[year] = stream
    return dict(sorted(found.items())) or None


def read(stream: Stream, year: int, tick: Callable[[int], None]) -> Square:
    """Read the table of a year.

    Raises `BadInput` with line and column for what is no number, for labels that are unknown, missing or
    twice, and where value added or the sums of rows show that figures are not as published.
    """
    lines = _lines(stream, tick)
    header = _cells(next(lines)[1])
    _once(stream, header[1:], "column")
    names: list[str] = []
    columns = [_label(stream, 1, label, place) for place, label in enumerate(header[1:], 2)]
    used = [n for n, column in enumerate(columns) if column is not None]
    total = next((n for n, label in enumerate(header[1:]) if label in _OUTPUT), None)
    rows: list[tuple[str, str]] = []
    values: list[Array] = []
    output: list[float] = []
    value_added = float("nan")
    for number, line in lines:
        label, _, rest = line.partition(",")
        numbers = _quickly(rest, len(header) - 1)
        if numbers is None:
            numbers = _numbers(stream, number, _cells(line), header)
        label = label.strip()
        if label.rpartition("_")[2] in _VALUE_ADDED:
            value_added = float(np.nansum([value_added, numbers[used].sum()]))
        if (row := _label(stream, number, label, 1)) is None:
            continue
        names.append(label)
        rows.append(row)
        values.append(numbers[used])
        output.append(float(numbers[total]) if total is not None else float("nan"))
    _once(stream, names, "row")
    table = Square(
        year,
        np.array(values),
        tuple(rows),
        tuple(column for column in columns if column is not None),
        np.array(output),
        value_added,
        0,
    )
    return _sound(stream, table)


def industries_of(stream: Stream) -> tuple[str, ...]:
    """Return the industries that a table's header names, in its order; none where it is another table."""
    with stream.opened() as binary:
        labels = binary.readline(LINE_BYTES).decode("utf-8-sig", "replace").replace('"', "").split(",")
    known = [_now(found[2]) for label in labels[1:] if (found := _LABEL.fullmatch(label.strip()))]
    if len(known) <= 0.8 * len(labels[1:]) or "HFCE" not in known:
        return ()
    return tuple(code for code in dict.fromkeys(known) if code not in FINAL)


def sums_to(stream: Stream) -> str:
    """Return what the last column of a table is called."""
    with stream.opened() as binary:
        line = binary.readline(LINE_BYTES).decode("utf-8-sig", "replace").replace('"', "")
    return line.strip().rpartition(",")[2].strip()


def _lines(stream: Stream, tick: Callable[[int], None]) -> Iterator[tuple[int, str]]:
    try:
        with stream.opened() as binary:
            for number, line in enumerate(iter(lambda: binary.readline(LINE_BYTES), b""), 1):
                tick(len(line))
                text = line.decode("utf-8-sig", "replace").replace('"', "")
                # The header's first cell may be blank; a line without a label is none of the table's.
                if text.partition(",")[0].strip() or number == 1:
                    yield number, text
    except FAULTS as fault:
        raise _wrong(stream, 0, f"it cannot be read to its end ({fault})") from fault


def _cells(line: str) -> list[str]:
    return [cell.strip() for cell in line.split(",")]


def _quickly(cells: str, count: int) -> Array | None:
    """Return so many numbers; None where the text holds anything else, which `_numbers` then finds."""
    with warnings.catch_warnings():
        # What is no number is refused; before NumPy 2.3 it ended the reading, and there are too few then.
        warnings.simplefilter("ignore", DeprecationWarning)
        try:
            numbers = np.fromstring(cells, dtype=np.float64, sep=",")
        except ValueError:
            return None
    return numbers if len(numbers) == count and np.isfinite(numbers).all() else None


def _label(stream: Stream, line: int, label: str, place: int) -> tuple[str, str] | None:
    """Return the economy and the industry of a label; None for sums, taxes and value added."""
    if not label or label.rpartition("_")[2] in _NO_INDUSTRY:
        return None
    found = _LABEL.fullmatch(label)
    economy = _PARTS.get(found[1], found[1]) if found else ""
    if not found or (economy != ROW and meaning(economy).economy != economy):
        raise _wrong(stream, line, f"column {place}: {label[:40]!r} is no economy and industry")
    return economy, _now(found[2])


def _now(code: str) -> str:
    return _FORMER.get(code, code)


def _numbers(stream: Stream, line: int, cells: list[str], header: list[str]) -> Array:
    # Some copies end every row, but not the header, with a comma.
    if len(cells) == len(header) + 1 and not cells[-1]:
        cells = cells[:-1]
    if len(cells) != len(header):
        raise _wrong(stream, line, f"it has {len(cells)} cells, and the header {len(header)}")
    try:
        numbers = np.array(cells[1:], dtype=np.float64)
    except ValueError:
        numbers = np.array([_number(cell) for cell in cells[1:]])
    if not np.isfinite(numbers).all():
        place = int(np.flatnonzero(~np.isfinite(numbers))[0]) + 1
        raise _wrong(stream, line, f"column {header[place]}: {cells[place][:40]!r} is no number")
    return numbers


def _number(cell: str) -> float:
    try:
        return float(cell)
    except ValueError:
        return float("nan")


def _sound(stream: Stream, table: Square) -> Square:
    sellers = {label for label in table.columns if label[1] not in FINAL}
    if set(table.rows) != sellers:
        off = sorted("_".join(label) for label in set(table.rows) ^ sellers)
        raise _wrong(stream, 0, f"rows and columns are not of the same industries: {', '.join(off)[:80]}")
    low, high = VALUE_ADDED
    if not low <= table.value_added <= high:
        found = f"the world's value added is {table.value_added:,.0f} million USD in it"
        raise _wrong(stream, 0, f"{found}, far from what it is; figures may have lost their decimal points")
    # Each cell is rounded to four decimals.
    gap = np.abs(table.values.sum(axis=1) - table.output)
    open_rows = int((gap > np.maximum(1.0, 1e-4 * np.abs(table.output))).sum())
    if open_rows > OPEN_ROWS * len(table.rows):
        raise _wrong(stream, 0, f"in {open_rows} of {len(table.rows)} rows uses do not add up to the output")
    return table._replace(open_rows=open_rows)


def _once(stream: Stream, labels: list[str], what: str) -> None:
    counted = Counter(labels)
    twice = sorted({label for label in labels if label and counted[label] > 1})
    if twice:
        raise _wrong(stream, 0, f"{what} {twice[0][:40]!r} stands twice")


def _wrong(stream: Stream, line: int, why: str) -> BadInput:
    place = f"{stream.path}" + (f", {stream.member}" if stream.member else "")
    return BadInput(
        where=f"{place}, line {line}" if line else place,
        why=why,
        remedy="Get the table again from the OECD.",
    )
