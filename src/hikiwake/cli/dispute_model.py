"""Which dispute a command is about, and which of its states: what all commands on disputes share."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from hikiwake.cli.app import Options, visible

if TYPE_CHECKING:
    from hikiwake.dispute import Game
    from hikiwake.dossier.disputes import Model


class Asked(NamedTuple):
    """A file, or the names of two economies whose dossier is shipped; and a table of changes of welfare."""

    names: tuple[str, ...]
    welfare: Path | None


def model_of(command: Callable[..., None]) -> Callable[..., None]:
    """Let a command take the names of a dispute and a table of welfare, and hand it both as `asked`."""

    @click.argument("names", nargs=-1, required=True, metavar="FILE|A B")
    @click.option(
        "--welfare",
        type=click.Path(path_type=Path),
        metavar="TABLE",
        help="Changes of welfare, CSV or JSON: state, decision maker, welfare change.",
    )
    @wraps(command)
    def inner(*arguments: Any, names: tuple[str, ...], welfare: Path | None, **options: Any) -> None:
        command(*arguments, asked=Asked(names, welfare), **options)

    return inner


def opened(options: Options, asked: Asked) -> tuple[Model, Game]:
    """Return the dispute of a file, or of the dossier shipped for two economies, and tell its warnings."""
    from hikiwake.cli.dossier import find
    from hikiwake.dispute import build
    from hikiwake.dossier.dispute_files import read_dispute

    names = asked.names
    alone = len(names) == 1 and Path(names[0].partition("#")[0]).suffix.lower() in {".json", ".gmcr"}
    path = Path(names[0]) if alone or (len(names) == 1 and "#" in names[0]) else find(names)
    held = read_dispute(path, asked.welfare)
    game = build(held.form)
    for note in notes(held, game):
        options.say(visible(f"note: {note}"))
    return held, game


def notes(held: Model, game: Game) -> list[str]:
    """Return what the author of a model should know, each with its place in the file."""
    return [
        f"{held.place(problem.path)}: {problem}" if held.place is not None else str(problem)
        for problem in game.warnings
    ]


def suffix_of(output: Path, known: tuple[str, ...]) -> str:
    """Return the ending of a file's name, if it is one of those known."""
    from hikiwake.core.errors import BadUsage

    suffix = output.suffix.lower()
    if suffix not in known:
        raise BadUsage(
            where=str(output), why="this ending is not known", remedy=f"Choose one of {', '.join(known)}."
        )
    return suffix


def written(options: Options, output: Path, content: bytes) -> None:
    """Write a file whole, and say so."""
    from hikiwake.store.atomic import write

    write(output, content)
    options.say(f"wrote {output}")


def state_of(game: Game, name: str | None) -> int:
    """Return the state of a label or a number; today's without either."""
    from hikiwake.core.errors import BadUsage

    if name is not None:
        return game.state(int(name) if name.isdecimal() and name not in game.labels else name)
    if game.status_quo is None:
        raise BadUsage(
            where="--state", why="the dispute names no state as today's", remedy="Name the state to explain."
        )
    return game.status_quo


def movable_states(game: Game, entry: str) -> tuple[str, list[int]]:
    """Return whose states may change places, and which."""
    from hikiwake.core.errors import BadUsage

    who, sign, states = entry.partition("=")
    if not sign or not states:
        raise BadUsage(
            where=f"--movable {entry}", why="it names no states", remedy=f"Write {who or 'WHO'}=all."
        )
    game.maker(who)
    if states == "all":
        return who, list(range(game.states))
    return who, [state_of(game, name.strip()) for name in states.split(",")]


def states_of(game: Game, target: str) -> list[int]:
    """Return the states that a label, a number or a condition stands for."""
    from hikiwake.core.errors import BadUsage

    if target.isdecimal() or target in game.labels:
        return [state_of(game, target)]
    found = [int(state) for state in game.where(target)]
    if not found:
        raise BadUsage(where=target, why="no possible state fulfils it", remedy="Name another condition.")
    return found
