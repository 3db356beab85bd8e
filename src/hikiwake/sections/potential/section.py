"""Assembles the section on untapped potential."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hikiwake.core.document import AnyBlock, Caveat, Label, Paragraph, Prose, Section, Table
from hikiwake.core.provenance import Fact
from hikiwake.sections import Context
from hikiwake.sections.potential.figure import HIGH, LOW, Flow, figure, flows_table, further
from hikiwake.sections.potential.sectors import by_sector
from hikiwake.sections.potential.variants import curve, sentence
from hikiwake.sections.wording import economy, has_all_goods, prose, text
from hikiwake.sections.wording import year as year_label

if TYPE_CHECKING:
    from hikiwake.measures.potential.expected import Expectation, Universe

ID = "potential"
NEEDS = ()
UNIVERSES: tuple[Universe, ...] = ("intermediate", "covered")
COLUMNS = ("expected", "ratio", "least", "most", "place", "median", "gap", "adjusted")


def section(context: Context) -> Section | None:
    """Return the section; None where the data hold nothing that a model could be made of."""
    # The engine is loaded only where it is asked.
    from hikiwake.measures.potential.stated import below, found, year_of

    blocks: list[AnyBlock] = []
    years: dict[Universe, int] = {}
    first: tuple[Universe, tuple[Expectation, Expectation]] | None = None
    rows: list[Flow] = []
    # What heads the section and its short form is said of the widest data.
    order = UNIVERSES[::-1] if has_all_goods(context) else UNIVERSES
    for universe in order:
        year = year_of(context.say, universe, context.year, context.last_year)
        pair = None if year is None else found(context.say, universe, context.a.id, context.b.id, year)
        if pair is None or year is None:
            continue
        if first is None or (_silent(first[1]) and not _silent(pair)):
            first = universe, pair
        years[universe] = year
        blocks += _told(context, universe, pair, year, rows, glance=universe == order[0])
    if first is None:
        return None
    if rows:
        scope = _scope(context, first[0])
        blocks += [figure(rows), _table(rows), further(rows)]
    # Sectors may tell something where the whole does not.
    for place, (universe, year) in enumerate(years.items()):
        blocks += by_sector(context, universe, year, _scope(context, universe), annex=place > 0)
    if rows:
        told = prose(
            "potential.concept", {"below": below(context.say, first[0], years[first[0]])}, scope=scope
        )
        blocks.append(Caveat("concept", told, glance=True))
        blocks += _tested(context)
    finding, summary = _finding(context, first)
    return Section(ID, prose("potential.title"), finding, tuple(blocks), (summary,) if rows else ())


def _told(
    context: Context,
    universe: Universe,
    pair: tuple[Expectation, Expectation],
    year: int,
    rows: list[Flow],
    *,
    glance: bool,
) -> list[AnyBlock]:
    from hikiwake.measures.potential.stated import adjusting, spreads, stated

    scope = _scope(context, universe)
    blocks: list[AnyBlock] = []
    if len({one.absent for one in pair}) == 1 and _silent(pair):
        reason = text(pair[0].absent)
        names = {"a": economy(context.a.id), "b": economy(context.b.id), "scope": scope}
        told = prose("potential.absent_both", **names, year=year_label(year), reason=reason)
        return [Paragraph((told,), glance=glance)]
    drawn = []
    others = spreads(context.say, universe, pair, year), adjusting(context.say, universe, pair, year)
    for one, spread, adjusted in zip(pair, *others, strict=True):
        names = {"exporter": economy(one.exporter), "importer": economy(one.importer), "scope": scope}
        if one.absent:
            reason = text(one.absent)
            told = prose("potential.absent_direction", **names, year=year_label(year), reason=reason)
            blocks.append(Paragraph((told,), glance=glance))
            continue
        facts = stated(context.say, universe, one, year)
        facts |= {} if adjusted is None else {"adjusted": adjusted}
        facts |= {} if spread is None else spread.facts
        rows.append(Flow(scope, one, facts))
        sold = bool(facts["ratio"].value)
        told = prose("potential.ratio_none", {"expected": facts["expected"]}, **names)
        if sold:
            told = prose("potential.ratio", {n: facts[n] for n in ("ratio", "expected")}, **names)
        sentences = [told]
        # Of nothing there is no other ratio under another specification.
        if spread is not None and sold:
            sentences.append(sentence(spread))
            drawn.append((rows[-1], spread))
        sentences += [_place(one, facts), *_verdict(one, facts)]
        blocks.append(Paragraph(tuple(sentences), glance=glance))
    if drawn:
        # What the specifications are is said below the first of these figures.
        shown = [flow for flow in rows if "most" in flow.facts and flow.facts["ratio"].value]
        blocks.append(curve(universe, drawn, noted=len(shown) == len(drawn)))
    if not _silent(pair):
        blocks += _ties(context, universe, year)
    if universe == "intermediate" and not _silent(pair):
        blocks.append(Caveat("partial coverage", prose("potential.one_year", year=year_label(year))))
    return blocks


def _place(one: Expectation, facts: dict[str, Fact]) -> Prose:
    """Say where the flow stands; of comparable ones none is below one without trade, some are beside it."""
    key = "potential.place" if one.actual > 0.0 else "potential.place_of_none"
    return prose(key, {name: facts[name] for name in ("place", "compared", "low", "high")})


def _ties(context: Context, universe: Universe, year: int) -> list[AnyBlock]:
    """Say which covariates of the reader's own the expectation rests on, and for how much trade."""
    from hikiwake.measures.potential.stated import added

    made = added(context.say, universe, year)
    if made is None:
        return []
    fact, names = made
    words = text(", ".join(name for name in names))
    told = prose("potential.ties", {"known": fact}, names=words, scope=_scope(context, universe))
    return [Caveat("partial coverage", told, affects=(fact.id,))]


