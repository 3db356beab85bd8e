"""The group of commands, its options, and how errors become lines and exit codes."""

from __future__ import annotations

import difflib
import errno
import io
import os
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from hikiwake.cli.interrupts import SAID, exit_code, noticing_interrupts

if TYPE_CHECKING:
    from click.shell_completion import CompletionItem

    from hikiwake.store.catalogue import Place

COMMANDS = {
    "brief": "brief",
    "ties": "facts",
    "complementarity": "facts",
    "potential": "facts",
    "why": "why",
    "audit": "audit",
    "claims": "claims",
    "backtest": "backtest",
    "scenario": "scenario",
    "dossier": "dossier",
    "gravity": "gravity",
    "dispute": "dispute",
    "data": "data",
    "methods": "reference",
    "countries": "reference",
    "config": "config",
    "doctor": "doctor",
    "completion": "completion",
}
REFUSED, UNEXPECTED = 4, 70
REMEDIES = {
    errno.ENOSPC: "Make room on the disk, or write elsewhere.",
    errno.EACCES: "Ask for the permission, or choose another place.",
    errno.EMFILE: "Close other programs, or allow more open files (ulimit -n).",
}


CLUSTER = ("pyspark", "py4j", "grpc")
"""Whose errors are a cluster's: of Spark's they reach us where an expression is built, before it is run."""


class Options:
    """What the options before the command say."""

    def __init__(self, data: Place | None, *, quiet: bool = False, verbose: bool = False) -> None:
        self.data = data
        self.quiet = quiet
        self.verbose = verbose

    def say(self, text: str) -> None:
        """Tell the person something that is no result."""
        if not self.quiet:
            click.echo(text, err=True)


class Commands(click.Group):
    """Commands found by name and imported when asked for; two country names mean a brief."""

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order of the table above."""
        return list(COMMANDS)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Import the module of a command."""
        if cmd_name not in COMMANDS:
            return None
        command: click.Command = getattr(
            import_module(f"hikiwake.cli.{COMMANDS[cmd_name]}"), cmd_name.replace("-", "_")
        )
        return command

    def shell_complete(self, ctx: click.Context, incomplete: str) -> list[CompletionItem]:
        """Offer the commands, and once something is typed the economies as well: `hikiwake japan russia`."""
        from hikiwake.cli.completion import economies

        offered = super().shell_complete(ctx, incomplete)
        named = bool(incomplete) and not incomplete.startswith("-")
        return [*offered, *economies(ctx, self.params[0], incomplete)] if named else offered

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take `hikiwake japan russia` for `hikiwake brief japan russia`; suggest for a misspelt command."""
        name = args[0]
        if name in COMMANDS:
            return super().resolve_command(ctx, args)
        hint = ""
        if not difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.75):
            hint = _not_a_country(name)
            if not hint:
                return "brief", self.get_command(ctx, "brief"), args
        close = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
        hint = f"Did you mean {close[0]!r}?" if close else hint
        ctx.fail(f"No such command, and no such country: {name!r}. {hint} See `hikiwake --help`.")


def _not_a_country(name: str) -> str:
    """Return what might have been meant by a name; empty when it names a country, or two of them."""
    from hikiwake.core.country import pair, resolve
    from hikiwake.core.errors import HikiwakeError

    remedy = ""
    for read in (pair, resolve):
        try:
            read(name)
        except HikiwakeError as fault:
            remedy = fault.remedy
        else:
            return ""
    return remedy


@click.group(
    cls=Commands,
    invoke_without_command=True,
    context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100},
    epilog="""\b
