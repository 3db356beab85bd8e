"""The command `brief`."""

from __future__ import annotations

import sys
from collections.abc import Callable
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hikiwake.cli.app import Options, in_a_folder
from hikiwake.cli.completion import economies
from hikiwake.cli.progress import Progress
from hikiwake.cli.settings import only_set

if TYPE_CHECKING:
    from hikiwake.api import BriefView


def _only_dollars(_context: click.Context, _option: click.Parameter, value: str | None) -> None:
    """Say why there is no other currency, to those who ask for one."""
    if value is not None and value.upper() not in ("USD", "US$", "DOLLARS"):
        message = (
            "Values are in US dollars of the year: the shipped data hold no exchange rates of the latest "
            "years. Convert the exact values of --json or of a workbook, and name the source of your rates."
        )
        raise click.UsageError(message)


currency = click.option("--currency", hidden=True, expose_value=False, callback=_only_dollars)

with_digits = click.option(
    "--digits",
    type=click.IntRange(0, 6),
    help="Decimals of percentages as printed (usually 1); other numbers follow. --json keeps all digits.",
)

FORMATS = ("html", "pdf", "docx", "md", "json", "csv", "xlsx", "bib", "csl.json", "ris")


@click.command(
    short_help="Write the sourced briefing on a pair of countries.",
    epilog="""\b
Examples:
  hikiwake brief JPN RUS
  hikiwake brief france germany --year 2019 --length glance -o brief.pdf""",
)
@click.argument("a", required=False, shell_complete=economies)
@click.argument("b", required=False, shell_complete=economies)
@click.option(
    "-o", "--output", "outputs", multiple=True, help="File to write; its suffix is the format. - is stdout."
)
@click.option(
    "--format", "form", type=click.Choice(FORMATS), help="Format for `-o -`, or of the one file to write."
)
@click.option(
    "--year", type=int, help="Year the brief is about (default: the latest that is not provisional)."
)
@click.option("--as-of", default="", metavar="DATE", help="Leave out what was not over by then (YYYY-MM-DD).")
@click.option("--length", type=click.Choice(["glance", "full"]), default="full", help="Two pages, or all.")
@click.option(
    "--dossier",
    default="",
    metavar="FILE",
    help="A dossier of your own on the pair, in place of the one that comes with the program.",
)
@click.option(
    "--top",
    type=click.IntRange(1, 1000),
    help="So many products, partners or industries in each table and figure.",
)
@with_digits
@click.option("--paper", type=click.Choice(["a4", "letter"]), default="a4", help="Paper of the PDF.")
@click.option("--lang", default="en", help="Language of the text.")
@click.option(
    "--from", "saved", type=click.Path(path_type=Path), help="Render a saved .json or .html brief again."
)
@currency
@click.pass_obj
def brief(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    a: str | None,
    b: str | None,
    outputs: tuple[str, ...],
    form: str | None,
    year: int | None,
    as_of: str,
    length: str,
    dossier: str,
    top: int | None,
    digits: int | None,
    paper: str,
    lang: str,
    saved: Path | None,
) -> None:
    """Write the sourced briefing on a pair of countries, as HTML and PDF by default.

    A and B are any names or codes: JPN, japan, 日本, or one argument JP-RU.
    """
    from hikiwake.api import renderer, suffix
    from hikiwake.cli.memory import remembering
    from hikiwake.render.language import load

    # Before any work: a slip in the last of several files must not be found after the others were written.
    load(lang)
    for output in outputs:
        if output != "-":
            renderer(suffix(output))
            in_a_folder(Path(output))
    if saved:
        year, top = (None if only_set(name) else value for name, value in (("year", year), ("top", top)))
        as_of, dossier = (
            "" if only_set(name) else value for name, value in (("as_of", as_of), ("dossier", dossier))
        )
    if saved and (a or year is not None or as_of or dossier or top is not None):
        message = "A saved brief knows its countries, year, date, dossier, rows; --from takes none of them."
        raise click.UsageError(message)
    forms = (form,) if form else ("html", "pdf")
    with Progress(options) as progress:
        wishes = {"as_of": as_of, "dossier": dossier, "top": top}
        view = _saved(saved) if saved else _composed(options, (a, b), (year, length), wishes, progress)
        # A saved brief keeps its own digits unless others are asked for.
        view = view if digits is None else view.with_digits(digits)
        first, second = view.content.pair
        targets = outputs or tuple(f"brief-{first}-{second}.{ending}" for ending in forms)
        kinds = [f".{form or 'html'}" if target == "-" else suffix(target) for target in targets]
        begun = view.start(kinds, paper=paper, lang=lang)
        with nullcontext() if saved else remembering(view.content.ledger):
            _write(options, list(zip(targets, begun, strict=True)), progress)


def _write(options: Options, made: list[tuple[str, Callable[[], bytes]]], progress: Progress) -> None:
    """Write each file once it is made; `-` is the output."""
    from hikiwake.cli.memory import write

    def say(text: str) -> None:
        progress.clear()
        options.say(text)

    for number, (target, content) in enumerate(made):
        progress(f"writing {target}", 0.5 + 0.5 * number / len(made))
        if target == "-":
            sys.stdout.buffer.write(content())
        else:
            write(Path(target), content(), say)
            say(f"wrote {target}")


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
    options: Options,
    names: tuple[str | None, str | None],
    of: tuple[int | None, str],
    wishes: dict[str, Any],
    progress: Progress,
) -> BriefView:
    from hikiwake.api import pair

    year, length = of
    return pair(*given(names), data=options.data).brief(
        year,
        length="glance" if length == "glance" else "full",
        **wishes,
        # Composing is about half of the time, drawing the other.
        progress=lambda step, part: progress(f"composing {step}", part / 2) if part < 1 else None,
    )


def given(names: tuple[str | None, str | None]) -> tuple[str, str]:
    """Return the two names of a pair (the second empty for `JP-RU`); a usage error when there is none."""
    first, second = names
    if not first:
        message = "Name two countries, for example: JPN RUS"
        raise click.UsageError(message)
    return first, second or ""
