"""What a person need not say each time: variables `HIKIWAKE_...`, `hikiwake.toml` here, and the user's own.

What is said on the command line goes first, then a variable, then the file in the working folder, then the
user's. In a file a key is an option without its dashes; a table with the name of a command is for it alone.
Nothing that names a file to write, or chooses the form of what is printed, can be set: a line of a script
must write the same files in every folder.
"""

from __future__ import annotations

import datetime
import difflib
import os
import tomllib
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import click

from hikiwake.core.errors import BadInput

FILE = "hikiwake.toml"
PROGRAM = ""
"""The place of the options that stand before a command."""
NAMES = (
    "data", "quiet", "verbose", "year", "as-of", "length", "paper", "lang", "dossier", "top", "digits",
    "draws", "seed",
)  # fmt: skip
LARGEST = 100_000
TRUTHS = {"1": True, "true": True, "yes": True, "0": False, "false": False, "no": False}

Options = Mapping[str, Mapping[str, click.Option]]


class Setting(NamedTuple):
    """A value that somebody set: its name, the commands it is for, and where it was set."""

    name: str
    commands: tuple[str, ...]
    value: Any
    origin: str


def settings(root: click.Command) -> tuple[Setting, ...]:
    """Return what is set for the commands under a root, the weightier of two later.

    Raises
    ------
    BadInput
        A file cannot be read, or a key or a value in it or in a variable means nothing.
    """
    known = options(root)
    in_files = [setting for path in files() for setting in _of_file(path, known)]
    return (*in_files, *_of_variables(known))


def files() -> tuple[Path, ...]:
    """Return the files there are, the user's own before that of the working folder."""
    from platformdirs import user_config_path

    try:
        own = user_config_path("hikiwake") / FILE
        return tuple(path for path in (own, Path(FILE)) if path.is_file())
    except (OSError, RuntimeError):  # there is no home, or no working folder
        return ()


def anything() -> bool:
    """Tell whether there is anything to read; most often there is not."""
    return any(_variable(name) in os.environ for name in NAMES) or bool(files())


def options(root: click.Command) -> Options:
    """Return the options that can be set, by command (PROGRAM: the program itself) and by name."""
    found: dict[str, dict[str, click.Option]] = {}
    context = click.Context(root)

    def walk(path: str, command: click.Command) -> None:
        given = [option for option in command.params if isinstance(option, click.Option)]
        # A command may use a name in a sense of its own (`--to`); those that can be set have one each.
        held = {name: one for name in NAMES for one in given if f"--{name}" in one.opts}
        if held:
            found[path] = held
        if isinstance(command, click.Group):
            for name in command.list_commands(context):
                below = command.get_command(context, name)
                if below is not None:
                    walk(f"{path} {name}".strip(), below)

    walk(PROGRAM, root)
    return found


def as_defaults(chosen: Iterable[Setting], root: click.Command) -> dict[str, Any]:
    """Return settings as click takes them: by command and parameter, the later over the earlier."""
    known = options(root)
    made: dict[str, Any] = {}
    for setting in chosen:
        for command in setting.commands:
            place = made
            for word in command.split():
                place = place.setdefault(word, {})
            place[str(known[command][setting.name].name)] = setting.value
    return made


def only_set(name: str) -> bool:
    """Tell whether the option of the command at work has its value from a file or a variable.

    Such a value yields where the command line rules it out: one year beside a span of years.
    """
    source = click.get_current_context().get_parameter_source(name)
    return source == click.core.ParameterSource.DEFAULT_MAP


def _of_file(path: Path, known: Options) -> Iterator[Setting]:
    yield from _of(_read(path), str(path), known)


def _of(content: Mapping[str, Any], where: str, known: Options) -> Iterator[Setting]:
    tables = {key: value for key, value in content.items() if isinstance(value, dict)}
    for key, value in content.items():
        if key not in tables:
            yield _setting(key, value, _having(key, known), where, known)
    for command, table in _flat(tables, known, where):
        for key, value in table.items():
            yield _setting(key, value, (command,), f"{where} [{command.replace(' ', '.')}]", known)


def _read(path: Path) -> dict[str, Any]:
    remedy = 'It holds lines such as: length = "glance"'
    try:
        if path.stat().st_size > LARGEST:
            raise BadInput(where=str(path), why=f"it is larger than {LARGEST:,} bytes", remedy=remedy)
        return tomllib.loads(path.read_text(encoding="utf-8-sig"))
    except OSError as fault:
        raise BadInput(
            where=str(path), why=f"it cannot be read ({fault.strerror})", remedy="Mend or remove the file."
        ) from fault
    except (tomllib.TOMLDecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadInput(where=str(path), why=f"it is not TOML ({fault})", remedy=remedy) from fault


def _flat(
    tables: Mapping[str, Any], known: Options, where: str, above: str = ""
) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Yield the tables of a file by command; one below another is a command below another."""
    for key, table in tables.items():
        command = f"{above} {key}".strip()
        below = {name: value for name, value in table.items() if isinstance(value, dict)}
        begun = [name for name in known if name and (name == command or name.startswith(f"{command} "))]
        if not begun:
            raise BadInput(
                where=f"{where} [{command.replace(' ', '.')}]",
                why="no command of that name has anything that can be set",
                remedy=_meant(command, [name for name in known if name]),
            )
        yield from _flat(below, known, where, command)
        own = {name: value for name, value in table.items() if name not in below}
        if own:
            yield command, own


def _of_variables(known: Options) -> Iterator[Setting]:
    for name in NAMES:
        variable = _variable(name)
        text = os.environ.get(variable)
        if not text:
            continue
        commands = _having(name, known)
        flag = known[commands[0]][name].is_flag
        whole = text.lstrip("-").isdecimal() and text.isascii()
        value = TRUTHS.get(text.lower(), text) if flag else int(text) if whole else text
        yield _setting(name, value, commands, variable, known)


def _variable(name: str) -> str:
    return f"HIKIWAKE_{name.upper().replace('-', '_')}"


def _having(name: str, known: Options) -> tuple[str, ...]:
    return tuple(command for command, held in known.items() if name in held)


def _setting(name: str, value: Any, commands: tuple[str, ...], origin: str, known: Options) -> Setting:
    if not commands or name not in known.get(commands[0], {}):
        can = [key for command, held in known.items() if not commands or command in commands for key in held]
        raise BadInput(
            where=f"{origin}, {name}", why="there is no such setting", remedy=_meant(name, sorted({*can}))
        )
    option = known[commands[0]][name]
    try:
        return Setting(name, commands, _converted(option, value), origin)
    except click.BadParameter as fault:
        raise BadInput(
            where=f"{origin}, {name}", why=f"it cannot be {value!r}", remedy=fault.message
        ) from fault


def _converted(option: click.Option, value: Any) -> Any:
    """Return a value as the option takes it; of another kind than the option's, it is refused."""
    if option.is_flag:
        if not isinstance(value, bool):
            raise click.BadParameter("Give true or false.")
        return value
    if isinstance(value, datetime.date):
        value = value.isoformat()
    number = isinstance(option.type, click.types.IntParamType)
    if isinstance(value, bool) or not isinstance(value, int if number else int | str):
        raise click.BadParameter(f"Give {'a whole number' if number else 'a text in quotes'}.")
    return option.type.convert(value if number else str(value), option, None)


def _meant(name: str, known: list[str]) -> str:
    close = difflib.get_close_matches(name, known, n=1, cutoff=0.6)
    return f"Did you mean {close[0]!r}?" if close else f"There are: {', '.join(known)}."
