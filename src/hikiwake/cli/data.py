"""The group `data`, and its commands `list|show|cite|quality|path`."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING

import click

from hikiwake.cli import convert, fetch, own_data
from hikiwake.cli.app import Options
from hikiwake.cli.completion import datasets, economies
from hikiwake.cli.printing import print_json

if TYPE_CHECKING:
    from hikiwake.store.catalogue import Entry, TableFile, Vintage
    from hikiwake.store.library import Held, Library


@click.group(
    short_help="Show what data there are; bring in your own.",
    epilog="""\b
Examples:
  hikiwake data list
  hikiwake data quality JPN
  hikiwake data add BACI_HS92_V202601.zip""",
)
def data() -> None:
    """Show what data there are, how good they are, how to cite them; bring in your own."""


for _command in (
    own_data.add,
    own_data.propose,
    own_data.verify,
    own_data.remove,
    own_data.diff,
    own_data.mirror,
    own_data.gc,
    fetch.fetch,
    convert.convert,
):
    data.add_command(_command)


def _vintage(options: Options) -> Vintage:
    from hikiwake.store.catalogue import SHIPPED, open_vintage

    return open_vintage(options.data or SHIPPED)


def _entry(options: Options, dataset: str) -> Entry:
    """Return a dataset of the vintage, or the flows of one of the user's own vintages."""
    from hikiwake.store.catalogue import Vintage
    from hikiwake.store.library import Library

    vintage, library = _vintage(options), Library()
    known = {entry.id: entry for entry in vintage.entries()}
    if dataset not in known and dataset.partition("@")[0] in {held.name for held in library.held()}:
        return Vintage(library.path(library.find(dataset))).entries()[0]
    vintage.dataset(dataset, others=[held.reference for held in library.held()])
    return known[dataset]


def _what(library: Library, held: Held) -> Entry | None:
    """Return what one of the user's own vintages is; None where its catalogue cannot be read."""
    from hikiwake.core.errors import HikiwakeError
    from hikiwake.store.catalogue import Vintage

    try:
        return Vintage(library.path(held)).entries()[0]
    except HikiwakeError:
        return None


def _report(dataset: str) -> None:
    """Print what became of the rows of one of the user's own vintages."""
    from hikiwake.core.errors import NoData
    from hikiwake.sources.imports.report import lines
    from hikiwake.sources.imports.run import report_of
    from hikiwake.store.library import Library

    library = Library()
    try:
        held = library.find(dataset)
    except NoData:
        return
    click.echo("\n" + "\n".join(lines(report_of(library.path(held)))))


