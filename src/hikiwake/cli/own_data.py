"""The commands `data add|map|verify|remove|diff|gc`: the user's own vintages."""

from __future__ import annotations

from pathlib import Path
from typing import Literal

import click

from hikiwake.cli.app import Options
from hikiwake.cli.completion import economies
from hikiwake.cli.printing import print_json
from hikiwake.cli.progress import Progress

MEGABYTE = 1e6
MOST = 12
"""Products whose differences are shown."""


@click.command(
    "add",
    short_help="Bring in trade data of your own as a vintage.",
    epilog="""\b
Examples:
  hikiwake data add BACI_HS92_V202601.zip
  hikiwake data add exports.csv --map exports.toml --as customs@2024""",
)
@click.argument("files", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--map", "mapping", type=click.Path(path_type=Path), help="What columns mean; see `data map`.")
@click.option("--as", "name", default="", help="What to call the vintage: NAME or NAME@VERSION.")
@click.option(
    "--report",
    type=click.Choice(["exports", "imports"]),
    default="exports",
    show_default=True,
    help="Whose report to take, where the files of Comtrade or the IMF hold both.",
)
@click.option(
    "--unit",
    type=click.Choice(["USD", "thousand USD", "million USD"]),
    help="What values are in, where a file of the IMF's does not say.",
)
@click.option("--allow-rejects", is_flag=True, help="Go on where more than 1 % of the rows cannot be taken.")
@click.option("--json", "as_json", is_flag=True, help="Print the whole report as JSON.")
@click.pass_obj
def add(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    files: tuple[Path, ...],
    mapping: Path | None,
    name: str,
    report: Literal["exports", "imports"],
    unit: str | None,
    allow_rejects: bool,
    as_json: bool,
) -> None:
    """Bring in data of your own as a vintage: what a known producer published, or tables with a mapping."""
    from hikiwake.sources.imports.mapping import read
    from hikiwake.sources.imports.report import lines
    from hikiwake.sources.imports.run import Wish
    from hikiwake.sources.imports.run import add as bring
    from hikiwake.store.library import Library

    wish = Wish(
        files=files,
        mapping=read(mapping) if mapping else None,
        name=name,
        allow_rejects=allow_rejects,
        report=report,
        unit=unit or "",
    )
    with Progress(options) as progress:
        added = bring(wish, Library(), progress)
    if as_json:
        print_json(added.report)
        return
    for line in lines(added.report):
        click.echo(line)
    told = "was there already" if added.known else "added"
    click.echo(f"{told}: {added.held.reference} ({added.held.bytes / MEGABYTE:,.1f} MB)")
    options.say(f"Use it with: hikiwake --data {added.held.reference} brief JPN RUS")


@click.command(
    "map",
    short_help="Propose what a table's columns mean.",
    epilog="""\b
Examples:
  hikiwake data map exports.csv
  hikiwake data map exports.csv -o exports.toml
  hikiwake data map 'ministry.xlsx#Exports' -o exports.toml""",
)
@click.argument("file", type=click.Path(path_type=Path))
@click.option("-o", "out", type=click.Path(path_type=Path), help="Write it to a file.")
@click.option("--json", "as_json", is_flag=True, help="Print what it proposes as JSON.")
@click.pass_obj
def propose(options: Options, file: Path, out: Path | None, as_json: bool) -> None:
    """Propose what a table's columns mean, for you to look at and to add with `data add --map`.

    A sheet of a workbook is named after it: ministry.xlsx#Exports.
    """
    from hikiwake.sources.imports import mapping
    from hikiwake.sources.imports.proposing import propose as proposed
    from hikiwake.store.atomic import write

    found, remarks = proposed(file)
    text = mapping.written(found, remarks)
    if as_json:
        print_json(found)
    elif out is None:
        click.echo(text, nl=False)
    if out is None:
        return
    write(out, text.encode())
    options.say(f"wrote {out}; look at each line, then: hikiwake data add {file} --map {out}")


@click.command(
    "verify",
    short_help="Compare the files of your vintages with checksums.",
    epilog="""\b
Examples:
  hikiwake data verify
  hikiwake data verify baci-hs92@202601""",
)
@click.argument("name", default="")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def verify(ctx: click.Context, name: str, as_json: bool) -> None:
    """Compare every file of your vintages with its checksum; 1 if one is damaged."""
    from hikiwake.store.checking import checked_own
    from hikiwake.store.library import Library

    library = Library()
    found = [checked_own(library, held) for held in ([library.find(name)] if name else library.held())]
    if as_json:
        print_json(found)
    for one in [] if as_json else found:
        for fault in one.faults:
            click.echo(f"{one.reference}: damaged: {fault}")
        if one.files:
            click.echo(f"{one.reference}: {one.whole} of {one.files} files as in the catalogue")
    if any(one.faults for one in found):
        ctx.exit(1)


@click.command(
    "remove",
    short_help="Remove one of your vintages.",
    epilog="""\b
Examples:
  hikiwake data remove customs@2024
  hikiwake data remove baci-hs92@202501""",
)
@click.argument("name")
@click.option("--json", "as_json", is_flag=True, help="Print what was removed as JSON.")
@click.pass_obj
def remove(options: Options, name: str, as_json: bool) -> None:
    """Remove one of your vintages, named with its version."""
    from hikiwake.core.errors import BadUsage
    from hikiwake.store.library import Library

    library = Library()
    held = library.find(name)
    if held.reference != name:
        raise BadUsage(
            where=f"vintage {name!r}",
            why="a vintage is removed by its full name only",
            remedy=f"Did you mean {held.reference!r}?",
        )
    library.remove(held)
    if as_json:
        print_json(held)
        return
    options.say(f"removed {held.reference}")


@click.command(
    "diff",
    short_help="Show what another vintage changed for a pair.",
    epilog="""\b
Examples:
  hikiwake data diff baci-hs92@202501 baci-hs92@202601 JPN RUS
  hikiwake data diff shipped baci-hs92 JPN RUS --json""",
)
@click.argument("before")
@click.argument("after")
@click.argument("a", shell_complete=economies)
@click.argument("b", shell_complete=economies)
@click.option("--json", "as_json", is_flag=True, help="Print every difference as JSON.")
@click.pass_obj
def diff(options: Options, before: str, after: str, a: str, b: str, as_json: bool) -> None:
    """Show what another vintage changed for a pair: totals by year, then the products that moved most.

    `shipped` stands for the data that come with the program.
    """
    from hikiwake.core.country import country, resolve
    from hikiwake.measures.product_names import product_names
    from hikiwake.measures.revisions import revisions
    from hikiwake.store.catalogue import SHIPPED
    from hikiwake.store.library import locate
    from hikiwake.store.tables import open_tables

    older, newer = (open_tables(SHIPPED if name == "shipped" else locate(name)) for name in (before, after))
    found = revisions(older, newer, resolve(a).id, resolve(b).id)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("nothing differs")
        return
    totals = sorted((one for one in found if not one.product), key=lambda one: (one.exporter, one.year))
    products = [one for one in found if one.product]
    names = product_names(newer)
    for one in [*totals, *products[:MOST]]:
        name = names(one.product) if one.product else "total"
        flow = f"{country(one.exporter).name} to {country(one.importer).name}"
        amounts = " -> ".join("no row" if usd is None else f"{usd:,} USD" for usd in (one.before, one.after))
        click.echo(f"{one.year}  {flow}, {name}: {amounts} ({one.change:+,})")
    if len(products) > MOST:
        options.say(f"{len(products) - MOST} more products differ; --json has them all")


@click.command(
    "mirror",
    short_help="Set the exporter's report beside the importer's.",
    epilog="""\b
Examples:
  hikiwake data mirror imts imts-imports JPN RUS
  hikiwake data mirror un@2014 un-imports@2014 JPN RUS --json""",
)
@click.argument("exports")
@click.argument("imports")
@click.argument("a", shell_complete=economies)
@click.argument("b", shell_complete=economies)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def mirror(exports: str, imports: str, a: str, b: str, as_json: bool) -> None:
    """Set what exporters report of a pair's trade beside what importers report, by direction and year.

    EXPORTS and IMPORTS are vintages, such as those that `data add` makes with `--report`. The ratio is the
    importer's report over the exporter's; with carriage imports are by convention 6 to 10 percent higher.
    """
    from hikiwake.core.country import country, resolve
    from hikiwake.measures.mirror import mirrored
    from hikiwake.store.library import locate
    from hikiwake.store.tables import open_tables

    sold, bought = (open_tables(locate(name)) for name in (exports, imports))
    found = mirrored(sold, bought, resolve(a).id, resolve(b).id)
    if as_json:
        print_json(found)
        return
    if not found:
        click.echo("neither vintage holds trade of the pair")
    for one in found:
        out = "not reported as exported" if one.exports is None else f"{one.exports:,} exported"
        back = "not reported as imported" if one.imports is None else f"{one.imports:,} imported"
        ratio = f", ratio {one.imports / one.exports:.3f}" if one.exports and one.imports else ""
        flow = f"{country(one.exporter).name} to {country(one.importer).name}"
        click.echo(f"{one.year}  {flow}: {out}, {back} (USD){ratio}")


@click.command(
    "gc",
    short_help="Remove what unfinished imports left behind.",
    epilog="""\b
Examples:
  hikiwake data gc
  hikiwake --quiet data gc""",
)
@click.option("--json", "as_json", is_flag=True, help="Print what was removed as JSON.")
@click.pass_obj
def gc(options: Options, as_json: bool) -> None:
    """Remove what unfinished imports have left behind."""
    from hikiwake.store.library import Library

    gone = Library().sweep(older_than=0.0)
    if as_json:
        print_json([str(path) for path in gone])
        return
    click.echo(f"removed {len(gone)} leftovers")
    for path in gone:
        options.say(f"  {path}")
