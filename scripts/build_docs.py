"""Write the reference pages that are made from the code and the catalogue, into docs/reference/generated.

    python scripts/build_docs.py [--out FOLDER]

Commands come from click, methods from the `Formula` objects, data from the catalogue, the list of decisions
from their files; so none of these pages can fall behind what they describe.
"""

from __future__ import annotations

import argparse
import pkgutil
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path

import click

from hikiwake.cli.app import commands as root
from hikiwake.core.provenance import Formula, Unit
from hikiwake.dossier import schema
from hikiwake.store.catalogue import Entry, TableFile, open_vintage

ROOT = Path(__file__).resolve().parent.parent
OUT = ROOT / "docs" / "reference" / "generated"
DECISIONS = ROOT / "docs" / "decisions"
PROGRAM = "hikiwake"
# Formulas stand beside the functions that compute them: in measures, and beside what indices compute.
FORMULA_PACKAGES = ("measures", "indices")
GROUPS = {
    "measures.ties": "Economic ties",
    "measures.complementarity": "Complementarity",
    "measures.potential": "Potential",
    "measures.scenario": "Scenarios",
    "measures.chronology": "Chronology",
    "measures.dispute": "Dispute",
    "measures.background": "Background of the two economies",
}
FURTHER = "Further methods"


def main(arguments: Sequence[str] | None = None) -> int:
    """Write all pages; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=OUT, help="folder to write to")
    out: Path = parser.parse_args(arguments).out
    out.mkdir(parents=True, exist_ok=True)
    for name, page in PAGES.items():
        (out / name).write_text(page(), encoding="utf-8")
    return 0


# --- commands -----------------------------------------------------------------------------------------


def command_line() -> str:
    """Return the page of all commands with their help as it is printed."""
    lines = [
        "# Command line",
        "",
        "This is the program's own help. Results go to standard output, everything else to standard error.",
        "",
    ]
    for path, command in commands():
        title = " ".join((PROGRAM, *path))
        lines += [f"{'#' * (2 if len(path) < 2 else 3)} `{title}`", ""]
        lines += ["```text", _help(command, title), "```", ""]
    return "\n".join(lines)


def commands() -> Iterator[tuple[tuple[str, ...], click.Command]]:
    """Yield every visible command with its path, the program itself first."""
    yield from _walk((), root)


def _walk(path: tuple[str, ...], command: click.Command) -> Iterator[tuple[tuple[str, ...], click.Command]]:
    yield path, command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            child = command.get_command(context, name)
            if child is not None and not child.hidden:
                yield from _walk((*path, name), child)


def _help(command: click.Command, title: str) -> str:
    context = click.Context(command, info_name=title, terminal_width=100, max_content_width=100)
    return command.get_help(context).rstrip()


# --- methods ------------------------------------------------------------------------------------------


def methods() -> str:
    """Return the page of all formulas, grouped by the module they stand in."""
    lines = [
        "# Methods",
        "",
        "Each number of a brief names one of these. `x_ijk` is what *i* exports to *j* of product *k* by",
        "value, `q_ijk` by quantity. This page is made from the code that computes them.",
        "",
    ]
    heading = ""
    for module, formula in formulas():
        if _group(module) != heading:
            heading = _group(module)
            lines += [f"## {heading}", ""]
        lines += _method(module, formula)
    return "\n".join(lines)


def formulas() -> list[tuple[str, Formula]]:
    """Return all formulas with the module (below `hikiwake`) that holds them, each once, in a fixed order."""
    found: dict[str, tuple[str, Formula]] = {}
    for module in sorted(_modules()):
        for value in vars(import_module(f"hikiwake.{module}")).values():
            for formula in value if isinstance(value, tuple) else (value,):
                if isinstance(formula, Formula):
                    found.setdefault(formula.id, (module, formula))
    order = [*GROUPS.values(), FURTHER]
    return sorted(found.values(), key=lambda pair: order.index(_group(pair[0])))


def _group(module: str) -> str:
    return next((name for prefix, name in GROUPS.items() if module.startswith(prefix)), FURTHER)


def _modules() -> Iterator[str]:
    for name in FORMULA_PACKAGES:
        package = import_module(f"hikiwake.{name}")
        for module in pkgutil.walk_packages(package.__path__, prefix=f"hikiwake.{name}."):
            yield module.name.removeprefix("hikiwake.")


def _method(module: str, formula: Formula) -> list[str]:
    rows = {
        "Formula": f"`{formula.expression}`",
        "Unit": _unit(formula.unit),
        "Range": formula.range,
        "Source": formula.source,
        "Reads": ", ".join(f"[`{table}`](data.md#{table})" for table in formula.reads),
        "Caution": formula.caution,
        "Computed in": f"`hikiwake.{module}`",
    }
    lines = [f"### {formula.name} {{ #{formula.id} }}", "", "| | |", "| --- | --- |"]
    lines += [f"| {name} | {_cell(text)} |" for name, text in rows.items() if text]
    lines += [f"| Id | `{formula.id}` |", ""]
    return lines


def _unit(unit: Unit) -> str:
    return unit.kind if unit.symbol in {unit.kind, "1"} else f"{unit.symbol} ({unit.kind})"


def _cell(text: str) -> str:
    return text.replace("|", "\\|")


# --- data ---------------------------------------------------------------------------------------------


def data() -> str:
    """Return the page of all datasets of the shipped vintage with their tables and columns."""
    vintage = open_vintage()
    lines = [
        "# Data",
        "",
        f"The data that ship with this version: vintage `{vintage.name}`. What may be concluded from them",
        "stands in [the data and their limits](../../explanation/data-and-limits.md).",
        "",
        "| dataset | version | producer | licence |",
        "| --- | --- | --- | --- |",
    ]
    for entry in vintage.entries():
        lines.append(
            f"| [{_cell(entry.title)}](#{entry.id}) | {entry.version} | {_cell(entry.producer)} "
            f"| {_cell(entry.licence)} |"
        )
    lines.append("")
    for entry in vintage.entries():
        lines += _dataset(entry)
    return "\n".join(lines)


def _dataset(entry: Entry) -> list[str]:
    carried = ", ".join(f"{package.name} {package.version}" for package in entry.packages)
    rows = {
        "Producer": entry.producer,
        "Covers": entry.coverage.text,
        "Unit": entry.unit,
        "Cite": entry.citation,
        "Licence": entry.licence,
        "Version": entry.version,
        "Built from": carried,
        "Note": entry.note,
    }
    lines = [f"## {entry.title} {{ #{entry.id} }}", "", "| | |", "| --- | --- |"]
    lines += [f"| {name} | {_cell(text)} |" for name, text in rows.items() if text]
    lines.append("")
    for table in entry.tables:
        lines += _table(table)
    return lines


def _table(table: TableFile) -> list[str]:
    lines = [f"### `{table.name}` {{ #{table.name} }}", ""]
    size = f"`{table.file}`, {table.bytes:,} bytes, SHA-256 `{table.sha256}`."
    if not table.columns:
        return [*lines, size, ""]
    lines += [
        f"{table.rows:,} rows. {size}",
        "",
        "| column | type | unit | meaning |",
        "| --- | --- | --- | --- |",
    ]
    for column in table.columns:
        fields = (column.get(name, "") for name in ("type", "unit", "meaning"))
        lines.append(f"| `{column['name']}` | " + " | ".join(_cell(field) for field in fields) + " |")
    return [*lines, ""]


# --- decisions ----------------------------------------------------------------------------------------


def decisions() -> str:
    """Return the list of decision records by number and title."""
    lines = ["# Decisions", "", "What was decided, against which alternatives, and what would change it.", ""]
    for path in sorted(DECISIONS.glob("[0-9]*.md")):
        title = path.read_text(encoding="utf-8").splitlines()[0].lstrip("# ")
        lines.append(f"- [{title}](../../decisions/{path.name})")
    return "\n".join([*lines, ""])


PAGES: dict[str, Callable[[], str]] = {
    "command-line.md": command_line,
    "methods.md": methods,
    "data.md": data,
    "decisions.md": decisions,
    "dossier.schema.json": schema.text,
}

if __name__ == "__main__":
    raise SystemExit(main())
