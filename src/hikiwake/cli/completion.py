"""The command `completion`."""

from __future__ import annotations

import click


@click.command(
    epilog="""\b
Examples:
  hikiwake completion bash >> ~/.bashrc
  hikiwake completion fish > ~/.config/fish/completions/hikiwake.fish"""
)
@click.argument("shell", type=click.Choice(["bash", "zsh", "fish"]))
def completion(shell: str) -> None:
    """Print the completion script of a shell."""
    from click.shell_completion import get_completion_class

    from hikiwake.cli.app import commands

    found = get_completion_class(shell)
    if found is None:
        message = f"no completion for {shell}"
        raise click.UsageError(message)
    click.echo(found(commands, {}, "hikiwake", "_HIKIWAKE_COMPLETE").source())
