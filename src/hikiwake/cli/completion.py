"""The command `completion`, and what a shell offers after `hikiwake brief ja`."""

from __future__ import annotations

import re

import click
from click.shell_completion import CompletionItem


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

    found = get_completion_class(shell)
    if found is None:
        message = f"no completion for {shell}"
        raise click.UsageError(message)
    root = click.get_current_context().find_root().command
    click.echo(found(root, {}, "hikiwake", "_HIKIWAKE_COMPLETE").source())


def economies(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer codes and English names; a name of several words as one (south-korea), which is found as well."""
    from hikiwake.core.country import all_countries

    begun = incomplete.lower()
    offered = []
    for which in all_countries():
        word = re.sub(r"[\W_]+", "-", which.name.lower()).strip("-")
        offered += [CompletionItem(which.id, help=which.name)] if which.id.lower().startswith(begun) else []
        offered += [CompletionItem(word, help=which.id)] if word.startswith(begun) else []
    return offered


def datasets(_context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Offer the datasets of the shipped vintage."""
    from hikiwake.store.catalogue import open_vintage

    return [
        CompletionItem(entry.id, help=entry.title)
        for entry in open_vintage().entries()
        if entry.id.startswith(incomplete)
    ]
