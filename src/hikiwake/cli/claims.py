"""The command `claims extract`, and how a text is read for it and for `audit --text`."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

import click

from hikiwake.cli.app import Options, not_yet, visible
from hikiwake.cli.printing import json_bytes

if TYPE_CHECKING:
    from hikiwake.core.dossier import Dossier
    from hikiwake.extract.proposal import Extraction

STDIN = "-"


@click.group(
    epilog="""\b
Examples:
  hikiwake claims extract briefing.pdf
  hikiwake claims extract article.html -o article.yaml"""
)
def claims() -> None:
    """Find the claims of a text."""


@claims.command(
    "extract",
    short_help="Propose the claims of an English text.",
    epilog="""\b
Examples:
  hikiwake claims extract briefing.md
  hikiwake claims extract briefing.pdf -o briefing.yaml
  hikiwake claims extract article.html --pair "japan russia" --json
  cat article.txt | hikiwake claims extract -""",
)
@click.argument("text", metavar="TEXT")
@click.option("--pair", "pair_text", help="The two economies that the text is about; else its title tells.")
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a .yaml or .json file.")
@click.option("--json", "as_json", is_flag=True, help="Print JSON, with every number of the text.")
@click.pass_obj
def extract(
    options: Options, text: str, pair_text: str | None, output: Path | None, *, as_json: bool
) -> None:
    """Propose the claims of an English text: plain, Markdown, HTML or PDF; - reads standard input.

    The result is a draft of a dossier: claims that are complete, claims with blanks as comments, and the
    numbers of which no claim was made, each with the reason. Rules make it, no language model.
    """
    form = _form(output, as_json=as_json)
    found = read(options, text, pair_text)
    made = json_bytes(found) if form == "json" else draft(found, text).encode()
    if output is None:
        sys.stdout.buffer.write(made)
    else:
        from hikiwake.store.atomic import write

        write(output, made)
        options.say(f"wrote {output}")
    options.say(visible(summary(found)))


def _form(output: Path | None, *, as_json: bool) -> str:
    from hikiwake.core.errors import BadUsage

    if output is None:
        return "json" if as_json else "yaml"
    not_yet(output)
    form = {".yaml": "yaml", ".yml": "yaml", ".json": "json"}.get(output.suffix.lower())
    if form is None:
        why = f"the suffix {output.suffix!r} is not one that claims are written in"
        raise BadUsage(where=str(output), why=why, remedy="Let the name end in .yaml or .json.")
    return form


def read(options: Options, text: str, pair_text: str | None) -> Extraction:
    """Read a text and propose its claims."""
    from hikiwake.cli.progress import Progress
    from hikiwake.core.country import pair
    from hikiwake.extract.reading import PDF_BYTES, blocks
    from hikiwake.extract.reading import read as bytes_of
    from hikiwake.extract.run import extract as run

    both = pair(pair_text) if pair_text else None
    content = sys.stdin.buffer.read(PDF_BYTES + 1) if text == STDIN else bytes_of(Path(text))
    name = "standard input" if text == STDIN else Path(text).name
    with Progress(options) as progress:
        progress("reading the text", 0.0)
        held = blocks(content, name)
        return run(held, name, pair=(both.a.id, both.b.id) if both else None, progress=progress)


def draft(found: Extraction, text: str) -> str:
    """Return the draft of a dossier; a text with more claims than one may hold is refused."""
    from hikiwake.core.errors import BadInput
    from hikiwake.dossier.reading import BYTES
    from hikiwake.extract.draft import draft as written

    made = written(found, text)
    if len(made.encode()) > BYTES:
        why = f"its {len(found.proposals):,} claims are more than one dossier holds ({BYTES // 2**20} MiB)"
        raise BadInput(where=text, why=why, remedy="Split the text into parts, or ask for --json.")
    return made


def dossier(found: Extraction, text: str) -> Dossier:
    """Return the complete claims as a dossier."""
    from hikiwake.dossier.validation import check_bytes

    held, problems = check_bytes(draft(found, text).encode(), text)
    if held is None:
        message = f"the draft of {text} is no dossier: {problems[0]}"
        raise ValueError(message)
    return held


def summary(found: Extraction) -> str:
    """Say in a line what was found."""
    every, complete, left = len(found.proposals), len(found.complete), len(found.left)
    return f"{every} claims, {complete} complete, {every - complete} with blanks; {left} numbers left over"


def incomplete(found: Extraction) -> list[str]:
    """Return lines on the claims that cannot be audited yet, and what each needs."""
    lines = []
    for one in found.proposals:
        if not one.complete:
            needs = "; ".join(f"{name}: {needed}" for name, needed in one.missing.items())
            lines += [
                f"- {one.id} [{one.fields['value']}], {one.place}: incomplete",
                f"    {one.says}",
                f"    needs {needs}",
            ]
    return lines
