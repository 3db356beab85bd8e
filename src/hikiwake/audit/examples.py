"""True claims of a pair, for a form to begin with: the shares that its largest covered flows have."""

from __future__ import annotations

from hikiwake.audit.amounts import Amounts
from hikiwake.core.claim.operand import WORLD
from hikiwake.core.country import Pair, country
from hikiwake.core.products import terms
from hikiwake.dossier.blank import Example
from hikiwake.store.tables import Tables

LEAST = 0.005
"""A smaller share makes no example."""


def examples(pair: Pair, year: int, tables: Tables) -> tuple[Example, ...]:
    """Return, for each direction, the share of the importer's purchases that its largest product has."""
    amounts = Amounts(tables, (pair.a.id, pair.b.id))
    at = amounts.at(year)
    found = []
    for x, m in ((pair.a.id, pair.b.id), (pair.b.id, pair.a.id)):
        best: tuple[float, float, str] | None = None
        for term in terms().values():
            if at is None or not amounts.complete(term.prefixes):
                continue
            flow, whole = amounts.series(x, m, term.prefixes), amounts.series(WORLD, m, term.prefixes)
            if whole.doubtful[at] or flow.doubtful[at] or whole.value[at] <= 0:
                continue
            share = float(flow.value[at] / whole.value[at])
            candidate = (float(flow.value[at]), share, term.name)
            if share >= LEAST and (best is None or candidate > best):
                best = candidate
        if best is not None:
            _, share, name = best
            says = f"So much of {country(m).name}'s imports of {name} came from {country(x).name}."
            part, whole_line = f"{x} -> {m}: {name}", f"{WORLD} -> {m}: {name}"
            found.append(Example(part, whole_line, year, f"{100 * share:.1f} %", says))
    return tuple(found)
