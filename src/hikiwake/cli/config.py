"""The command `config`."""

from __future__ import annotations

import click

from hikiwake.cli.printing import print_json


@click.command(
    short_help="Show what is set, and where it was set.",
    epilog="""\b
Examples:
  hikiwake config
  hikiwake config show --json""",
)
@click.argument("what", type=click.Choice(["show"]), default="show")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def config(what: str, as_json: bool) -> None:
    """Show each setting with its value and where it comes from; what counts among several comes last.

    Settings stand in hikiwake.toml of the working folder, in the user's own, or in variables: HIKIWAKE_YEAR.
    """
    from hikiwake.cli.settings import NAMES, settings

    found = settings(click.get_current_context().find_root().command)
    if as_json:
        records = [setting._asdict() for setting in found]
        print_json(records)
        return
    for setting in found:
        of = ", ".join(command or "all commands" for command in setting.commands)
        click.echo(f"{setting.name} = {setting.value}  ({of}; from {setting.origin})")
    if not found:
        click.echo(f"Nothing is set. What can be: {', '.join(NAMES)}.")
