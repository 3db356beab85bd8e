"""The command `data fetch`: trade from UN Comtrade's service, indicators from the World Bank's."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from hikiwake.cli.app import Options
from hikiwake.cli.completion import economies
from hikiwake.cli.progress import Progress

if TYPE_CHECKING:
    from hikiwake.sources.imports.web import Patience


@click.command(
    "fetch",
    short_help="Download from UN Comtrade or the World Bank.",
    epilog="""\b
Comtrade's key is read from the environment (HIKIWAKE_COMTRADE_KEY) and never printed or written.
Examples:
  hikiwake data fetch JPN RUS --years 2010..2014 -o comtrade
  hikiwake data add comtrade/*.csv.gz --as un@2014
  hikiwake data fetch --source world-bank --years 2000..2024 -o wdi
  hikiwake data add wdi/*.json""",
)
@click.argument("reporters", nargs=-1, metavar="[ECONOMIES]...", shell_complete=economies)
@click.option(
    "--source",
    type=click.Choice(["comtrade", "world-bank"]),
    default="comtrade",
    show_default=True,
    help="Which service to ask.",
)
@click.option("--years", required=True, help="A year, or a span such as 2010..2014.")
@click.option(
    "--partner", "partners", multiple=True, help="Comtrade: of this partner alone; may be repeated."
)
@click.option("--products", is_flag=True, help="Comtrade: by product (six digits) in place of totals.")
@click.option(
    "--indicator",
    "indicators",
    multiple=True,
    help="World Bank: a code such as SP.POP.TOTL; may be repeated.  [default: what a brief uses]",
)
@click.option("--pause", type=click.FloatRange(0.0, 60.0), default=1.0, show_default=True, help="Seconds.")
@click.option("--from", "service", default="", hidden=True, help="Another address of the service.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the files.")
@click.pass_obj
def fetch(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    reporters: tuple[str, ...],
    source: str,
    years: str,
    partners: tuple[str, ...],
    products: bool,
    indicators: tuple[str, ...],
    pause: float,
    service: str,
    output: Path,
) -> None:
    """Download annual figures: trade as reporters state it, or indicators of economies.

    Comtrade is asked for the exports and imports of the ECONOMIES, a file for each and each year; the World
    Bank for indicators of the ECONOMIES, or of all where none is named. What is in the folder already is not
    asked for again, so an interrupted download goes on.
    """
    from hikiwake.sources.imports.web import Patience

    patience, span = Patience(pause=pause), _span(years)
    if source == "world-bank":
        if partners or products:
            raise click.UsageError("--partner and --products are of Comtrade; the World Bank has indicators.")
        files, remarks = _indicators(options, reporters, indicators, span, service, patience, output)
        add = f"{output}/*.json"
    else:
        if indicators:
            raise click.UsageError("--indicator is of the World Bank: add --source world-bank.")
        if not reporters:
            raise click.UsageError("Comtrade is asked for one reporter at a time: name one, such as JPN.")
        files, remarks = _trade(options, reporters, partners, products, span, service, patience, output)
        add = f"{output}/*.csv.gz --as un@{span[-1]}"
    for one in (*remarks, *files):
        click.echo(str(one))
    options.say(f"Bring them in with: hikiwake data add {add}")


def _trade(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    reporters: tuple[str, ...],
    partners: tuple[str, ...],
    products: bool,
    span: range,
    service: str,
    patience: Patience,
    output: Path,
) -> tuple[list[Path], list[str]]:
    from hikiwake.core.country import resolve
    from hikiwake.sources.imports import comtrade_service as un

    asks = un.client(service or un.SERVICE, patience)
    questions = [
        un.Question(
            un.code_of(resolve(one).id, year),
            year,
            "AG6" if products else "TOTAL",
            tuple(un.code_of(resolve(partner).id, year) for partner in partners),
        )
        for one in reporters
        for year in span
    ]
    with Progress(options) as progress:
        return un.download(asks, questions, output, progress)


def _indicators(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    economies: tuple[str, ...],
    indicators: tuple[str, ...],
    span: range,
    service: str,
    patience: Patience,
    output: Path,
) -> tuple[list[Path], list[str]]:
    from hikiwake.core.country import resolve
    from hikiwake.measures.background import BROUGHT
    from hikiwake.sources.imports import world_bank_service as bank
    from hikiwake.sources.imports.web import Client

    asks = Client(service or bank.SERVICE, {}, patience)
    chosen = indicators or tuple(code for _, code in BROUGHT.values())
    of = tuple(resolve(one).id for one in economies)
    questions = [bank.question(code, span[0], span[-1], of) for code in chosen]
    with Progress(options) as progress:
        return bank.download(asks, questions, output, progress)


def _span(text: str) -> range:
    """Return the years of `2014` or `2010..2014`."""
    first, dots, last = text.partition("..")
    if not (first.isdigit() and (last.isdigit() or not dots)):
        raise click.UsageError(f"--years {text!r} is no year and no span such as 2010..2014.")
    begin, end = int(first), int(last or first)
    if not 1960 <= begin <= end <= 2100:
        raise click.UsageError(
            "--years: services begin in 1960 or later, and a span runs from its first year to its last."
        )
    return range(begin, end + 1)
