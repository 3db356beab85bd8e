"""The commands `dispute solve|explain|paths|inverse|sensitivity|draw|export|new`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hikiwake.cli.app import Options, new_file, visible

if TYPE_CHECKING:
    from hikiwake.dispute import Game
    from hikiwake.dossier.disputes import Model

NAMES = "FILE|A B"


@click.group(
    short_help="Say which outcomes of a dispute are stable, and why.",
    epilog="""\b
Examples:
  hikiwake dispute solve JPN RUS
  hikiwake dispute explain JPN RUS --state NYYYNNY
  hikiwake dispute inverse JPN RUS --concept seq
  hikiwake dispute new -o my-dispute.yaml""",
)
def dispute() -> None:
    """Say which outcomes of a dispute are stable: the graph model for conflict resolution."""


@dispute.command(
    "solve",
    short_help="Find the stable states.",
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
    "explain",
    short_help="Say why a state is stable for each, or why not.",
    epilog="""\b
Examples:
  hikiwake dispute explain JPN RUS
  hikiwake dispute explain JPN RUS --state NYYYNNY --concept nash""",
)
@click.argument("names", nargs=-1, required=True, metavar=NAMES)
@click.option("--state", help="Label or number of a state (default: today's).")
@click.option("--concept", default="seq", show_default=True, help="nash, gmr, smr or seq.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def explain(options: Options, names: tuple[str, ...], state: str | None, concept: str, as_json: bool) -> None:
    """Say for every decision maker why a state is stable for it, or why not."""
    from hikiwake.cli import dispute_text
    from hikiwake.dispute import explain as explained

    _, game = opened(options, names)
    where = _state(game, state)
    reasons = [explained(game, concept, who, where) for who in game.who]  # type: ignore[arg-type]  # refused there
    if as_json:
        printed_json({"state": game.labels[where], "reasons": dispute_text.named(game, reasons)})
    else:
        click.echo(visible(dispute_text.reasons(game, where, reasons)))


@dispute.command(
    "paths",
    short_help="Find the shortest ways from today's state.",
    epilog="""\b
Examples:
  hikiwake dispute paths JPN RUS
  hikiwake dispute paths JPN RUS --to "two and not four" --json""",
)
@click.argument("names", nargs=-1, required=True, metavar=NAMES)
@click.option("--to", "targets", multiple=True, help="A state or a condition (default: what is stable).")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def paths(options: Options, names: tuple[str, ...], targets: tuple[str, ...], as_json: bool) -> None:
    """Find the shortest ways from today's state, and who would have to move against its own ranking."""
    from hikiwake.cli import dispute_text
    from hikiwake.dispute import paths as found_paths
    from hikiwake.dispute import solve as solved
    from hikiwake.dispute import solve_coalitions

    _, game = opened(options, names)
    if targets:
        wanted = [state for target in targets for state in _states(game, target)]
    else:
        solution = solved(game)
        wanted = sorted({state for concept in solution.stable for state in solution.equilibria(concept)})
    found = found_paths(game, wanted, solve_coalitions(game))
    if as_json:
        printed_json(dispute_text.named(game, found))
    else:
        click.echo(visible(dispute_text.ways(game, found)))


