"""The command `scenario run`."""

from __future__ import annotations

from pathlib import Path

import click

from hikiwake.cli.app import Options
from hikiwake.cli.brief import given
from hikiwake.cli.completion import economies
from hikiwake.cli.facts import answering, deliver, form

DRAWS, SEED = 200, 1


@click.group(
    short_help="Say what a change would do to trade and welfare.",
    epilog="""\b
Examples:
  hikiwake scenario run JPN RUS
  hikiwake scenario run japan russia --scenario no-trade --json""",
)
def scenario() -> None:
    """Say what a change would do to trade, prices and welfare: a general-equilibrium model."""


@scenario.command(
    "run",
    short_help="Show what changes would do to both and to all others.",
    epilog="""\b
Ready-made: cheaper-trade (trade costs between the two fall by a tenth), no-exports (A sells nothing
more to B), no-imports (B sells nothing more to A), no-trade (neither). A dossier's file may stand
in place of A and B: its own scenarios are solved, for the first two of its parties.
\b
Examples:
  hikiwake scenario run JPN RUS
  hikiwake scenario run france germany --scenario cheaper-trade --draws 1000 --check
  hikiwake scenario run my-dossier.yaml --scenario settlement --json""",
)
@click.argument("a", metavar="A|FILE", shell_complete=economies)
@click.argument("b", required=False, shell_complete=economies)
@click.option("--scenario", "names", multiple=True, help="Name; may be repeated (default: all).")
@click.option("--draws", type=int, default=DRAWS, show_default=True, help="Draws of the elasticities.")
@click.option("--seed", type=int, default=SEED, show_default=True, help="Where the draws begin.")
@click.option("--check", is_flag=True, help="Print how exactly the conditions of equilibrium hold.")
@answering
@click.pass_obj
def run(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    a: str,
    b: str | None,
    names: tuple[str, ...],
    draws: int,
    seed: int,
    check: bool,
    as_json: bool,
    as_csv: bool,
    output: Path | None,
) -> None:
    """Show what scenarios would change, for a pair and for all others.

    JSON and CSV hold all facts, those of third economies too.
    """
    from hikiwake.api import pair
    from hikiwake.cli.progress import Progress
    from hikiwake.cli.scenario_text import told

    wanted = form(as_json=as_json, as_csv=as_csv)
    file, names_of = (a, parties(a)) if b is None and a.endswith((".yaml", ".yml")) else ("", (a, b))
    view = pair(*given(names_of), data=options.data)
    with Progress(options) as progress:
        found = view.scenarios(names, draws=draws, seed=seed, dossier=file, progress=progress)
    if wanted or output is not None:
        deliver(options, found, wanted, output)
    else:
        from hikiwake.cli.memory import remember

        remember(found.ledger)
        click.echo(told(found, view.a, view.b), nl=False)
    if check:
        options.say(f"largest gap in any condition of equilibrium, draws included: {found.told.gap:.1e}")


def parties(file: str) -> tuple[str, str]:
    """Return the first two parties of a dossier's file."""
    from hikiwake.dossier.validation import read

    found = read(Path(file)).parties
    return found[0], found[1]
