"""The commands `dossier new|validate|fmt|show|schema`."""

from __future__ import annotations

from pathlib import Path

import click

from hikiwake.cli.app import Options, new_file, visible
from hikiwake.cli.completion import economies
from hikiwake.cli.printing import print_json


@click.group(
    short_help="Check and show what people know of a pair.",
    epilog="""\b
Examples:
  hikiwake dossier new AUS CHN -o aus-chn.yaml
  hikiwake dossier validate aus-chn.yaml
  hikiwake dossier fmt aus-chn.yaml
  hikiwake dossier show JPN RUS""",
)
def dossier() -> None:
    """Check and show dossiers: what people know of a pair that no table holds."""


@dossier.command(
    "new",
    short_help="Print a form to fill in, explained in comments.",
    epilog="""\b
Examples:
  hikiwake dossier new AUS CHN -o aus-chn.yaml
  hikiwake dossier new "south korea" japan""",
)
@click.argument("a", shell_complete=economies)
@click.argument("b", shell_complete=economies)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a file instead of printing.")
@click.pass_obj
def new(options: Options, a: str, b: str, output: Path | None) -> None:
    """Print a form to fill in, explained in comments, with two claims taken from the data."""
    from hikiwake.audit.examples import examples
    from hikiwake.compose import Request, resolve_year
    from hikiwake.core.country import Pair, resolve
    from hikiwake.dossier.blank import blank
    from hikiwake.store.catalogue import SHIPPED
    from hikiwake.store.tables import open_tables

    which = Pair(resolve(a), resolve(b))
    tables = open_tables(options.data or SHIPPED)
    year = resolve_year(Request(pair=which), tables.vintage)
    text = blank(which, examples(which, year, tables))
    new_file(options, output, text)


@dossier.command(
    "validate",
    short_help="List everything that is wrong with dossiers.",
    epilog="""\b
Examples:
  hikiwake dossier validate my-dossier.yaml
  hikiwake dossier validate *.yaml --json""",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_obj
def validate(options: Options, paths: tuple[Path, ...], as_json: bool) -> int:
    """List everything that is wrong with dossiers; the exit code is 1 when something is."""
    from hikiwake.dossier.validation import Problem, check

    found: list[Problem] = []
    for path in paths:
        _, problems = check(path)
        found += problems
        if not problems:
            options.say(f"{path}: nothing is wrong")
    if as_json:
        print_json(found)
    else:
        for problem in found:
            click.echo(visible(str(problem)))
    return 1 if found else 0


@dossier.command(
    "fmt",
    short_help="Lay dossiers out in one order, with every comment.",
    epilog="""\b
Examples:
  hikiwake dossier fmt my-dossier.yaml
  hikiwake dossier fmt *.yaml --check""",
)
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path), metavar="FILE...")
@click.option(
    "--check", "only_check", is_flag=True, help="Write nothing; exit code 1 when a file would change."
)
@click.pass_obj
def fmt(options: Options, paths: tuple[Path, ...], only_check: bool) -> int:
    """Lay dossiers out in the one order and indentation; comments stay, and what they mean does not change.

    Nothing is written when one of the files cannot be read.
    """
    from hikiwake.dossier.formatting import formatted_file
    from hikiwake.store.atomic import write

    changed = [(path, after) for path in paths if (after := formatted_file(path)) is not None]
    for path, after in changed:
        if only_check:
            click.echo(visible(f"{path}: would be laid out anew"))
        else:
            write(path, after)
            options.say(f"wrote {path}")
    options.say(f"{len(paths) - len(changed)} of {len(paths)} were laid out so already")
    return 1 if only_check and changed else 0


@dossier.command(
    "show",
    short_help="Show a dossier: a file, or the shipped one of two.",
    epilog="""\b
Examples:
  hikiwake dossier show JPN RUS
  hikiwake dossier show my-dossier.yaml --json""",
)
@click.argument("names", nargs=-1, required=True, metavar="FILE|A B")
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
def show(names: tuple[str, ...], as_json: bool) -> None:
    """Show a dossier: a file, or the one shipped for two economies."""
    from hikiwake.dossier.validation import read

    held = read(find(names))
    if as_json:
        print_json(held)
        return
    lines = [held.title, f"{', '.join(held.parties)}; as of {held.as_of or 'no date given'}", ""]
    for part in ("events", "positions", "projects", "facts", "claims", "references"):
        entries = getattr(held, part)
        lines.append(f"{len(entries):>4} {part}")
    lines.append("")
    lines += [f"{event.date!s:<24} {event.title}" for event in held.events]
    click.echo(visible("\n".join(lines)))


@dossier.command(
    "schema",
    short_help="Print the JSON Schema of dossiers.",
    epilog="""\b
Examples:
  hikiwake dossier schema > dossier.schema.json
  hikiwake dossier schema -o dossier.schema.json""",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a file instead of printing.")
@click.pass_obj
def schema(options: Options, output: Path | None) -> None:
    """Print the JSON Schema of dossiers, by which an editor completes and checks them."""
    from hikiwake.dossier.schema import text

    new_file(options, output, text())


def find(names: tuple[str, ...]) -> Path:
    """Return the file that is named, or the shipped dossier of the economies that are."""
    from hikiwake.core.country import Pair, pair, resolve
    from hikiwake.core.errors import BadUsage, NoData
    from hikiwake.dossier.shipped import all_shipped, shipped

    if len(names) > 2:
        raise BadUsage(
            where=" ".join(names),
            why="these are more than two names",
            remedy="Name one file or two economies.",
        )
    first = Path(names[0])
    if len(names) == 1 and (first.suffix in {".yaml", ".yml"} or first.exists()):
        return first
    which = pair(names[0]) if len(names) == 1 else Pair(resolve(names[0]), resolve(names[1]))
    found = shipped(which.a.id, which.b.id)
    if found is None:
        held = ", ".join(all_shipped()) or "none"
        raise NoData(
            where=f"{which}",
            why=f"no dossier is shipped for this pair (shipped: {held})",
            remedy=f"Begin one with: hikiwake dossier new {which.a.id} {which.b.id}",
        )
    return found
