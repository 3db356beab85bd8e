"""The command `audit`."""

from __future__ import annotations

from typing import TYPE_CHECKING
from xml.sax.saxutils import quoteattr

import click

from hikiwake.cli.app import Options, visible
from hikiwake.cli.dossier import find
from hikiwake.cli.printing import print_json

if TYPE_CHECKING:
    from datetime import date

    from hikiwake.audit.run import Audit
    from hikiwake.audit.verdict import Evidence
    from hikiwake.core.dossier import Dossier
    from hikiwake.extract.proposal import Extraction

MANY = 1_000
"""Above so many claims JSON leaves their rows out, since asking for all takes minutes."""
SETTLING = (
    "What is not checkable here may be settled by data (hikiwake data add FILE) or by published figures, "
    "which stand under `facts` of a dossier with `of`, `in` and their sources."
)
SIGNS = {
    "holds": "=",
    "holds only under another reading": "~",
    "differs": "!",
    "contradicted": "X",
    "contradicted by bounds": "X",
    "not checkable here": "?",
}


@click.command(
    short_help="Recompute the figures of a dossier or a text.",
    epilog="""\b
Examples:
  hikiwake audit JPN RUS
  hikiwake audit JPN RUS --claim T11 --rows
  hikiwake audit my-dossier.yaml --json
  hikiwake audit my-dossier.yaml --junit > audit.xml
  hikiwake audit --text briefing.pdf
  hikiwake audit --text briefing.pdf JPN RUS""",
)
@click.argument("names", nargs=-1, metavar="[DOSSIER|A B]")
@click.option(
    "--text", "text", metavar="FILE", help="Audit the claims found in a text; a dossier lends its facts."
)
@click.option("--as-of", "as_of", help="Use what was known by this day (YYYY-MM-DD).")
@click.option("--claim", "claims", multiple=True, help="Audit this claim only; may be repeated.")
@click.option("--json", "form", flag_value="json", help="Print JSON, with rows, formulas and sources.")
@click.option("--junit", "form", flag_value="junit", help="Print JUnit XML, as build servers read it.")
@click.option(
    "--rows", is_flag=True, help="Show the rows behind each verdict, the largest twenty of each input."
)
@click.pass_obj
def audit(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options,
    names: tuple[str, ...],
    text: str | None,
    as_of: str | None,
    claims: tuple[str, ...],
    form: str | None,
    rows: bool,
) -> int:
    """Recompute every figure that a dossier or a text quotes; exit code 1 when one is contradicted.

    JSON holds the rows behind each verdict, unless there are more than a thousand claims and no --rows.

    With --text the claims are those that `hikiwake claims extract` finds and that have no blank; the others
    are listed with what they need. A dossier named as well lends its facts, events and groups.
    """
    import msgspec

    from hikiwake.audit.run import audit as run
    from hikiwake.cli import claims as from_text
    from hikiwake.cli.progress import Progress
    from hikiwake.store.catalogue import SHIPPED
    from hikiwake.store.tables import open_tables

    found = from_text.read(options, text, None) if text is not None else None
    held = _chosen(_held(names, found, text or ""), claims)
    tables = open_tables(options.data or SHIPPED)
    shown = rows or (form == "json" and len(held.claims) <= MANY)
    with Progress(options) as progress:
        result = run(held, tables, as_of=_day(as_of), progress=progress, rows=shown)
    if form == "json":
        content = {"counts": result.counts(), **msgspec.to_builtins(result)}
        content |= {"text": msgspec.to_builtins(found)} if found else {}
        print_json(content)
    elif form == "junit":
        click.echo(_junit(result))
    else:
        click.echo(visible(_text(result)))
        if found:
            click.echo(visible("\n".join((*from_text.incomplete(found), "", from_text.summary(found)))))
    return 1 if result.contradicted else 0


def _held(names: tuple[str, ...], found: Extraction | None, text: str) -> Dossier:
    """Return the dossier to audit: the one that is named, or a text's claims beside what it lends."""
    from hikiwake.cli import claims as from_text
    from hikiwake.core.errors import BadUsage
    from hikiwake.dossier.validation import read

    if found is not None:
        return _joined(from_text.dossier(found, text), read(find(names)) if names else None)
    if not names:
        why = "neither a dossier nor a text is named"
        raise BadUsage(where="audit", why=why, remedy="Name a dossier, two economies, or --text FILE.")
    return read(find(names))


