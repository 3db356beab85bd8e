"""What the pair makes of its fit: trade intensity, split into composition and the rest, and similarity."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Cell, Paragraph, Prose, Table
from hikiwake.core.provenance import Fact
from hikiwake.measures.complementarity.intensity import Intensity
from hikiwake.sections import Context
from hikiwake.sections.complementarity.fit import ahead
from hikiwake.sections.complementarity.parts import Direction, Part, names
from hikiwake.sections.wording import cell, group, prose

# Within this band of one, a factor is called none: the data's own revisions move it by as much.
NEUTRAL = 0.05
# A direction whose weights would give less than this part of the other's is left to the table.
TRIFLE = 0.01


def summary(part: Part, direction: Direction) -> Prose | None:
    """Say fit and intensity of a direction in one sentence; None where either cannot be told."""
    match, trade = part.fine[direction], part.intensities[direction]
    if direction not in part.usable or not trade.known:
        return None
    better = ahead(match)
    standing = {"better": match.better} if better else {"worse": match.worse}
    facts = {"fit": match.fit, "others": match.others, **standing}
    traded = trade.refined.value or 0.0
    if traded > 0:
        facts["intensity"] = trade.refined
    level = "none" if traded == 0 else "more" if traded >= 1 else "less"
    key = f"summary_{'better' if better else 'worse'}_{level}"
    return prose(f"complementarity.{key}", facts, scope=part.scope, **names(direction))


def blocks(context: Context, part: Part) -> list[AnyBlock]:
    """Write the intensity of both directions, and how alike the two are as exporters."""
    told = [d for d in context.directions if not part.doubtful(d)]
    known = [d for d in told if part.intensities[d].known]
    most = max((part.intensities[d].expected for d in known), default=0.0)
    weighty = [d for d in known if part.intensities[d].expected >= TRIFLE * most]
    order = [*(d for d in part.usable if d in weighty), *(d for d in weighty if d not in part.usable)]
    written: list[AnyBlock] = [Paragraph(_sentences(part, d)) for d in order]
    alike = _alike(context, part)
    if alike is not None:
        written.append(Paragraph((alike,)))
    return written


def _sentences(part: Part, direction: Direction) -> tuple[Prose, ...]:
    split = part.intensities[direction]
    labels = names(direction)
    if split.refined.value == 0:
        return (prose("complementarity.intensity_none", {"fit": split.fit}, scope=part.scope, **labels),)
    facts = {"intensity": split.refined, "fit": split.fit, "bias": split.bias}
    return (
        prose("complementarity.intensity", facts, scope=part.scope, **labels),
        prose(f"complementarity.verdict_{_verdict(split)}", **labels),
    )


def _verdict(split: Intensity) -> str:
    bias = split.bias.value or 0.0
    if abs(bias - 1.0) <= NEUTRAL:
        return "even"
    return "more" if bias > 1.0 else "less"


def _alike(context: Context, part: Part) -> Prose | None:
    a, b = context.a.id, context.b.id
    similarity, matched = part.matches.similarity(a, b), part.matches.intra_industry(a, b)
    if similarity.value is None or similarity.status == "flagged":
        return None
    labels = {"scope": part.scope, **{"a": names((a, b))["exporter"], "b": names((a, b))["importer"]}}
    if matched.value is None:
        return prose("complementarity.alike", {"similarity": similarity}, **labels)
    if matched.value == 0.0:
        return prose(part.worded("alike_nothing"), {"similarity": similarity}, **labels)
    facts = {"similarity": similarity, "matched": matched}
    return prose(part.worded("alike_matched"), facts, **labels)


def table(context: Context, made: list[Part]) -> list[AnyBlock]:
    """Write every measure of trade and fit side by side, a column for each universe and direction."""
    columns = [(part, d) for part in made for d in context.directions]
    rows: dict[str, list[Fact]] = {}
    for part, direction in columns:
        split, match = part.intensities[direction], part.fine[direction]
        for name, fact in (
            ("trade intensity, simple", split.simple),
            ("trade intensity", split.refined),
            ("factor of composition", split.fit),
            ("factor of everything else", split.bias),
            ("cosine of exports and imports", match.cosine),
            ("lines in which the exporter has an advantage", part.advantages.count(direction[0])),
            ("their part of the partner’s imports", part.advantages.met(*direction)),
        ):
            rows.setdefault(name, []).append(fact)
    known = [(part, d) for part, d in columns if part.intensities[d].known]
    if not known:
        return []
    part, direction = known[0]
    split = part.intensities[direction]
    sold = split.refined.value != 0
    title_facts = {"fit": split.fit, "bias": split.bias} if sold else {"fit": split.fit}
    key = f"complementarity.intensity_table{'' if sold else '_none'}"
    return [
        Table(
            id="complementarity-intensity",
            title=prose(key, title_facts, scope=part.scope, **names(direction)),
            columns=(
                prose("complementarity.column_measure"),
                *(prose("complementarity.column_direction", scope=p.scope, **names(d)) for p, d in columns),
            ),
            rows=tuple(_row(name, facts) for name, facts in rows.items()),
            note=prose("complementarity.intensity_table_note"),
            annex=True,
        )
    ]


def _row(name: str, facts: list[Fact]) -> tuple[Cell, ...]:
    return (cell(group(name.replace(" ", "-"), name)), *(cell(fact) for fact in facts))
