"""The commands `ties`, `complementarity` and `potential`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hikiwake.cli.app import Options
from hikiwake.cli.brief import currency, given, with_digits
from hikiwake.cli.completion import economies
from hikiwake.cli.settings import only_set

if TYPE_CHECKING:
    from hikiwake.core.factset import FactSet
    from hikiwake.core.products import Partition


def about_a_pair(command: click.decorators.FC) -> click.decorators.FC:
    """Add the two economies and the year."""
    command = currency(command)
    command = click.option("--year", type=int, help="Year (default: the latest that is not provisional).")(
        command
    )
    command = click.argument("b", required=False, shell_complete=economies)(command)
    return click.argument("a", shell_complete=economies)(command)


def answering(command: click.decorators.FC) -> click.decorators.FC:
    """Add the ways in which facts are handed over: `as_json`, `as_csv` and `output`, for `deliver`."""
    command = click.option(
        "-o",
        "--output",
        type=click.Path(path_type=Path),
        help="Write .json, .csv or .xlsx, not to the screen.",
    )(command)
    command = click.option("--csv", "as_csv", is_flag=True, help="Print CSV.")(command)
    return click.option("--json", "as_json", is_flag=True, help="Print JSON.")(command)


@click.command(
    short_help="Show what a pair trades, and who depends on whom.",
    epilog="""\b
Examples:
  hikiwake ties JPN RUS --year 2014
  hikiwake ties japan russia --from 2003 --to 2013 --product 270900 --json""",
)
@about_a_pair
@click.option("--from", "first", type=int, help="First year of a span.")
@click.option("--to", "last", type=int, help="Last year of a span.")
@click.option(
    "--product", "products", multiple=True, help="HS code; may be repeated (default: all the pair trades)."
)
@click.option(
    "--top",
    type=click.IntRange(1, 1000),
    help="So many products of each direction, those of the largest value.",
)
@click.option("--by", help="By groups: hs_sections, commodities, energy, critical_raw_materials, or a file.")
@with_digits
@answering
@click.pass_obj
def ties(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    a: str,
    b: str | None,
    year: int | None,
    first: int | None,
    last: int | None,
    products: tuple[str, ...],
    top: int | None,
    by: str | None,
    digits: int | None,
    as_json: bool,
    as_csv: bool,
    output: Path | None,
) -> None:
    """Show levels, shares, ranks, dependence and change of a pair's covered trade.

    A file for --by is a concordance from HS to SITC or BEC as WITS publishes it, or TOML with own groups.
    """
    from hikiwake.api import pair

    if by and products:
        message = "Choose one of --by and --product."
        raise click.UsageError(message)
    view = pair(*given((a, b)), data=options.data)
    if (first, last) != (None, None) and only_set("year"):
        year = None
    groups = _partition(by) if by else None
    found = view.ties(year, first=first, last=last, products=products, top=top, by=groups)
    if groups and groups.source:
        click.echo(f"groups: {groups.source}", err=True)
    deliver(options, found, form(as_json=as_json, as_csv=as_csv), output, digits, groups)


def _partition(by: str) -> Partition:
    """Return the groups of a name, or of a file."""
    from difflib import get_close_matches

    from hikiwake.core.errors import BadUsage
    from hikiwake.core.products import partition, partitions

    if by in partitions():
        return partition(by)
    if not Path(by).is_file():
        close = get_close_matches(by, partitions(), n=1, cutoff=0.5)
        raise BadUsage(
            where=f"--by {by}",
            why="it is neither groups that are known nor a file",
            remedy=f"Did you mean {close[0]!r}?" if close else f"Known are: {', '.join(partitions())}.",
        )
    from hikiwake.sources.imports.grouping import read

    return read(Path(by))


@click.command(
    epilog="""\b
Examples:
  hikiwake complementarity JPN RUS
  hikiwake complementarity france germany --json"""
)
@about_a_pair
@with_digits
@answering
@click.pass_obj
def complementarity(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    a: str,
    b: str | None,
    year: int | None,
    digits: int | None,
    as_json: bool,
    as_csv: bool,
    output: Path | None,
) -> None:
    """Show how well what each sells fits what the other buys."""
    from hikiwake.api import pair

    found = pair(*given((a, b)), data=options.data).complementarity(year)
    deliver(options, found, form(as_json=as_json, as_csv=as_csv), output, digits)


@click.command(
    short_help="Show what such a pair would trade, and what it does.",
    epilog="""\b
