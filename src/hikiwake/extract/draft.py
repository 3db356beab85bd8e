"""A dossier to begin with: complete claims as entries, others as comments with blanks, the rest as a list."""

from __future__ import annotations

import json
from collections.abc import Iterator

from hikiwake.core.claim.operand import WORLD
from hikiwake.core.dossier import FORM
from hikiwake.extract.proposal import Extraction, Proposal

DOCUMENT = "text"
"""Id of the reference that stands for the text."""
LEFT = 1_000
"""Numbers left over that are listed in the draft; `--json` lists all."""


def draft(found: Extraction, name: str) -> str:
    """Return a valid dossier.

    Parameters
    ----------
    found : the proposals of a text.
    name : the file that the text came from.
    """
    every, complete = len(found.proposals), len(found.complete)
    lines = [
        f"# Drafted from {_quoted(name)} by rules: {every} claims, {complete} of them complete.",
        "# Read each beside its sentence before you rely on it. Blanks stand in comments: fill them in and",
        "# take the `# ` away. Then: hikiwake dossier validate FILE, hikiwake audit FILE",
        f"hikiwake: {FORM}",
        f"title: {_quoted(found.title)}",
        *_parties(found.parties),
        "references:",
        f"  - {{id: {DOCUMENT}, type: document, title: {_quoted(found.title)}}}",
        "claims:" if complete else "claims: []",
    ]
    for proposal in found.proposals:
        lines += ["", *_claim(proposal)]
    lines += ["", *_left(found)]
    return "\n".join(lines).rstrip() + "\n"


def _parties(parties: tuple[str, ...]) -> list[str]:
    named = ", ".join((*parties, WORLD, WORLD)[:2])
    blank = (
        ""
        if len(parties) > 1
        else f"   # blank: the text names fewer than two economies; put them in place of `{WORLD}`"
    )
    return [f"parties: [{named}]{blank}"]


def _claim(proposal: Proposal) -> Iterator[str]:
    lines = [
        f"- id: {proposal.id}",
        f"  says: {_quoted(proposal.says)}",
        f"  document: {DOCUMENT}",
        f"  quantity: {proposal.quantity}",
        *(f"  {name}: {_value(value)}".rstrip() for name, value in proposal.fields.items()),
        *([f"  open: [{', '.join(proposal.open)}]"] if proposal.open else []),
        f"  note: {_quoted(f'{proposal.place}; confidence {proposal.confidence:.2f}')}",
    ]
    if proposal.complete:
        return (f"  {line}" for line in lines)
    blanks = "; ".join(f"{name} ({needed})" for name, needed in proposal.missing.items())
    return (f"  # {line}" for line in (f"blank: {blanks}", *lines))


def _value(value: str | int | dict[str, str]) -> str:
    match value:
        case dict():
            return (
                "{" + ", ".join(f"{name}: {_quoted(text)}" for name, text in value.items()) + "}"
                if value
                else ""
            )
        case "":
            return ""
        case str():
            return _quoted(value)
        case _:
            return str(value)


def _quoted(text: str) -> str:
    """Put a text in quotes: the strings of JSON are strings of YAML."""
    return json.dumps(text, ensure_ascii=False)


def _left(found: Extraction) -> list[str]:
    if not found.left:
        return []
    lines = ["# Numbers of which no claim was made:"]
    lines += [f"#   {one.place}: {_quoted(one.text)}: {one.reason}" for one in found.left[:LEFT]]
    rest = len(found.left) - LEFT
    return [*lines, f"#   and {rest:,} more"] if rest > 0 else lines
