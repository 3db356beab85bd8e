"""The commands `scenario run`, `compare`, `sweep` and `welfare`."""

from __future__ import annotations

import functools
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar, cast

import click

from hikiwake.cli.app import Options
from hikiwake.cli.brief import given, with_digits
from hikiwake.cli.completion import economies
from hikiwake.cli.facts import answering, deliver, form

if TYPE_CHECKING:
    from hikiwake.api import PairView

Command = TypeVar("Command", bound=Callable[..., Any])

DRAWS, SWEPT, SEED = 100, 40, 1
CLOSURES = ("additive", "multiplicative", "balanced", "share of world output")
SETS = ("estimated", "uniform", "short-run", "fontagne", "lashkaripour")

READY = """\
Ready-made: cheaper-trade (trade costs between the two fall by a tenth), comparable-pairs (they fall until
trade at given prices is what comparable pairs trade), no-exports (A sells nothing more to B), no-imports (B
sells nothing more to A), no-trade (neither). A dossier's file may stand in place of A and B: its own
scenarios are solved, for the first two of its parties."""


@click.group(
    short_help="Say what a change would do to trade and welfare.",
    epilog="""\b
Examples:
  hikiwake scenario run JPN RUS
  hikiwake scenario compare japan russia --json
  hikiwake scenario sweep JPN RUS --scenario cheaper-trade --parameter cost --from 0.7 --to 1""",
)
def scenario() -> None:
    """Say what a change would do to trade, prices and welfare: a general-equilibrium model."""


class Answer(NamedTuple):
    """How an answer is handed over, with how many digits, and whether its checks are printed."""

    digits: int | None
    as_json: bool
    as_csv: bool
    output: Path | None
    check: bool


def assuming(draws: int) -> Callable[[Command], Command]:
    """Add how a scenario is solved; the command gets `how`, the arguments of the Python face."""
    added = (
        click.option(
            "--elasticities", type=click.Choice(SETS), help="Set of trade elasticities (default: estimated)."
        ),
        click.option(
            "--closure",
            type=click.Choice(CLOSURES),
            help="What becomes of trade imbalances (default: share of world output).",
        ),
        click.option("--seed", type=int, default=SEED, show_default=True, help="Where the draws begin."),
        click.option(
            "--draws", type=int, default=draws, show_default=True, help="Draws of what is uncertain."
        ),
    )
    names = ("draws", "seed", "closure", "elasticities")

    def gathered(command: Command) -> Command:
        """Return the command with the options added, which hand over one argument `how`."""

        @functools.wraps(command)
        def called(*given: Any, **options: Any) -> Any:
            how = {name: options.pop(name) for name in names}
            return command(*given, how={**how, "elasticities": how["elasticities"] or ""}, **options)

        return _with(added, cast("Command", called))

    return gathered


def solving(draws: int) -> Callable[[Command], Command]:
    """Add whom a scenario is about, how it is solved and handed over: `a`, `b`, `how` and `answer`."""
    added = (
        click.option("--check", is_flag=True, help="Print how exactly each condition of equilibrium holds."),
        click.argument("b", required=False, shell_complete=economies),
        click.argument("a", metavar="A|FILE", shell_complete=economies),
    )

    def gathered(command: Command) -> Command:
        """Return the command with the options added, those of handing over as one argument `answer`."""

        @functools.wraps(command)
        def called(*given: Any, **options: Any) -> Any:
            answer = Answer(*(options.pop(name) for name in Answer._fields))
            return command(*given, answer=answer, **options)

        asked = with_digits(answering(cast("Command", called)))
        return _with(added[1:], assuming(draws)(_with(added[:1], asked)))

    return gathered


def _with(added: Iterable[Callable[[Command], Command]], command: Command) -> Command:
    for option in added:
        command = option(command)
    return command


