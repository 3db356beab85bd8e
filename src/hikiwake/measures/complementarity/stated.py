"""States a number of a universe; what rests on a total with a hole is flagged."""

from __future__ import annotations

import math

from hikiwake.core.provenance import Fact, Formula, Status
from hikiwake.measures.complementarity.universe import Trade
from hikiwake.measures.statement import Statements

NO_EXPORTS = "the exporter has no exports in these data in this year"
NO_IMPORTS = "the importer has no imports in these data in this year"
HOLE = "not comparable: the total it rests on has a hole in this year"

Rows = tuple[dict[str, str], ...]


class Stating:
    """States numbers of one universe at one level of detail."""

    def __init__(self, trade: Trade, statements: Statements) -> None:
        self.trade = trade
        self._say = statements

    def fact(
        self,
        formula: Formula,
        subject: dict[str, str],
        value: float,
        where: Rows,
        *,
        missing: str = "",
        doubt: bool = False,
    ) -> Fact:
        """State one number; `missing` says why where it is not defined, `doubt` flags it."""
        universe, finite = self.trade.universe, math.isfinite(value)
        spoilt = finite and (doubt or any(item in self.trade.doubtful for item in subject.items()))
        status: Status = "flagged" if spoilt else "observed"
        return self._say.fact(
            formula,
            {**subject, **self.trade.subject},
            universe.year,
            value,
            table=universe.table,
            where=where,
            status=status,
            note=HOLE if spoilt else "" if finite else missing,
        )

    def missing(self, exporter: str, importer: str) -> str:
        """Return which side of a direction trades nothing at all, in words; empty when both do."""
        if not self.trade.exports[self.trade.at(exporter)].any():
            return NO_EXPORTS
        return "" if self.trade.imports[self.trade.at(importer)].any() else NO_IMPORTS