@dispute.command(
    "inverse",
    short_help="Find the least changes that make a state stable.",
    epilog="""\b
Examples:
  hikiwake dispute inverse JPN RUS
  hikiwake dispute inverse JPN RUS --to NYYYNNY --concept seq --json""",
)
@click.argument("names", nargs=-1, required=True, metavar=NAMES)
@click.option("--to", "target", help="A state or a condition (default: the outcome the file asks about).")
@click.option("--concept", default="nash", show_default=True, help="nash, gmr, smr or seq.")
@click.option("--most", default=2, show_default=True, type=click.IntRange(0, 4), help="Changes to try.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def inverse(
    options: Options, names: tuple[str, ...], target: str | None, concept: str, most: int, as_json: bool
) -> None:
    """Find the least changes of what the sides value that make an outcome stable for all."""
    from hikiwake.cli import dispute_text
    from hikiwake.core.errors import BadUsage
    from hikiwake.dispute import inverse as inverted

    held, game = opened(options, names)
    if target is None and not held.asked.wanted:
        raise BadUsage(
            where="--to",
            why="the file asks about no outcome",
            remedy="Name a state or a condition, or enter one under `wanted`.",
        )
    condition = target if target is not None else held.asked.wanted[0].holds
    found = inverted(game, _states(game, condition), concept, most)  # type: ignore[arg-type]  # refused there
    if as_json:
        printed_json(dispute_text.named(game, found))
    else:
        click.echo(visible(dispute_text.changes(game, condition, found)))


@dispute.command(
    "conditions",
    short_help="Say what preferences must be like.",
    epilog="""\b
Examples:
  hikiwake dispute conditions JPN RUS --to NYYYNNY
  hikiwake dispute conditions euphrates.gmcr --to NYN --movable syria=all --json""",
)
@click.argument("names", nargs=-1, required=True, metavar=NAMES)
@click.option("--to", "target", required=True, help="The wanted state: a label or a number.")
@click.option("--concept", default="nash", show_default=True, help="nash, gmr, smr or seq.")
@click.option(
    "--movable",
    multiple=True,
    metavar="WHO=STATES",
    help="Count the rankings that work: WHO=all, or WHO=label,label,... whose places are open.",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def conditions(
    options: Options,
    names: tuple[str, ...],
    target: str,
    concept: str,
    movable: tuple[str, ...],
    as_json: bool,
) -> None:
    """Say what every side's preference must be like for a state to be stable for all, and how many are."""
    from hikiwake.cli import dispute_text
    from hikiwake.dispute import conditions as required
    from hikiwake.dispute import count_rankings

    _, game = opened(options, names)
    state = _state(game, target)
    found = required(game, state, concept)  # type: ignore[arg-type]  # refused there
    free = dict(_movable(game, entry) for entry in movable)
    count = count_rankings(game, state, concept, free) if free else None  # type: ignore[arg-type]
    if as_json:
        told = {"state": game.labels[state], "conditions": dispute_text.named(game, found)}
        printed_json({**told, "rankings": count})
    else:
        click.echo(visible(dispute_text.required(game, state, found, count)))


@dispute.command(
    "sensitivity",
    short_help="Solve again after every change of one statement.",
    epilog="""\b
Examples:
  hikiwake dispute sensitivity JPN RUS
  hikiwake dispute sensitivity JPN RUS --json""",
)
@click.argument("names", nargs=-1, required=True, metavar=NAMES)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def sensitivity(options: Options, names: tuple[str, ...], as_json: bool) -> None:
    """Solve the dispute again after every change of one statement, and say what stays stable."""
    from hikiwake.cli import dispute_text
    from hikiwake.dispute import sensitivity as varied

    held, game = opened(options, names)
    found = varied(game)
    if as_json:
        printed_json(dispute_text.robust_json(held, found))
    else:
        click.echo(visible(dispute_text.robust(held, found)))


@dispute.command(
    "draw",
    short_help="Draw the states that matter, and the moves.",
    epilog="""\b
Examples:
  hikiwake dispute draw JPN RUS -o moves.svg
  hikiwake dispute draw my-dispute.yaml -o moves.png""",
)
@click.argument("names", nargs=-1, required=True, metavar=NAMES)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Ends with .svg or .png.")
@click.option("--json", "as_json", is_flag=True, help="Print what would be drawn as JSON.")
@click.pass_obj
def draw(options: Options, names: tuple[str, ...], output: Path | None, as_json: bool) -> None:
    """Draw the states that matter, and who would move from which to which."""
    from hikiwake.cli import dispute_files
    from hikiwake.core.errors import BadUsage
    from hikiwake.render.movegraph import svg

    if output is None and not as_json:
        raise BadUsage(
            where="dispute draw", why="no file is named", remedy="Add -o moves.svg, or --json to print."
        )
    held, game = opened(options, names)
    picture = dispute_files.picture(held, game)
    if as_json:
        printed_json(dispute_files.picture_json(picture))
    if output is None:
        return
    if _suffix(output, (".svg", ".png")) == ".png":
        from hikiwake.render.charts import raster

        _written(options, output, raster(svg(picture)))
    else:
        _written(options, output, svg(picture).encode())


@dispute.command(
    "export",
    short_help="Write states, moves or the model for other programs.",
    epilog="""\b
Examples:
  hikiwake dispute export JPN RUS -o states.csv
  hikiwake dispute export JPN RUS -o moves.graphml""",
)
@click.argument("names", nargs=-1, required=True, metavar=NAMES)
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Ends with .csv, .graphml or .json.",
)
@click.pass_obj
def export(options: Options, names: tuple[str, ...], output: Path) -> None:
    """Write all states (CSV), all moves (GraphML), or the model itself (JSON) for other programs."""
    import msgspec

    from hikiwake.cli import dispute_files

    held, game = opened(options, names)
    match _suffix(output, (".csv", ".graphml", ".json")):
        case ".csv":
            content = dispute_files.table(game).encode()
        case ".graphml":
            content = dispute_files.graphml(game).encode()
        case _:
            tree = {**msgspec.to_builtins(held.asked), **msgspec.to_builtins(held.form)}
            content = msgspec.json.format(msgspec.json.encode(tree), indent=1) + b"\n"
    _written(options, output, content)


