"""What the section is made from: one part for each universe, with all its measures of the pair."""

from __future__ import annotations

from typing import NamedTuple

from hikiwake.core.document import Caveat, Label, Prose
from hikiwake.measures.complementarity.advantage import Advantages
from hikiwake.measures.complementarity.doubts import with_doubts
from hikiwake.measures.complementarity.intensity import Intensities, Intensity
from hikiwake.measures.complementarity.match import Match, Matches
from hikiwake.measures.complementarity.universe import (
    Line,
    Trade,
    Universe,
    coarse,
    collect,
    commodity_universe,
    intermediate_universe,
)
from hikiwake.measures.flows import TOTAL
from hikiwake.measures.intermediate.coverage import Absence, intermediate
from hikiwake.measures.ties.levels import covered, flows_of
from hikiwake.sections import Context
from hikiwake.sections.wording import economy, group, has_all_goods, product, prose, scope_label, year

Direction = tuple[str, str]
INTERMEDIATE = group("intermediate", "intermediate trade")


class Part(NamedTuple):
    """One universe: its trade at the fine level, its fits at both levels, its intensities and advantages.

    Matches, intensities and advantages stand by direction (exporter, importer).
    """

    scope: Label
    trade: Trade
    matches: Matches
    coarse_matches: Matches
    fine: dict[Direction, Match]
    coarse: dict[Direction, Match]
    intensities: dict[Direction, Intensity]
    advantages: Advantages

    @property
    def usable(self) -> tuple[Direction, ...]:
        """The directions whose fit can be told, the one that is better placed among exporters first."""
        told = [d for d, match in self.fine.items() if match.known and not self.doubtful(d)]
        return tuple(sorted(told, key=lambda d: -(self.fine[d].percentile.value or 0.0)))

    def doubtful(self, direction: Direction) -> bool:
        """Tell whether a direction rests on a total with a hole; then only its tables are shown, marked."""
        return self.fine[direction].fit.status == "flagged"

    @property
    def by_product(self) -> bool:
        """Tell whether its lines are products (else industries)."""
        return self.trade.universe.column == "product"

    def worded(self, key: str) -> str:
        """Return the key of the template that speaks of products or of industries."""
        return f"complementarity.{key}_{self.trade.universe.column}"


def parts(context: Context) -> tuple[list[Part], list[Caveat]]:
    """Return a part for each universe that the data hold, the widest first, and a caveat for the other."""
    made: list[Part] = []
    absent: list[Caveat] = []
    found = intermediate(context.say, context.a.id, context.b.id, context.last_year)
    if isinstance(found, Absence):
        absent.append(Caveat("no data", _absence(found), glance=True))
    else:
        made.append(_part(context, intermediate_universe(found.year), INTERMEDIATE))
    scope = scope_label(covered(context.say))
    if flows_of(context.say, context.a.id, context.b.id).products == (TOTAL,):
        absent.append(Caveat("no data", prose("complementarity.absent_detail", scope=scope), glance=True))
    else:
        made.append(_part(context, commodity_universe(context.year), scope))
    # The widest data head the section.
    return (made[::-1] if has_all_goods(context) else made), absent


def names(direction: Direction) -> dict[str, Label]:
    """Return the two names every sentence on a direction needs."""
    return {"exporter": economy(direction[0]), "importer": economy(direction[1])}


def line_label(line: Line) -> Label:
    """Name a line of a universe."""
    return product(line.code, line.name) if line.kind == "product" else Label(line.kind, line.code, line.name)


def _part(context: Context, universe: Universe, scope: Label) -> Part:
    say, pair = context.say, (context.a.id, context.b.id)
    trade = with_doubts(collect(say.tables, universe, *pair), say, *pair)
    fine, rough = Matches(trade, say), Matches(coarse(say.tables, trade), say)
    intensities = Intensities(trade, say)
    return Part(
        scope,
        trade,
        fine,
        rough,
        {d: fine.match(*d) for d in context.directions},
        {d: rough.match(*d) for d in context.directions},
        {d: intensities.intensity(*d) for d in context.directions},
        Advantages(trade, say),
    )


def _absence(found: Absence) -> Prose:
    if found.reason == "later" and found.year is not None:
        return prose("complementarity.absent_later", measured=year(found.year))
    if found.reason == "outside" and found.economies is not None:
        count, outside = {"count": found.economies}, [economy(identity) for identity in found.outside]
        if len(outside) > 1:
            return prose("complementarity.absent_both", count, economy=outside[0], other=outside[1])
        return prose("complementarity.absent_one", count, economy=outside[0])
    return prose("complementarity.absent_table")
