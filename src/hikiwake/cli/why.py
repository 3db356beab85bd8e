"""The command `why`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hikiwake.cli.app import Options
from hikiwake.cli.printing import print_json

if TYPE_CHECKING:
    from hikiwake.core.provenance import Fact, Ledger
    from hikiwake.store.selection import Rows
    from hikiwake.store.tables import Tables

SHOWN = 20


@click.command(
    short_help="Say where a number comes from: formula, data and rows.",
    epilog="""\b
Examples:
  hikiwake why 3f9a0c1b2d4e
  hikiwake why 3f9a0c1b2d4e brief-JPN-RUS.html --json""",
)
@click.argument("identity", metavar="ID")
@click.argument("file", required=False, type=click.Path(path_type=Path))
@click.option(
    "--dossier",
    "own",
    metavar="FILE",
    type=click.Path(path_type=Path),
    help="The dossier of your own it is from.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def why(options: Options, identity: str, file: Path | None, own: Path | None, as_json: bool) -> None:
    """Say where a number comes from: value, formula, data, licence, and the rows.

    ID stands beside each number. FILE is a saved brief (.json or .html); without it the briefs in this folder
    and the numbers computed lately on this machine are searched.
    """
    ledger = _ledger(identity.lower(), file)
    fact = ledger[identity.lower()]
    found, failed = _rows(options, fact, own)
    if as_json:
        content = {
            "id": fact.id,
            "fact": fact,
            "formula": ledger.formulas[fact.formula],
            "datasets": list(ledger.only([fact.id]).datasets.values()),
            "made_from": {source: ledger[source] for source in _inner(ledger, fact)},
            "rows": found,
            "rows_not_here": failed,
        }
        print_json(content)
    else:
        click.echo("\n".join([*_lines(ledger, fact), *_rows_told(found, failed)]))


def _ledger(identity: str, file: Path | None) -> Ledger:
    from hikiwake.cli.memory import recall
    from hikiwake.core.errors import BadInput, NoData
    from hikiwake.render.data import read

    places = [file] if file else sorted(Path().glob("brief-*.json")) + sorted(Path().glob("brief-*.html"))
    for place in places:
        try:
            ledger = read(place.read_bytes(), str(place)).ledger
        except (OSError, BadInput) as fault:
            if not file:
                continue  # only looked into; another one may show the number
            if isinstance(fault, BadInput):
                raise
            raise BadInput(
                where=str(place),
                why=f"it cannot be read ({fault.strerror})",
                remedy="Give a brief saved as .json or .html.",
            ) from fault
        if identity in ledger.facts:
            return ledger
    remembered = None if file else recall(identity)
    if remembered is not None:
        return remembered
    raise NoData(
        where=f"number {identity!r}",
        why=f"{file} does not show it" if file else "no brief here and nothing computed lately shows it",
        remedy="Name the saved brief that shows it: hikiwake why ID brief-AAA-BBB.html",
    )


def _rows(options: Options, fact: Fact, own: Path | None) -> tuple[dict[str, Rows], dict[str, str]]:
    """Return the rows behind a number by selector, and why others are not here.

    Another vintage is a reason to say so; a damaged file is one to stop.
    """
    from hikiwake.core.errors import BadInput, NoData
    from hikiwake.store.selection import rows

    found: dict[str, Rows] = {}
    failed: dict[str, str] = {}
    for selector in fact.inputs:
        if "#" in selector:
            try:
                found[selector] = (
                    _entries(selector, own)
                    if selector.startswith("dossier-")
                    else rows(_tables(options, selector), selector, SHOWN)
                )
            except (BadInput, NoData) as fault:
                failed[selector] = str(fault)
    return found, failed


def _tables(options: Options, selector: str) -> Tables:
    """Open the vintage of `--data`, else the one of the user's own that is named, else the shipped one."""
    from hikiwake.store.catalogue import SHIPPED
    from hikiwake.store.library import Library
    from hikiwake.store.tables import open_tables

    if options.data:
        return open_tables(options.data)
    library = Library()
    own = (held for held in library.held() if held.reference == selector.partition("#")[0])
    held = next(own, None)
    return open_tables(library.path(held) if held else SHIPPED)