@dispute.command(
    "new",
    short_help="Print a small dispute to begin with.",
    epilog="""\b
Examples:
  hikiwake dispute new
  hikiwake dispute new -o my-dispute.yaml""",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a file instead of printing.")
@click.pass_obj
def new(options: Options, output: Path | None) -> None:
    """Print a small dispute to begin with, explained in comments."""
    from hikiwake.dossier.blank_dispute import FORM

    new_file(options, output, FORM)


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


def _suffix(output: Path, known: tuple[str, ...]) -> str:
    from hikiwake.core.errors import BadUsage

    suffix = output.suffix.lower()
    if suffix not in known:
        raise BadUsage(
            where=str(output), why="this ending is not known", remedy=f"Choose one of {', '.join(known)}."
        )
    return suffix


def _written(options: Options, output: Path, content: bytes) -> None:
    from hikiwake.store.atomic import write

    write(output, content)
    options.say(f"wrote {output}")


def _state(game: Game, name: str | None) -> int:
    from hikiwake.core.errors import BadUsage

    if name is not None:
        return game.state(int(name) if name.isdigit() else name)
    if game.status_quo is None:
        raise BadUsage(
            where="--state", why="the dispute names no state as today's", remedy="Name the state to explain."
        )
    return game.status_quo


def _movable(game: Game, entry: str) -> tuple[str, list[int]]:
    from hikiwake.core.errors import BadUsage

    who, sign, states = entry.partition("=")
    if not sign or not states:
        raise BadUsage(
            where=f"--movable {entry}", why="it names no states", remedy=f"Write {who or 'WHO'}=all."
        )
    game.maker(who)
    if states == "all":
        return who, list(range(game.states))
    return who, [_state(game, name.strip()) for name in states.split(",")]


def _states(game: Game, target: str) -> list[int]:
    """Return the states that a label, a number or a condition stands for."""
    from hikiwake.core.errors import BadUsage

    if target.isdigit() or target in game.labels:
        return [_state(game, target)]
    found = [int(state) for state in game.where(target)]
    if not found:
        raise BadUsage(where=target, why="no possible state fulfils it", remedy="Name another condition.")
    return found


def printed_json(content: Any) -> None:
    """Print JSON, indented."""
    import sys

    import msgspec

    sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n")
