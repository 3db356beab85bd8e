"""A table of changes of welfare, one for each state and decision maker: CSV or JSON.

The columns are `state` (a label, a number, a condition, or `*` for all states not named before), `decision
maker` and `welfare change`; `unit` and `source` may follow. JSON and YAML hold the same as a list of
mappings, or as `quantities`, as a dispute holds them and `hikiwake scenario welfare` writes them.
"""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Iterator
from pathlib import Path as FilePath
from typing import Any, NamedTuple

from hikiwake.core.errors import BadInput
from hikiwake.dossier.reading import BYTES, Malformed, Source, parse
from hikiwake.dossier.validation import content_of

QUANTITY = "dW"
"""The quantity of a model that the table fills."""
_NAMES = {
    "state": "state", "decision maker": "who", "who": "who", "welfare change": "value", "dw": "value",
    "value": "value", "unit": "unit", "source": "source",
}  # fmt: skip
_TREES = {".json", ".yaml", ".yml"}
NEEDED = {"state": "state", "who": "decision maker", "value": "welfare change"}


class Table(NamedTuple):
    """A quantity as a model holds it, and the line of the file that each of its rows begins on."""

    file: FilePath
    quantity: dict[str, Any]
    lines: tuple[int, ...]


class _Row(NamedTuple):
    line: int
    cells: dict[str, str]


def read_welfare(path: FilePath) -> Table:
    """Return the quantity in a table.

    Raises
    ------
    BadInput
        Naming the line that is wrong.
    """
    content = content_of(path)
    if len(content) > BYTES:
        raise BadInput(
            where=str(path), why=f"larger than {BYTES // 2**20} MiB", remedy="Leave out rows that repeat."
        )
    rows = list(_csv(content, path) if path.suffix.lower() not in _TREES else _tree(content, path))
    if not rows:
        raise BadInput(where=str(path), why="it holds no rows", remedy="Write a row for each state and side.")
    values: dict[str, dict[str, float]] = {}
    lines: dict[str, int] = {}
    for row in rows:
        for name, column in NEEDED.items():
            if not row.cells.get(name):
                raise _wrong(path, row, f"the column {column!r} is missing or empty", "Fill it in.")
        state, who = row.cells["state"], row.cells["who"]
        held = values.setdefault(state, {})
        lines.setdefault(state, row.line)
        if who in held:
            raise _wrong(path, row, f"{who} in {state} is there twice", "Keep one of the rows.")
        held[who] = _number(path, row)
    # What holds in all states comes last, since the first row that fits counts.
    order = sorted(values, key=lambda state: state == "*")
    quantity = {
        "rows": [{"where": state, "values": values[state]} for state in order],
        "unit": rows[0].cells.get("unit", ""),
        "source": rows[0].cells.get("source", "") or path.name,
    }
    return Table(path, quantity, tuple(lines[state] for state in order))


def _csv(content: bytes, path: FilePath) -> Iterator[_Row]:
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        raise BadInput(where=str(path), why="it is no UTF-8 text", remedy="Save it as UTF-8.") from fault
    reader = csv.reader(io.StringIO(text))
    names: list[str] | None = None
    try:
        for cells in reader:
            if not any(cell.strip() for cell in cells):
                continue
            if names is None:
                names = [_column(cell) for cell in cells]
            else:
                told = dict(zip(names, (cell.strip() for cell in cells), strict=False))
                yield _Row(reader.line_num, told)
    except csv.Error as fault:
        raise BadInput(
            where=f"{path}:{reader.line_num}", why=f"no CSV: {fault}", remedy="Mend it."
        ) from fault


def _tree(content: bytes, path: FilePath) -> Iterator[_Row]:
    try:
        source = parse(content)
    except Malformed as fault:
        raise BadInput(
            where=f"{path}:{fault.place.line}:{fault.place.column}", why=fault.reason, remedy=fault.remedy
        ) from fault
    tree: Any = source.tree
    if isinstance(tree, dict) and isinstance(tree.get("quantities"), dict):
        yield from _quantity(tree["quantities"], source, path)
        return
    tree = [] if tree is None else tree
    if not isinstance(tree, list) or not all(isinstance(row, dict) for row in tree):
        raise BadInput(
            where=str(path),
            why="a list of mappings is needed, or `quantities`",
            remedy='Write [{"state": …, "decision maker": …, "welfare change": …}, …].',
        )
    for number, row in enumerate(tree):
        cells = {_column(str(name)): str(value).strip() for name, value in row.items() if value is not None}
        yield _Row(source.place((number,)).line, cells)


def _quantity(quantities: dict[str, Any], source: Source, path: FilePath) -> Iterator[_Row]:
    """Yield the rows of the quantity that a dispute or a scenario wrote; what else a row says is left out."""
    held = quantities.get(QUANTITY)
    rows = held.get("rows") if isinstance(held, dict) else None
    if not isinstance(held, dict) or not isinstance(rows, list):
        raise BadInput(
            where=str(path),
            why=f"`quantities` holds no {QUANTITY} with rows",
            remedy="Write them as a table.",
        )
    beside = {name: str(held[name]) for name in ("unit", "source") if held.get(name)}
    for number, row in enumerate(rows):
        line = source.place(("quantities", QUANTITY, "rows", number)).line
        if not isinstance(row, dict) or not isinstance(row.get("values"), dict):
            raise BadInput(
                where=f"{path}:{line}", why="the row has no values", remedy="Write where: … and values: {…}."
            )
        for who, value in row["values"].items():
            told = {"state": str(row.get("where", "")), "who": str(who), "value": str(value)}
            yield _Row(line, {**beside, **told})


def _column(name: str) -> str:
    plain = " ".join(name.replace("_", " ").lower().split())
    return _NAMES.get(plain, plain)


def _number(path: FilePath, row: _Row) -> float:
    text = row.cells["value"]
    try:
        value = float(text)
    except ValueError:
        value = math.nan
    if not math.isfinite(value):
        raise _wrong(path, row, f"{text!r} is no number", "Write a number, such as -0.35.")
    return value


def _wrong(path: FilePath, row: _Row, why: str, remedy: str) -> BadInput:
    return BadInput(where=f"{path}:{row.line}", why=why, remedy=remedy)