def _chosen(held: Dossier, claims: tuple[str, ...]) -> Dossier:
    """Return a dossier with the claims of these ids only; all where none is named."""
    import msgspec

    from hikiwake.core.errors import BadUsage
    from hikiwake.dossier.form import suggestion

    known = [claim.id for claim in held.claims]
    for name in claims:
        if name not in known:
            why = "no claim of the dossier has this id"
            raise BadUsage(where=f"claim {name!r}", why=why, remedy=suggestion(name, known))
    kept = tuple(claim for claim in held.claims if claim.id in claims or not claims)
    return msgspec.structs.replace(held, claims=kept)


def _joined(held: Dossier, lent: Dossier | None) -> Dossier:
    """Put a text's claims beside the facts, events and groups of a dossier."""
    import msgspec

    if lent is None:
        return held
    own = [one for one in held.references if one.id not in {other.id for other in lent.references}]
    return msgspec.structs.replace(
        lent, title=held.title, claims=held.claims, references=(*own, *lent.references)
    )


def _day(text: str | None) -> date | None:
    if text is None:
        return None
    from hikiwake.core.dates import PartialDate
    from hikiwake.core.errors import BadUsage

    try:
        return PartialDate.parse(text).last
    except ValueError as fault:
        raise BadUsage(where=f"as-of date {text!r}", why=str(fault), remedy="Write YYYY-MM-DD.") from fault


def _text(result: Audit) -> str:
    lines = [result.title, ""]
    for verdict in result.verdicts:
        said = f" [{verdict.printed}]" if verdict.printed else ""
        lines.append(f"{SIGNS[verdict.judgement]} {verdict.claim}{said}: {verdict.judgement}")
        lines += [f"    {part}" for part in (verdict.says, verdict.reason) if part]
        lines += [f"    also {other}" for other in verdict.also]
        lines += [f"    reading: {reading}" for reading in verdict.readings[1:]]
        lines += [f"    {step}" for step in verdict.steps]
        if verdict.remedy:
            lines.append(f"    {verdict.remedy}")
        for source in verdict.evidence:
            lines += _rows(source)
    for conflict in result.conflicts:
        lines.append(f"! {', '.join(conflict.claims)}: cannot all be true\n    {conflict.reason}")
    lines += ["", *(f"{number:>5}  {name}" for name, number in result.counts().items())]
    lines += ["", SETTLING] if any(verdict.remedy for verdict in result.verdicts) else []
    return "\n".join(lines)


def _rows(source: Evidence) -> list[str]:
    """Return the rows of an input as lines; each begins with what its columns are called."""
    count = f"{source.total:,} rows" if source.total != 1 else "1 row"
    more = f", the {len(source.rows)} largest" if source.total > len(source.rows) else ""
    lines = [f"    > {source.input}: {count}{more}"]
    for row in source.rows:
        held = zip(source.columns, row, strict=True)
        lines.append(
            "      " + ", ".join(f"{name} {_cell(value)}" for name, value in held if value is not None)
        )
    return lines


def _cell(value: object) -> str:
    return " + ".join(map(_cell, value)) if isinstance(value, tuple) else str(value)


def _junit(result: Audit) -> str:
    failed = {"contradicted", "contradicted by bounds"}
    cases = []
    for verdict in result.verdicts:
        reason = quoteattr(visible(f"{verdict.judgement}: {verdict.reason}"))
        inside = ""
        if verdict.judgement in failed:
            inside = f"<failure message={reason}/>"
        elif verdict.judgement == "not checkable here":
            inside = f"<skipped message={reason}/>"
        names = f"classname={quoteattr(visible(result.title))} name={quoteattr(verdict.claim)}"
        cases.append(f"  <testcase {names}>{inside}</testcase>")
    counts = result.counts()
    failures = sum(counts.get(name, 0) for name in failed)
    skipped = counts.get("not checkable here", 0)
    numbers = f'tests="{len(cases)}" failures="{failures}" skipped="{skipped}"'
    head = f"<testsuite name={quoteattr(visible(result.title))} {numbers}>"
    return "\n".join(('<?xml version="1.0" encoding="UTF-8"?>', head, *cases, "</testsuite>"))
