"""The two economies: where they lie, how large they are, and what each reports of the other."""

from __future__ import annotations

from hikiwake.core.country import country
from hikiwake.core.document import AnyBlock, Caveat, Label, LocatorMap, Paragraph, Prose, Table
from hikiwake.core.provenance import Fact
from hikiwake.measures import background
from hikiwake.measures.flows import FLOWS
from hikiwake.measures.ties.levels import covered, is_among_some
from hikiwake.sections import Context
from hikiwake.sections.wording import cell, economy, prose, scope_label, text
from hikiwake.sections.wording import year as year_label

TABLES = (
    background.PWT,
    background.STABILITY,
    background.FACTBOOK,
    background.PARTNERS,
    background.DISTANCES,
    background.BORDERS,
)
ROWS = (
    background.GDP,
    background.POPULATION,
    background.EXPORTS,
    background.IMPORTS,
    background.FDI_IN,
    background.FDI_OUT,
    background.POLITICAL_STABILITY,
)

NAMES = {
    background.GDP.id: "gross domestic product",
    background.POPULATION.id: "population",
    background.EXPORTS.id: "total exports",
    background.IMPORTS.id: "total imports",
    background.FDI_IN.id: "foreign direct investment in it, stock",
    background.FDI_OUT.id: "its direct investment abroad, stock",
    background.POLITICAL_STABILITY.id: "political stability (world mean zero)",
}


def blocks(context: Context) -> list[AnyBlock]:
    """Write the map, the table of both economies and what they report of each other."""
    if not all(context.say.tables.has(table) for table in TABLES):
        return []
    written: list[AnyBlock] = [*_former(context), _map(context)]
    when = background.When(context.year, context.last_year)
    figures = {
        identity: background.figures(context.say, identity, when) for identity in (context.a.id, context.b.id)
    }
    table = _table(context, figures)
    written += [table] if table.rows else []
    written += _partners(context, context.last_year or context.year)
    return written


def _former(context: Context) -> list[AnyBlock]:
    """Say of an economy that ended since when its trade is recorded under other names."""
    return [
        Caveat(
            "former economy",
            prose(
                "ties.former_succeeded" if which.successors else "ties.former",
                former=economy(which.id),
                until=year_label(which.until),
                **({"successors": _list(which.successors)} if which.successors else {}),
            ),
            glance=True,
        )
        for which in (context.a, context.b)
        if which.until is not None and (context.last_year is None or which.until < context.last_year)
    ]


def _list(identities: tuple[str, ...]) -> Label:
    return Label("text", "-".join(identities), ", ".join(country(identity).name for identity in identities))


def _map(context: Context) -> LocatorMap:
    lie = background.neighbourhood(context.say, context.a.id, context.b.id)
    labels = {"a": economy(context.a.id), "b": economy(context.b.id)}
    if lie.distance.value is None:
        title = prose("ties.map_unknown", **labels)
        return LocatorMap("map", title, (context.a.id, context.b.id), title, glance=False)
    key = {"land": "ties.map_land", "sea": "ties.map_sea", "": "ties.map_apart"}[lie.border]
    title = prose(key, {"distance": lie.distance}, **labels)
    return LocatorMap("map", title, (context.a.id, context.b.id), title, glance=False)


def _table(context: Context, figures: dict[str, dict[str, Fact]]) -> Table:
    a, b = context.a.id, context.b.id
    gdp = figures[a][background.GDP.id], figures[b][background.GDP.id]
    labels = {"a": economy(a), "b": economy(b)}
    if gdp[0].value is not None and gdp[1].value is not None:
        larger, smaller = (0, 1) if gdp[0].value >= gdp[1].value else (1, 0)
        names = (economy(a), economy(b))
        title = prose(
            "ties.economies_larger",
            {"larger_gdp": gdp[larger], "smaller_gdp": gdp[smaller]},
            larger=names[larger],
            smaller=names[smaller],
        )
    else:
        title = prose("ties.economies", **labels)
    return Table(
        id="economies",
        title=title,
        columns=(
            prose("ties.economies_column"),
            prose("render.name", name=economy(a)),
            prose("ties.economies_year"),
            prose("render.name", name=economy(b)),
            prose("ties.economies_year"),
        ),
        rows=tuple(
            (
                cell(_named(formula.id)),
                cell(figures[a][formula.id]),
                cell(_year_of(figures[a][formula.id])),
                cell(figures[b][formula.id]),
                cell(_year_of(figures[b][formula.id])),
            )
            for formula in ROWS
            if any(figures[side][formula.id].value is not None for side in (a, b))
        ),
        note=prose("ties.economies_note"),
        glance=False,
    )


def _named(identity: str) -> Label:
    return Label("text", identity, NAMES[identity])


def _year_of(fact: Fact) -> Label | None:
    return year_label(fact.period.last) if fact.value is not None else None


def _partners(context: Context, year: int) -> list[AnyBlock]:
    a, b = context.a.id, context.b.id
    named = background.partner_shares(context.say, a, b, year)
    newest = max((fact.period.first for fact in named), default=0)
    said: dict[str, dict[str, Fact]] = {}
    for fact in named:
        if fact.period.first == newest:
            said.setdefault(fact.subject["economy"], {})[fact.subject["flow"]] = fact
    sentences = [_reported(*flows.values()) for flows in said.values()]
    ended = any(side.until is not None and side.until < year for side in (context.a, context.b))
    silent = [
        side
        for side in (a, b)
        if not ended and side not in said and background.names_partners(context.say, side, year)
    ]
    if len(silent) == 2:
        sentences.append(prose("ties.named_neither", a=economy(a), b=economy(b)))
    elif silent:
        other = b if silent[0] == a else a
        sentences.append(prose("ties.named_not", economy=economy(silent[0]), partner=economy(other)))
    written: list[AnyBlock] = [Paragraph(tuple(sentences))] if sentences else []
    own = context.say.tables.vintage.is_own(FLOWS)
    written.append(Caveat("concept" if own else "partial coverage", _what_flows_are(context)))
    return written


def _reported(*shares: Fact) -> Prose:
    """Say what part of its exports or imports an economy reported with its partner, or of both."""
    names = {role: economy(shares[0].subject[role]) for role in ("economy", "partner")}
    flows = {fact.subject["flow"]: fact for fact in shares}
    if len(flows) > 1:
        return prose("ties.named_both", {"sold": flows["export"], "bought": flows["import"]}, **names)
    return prose(f"ties.named_{shares[0].subject['flow']}", {"share": shares[0]}, **names)


def _what_flows_are(context: Context) -> Prose:
    """Say that no total ships with the program, or which data of the reader's own the flows come from."""
    tables = context.say.tables
    if not tables.vintage.is_own(FLOWS):
        return prose("ties.no_bilateral_totals")
    data = text(tables.dataset_of(FLOWS).title)
    key = "ties.own_flows_some" if is_among_some(context.say) else "ties.own_flows"
    return prose(key, scope=scope_label(covered(context.say)), data=data)