@scenario.command(
    "run",
    short_help="Show what changes would do to both and to all others.",
    epilog=f"""\b
{READY}
\b
Examples:
  hikiwake scenario run JPN RUS
  hikiwake scenario run france germany --scenario cheaper-trade --draws 1000 --check
  hikiwake scenario run my-dossier.yaml --scenario settlement --json""",
)
@click.option("--scenario", "names", multiple=True, help="Name; may be repeated (default: all).")
@click.option(
    "--everybody",
    is_flag=True,
    help="State wages, exports, output and prices of all economies in JSON and CSV.",
)
@solving(DRAWS)
@click.pass_obj
def run(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    a: str,
    b: str | None,
    names: tuple[str, ...],
    everybody: bool,
    how: dict[str, Any],
    answer: Answer,
) -> None:
    """Show what scenarios would change, for a pair and for all others.

    JSON and CSV hold all facts: incomes of all economies, who replaces whom, output and prices by industry of
    the two, and with --everybody of all.
    """
    from hikiwake.cli.progress import Progress
    from hikiwake.cli.scenario_text import checked, told, writer

    view, file = viewed(options, a, b)
    with Progress(options) as progress:
        found = view.scenarios(
            names,
            **how,
            everybody=everybody,
            dossier=file,
            progress=progress,
        )
    text = functools.partial(told, found, view.a, view.b, writer(answer.digits))
    handed(options, found, answer, text, lambda: checked(found.told))


@scenario.command(
    "compare",
    short_help="Show scenarios side by side.",
    epilog=f"""\b
{READY}
\b
Examples:
  hikiwake scenario compare JPN RUS
  hikiwake scenario compare my-dossier.yaml --against settlement --figure compare.svg
  hikiwake scenario compare japan russia --scenario no-trade --scenario cheaper-trade --json""",
)
@click.option("--scenario", "names", multiple=True, help="Name; may be repeated (default: all).")
@click.option("--against", metavar="NAME", help="Also show the differences from this scenario, draw by draw.")
@click.option("--figure", type=click.Path(path_type=Path), help="Draw them as .svg or .png.")
@solving(DRAWS)
@click.pass_obj
def compare(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    a: str,
    b: str | None,
    names: tuple[str, ...],
    against: str | None,
    figure: Path | None,
    how: dict[str, Any],
    answer: Answer,
) -> None:
    """Show what scenarios would change for a pair, side by side, with intervals."""
    from hikiwake.cli.progress import Progress
    from hikiwake.cli.scenario_text import checked, compared, writer
    from hikiwake.sections.scenarios.figures import comparison

    drawable(figure)
    view, file = viewed(options, a, b)
    with Progress(options) as progress:
        found = view.scenarios(
            names,
            **how,
            against=against,
            dossier=file,
            progress=progress,
        )
    if figure is not None:
        draw(
            options, comparison(found.told.answers, view.a.id, view.b.id), found.ledger, figure, answer.digits
        )
    text = functools.partial(compared, found, view.a, view.b, writer(answer.digits))
    handed(options, found, answer, text, lambda: checked(found.told))


@scenario.command(
    "sweep",
    short_help="Show a scenario over a range of one of its numbers.",
    epilog="""\b
Parameters: cost, effect, leakage (of an embargo), tariff, limit, productivity, transfer, or elasticity, a
factor on all trade elasticities (low: the short run).
\b
Examples:
  hikiwake scenario sweep JPN RUS --scenario cheaper-trade --parameter cost --from 0.7 --to 1
  hikiwake scenario sweep JPN RUS --scenario no-imports --parameter leakage --from 0 --to 1 --figure leak.svg
  hikiwake scenario sweep my.yaml --scenario embargo --parameter elasticity --from 0.2 --to 1 --json""",
)
@click.option("--scenario", "name", required=True, help="Which scenario.")
@click.option("--parameter", required=True, help="Which number.")
@click.option("--from", "first", type=float, required=True, help="First value.")
@click.option("--to", "last", type=float, required=True, help="Last value.")
@click.option("--steps", type=int, default=7, show_default=True, help="Values, the ends included.")
@click.option(
    "--shock", type=int, help="Number of the one shock to change, from 1 (default: all that have it)."
)
@click.option("--figure", type=click.Path(path_type=Path), help="Draw the curve as .svg or .png.")
@solving(SWEPT)
@click.pass_obj
def sweep(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    a: str,
    b: str | None,
    name: str,
    parameter: str,
    first: float,
    last: float,
    steps: int,
    shock: int | None,
    figure: Path | None,
    how: dict[str, Any],
    answer: Answer,
) -> None:
    """Show what a scenario would change over a range of one of its numbers: a curve with intervals."""
    from hikiwake.cli.progress import Progress
    from hikiwake.cli.scenario_text import swept, widest, writer
    from hikiwake.measures.scenario.sweep import evenly
    from hikiwake.sections.scenarios.figures import curve

    drawable(figure)
    view, file = viewed(options, a, b)
    with Progress(options) as progress:
        found = view.sweep(
            name,
            parameter,
            evenly(first, last, steps),
            shock=shock,
            **how,
            dossier=file,
            progress=progress,
        )
    if figure is not None:
        draw(options, curve(found.swept, view.a.id, view.b.id), found.ledger, figure, answer.digits)
    text = functools.partial(swept, found, view.a, view.b, writer(answer.digits))
    handed(options, found, answer, text, lambda: widest(found.swept.gap))