@data.command(
    "list",
    epilog="""\b
Examples:
  hikiwake data list
  hikiwake data list --json""",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def listing(options: Options, as_json: bool) -> None:
    """List the datasets of the vintage."""
    from hikiwake.store.library import Library

    vintage, library = _vintage(options), Library()
    if as_json:
        datasets = [entry.dataset() for entry in vintage.entries()]
        own = [
            {
                "reference": held.reference,
                "title": what.title if what else "",
                "coverage": what.coverage.text if what else "",
                "bytes": held.bytes,
                "folder": str(library.path(held)),
            }
            for held in library.held()
            for what in [_what(library, held)]
        ]
        print_json({"vintage": vintage.name, "datasets": datasets, "own": own})
        return
    click.echo(f"vintage {vintage.name}")
    for entry in vintage.entries():
        click.echo(f"\n{entry.id}  {entry.title}\n  {entry.producer}; {entry.version}; {entry.licence}")
        click.echo(f"  {entry.coverage.text}")
    for held in library.held():
        what = _what(library, held)
        title = (
            f"{what.title}\n  {what.producer}; {what.licence}\n  {what.coverage.text}" if what else "damaged"
        )
        click.echo(f"\nyour own: {held.reference}  {title}")
        click.echo(f"  {held.bytes / 1e6:,.1f} MB, {library.path(held)}")


@data.command(
    "show",
    short_help="Show one dataset: producer, licence, coverage, tables.",
    epilog="""\b
Examples:
  hikiwake data show baci
  hikiwake data show icio --json""",
)
@click.argument("dataset", shell_complete=datasets)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def show(options: Options, dataset: str, as_json: bool) -> None:
    """Show one dataset: producer, version, licence, coverage, tables and columns."""
    entry = _entry(options, dataset)
    if as_json:
        print_json(entry)
        return
    for name in ("title", "producer", "version", "licence", "citation", "unit", "note"):
        click.echo(f"{name:<9} {getattr(entry, name)}")
    click.echo(f"coverage  {entry.coverage.text}")
    for package in entry.packages:
        click.echo(f"package   {package.name} {package.version}, sha256 {package.sha256}")
    files: dict[str, list[TableFile]] = {}
    for table in entry.tables:
        files.setdefault(table.name, []).append(table)
    for name, parts in files.items():
        rows, size = sum(part.rows for part in parts), sum(part.bytes for part in parts)
        of = f"sha256 {parts[0].sha256}" if len(parts) == 1 else f"{len(parts)} files"
        click.echo(f"\ntable {name}: {rows} rows, {size} bytes, {of}")
        for column in parts[0].columns:
            unit = f" [{column['unit']}]" if column.get("unit") else ""
            click.echo(f"  {column['name']:<18} {column['type']:<7}{unit} {column['meaning']}".rstrip())
    _report(dataset)


@data.command(
    "cite",
    epilog="""\b
Examples:
  hikiwake data cite baci
  hikiwake data cite icio --bibtex""",
)
@click.argument("dataset", shell_complete=datasets)
@click.option("--bibtex", "form", flag_value="bibtex", help="Print a BibTeX entry.")
@click.option("--csl", "form", flag_value="csl", help="Print CSL-JSON, as reference managers read it.")
@click.option("--json", "form", flag_value="json", help="Print JSON: the sentence and what it is made of.")
@click.pass_obj
def cite(options: Options, dataset: str, form: str | None) -> None:
    """Print how to cite a dataset."""
    from hikiwake.render.references import entry, item

    record = _entry(options, dataset).dataset()
    if form == "bibtex":
        click.echo(entry(record), nl=False)
        return
    if form == "csl":
        print_json([item(record)])
        return
    sentence = f"{record.citation}. Version {record.version}. {record.licence}."
    if form == "json":
        print_json({"cite": sentence, "dataset": record})
    else:
        click.echo(sentence)


@data.command(
    "quality",
    short_help="List the holes, gaps and outliers in an economy's trade.",
    epilog="""\b
Examples:
  hikiwake data quality JPN
  hikiwake data quality taiwan --all --json""",
)
@click.argument("economy", shell_complete=economies)
@click.option(
    "--all", "everything", is_flag=True, help="Also list single flows with unit values out of band."
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def quality(options: Options, economy: str, everything: bool, as_json: bool) -> None:
    """List the holes, gaps and outliers found in an economy's trade data."""
    from hikiwake.core.country import resolve
    from hikiwake.measures.quality import findings
    from hikiwake.store.catalogue import SHIPPED
    from hikiwake.store.tables import open_tables

    which = resolve(economy)
    found = findings(open_tables(options.data or SHIPPED), which.id, single_flows=everything)
    if as_json:
        print_json(found)
        return
    click.echo(
        f"{which.name}: {len(found)} findings" + ("" if everything else " (single flows left out; see --all)")
    )
    for finding in found:
        line = "all goods" if finding.product == "TOTAL" else f"HS {finding.product}"
        click.echo(f"  {finding.year}  {line}  {finding.side:<8}  {finding.text}")


@data.command(
    "path",
    epilog="""\b
Examples:
  hikiwake data path
  hikiwake --data /some/vintage data path
  hikiwake --data baci-hs92 data path --json""",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with the folders that it lies over.")
@click.pass_obj
def path(options: Options, as_json: bool) -> None:
    """Print the folder of the vintage."""
    vintage = _vintage(options)
    if as_json:
        print_json({"folder": str(vintage.folder), "over": [str(folder) for folder in vintage.folders[1:]]})
    else:
        click.echo(str(vintage.folder))


@data.command(
    "rows",
    short_help="Show rows of a table.",
    epilog="""\b
Examples:
  hikiwake data rows borders economy=JPN
  hikiwake --data wdi data rows wdi economy=JPN,RUS indicator=SP.POP.TOTL year=2003..2013 --csv""",
)
@click.argument("table")
@click.argument("conditions", nargs=-1, metavar="[COLUMN=VALUE]...")
@click.option("--limit", type=click.IntRange(1, 1_000_000), default=20, show_default=True, help="Rows shown.")
@click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def rows_of(
    options: Options, table: str, conditions: tuple[str, ...], limit: int, as_csv: bool, as_json: bool
) -> None:
    """Show rows of a table, the largest values first.

    A value is one or several (JPN,RUS), how codes begin (27*), all but one (!JPN), or a span (2003..2013).
    """
    from hikiwake.store.catalogue import SHIPPED
    from hikiwake.store.selection import rows
    from hikiwake.store.tables import open_tables

    tables = open_tables(options.data or SHIPPED)
    dataset = tables.dataset_of(table)
    found = rows(tables, f"{dataset.id}@{dataset.version}#{table}?{'&'.join(conditions)}", limit)
    if as_json:
        print_json([dict(zip(found.columns, row, strict=True)) for row in found.rows])
        return
    import csv

    writer = csv.writer(sys.stdout, delimiter="," if as_csv else "\t", lineterminator="\n")
    writer.writerow(found.columns)
    writer.writerows(found.rows)
    if found.total > len(found.rows):
        options.say(f"{found.total - len(found.rows):,} more rows fit; --limit shows more")
