"""All facts on the ties of a pair in given years, for the library and the command line."""

from __future__ import annotations

from collections.abc import Iterable

from hikiwake.core.errors import NoData
from hikiwake.core.products import Partition, groups, short_name
from hikiwake.measures.flows import TOTAL
from hikiwake.measures.statement import Scope, Statements
from hikiwake.measures.ties.levels import Flow, PairLevels, covered, flows_of
from hikiwake.measures.ties.suppliers import Partners

CHANGE_OVER = 10


def profile(
    say: Statements,
    a: str,
    b: str,
    years: Iterable[int],
    products: Iterable[str] = (),
    top: int | None = None,
) -> None:
    """State levels, shares, ranks, concentration, balance and change of both directions.

    `products` are HS codes; without any, every product that the pair traded in the year is profiled, beside
    the groups; with `top`, so many of each direction, those of the largest value. Raises `NoData` for a code
    that the data do not cover, with the covered ones nearest to it.
    """
    levels = PairLevels(flows_of(say, a, b), say)
    wanted = tuple(dict.fromkeys(products))
    for code in wanted:
        _require(code, levels.flows.products)
    for year in years:
        for exporter, importer in ((a, b), (b, a)):
            sellers = Partners(say, importer, "importer", year)
            buyers = Partners(say, exporter, "exporter", year)
            for scope in _scopes(say, (exporter, importer), year, wanted, top):
                _levels(levels, Flow(exporter, importer, scope, year))
                for partners, partner in ((sellers, exporter), (buyers, importer)):
                    partners.rank(partner, scope)
                    partners.count(scope)
                    partners.concentration(scope)
        for scope in [Scope("product", code, code) for code in wanted] or _groups(say):
            levels.balance(Flow(a, b, scope, year))


def grouped(say: Statements, a: str, b: str, years: Iterable[int], partition: Partition) -> None:
    """State value and share of each group of products in both directions; an empty direction has no facts.

    Raises `NoData` where the data give no products.
    """
    levels = PairLevels(flows_of(say, a, b), say)
    if levels.flows.products == (TOTAL,):
        raise NoData(
            where=say.tables.vintage.name,
            why="these data give no products, so there are no groups of them",
            remedy="Bring in trade by product: `hikiwake data add` a BACI release, for example.",
        )
    for year in years:
        for exporter, importer in ((a, b), (b, a)):
            flow = Flow(exporter, importer, covered(say), year)
            if levels.has(exporter, importer):
                levels.composition(flow, partition)


def _require(code: str, covered: tuple[str, ...]) -> None:
    if code in covered:
        return
    named = [k for k in covered if not code.isdecimal() and code.casefold() in short_name(k).casefold()]
    # The longest beginning that a covered code shares: the same heading before the same chapter.
    beginnings = (code[:length] for length in range(len(code), 1, -1))
    near = next((found for start in beginnings if (found := [k for k in covered if k.startswith(start)])), [])
    raise NoData(
        where=f"product {code!r}",
        why=f"the data cover {len(covered)} products by six-digit HS 1992 code, and it is none of them",
        remedy=_remedy(named, near, covered),
    )


def _remedy(named: list[str], near: list[str], covered: tuple[str, ...]) -> str:
    if named:
        return f"Did you mean {', '.join(f'{code} ({short_name(code)})' for code in named[:8])}?"
    return f"Near it: {', '.join(near[:8])}." if near else f"They begin with: {_chapters(covered)}."


def _chapters(covered: tuple[str, ...]) -> str:
    return ", ".join(dict.fromkeys(code[:2] for code in covered))


def _groups(say: Statements) -> list[Scope]:
    named = [Scope("group", identity, group.name, group.prefixes) for identity, group in groups().items()]
    return [covered(say), *named]


def _scopes(
    say: Statements, flow: tuple[str, str], year: int, wanted: tuple[str, ...], top: int | None
) -> list[Scope]:
    if wanted:
        return [Scope("product", code, code) for code in wanted]
    flows = flows_of(say, *flow)
    row = flows.flow[flow].value[flows.year_index(year)]
    traded = [code for code, value in zip(flows.products, row, strict=True) if value > 0]
    if top is not None:
        value = dict(zip(flows.products, row, strict=True))
        traded = sorted(sorted(traded, key=lambda code: -value[code])[:top])
    return [*_groups(say), *(Scope("product", code, code) for code in traded)]


def _levels(levels: PairLevels, flow: Flow) -> None:
    levels.value(flow)
    levels.quantity(flow)
    levels.share_of_imports(flow)
    levels.share_of_imports_quantity(flow)
    levels.share_of_exports(flow)
    levels.share_of_exports_quantity(flow)
    levels.share_of_world_exports(flow.exporter, flow.scope, flow.year)
    if flow.year - CHANGE_OVER in levels.flows.years:
        levels.change(flow, flow.year - CHANGE_OVER)
