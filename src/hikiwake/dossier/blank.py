"""The form that a researcher fills in: a dossier with every part, explained in comments."""

from __future__ import annotations

from typing import NamedTuple

from hikiwake.core.country import Pair


class Example(NamedTuple):
    """A claim that is true of the pair's own data: a part of a whole in a year, and its value as printed."""

    part: str
    whole: str
    year: int
    value: str
    says: str


def blank(pair: Pair, examples: tuple[Example, ...]) -> str:
    """Return a valid dossier of a pair to begin with; the examples become its first claims."""
    a, b = pair.a, pair.b
    claims = "\n".join(_claim(number, example) for number, example in enumerate(examples, 1))
    return _FORM.format(
        a=a.id,
        b=b.id,
        title=f"{a.name} and {b.name}",
        claims=f"claims:\n{claims}" if claims else "claims: []",
    )


def _claim(number: int, example: Example) -> str:
    return (
        f"  - id: example-{number}\n"
        f"    says: {example.says}\n"
        f"    quantity: share\n"
        f'    part: "{example.part}"\n'
        f'    of: "{example.whole}"\n'
        f"    in: {example.year}\n"
        f"    value: {example.value}"
    )


_FORM = """\
# A dossier: what people know of two economies that no table holds.
#   hikiwake dossier validate FILE     lists everything that is wrong with it
#   hikiwake audit FILE                recomputes its figures
# Take the `# ` away to use an example. Dates: "1855", "1956-10", "2016-05-06", spans "2016-12-15/16".
hikiwake: 1
title: {title}
parties: [{a}, {b}]
# as_of: "2016-12-01"   # the last day that this dossier knows of
# author: Your name      # who wrote it; stands in the source lines of a brief
# licence: CC0-1.0       # under what terms others may use it

# groups:   # names for several economies, which may then be a party of a flow
#   G7: [CAN, FRA, DEU, ITA, JPN, GBR, USA]

# places:   # disputed ones, with all their names
#   - id: islands
#     names: [{{name: One name, used_by: [{a}]}}, {{name: Other name, used_by: [{b}]}}]
#     claimed_by: [{a}, {b}]
#     administered_by: {b}

# events:
#   - id: visit-2016
#     date: "2016-05-06"
#     type: visit         # or treaty, declaration, war, meeting, summit, sanction, project, vote, …
#     title: What happened, in your own words
#     actors: [{a}]
#     host: {b}
#     level: government   # or state, foreign minister, minister, official, parliament, military
#     official: true
#     sources: [paper]

# positions:
#   - {{id: p1, who: {a}, on: the dispute, says: What it holds, since: "2014", sources: [paper]}}

# projects:
#   - {{id: field-1, name: A gas field, partners: [{{who: A company, share: 30 %}}], sources: [paper]}}

# facts:   # figures with a source; with `of` and `in` they stand for a flow that no table holds
#   - id: trade-2013
#     what: Trade of both
#     value: 34.8 bn USD
#     of: {a} <-> {b}
#     in: 2013
#     sources: [paper]

# references:
#   - id: paper
#     type: article-newspaper
#     title: Its title
#     container: Its newspaper
#     issued: "2016-12-01"

# What texts say, to be recomputed. These examples come out of the data themselves.
{claims}
"""