@scenario.command(
    "welfare",
    short_help="Write welfare by state for the dossier's dispute.",
    epilog="""\b
Each scenario of the file that has a `where` (a condition of the file's dispute) gives a row: in the states
where the condition holds, the parties' real income changes by so much. What is written can stand under
`dispute:` as it is; statements of preference may then use it (`dW(JPN) > 0`).
\b
Examples:
  hikiwake scenario welfare my-dossier.yaml
  hikiwake scenario welfare my-dossier.yaml --closure additive --json""",
)
@click.argument("file", type=click.Path(path_type=Path))
@assuming(DRAWS)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def welfare(options: Options, file: Path, as_json: bool, how: dict[str, Any]) -> None:
    """Write the changes of welfare by state, in the form in which a dispute takes quantities."""
    from hikiwake.cli.progress import Progress
    from hikiwake.cli.scenario_welfare import quantities, written

    view, _ = viewed(options, str(file), None)
    with Progress(options) as progress:
        made = quantities(view, file, how, progress)
    click.echo(written(made, as_json=as_json), nl=False)


def viewed(options: Options, a: str, b: str | None) -> tuple[PairView, str]:
    """Return the pair that is asked about, and the dossier's file that stands in its place, or nothing."""
    from hikiwake.api import pair

    file, names = (a, parties(a)) if b is None and a.endswith((".yaml", ".yml")) else ("", (a, b))
    return pair(*given(names), data=options.data), file


def parties(file: str) -> tuple[str, str]:
    """Return the first two parties of a dossier's file."""
    from hikiwake.dossier.validation import read

    found = read(Path(file)).parties
    return found[0], found[1]


def handed(
    options: Options, found: Any, answer: Answer, text: Callable[[], str], checks: Callable[[], str]
) -> None:
    """Hand over an answer as it was asked for: as data, or as text; then its checks."""
    wanted = form(as_json=answer.as_json, as_csv=answer.as_csv)
    if wanted or answer.output is not None:
        deliver(options, found, wanted, answer.output, answer.digits)
    else:
        shown(found, text())
    if answer.check:
        options.say(checks())


def shown(found: Any, text: str) -> None:
    """Print a text and keep its facts for `why`."""
    from hikiwake.cli.memory import remembering

    with remembering(found.ledger):
        click.echo(text, nl=False)


def drawable(figure: Path | None) -> None:
    """Refuse a figure's file of another kind, before any work."""
    from hikiwake.core.errors import BadUsage

    if figure is not None and figure.suffix.lower() not in (".svg", ".png"):
        raise BadUsage(where=str(figure), why="a figure is drawn as .svg or .png", remedy="Name the file so.")


def draw(options: Options, chart: Any, ledger: Any, figure: Path, digits: int | None = None) -> None:
    """Write a figure with its title and its source."""
    from hikiwake.core.document import USUAL_DIGITS
    from hikiwake.render.charts import raster
    from hikiwake.render.charts.standalone import standalone
    from hikiwake.render.language import load
    from hikiwake.store.atomic import write

    drawn = standalone(chart, ledger, load("en", USUAL_DIGITS if digits is None else digits))
    write(figure, raster(drawn) if figure.suffix.lower() == ".png" else drawn.encode("utf-8"))
    options.say(f"wrote {figure}")
