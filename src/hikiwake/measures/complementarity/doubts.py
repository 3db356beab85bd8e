"""Which totals of a pair's commodity trade have a hole in the year, by the rule of the ties of the pair."""

from __future__ import annotations

import msgspec

from hikiwake.measures.complementarity.universe import Trade
from hikiwake.measures.flows import Side
from hikiwake.measures.statement import Scope, Statements
from hikiwake.measures.ties.levels import Flow, PairLevels, covered, flows_of


def with_doubts(trade: Trade, statements: Statements, a: str, b: str) -> Trade:
    """Return the trade with its holes marked; only commodity trade has any."""
    if trade.universe.id != "commodities":
        return trade
    year = trade.universe.year
    levels = PairLevels(flows_of(statements, a, b), statements)
    directions = ((a, b), (b, a))
    doubtful: set[tuple[str, str]] = set()
    holes: set[tuple[str, str]] = set()
    sides: tuple[Side, Side] = ("exporter", "importer")
    for exporter, importer in directions:
        whole = Flow(exporter, importer, covered(statements), year)
        doubtful |= {(side, getattr(whole, side)) for side in sides if levels.doubtful(whole, side)}
        for line in trade.lines:
            one = Flow(exporter, importer, Scope("product", line.code, line.name), year)
            if levels.doubtful(one, "importer"):
                holes.add((importer, line.code))
    return msgspec.structs.replace(trade, doubtful=frozenset(doubtful), holes=frozenset(holes))
