"""The command `data fetch`: trade from UN Comtrade's service, with a key of the user's."""

from __future__ import annotations

from pathlib import Path

import click

from hikiwake.cli.app import Options
from hikiwake.cli.completion import economies
from hikiwake.cli.progress import Progress


@click.command(
    "fetch",
    short_help="Download trade from UN Comtrade with your key.",
    epilog="""\b
The key is read from the environment (HIKIWAKE_COMTRADE_KEY) and never printed or written.
Examples:
  hikiwake data fetch JPN RUS --years 2010..2014 -o comtrade
  hikiwake data add comtrade/*.csv.gz --as un@2014""",
)
@click.argument("reporters", nargs=-1, required=True, shell_complete=economies)
@click.option("--years", required=True, help="A year, or a span such as 2010..2014.")
@click.option("--partner", "partners", multiple=True, help="Of this partner alone; may be repeated.")
@click.option("--products", is_flag=True, help="By product (six digits) in place of totals.")
@click.option("--pause", type=click.FloatRange(0.0, 60.0), default=1.0, show_default=True, help="Seconds.")
@click.option("--from", "service", default="", hidden=True, help="Another address of the service.")
@click.option("-o", "--output", required=True, type=click.Path(path_type=Path), help="Folder for the files.")
@click.pass_obj
def fetch(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    reporters: tuple[str, ...],
    years: str,
    partners: tuple[str, ...],
    products: bool,
    pause: float,
    service: str,
    output: Path,
) -> None:
    """Download annual exports and imports as reporters state them, a file for each reporter and year.

    What is in the folder already is not asked for again, so an interrupted download goes on.
    """
    from hikiwake.core.country import resolve
    from hikiwake.sources.imports import comtrade_service as un
    from hikiwake.sources.imports.web import Patience

    asks = un.client(service or un.SERVICE, Patience(pause=pause))
    span = _span(years)
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
        files, remarks = un.download(asks, questions, output, progress)
    for one in remarks:
        click.echo(one)
    for path in files:
        click.echo(str(path))
    options.say(f"Bring them in with: hikiwake data add {output}/*.csv.gz --as un@{span[-1]}")


def _span(text: str) -> range:
    """Return the years of `2014` or `2010..2014`."""
    first, dots, last = text.partition("..")
    if not (first.isdigit() and (last.isdigit() or not dots)):
        raise click.UsageError(f"--years {text!r} is no year and no span such as 2010..2014.")
    begin, end = int(first), int(last or first)
    if not 1962 <= begin <= end <= 2100:
        raise click.UsageError(
            "--years: Comtrade begins in 1962, and a span runs from its first year to its last."
        )
    return range(begin, end + 1)
