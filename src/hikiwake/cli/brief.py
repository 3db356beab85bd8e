"""The command `brief`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hikiwake.cli.app import Options

if TYPE_CHECKING:
    from hikiwake.api import BriefView

FORMATS = ("html", "pdf", "docx", "md", "json", "csv")


@click.command(
    epilog="""\b
Examples:
  hikiwake brief JPN RUS
  hikiwake brief france germany --year 2019 --length glance -o brief.pdf"""
)
@click.argument("a", required=False)
@click.argument("b", required=False)
@click.option(
    "-o", "--output", "outputs", multiple=True, help="File to write; its suffix is the format. - is stdout."
)
@click.option("--format", "form", type=click.Choice(FORMATS), default="html", help="Format for `-o -`.")
@click.option(
    "--year", type=int, help="Year the brief is about (default: the latest that is not provisional)."
)
@click.option("--as-of", default="", metavar="DATE", help="Leave out what was not over by then (YYYY-MM-DD).")
@click.option("--length", type=click.Choice(["glance", "full"]), default="full", help="Two pages, or all.")
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", help="Paper of the PDF.")
@click.option("--lang", default="en", help="Language of the text.")
@click.option(
    "--from", "saved", type=click.Path(path_type=Path), help="Render a saved .json or .html brief again."
)
@click.pass_obj
def brief(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    a: str | None,
    b: str | None,
    outputs: tuple[str, ...],
    form: str,
    year: int | None,
    as_of: str,
    length: str,
    paper: str,
    lang: str,
    saved: Path | None,
) -> None:
    """Write the sourced briefing on a pair of countries, as HTML and PDF by default.

    A and B are any names or codes: JPN, japan, 日本, or one argument JP-RU.
    """
    view = _saved(saved) if saved else _composed(options, (a, b), year, as_of, length)
    first, second = view.content.pair
    targets = outputs or (f"brief-{first}-{second}.html", f"brief-{first}-{second}.pdf")
    for target in targets:
        if target == "-":
            sys.stdout.buffer.write(view.render(f".{form}", paper=paper, lang=lang))
        else:
            path = view.save(target, paper=paper, lang=lang)
            options.say(f"wrote {path}")


def _saved(path: Path) -> BriefView:
    from hikiwake.api import BriefView
    from hikiwake.core.errors import BadInput
    from hikiwake.render.data import read

    try:
        content = path.read_bytes()
    except OSError as fault:
        raise BadInput(
            where=str(path),
            why=f"it cannot be read ({fault.strerror})",
            remedy="Give a brief saved as .json or .html.",
        ) from fault
    return BriefView(read(content, str(path)))


def _composed(
    options: Options, names: tuple[str | None, str | None], year: int | None, as_of: str, length: str
) -> BriefView:
    from hikiwake.api import pair
    from hikiwake.cli.memory import remember

    view = pair(*given(names), data=options.data).brief(
        year, length="glance" if length == "glance" else "full", as_of=as_of
    )
    remember(view.content.ledger)
    return view


def given(names: tuple[str | None, str | None]) -> tuple[str, str]:
    """Return the two names of a pair (the second empty for `JP-RU`); a usage error when there is none."""
    first, second = names
    if not first:
        message = "Name two countries, for example: hikiwake brief JPN RUS"
        raise click.UsageError(message)
    return first, second or ""
