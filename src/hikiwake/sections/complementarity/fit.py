"""How well exports fit imports, both ways, at two levels of detail, and beside all other exporters."""

from __future__ import annotations

from hikiwake.core.document import AnyBlock, Chart, Mark, Paragraph, Prose, Series, Table
from hikiwake.core.provenance import Fact
from hikiwake.measures.complementarity.match import Match
from hikiwake.sections import Context
from hikiwake.sections.complementarity.parts import Direction, Part, line_label, names
from hikiwake.sections.wording import cell, economy, group, prose, year

MIDDLE = 0.5


def ahead(match: Match) -> bool:
    """Tell whether the exporter fits at least as well as half of the others."""
    return (match.percentile.value or 0.0) >= MIDDLE


def finding(part: Part) -> Prose:
    """Say in one line how the pair fits in a universe, beside all other exporters."""
    first = part.fine[part.usable[0]]
    labels = {"first": economy(first.exporter), "second": economy(first.importer), "scope": part.scope}
    facts = {"others": first.others, **_standing(first)}
    tail = "better" if ahead(first) else "worse"
    if len(part.usable) == 1:
        return prose(f"complementarity.finding_one_{tail}", facts, **labels)
    back = part.fine[part.usable[1]]
    facts |= {"others_back": back.others, **_standing(back, "_back")}
    return prose(f"complementarity.finding_{tail}_{'better' if ahead(back) else 'worse'}", facts, **labels)


def blocks(context: Context, part: Part, *, glance: bool) -> list[AnyBlock]:
    """Write the paragraphs, the strip of all exporters and nothing where no fit can be told."""
    order = [*part.usable, *(d for d in context.directions if d not in part.usable)]
    written: list[AnyBlock] = [Paragraph(_sentences(part, d), glance=glance) for d in order]
    if part.usable:
        written.append(_strip(part, glance=glance))
    return written


def table(context: Context, made: list[Part]) -> list[AnyBlock]:
    """Write the fit in all universes, levels and directions side by side."""
    main = next((part for part in made if part.usable), None)
    if main is None:
        return []
    rows = []
    for part in made:
        for level, matches in (("fine", part.fine), ("coarse", part.coarse)):
            label = _row_name(part, level)
            cells = [cell(group(*label))]
            for direction in context.directions:
                match = matches[direction]
                cells += [cell(match.fit), cell(match.percentile), cell(match.median)]
            rows.append(tuple(cells))
    headings = [prose("complementarity.column_universe")]
    for direction in context.directions:
        labels = names(direction)
        headings.append(prose("complementarity.column_fit", **labels))
        headings.append(prose("complementarity.column_percentile", importer=labels["importer"]))
        headings.append(prose("complementarity.column_median", importer=labels["importer"]))
    first = main.usable[0]
    facts = {"fit": main.fine[first].fit, "coarse": main.coarse[first].fit}
    return [
        Table(
            id="complementarity-fit",
            title=prose(main.worded("fit_table"), facts, **names(first)),
            columns=tuple(headings),
            rows=tuple(rows),
            note=prose("complementarity.fit_table_note"),
            annex=True,
        )
    ]


def _row_name(part: Part, level: str) -> tuple[str, str]:
    unit = "product" if part.by_product else "industry"
    fine = level == "fine"
    words = f"by {unit}" if fine else ("by product group" if part.by_product else "by sector group")
    return f"{part.scope.id}-{level}", f"{part.scope.text}, {words}"


def _standing(match: Match, tail: str = "") -> dict[str, Fact]:
    if ahead(match):
        return {f"better{tail}": match.better}
    return {f"worse{tail}": match.worse}


def _sentences(part: Part, direction: Direction) -> tuple[Prose, ...]:
    match, rough = part.fine[direction], part.coarse[direction]
    labels = {**names(direction), "scope": part.scope}
    if match.fit.status == "flagged":
        return (prose("complementarity.fit_flagged", year=year(part.trade.universe.year), **labels),)
    if not match.known:
        return (prose("complementarity.fit_none", year=year(part.trade.universe.year), **labels),)
    standing = {"fit": match.fit, "others": match.others, "median": match.median, **_standing(match)}
    key = "complementarity.fit_better" if ahead(match) else "complementarity.fit_worse"
    sentences = [prose(key, standing, **labels)]
    largest = part.matches.largest_part(*direction)
    if largest is not None:
        line, points = largest
        sentences.append(prose("complementarity.fit_part", {"points": points}, line=line_label(line)))
    sentences.append(_best(part, direction))
    if not part.matches.of_weight(direction[0]):
        sentences.append(prose("complementarity.fit_slight", exporter=labels["exporter"], scope=part.scope))
    levels = {
        "coarse": rough.fit,
        "groups": part.coarse_matches.lines(),
        "lines": part.matches.lines(),
    }
    sentences.append(prose(part.worded("fit_coarse"), levels))
    return tuple(sentences)


def _best(part: Part, direction: Direction) -> Prose:
    best, top = part.matches.everyone(*direction)[0]
    if top.value == part.fine[direction].fit.value:
        return prose("complementarity.fit_is_best", importer=economy(direction[1]))
    return prose("complementarity.fit_best", {"top": top}, leader=economy(best))


def _strip(part: Part, *, glance: bool) -> Chart:
    """Draw every exporter's fit with the importer, one row a direction, the pair marked."""
    series = []
    for direction in part.usable:
        exporter = direction[0]
        marks = tuple(
            Mark(economy(name), fact.id, emphasis=name == exporter)
            for name, fact in part.matches.everyone(*direction)
        )
        series.append(Series(prose("complementarity.strip_series", importer=economy(direction[1])), marks))
    first = part.fine[part.usable[0]]
    facts = {"fit": first.fit, "median": first.median}
    labels = names(part.usable[0])
    title = prose("complementarity.strip_one", facts, scope=part.scope, **labels)
    if len(part.usable) > 1:
        back = part.fine[part.usable[1]]
        both = {**facts, "back": back.fit, "median_back": back.median}
        title = prose("complementarity.strip_two", both, scope=part.scope, **labels)
    ends = part.matches.everyone(*part.usable[0])
    return Chart(
        id=f"complementarity-strip-{part.trade.universe.id}",
        kind="strip",
        title=title,
        axis=prose("complementarity.strip_axis", {"fit": first.fit}, scope=part.scope),
        series=tuple(series),
        alt=prose(
            "complementarity.strip_alt",
            {**facts, "others": first.others, "high": ends[0][1], "low": ends[-1][1]},
            scope=part.scope,
            **labels,
        ),
        note=prose(f"complementarity.strip_note_{part.trade.universe.id}"),
        glance=glance,
    )