def _tested(context: Context) -> list[AnyBlock]:
    """Say in one sentence whether such gaps foretold trade; nothing where the test is of other data."""
    from hikiwake.measures.potential.backtest import ALL, HORIZONS
    from hikiwake.measures.potential.tested import kept, of_interval, of_rule

    found = kept(context.say.tables)
    # A reader who may not see later years is told nothing of a test that rests on them.
    if found is None or context.last_year is not None:
        return []
    results = {one.rule: one for one in found.results if (one.group, one.horizon) == (ALL, HORIZONS[0])}
    held = next(one for one in found.held if (one.group, one.horizon) == (ALL, HORIZONS[0]))
    ours, naive = results["place"], results["reversion"]
    facts = of_rule(context.say, ours)
    spread = facts["correlation"].interval
    key = "more" if ours.correlation >= naive.correlation else "less"
    if spread is None or spread.low <= 0.0:
        key = "nothing"
    told = prose(
        f"potential.tested_{key}",
        {
            **{name: facts[name] for name in ("flows", "hits", "correlation")},
            "naive": of_rule(context.say, naive)["correlation"],
            "within": of_interval(context.say, held)["within"],
        },
        scope=_scope(context, "covered"),
        horizon=text(f"{ours.horizon} years"),
    )
    return [Paragraph((told,))]


def _silent(pair: tuple[Expectation, Expectation]) -> bool:
    return all(one.absent for one in pair)


def _verdict(one: Expectation, facts: dict[str, Fact]) -> list[Prose]:
    if one.place >= LOW:
        return [prose("potential.above" if one.place > HIGH else "potential.usual")]
    told = [prose("potential.short", {"gap": facts["gap"]})]
    return (
        [*told, prose("potential.adjusted", {"adjusted": facts["adjusted"]})] if "adjusted" in facts else told
    )


def _finding(
    context: Context, first: tuple[Universe, tuple[Expectation, Expectation]]
) -> tuple[Prose, Prose]:
    """Return the heading and the sentence of the front page, from the widest data there are."""
    universe, pair = first
    scope = {"scope": _scope(context, universe)}
    names = {"a": economy(context.a.id), "b": economy(context.b.id)}
    sure = [one for one in pair if not one.absent]
    if not sure:
        return prose("potential.cannot_say", **names), prose("potential.summary_cannot_say", **names)
    low = [one for one in sure if one.place < LOW]
    high = [one for one in sure if one.place > HIGH]
    if len(low) == 2:
        key = "short_both"
    elif low:
        alone = "_alone" if len(sure) == 1 else ""
        return prose("potential.short_one", **_sides(low[0]), **scope), prose(
            f"potential.summary_short_one{alone}", **_sides(low[0]), **scope
        )
    elif high:
        key, names = "above_one", _sides(high[0])
    elif not any(one.actual for one in sure):
        return prose("potential.no_shortfall_none", **scope), prose(
            "potential.summary_no_shortfall_none", **names, **scope
        )
    elif len(sure) == 1:
        key, names = "no_shortfall_one", _sides(sure[0])
    else:
        key = "no_shortfall"
    return prose(f"potential.{key}", **names, **scope), prose(f"potential.summary_{key}", **names, **scope)


def _sides(one: Expectation) -> dict[str, Label]:
    return {"exporter": economy(one.exporter), "importer": economy(one.importer)}


def _scope(context: Context, universe: Universe) -> Label:
    from hikiwake.measures.potential.stated import NAMES
    from hikiwake.measures.ties.levels import covered

    named = NAMES[universe] if universe == "intermediate" else covered(context.say).name
    return Label("group", universe, named)


def _table(rows: list[Flow]) -> Table:
    shown = tuple(name for name in COLUMNS if any(name in flow.facts for flow in rows))
    return flows_table("potential", ("table", "table_note"), rows, shown)
