"""The commands `dispute solve|new`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hikiwake.cli.app import Options, visible

if TYPE_CHECKING:
    from hikiwake.dispute import Game
    from hikiwake.dossier.disputes import Model

NAMES = "FILE|A B"


@click.group(
    epilog="""\b
Examples:
  hikiwake dispute solve JPN RUS
  hikiwake dispute solve my-dispute.yaml --concept sim --json
  hikiwake dispute new -o my-dispute.yaml"""
)
def dispute() -> None:
    """Say which outcomes of a dispute are stable: the graph model for conflict resolution."""


@dispute.command(
    "solve",
    epilog="""\b
Examples:
  hikiwake dispute solve JPN RUS
  hikiwake dispute solve elmira.gmcr --json""",
)
@click.argument("names", nargs=-1, required=True, metavar=NAMES)
@click.option(
    "--concept",
    "concepts",
    multiple=True,
    help="nash, gmr, smr, seq or sim; may be repeated (default: the first four).",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def solve(options: Options, names: tuple[str, ...], concepts: tuple[str, ...], as_json: bool) -> None:
    """Find the stable states of every decision maker, and the states stable for all."""
    from hikiwake.cli import dispute_text
    from hikiwake.dispute import CONCEPTS
    from hikiwake.dispute import solve as solved

    held, game = opened(options, names)
    found = solved(game, concepts or CONCEPTS)  # type: ignore[arg-type]  # unknown ones are refused there
    if as_json:
        printed_json(dispute_text.solution_json(held, found))
    else:
        click.echo(visible(dispute_text.solution(held, found)))


@dispute.command(
    "new",
    epilog="""\b
Examples:
  hikiwake dispute new
  hikiwake dispute new -o my-dispute.yaml""",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a file instead of printing.")
@click.pass_obj
def new(options: Options, output: Path | None) -> None:
    """Print a small dispute to begin with, explained in comments."""
    from hikiwake.core.errors import BadUsage
    from hikiwake.dossier.blank_dispute import FORM
    from hikiwake.store.atomic import write

    if output is None:
        click.echo(FORM, nl=False)
        return
    if output.exists():
        raise BadUsage(
            where=str(output), why="this file exists", remedy="Name another; none is written over."
        )
    write(output, FORM.encode())
    options.say(f"wrote {output}")


def opened(options: Options, names: tuple[str, ...]) -> tuple[Model, Game]:
    """Return the dispute of a file, or of the dossier shipped for two economies, and tell its warnings."""
    from hikiwake.cli.dossier import find
    from hikiwake.dispute import build
    from hikiwake.dossier.dispute_files import read_dispute

    alone = len(names) == 1 and Path(names[0].partition("#")[0]).suffix.lower() in {".json", ".gmcr"}
    held = read_dispute(Path(names[0]) if alone or (len(names) == 1 and "#" in names[0]) else find(names))
    game = build(held.form)
    for problem in game.warnings:
        options.say(visible(f"note: {problem}"))
    return held, game


def printed_json(content: Any) -> None:
    """Print JSON, indented."""
    import sys

    import msgspec

    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")