Examples:
  hikiwake potential JPN RUS
  hikiwake potential JPN RUS --by sector
  hikiwake potential JPN RUS --compare KOR-RUS --compare CHN
  hikiwake potential JPN RUS --sensitivity full
  hikiwake potential india pakistan --json""",
)
@about_a_pair
@click.option(
    "--by",
    type=click.Choice(["sector"]),
    help="Each chapter or section of products, and group of industries.",
)
@click.option(
    "--compare", multiple=True, help="Another pair, or another partner of A, beside it; may be repeated."
)
@click.option(
    "--sensitivity",
    type=click.Choice(["alone", "full"]),
    default="alone",
    show_default=True,
    help="Change each choice of covariates, estimator, sample and years alone, or combine them all.",
)
@with_digits
@answering
@click.pass_obj
def potential(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    a: str,
    b: str | None,
    year: int | None,
    by: str | None,
    compare: tuple[str, ...],
    sensitivity: str,
    digits: int | None,
    as_json: bool,
    as_csv: bool,
    output: Path | None,
) -> None:
    """Show what such a pair would trade by structural gravity, and where it stands among like pairs."""
    from hikiwake.api import pair
    from hikiwake.cli.memory import remembering

    full = sensitivity == "full"
    view = pair(*given((a, b)), data=options.data)
    found = view.potential(
        year, by_sector=by == "sector", compare=compare, sensitivity="full" if full else "alone"
    )
    if (by or compare or full) and not (as_json or as_csv or output):
        from hikiwake.cli.potential_text import combined, side_by_side

        with remembering(found.ledger):
            if not len(found):
                click.echo("\n".join([found.title, "", NOTHING]))
            else:
                click.echo("\n".join([side_by_side(found, digits), *([combined(found)] if full else [])]))
    else:
        deliver(options, found, form(as_json=as_json, as_csv=as_csv), output, digits)
    if found.silent:
        options.say("\n".join(["", "Nothing can be said of:", *(f"  {line}" for line in found.silent)]))


NOTHING = (
    "The data at hand allow none of these numbers for this pair and year.\n"
    "`hikiwake data list` names the data there are; `hikiwake data add FILE` brings in more."
)


def form(*, as_json: bool, as_csv: bool) -> str:
    """Return the suffix of the format that options ask for; empty for text."""
    if as_json and as_csv:
        message = "Choose one of --json and --csv."
        raise click.UsageError(message)
    return ".json" if as_json else ".csv" if as_csv else ""


def deliver(
    options: Options,
    found: FactSet,
    wanted: str,
    output: Path | None,
    digits: int | None = None,
    groups: Partition | None = None,
) -> None:
    """Print facts or write them to a file, and keep them for `why`.

    Text has so many digits and calls groups by their names; data have all digits and the groups' ids.
    """
    from hikiwake.cli.listing import listed
    from hikiwake.cli.memory import remembering, write
    from hikiwake.core.document import USUAL_DIGITS

    with remembering(found.ledger):
        if output is not None and str(output) != "-":
            content = _encoded(options, found, output.suffix.lower(), str(output))
            write(output, content, options.say)
            options.say(f"wrote {output}")
        elif wanted or output is not None:
            sys.stdout.buffer.write(_encoded(options, found, wanted or ".json", "standard output"))
        else:
            named = {
                # As a product with its code: "machinery and transport equipment (SITC 7)".
                code: f"{group.name} ({code})" if any(map(str.isdigit, code)) else group.name
                for code, group in (groups.groups if groups else {}).items()
            }
            click.echo(listed(found, USUAL_DIGITS if digits is None else digits, named))


def _encoded(options: Options, found: FactSet, form: str, place: str) -> bytes:
    from hikiwake.core.errors import BadUsage
    from hikiwake.render.table import csv_of

    if form == ".json":
        return found.to_json() + b"\n"
    if form == ".csv":
        return csv_of(found)
    if form == ".xlsx":
        from hikiwake.render.xlsx import xlsx_of
        from hikiwake.store.catalogue import SHIPPED, open_vintage

        return xlsx_of(found, open_vintage(options.data or SHIPPED).name)
    raise BadUsage(
        where=place,
        why="facts cannot be written in that format",
        remedy="Give a file that ends in .json, .csv or .xlsx.",
    )