Two names alone mean a brief; these options may also stand after a command.
Examples:
  hikiwake japan russia
  hikiwake ties JPN RUS --year 2014 --json""",
)
@click.option(
    "--data", envvar="HIKIWAKE_DATA", help="Vintages of your own: NAME[@VERSION][,...], or a folder."
)
@click.option("--quiet", "-q", is_flag=True, help="Print results and errors only.")
@click.option("--verbose", "-v", is_flag=True, help="Say what is being done, and how long it took.")
@click.option("--no-color", is_flag=True, help="Accepted for scripts; hikiwake prints no colours.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option("--version", is_flag=True, help="Print the versions of the program and of its data.")
@click.pass_context
def commands(  # noqa: PLR0913, PLR0917  (one argument for each option)
    ctx: click.Context,
    data: str | None,
    quiet: bool,
    verbose: bool,
    no_color: bool,
    debug: bool,
    version: bool,
) -> None:
    """Show the evidence on how two countries depend on each other."""
    del no_color, debug  # nothing is coloured; `run` looks for --debug itself, for faults on the way here
    folder = _folder(data)
    ctx.obj = Options(folder, quiet=quiet, verbose=verbose)
    if version:
        from hikiwake import __version__
        from hikiwake.store.catalogue import SHIPPED, open_vintage

        click.echo(f"hikiwake {__version__}, data vintage {open_vintage(folder or SHIPPED).name}")
        ctx.exit()
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help(), err=True)
        ctx.exit(2)


def _folder(data: str | None) -> Place | None:
    if not data:
        return None
    from hikiwake.store.library import locate

    return locate(data)


def not_yet(output: Path) -> None:
    """Refuse a file that exists: what people may have edited is never written over."""
    from hikiwake.core.errors import BadUsage

    if output.exists():
        raise BadUsage(
            where=str(output), why="this file exists", remedy="Name another; none is written over."
        )


def in_a_folder(output: Path) -> None:
    """Refuse a folder, or a file whose folder does not exist: that should not be found out after the work."""
    from hikiwake.core.errors import Environment

    try:
        there = output.absolute().parent.is_dir()
    except OSError:  # the working folder itself is gone
        there = False
    if not there:
        raise Environment(
            where=str(output),
            why="the folder does not exist",
            remedy="Make the folder, or choose another place with -o.",
        )
    if output.is_dir():
        raise Environment(
            where=str(output),
            why="it is a folder",
            remedy="Name a file in it, or choose another place with -o.",
        )


def new_file(options: Options, output: Path | None, text: str) -> None:
    """Print a text to begin with, or write it to a file that does not exist yet."""
    from hikiwake.store.atomic import write

    if output is None:
        click.echo(text, nl=False)
        return
    not_yet(output)
    write(output, text.encode())
    options.say(f"wrote {output}")


ANYWHERE = ("--quiet", "-q", "--verbose", "-v", "--no-color", "--debug")


def _flags_first(arguments: Sequence[str]) -> list[str]:
    """Let the flags of the program stand anywhere: people add them to a line they have already typed."""
    end = arguments.index("--") if "--" in arguments else len(arguments)
    flags = [word for word in arguments[:end] if word in ANYWHERE]
    return [*flags, *(word for word in arguments[:end] if word not in ANYWHERE), *arguments[end:]]


def run(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code. No traceback reaches a person who did not ask for it."""
    with noticing_interrupts() as noticed:
        return _run(_flags_first(arguments), noticed)


def _run(words: Sequence[str], noticed: list[int]) -> int:
    try:
        defaults = _settings(words)
        code = commands.main(args=words, prog_name="hikiwake", standalone_mode=False, default_map=defaults)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return _interrupted(noticed)
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as fault:
        told = io.StringIO()
        fault.show(file=told)
        click.echo(visible(told.getvalue()), err=True, nl=False)
        return 2
    except (BrokenPipeError, SystemExit):
        # The reader of our results has seen enough (click turns a broken pipe into SystemExit).
        return 0
    except Exception as fault:
        return _interrupted(noticed) if noticed else _failed(fault, debug="--debug" in words)
    return code if isinstance(code, int) else 0


def _settings(words: Sequence[str]) -> dict[str, Any] | None:
    """Return what is set elsewhere; help, and what shows or mends settings, must not fail on them."""
    if {*words} & {"config", "doctor", "completion", "--help", "-h", "--version"}:
        return None
    from hikiwake.cli.settings import anything, as_defaults, settings

    return as_defaults(settings(commands), commands) if anything() else None


def _interrupted(noticed: list[int]) -> int:
    click.echo(SAID, err=True)
    return exit_code(noticed)


def _failed(fault: Exception, *, debug: bool) -> int:
    from hikiwake.core.errors import HikiwakeError

    if debug:
        import traceback

        click.echo(visible("".join(traceback.format_exception(fault))), err=True, nl=False)
    if type(fault).__module__.partition(".")[0] in CLUSTER:
        from hikiwake.store.spark_faults import told

        fault = told(fault, os.environ.get("HIKIWAKE_ENGINE", ""))
    if isinstance(fault, HikiwakeError):
        click.echo(visible(f"hikiwake: {fault}"), err=True)
        return fault.exit_code
    refusal = _refusal(fault)
    if refusal:
        click.echo(visible(f"hikiwake: {refusal}"), err=True)
        return REFUSED
    said = next(iter(str(fault).strip().splitlines()), "")
    click.echo(visible(f"hikiwake: an unexpected fault, {type(fault).__name__}: {said}"), err=True)
    click.echo("Please report it with the command you gave; --debug shows where it happened.", err=True)
    return UNEXPECTED


def _refusal(fault: Exception) -> str:
    """Say in a line what the machine refused; empty when the fault is not the machine's."""
    if isinstance(fault, OSError):
        place = fault.filename or "a file or stream"
        remedy = REMEDIES.get(fault.errno or 0, "Look whether it is there, whole, and yours to use.")
        return f"{place}: the machine refuses ({fault.strerror or fault})\n{remedy}"
    if isinstance(fault, MemoryError) or "Out of Memory" in str(fault):  # Python's, and the database's
        return "the machine has too little memory for this"
    if isinstance(fault, ImportError):
        # numpy tells a page and no name.
        name = fault.name or "a package it needs"
        return f"{name} cannot be loaded; `hikiwake doctor` lists the packages, --debug shows the reason"
    return ""


def visible(text: str) -> str:
    """Return a text whose control characters cannot steer a terminal."""
    shown = text.replace("\t", "  ")  # click sets lists off with tabs, which do no harm
    return "".join(c if c == "\n" or c.isprintable() else f"\\x{ord(c):02x}" for c in shown)
