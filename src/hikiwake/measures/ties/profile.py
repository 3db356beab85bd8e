"""All facts on the ties of a pair in given years, for the library and the command line."""

from __future__ import annotations

from collections.abc import Iterable

from hikiwake.core.products import groups
from hikiwake.measures.flows import PairFlows
from hikiwake.measures.statement import Scope, Statements
from hikiwake.measures.ties.levels import COVERED, Flow, PairLevels, flows_of
from hikiwake.measures.ties.suppliers import Partners

CHANGE_OVER = 10


def profile(say: Statements, a: str, b: str, years: Iterable[int], products: Iterable[str] = ()) -> None:
    """State levels, shares, ranks, concentration, balance and change of both directions.

    `products` are HS codes; without any, every product that the pair traded in the year is profiled, beside
    the groups.
    """
    levels = PairLevels(flows_of(say, a, b), say)
    wanted = tuple(products)
    for year in years:
        for exporter, importer in ((a, b), (b, a)):
            for scope in _scopes(levels.flows, exporter, importer, year, wanted):
                _flow(levels, say, Flow(exporter, importer, scope, year))
        for scope in _groups():
            levels.balance(Flow(a, b, scope, year))


def _groups() -> list[Scope]:
    named = [Scope("group", identity, group.name, group.prefixes) for identity, group in groups().items()]
    return [COVERED, *named]


def _scopes(
    flows: PairFlows, exporter: str, importer: str, year: int, wanted: tuple[str, ...]
) -> list[Scope]:
    if wanted:
        return [Scope("product", code, code) for code in wanted]
    row = flows.flow[exporter, importer].value[flows.year_index(year)]
    traded = [code for code, value in zip(flows.products, row, strict=True) if value > 0]
    return [*_groups(), *(Scope("product", code, code) for code in traded)]


def _flow(levels: PairLevels, say: Statements, flow: Flow) -> None:
    levels.value(flow)
    levels.quantity(flow)
    levels.share_of_imports(flow)
    levels.share_of_imports_quantity(flow)
    levels.share_of_exports(flow)
    levels.share_of_exports_quantity(flow)
    levels.share_of_world_exports(flow.exporter, flow.scope, flow.year)
    if flow.year - CHANGE_OVER in levels.flows.years:
        levels.change(flow, flow.year - CHANGE_OVER)
        levels.compound_growth(flow, flow.year - CHANGE_OVER)
        levels.trend_growth(flow, flow.year - CHANGE_OVER)
    sellers = Partners(say, flow.importer, "importer", flow.year)
    buyers = Partners(say, flow.exporter, "exporter", flow.year)
    sellers.rank(flow.exporter, flow.scope)
    sellers.count(flow.scope)
    sellers.concentration(flow.scope)
    buyers.rank(flow.importer, flow.scope)
    buyers.count(flow.scope)
    buyers.concentration(flow.scope)
