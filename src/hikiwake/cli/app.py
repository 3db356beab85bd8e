"""The group of commands, its options, and how errors become lines and exit codes."""

from __future__ import annotations

import difflib
import sys
from collections.abc import Sequence
from importlib import import_module
from pathlib import Path

import click

COMMANDS = {
    "brief": "brief",
    "ties": "facts",
    "complementarity": "facts",
    "why": "why",
    "data": "data",
    "methods": "reference",
    "countries": "reference",
    "doctor": "doctor",
    "completion": "completion",
}
INTERRUPTED, UNEXPECTED = 130, 70


class Options:
    """What the options before the command say."""

    def __init__(self, data: Path | None, *, quiet: bool, debug: bool) -> None:
        self.data = data
        self.quiet = quiet
        self.debug = debug

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

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Take `hikiwake japan russia` for `hikiwake brief japan russia`; suggest for a misspelt command."""
        name = args[0]
        if name in COMMANDS:
            return super().resolve_command(ctx, args)
        if not difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.75) and _is_country(name):
            return "brief", self.get_command(ctx, "brief"), args
        close = difflib.get_close_matches(name, COMMANDS, n=1, cutoff=0.5)
        hint = f" Did you mean {close[0]!r}?" if close else ""
        ctx.fail(f"No such command {name!r}.{hint} See `hikiwake --help`.")


def _is_country(name: str) -> bool:
    from hikiwake.core.country import pair, resolve
    from hikiwake.core.errors import HikiwakeError

    for read in (resolve, pair):
        try:
            read(name)
        except HikiwakeError:
            continue
        return True
    return False


def _version(ctx: click.Context, _parameter: click.Parameter, value: bool) -> None:
    if not value or ctx.resilient_parsing:
        return
    from hikiwake import __version__
    from hikiwake.store.catalogue import open_vintage

    click.echo(f"hikiwake {__version__}, data vintage {open_vintage().name}")
    ctx.exit()


@click.group(cls=Commands, context_settings={"help_option_names": ["-h", "--help"], "max_content_width": 100})
@click.option(
    "--data", type=click.Path(path_type=Path), envvar="HIKIWAKE_DATA", help="Folder of another vintage."
)
@click.option("--quiet", "-q", is_flag=True, help="Print results and errors only.")
@click.option("--debug", is_flag=True, help="Show the traceback of an error.")
@click.option(
    "--version", is_flag=True, callback=_version, expose_value=False, is_eager=True, help="Print versions."
)
@click.pass_context
def commands(ctx: click.Context, data: Path | None, quiet: bool, debug: bool) -> None:
    """Show the evidence on how two countries depend on each other."""
    ctx.obj = Options(data, quiet=quiet, debug=debug)


def run(arguments: Sequence[str]) -> int:
    """Run a command line; return the exit code. No traceback reaches a person who did not ask for it."""
    debug = "--debug" in arguments
    try:
        code = commands.main(args=_flags_first(arguments), prog_name="hikiwake", standalone_mode=False)
    except (click.exceptions.Abort, KeyboardInterrupt):
        return _interrupted()
    except click.exceptions.Exit as leaving:
        return leaving.exit_code
    except click.ClickException as fault:
        fault.show(file=sys.stderr)
        return 2
    except BrokenPipeError:
        return 0
    except Exception as fault:
        return _failed(fault, debug=debug)
    return code if isinstance(code, int) else 0


def _flags_first(arguments: Sequence[str]) -> list[str]:
    """Let a person write `--quiet` and `--debug` anywhere, not only before the command."""
    anywhere = ("-q", "--quiet", "--debug")
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    flags = [argument for argument in arguments[:end] if argument in anywhere]
    return [*flags, *(a for a in arguments[:end] if a not in anywhere), *arguments[end:]]


def _interrupted() -> int:
    click.echo("interrupted; nothing was left half-written", err=True)
    return INTERRUPTED


def _failed(fault: Exception, *, debug: bool) -> int:
    from hikiwake.core.errors import HikiwakeError

    if debug:
        import traceback

        traceback.print_exception(fault, file=sys.stderr)
    if isinstance(fault, HikiwakeError):
        click.echo(_visible(f"hikiwake: {fault}"), err=True)
        return fault.exit_code
    click.echo(_visible(f"hikiwake: an unexpected fault, {type(fault).__name__}: {fault}"), err=True)
    click.echo("Please report it with the command you gave; --debug shows where it happened.", err=True)
    return UNEXPECTED


def _visible(text: str) -> str:
    """Return a text whose control characters cannot steer a terminal."""
    return "".join(c if c == "\n" or c.isprintable() else f"\\x{ord(c):02x}" for c in text)