def _entries(selector: str, own: Path | None) -> Rows:
    """Return the entries of a dossier, by default of one that comes with the program.

    `NoData` when it is another version than the one that the number was made from.
    """
    from hikiwake.core.errors import NoData
    from hikiwake.dossier import identity
    from hikiwake.dossier.shipped import shipped
    from hikiwake.dossier.validation import read
    from hikiwake.store.selection import Rows, parse

    asked = parse(selector)
    parties = asked.dataset.upper().split("-")[1:]
    path = own or (shipped(*parties) if len(parties) == 2 else None)
    held = read(path) if path else None
    if held is None or identity.dataset(held).version != asked.version:
        raise NoData(
            where=f"{asked.dataset}@{asked.version}",
            why=f"{own} is another version" if own else "no dossier of this version comes with the program",
            remedy="Name the dossier that the brief was made from: hikiwake why ID --dossier FILE",
        )
    wanted = [name for column, ids in asked.conditions if column == "id" for name in ids.split(",")]
    chosen = identity.entries(held, asked.table, wanted)
    columns = tuple(dict.fromkeys(name for entry in chosen for name in entry))
    table = tuple(tuple(_flat(entry.get(name)) for name in columns) for entry in chosen[:SHOWN])
    return Rows(columns, table, len(chosen))


def _flat(value: object) -> object:
    if isinstance(value, dict):
        return " ".join(str(_flat(part)) for part in value.values())
    return ", ".join(str(_flat(part)) for part in value) if isinstance(value, list | tuple) else value


def _inner(ledger: Ledger, fact: Fact) -> list[str]:
    return [source for source in fact.inputs if source in ledger.facts]


def _lines(ledger: Ledger, fact: Fact) -> list[str]:
    from hikiwake.render.numbers import number

    formula = ledger.formulas[fact.formula]
    value = "no data" if fact.value is None else f"{fact.value!r}, written {number(fact)}"
    pairs = [
        ("number", fact.id),
        ("value", value),
        ("unit", f"{fact.unit.symbol} ({fact.unit.kind})" if fact.unit.symbol == "1" else fact.unit.symbol),
        ("of", ", ".join(f"{key} {name}" for key, name in fact.subject.items())),
        ("period", str(fact.period)),
        ("status", fact.status),
        ("note", fact.note),
        ("coverage", "" if fact.coverage is None else f"{fact.coverage:.4f} of the value behind it"),
        (
            "interval",
            ""
            if fact.interval is None
            else f"{fact.interval.low} to {fact.interval.high} ({fact.interval.kind})",
        ),
        ("measure", formula.name),
        ("formula", formula.expression),
        ("range", formula.range),
        ("source", formula.source),
        ("caution", formula.caution),
    ]
    lines = [f"{name:<9} {text}" for name, text in pairs if text]
    for dataset in ledger.only([fact.id]).datasets.values():
        lines += [
            "",
            f"dataset   {dataset.title}",
            f"version   {dataset.version}",
            f"producer  {dataset.producer}",
            f"licence   {dataset.licence}",
            f"cite      {dataset.citation}",
            f"covers    {dataset.coverage}",
        ]
    for source in _inner(ledger, fact):
        inner = ledger[source]
        lines += ["", f"made from {source}  {ledger.formulas[inner.formula].name}, {number(inner)}"]
    return lines


def _rows_told(found: dict[str, Rows], failed: dict[str, str]) -> list[str]:
    lines: list[str] = []
    for selector, rows in found.items():
        lines += ["", f"rows      {selector}", *_table(rows)]
    for selector, reason in failed.items():
        lines += ["", f"rows      {selector}", *(f"  {line}" for line in reason.splitlines())]
    return lines


def _table(rows: Rows) -> list[str]:
    cells = [list(rows.columns), *[["" if v is None else str(v) for v in row] for row in rows.rows]]
    widths = [max(len(row[n]) for row in cells) for n in range(len(rows.columns))]
    lines = ["  " + "  ".join(v.rjust(w) for v, w in zip(row, widths, strict=True)) for row in cells]
    more = rows.total - len(rows.rows)
    return [*lines, f"  and {more} more rows"] if more > 0 else lines
