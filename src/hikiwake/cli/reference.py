"""The commands `methods` and `countries`."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from hikiwake.cli.completion import economies
from hikiwake.cli.printing import print_json

if TYPE_CHECKING:
    from hikiwake.core.provenance import Formula


@click.command(
    short_help="List the measures: formulas, units, ranges, sources.",
    epilog="""\b
Examples:
  hikiwake methods
  hikiwake methods share_of_imports
  hikiwake methods RCA""",
)
@click.argument("identity", required=False, metavar="[ID]")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def methods(identity: str | None, as_json: bool) -> None:
    """List the measures with their formulas, units, ranges and sources.

    ID may be a part of the name, or its initials, where only one measure answers to it.
    """
    import difflib

    from hikiwake.core.errors import NoData
    from hikiwake.measures.formulas import all_formulas

    known = all_formulas()
    meant = [] if identity is None or identity in known else _meant(identity, known)
    if len(meant) == 1:
        identity = meant[0]
    if identity is not None and identity not in known:
        close = meant or difflib.get_close_matches(identity, known, n=3, cutoff=0.4)
        raise NoData(
            where=f"measure {identity!r}",
            why="there is none of that name",
            remedy=f"Did you mean {', '.join(close)}?"
            if close
            else "See `hikiwake methods` for all of them.",
        )
    chosen = [known[identity]] if identity else list(known.values())
    if as_json:
        print_json(chosen)
        return
    click.echo("\n\n".join(_described(formula) for formula in chosen))


def _meant(text: str, known: Mapping[str, Formula]) -> list[str]:
    """Return ids of measures by name, initials (RCA), last initials (HHI), or a part of a name."""
    sought = text.casefold().replace("_", " ")
    found: tuple[list[str], ...] = ([], [], [], [])
    for formula in known.values():
        spoken = formula.id.replace("_", " ")
        names = (spoken, f"{spoken} index", formula.name.casefold())
        initials = ["".join(re.findall(r"\b\w", name)) for name in names]
        answers = (
            sought in names,
            sought in initials,
            len(sought) > 2 and any(one.endswith(sought) for one in initials),
            any(sought in name for name in names),
        )
        for place, answered in enumerate(answers):
            if answered:
                found[place].append(formula.id)
    return next(filter(None, found), [])[:5]


def _described(formula: Formula) -> str:
    pairs = (
        ("id", formula.id),
        ("measure", formula.name),
        ("formula", formula.expression),
        ("unit", formula.unit.symbol),
        ("range", formula.range),
        ("source", formula.source),
        ("caution", formula.caution),
        ("reads", ", ".join(formula.reads)),
    )
    return "\n".join(f"{name:<9} {text}" for name, text in pairs if text)


@click.command(
    short_help="Look up an economy by any name or code.",
    epilog="""\b
Examples:
  hikiwake countries
  hikiwake countries eesti --json""",
)
@click.argument("text", required=False, shell_complete=economies)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def countries(text: str | None, as_json: bool) -> None:
    """Look up an economy by any name or code, or list them all."""
    from hikiwake.core.country import all_countries, resolve

    found = [resolve(text)] if text else list(all_countries())
    if as_json:
        print_json(found)
        return
    for which in found:
        years = "" if which.since is which.until is None else f"  {which.since or ''}-{which.until or ''}"
        click.echo(f"{which.id}  {which.iso2 or '  '}  {which.name}{years}")
