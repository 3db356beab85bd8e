"""The pair by sector: in which it trades less or more than such pairs do, with a figure and a table."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hikiwake.core.document import AnyBlock, Cell, Chart, Label, Paragraph, Prose, Table
from hikiwake.core.provenance import Fact
from hikiwake.sections import Context
from hikiwake.sections.potential.figure import HIGH, LOW, SERIES, Flow, flows_table, placed
from hikiwake.sections.wording import cell, economy, group, prose, text

if TYPE_CHECKING:
    from hikiwake.measures.potential.expected import Expectation, Universe
    from hikiwake.measures.potential.stated import Sector

SHOWN = 6
"""Sectors of each direction in the figure: those of which most is expected."""
MOST_NAMED = 5
COLUMNS = ("expected", "ratio", "place", "gap")


def by_sector(
    context: Context, universe: Universe, year: int, scope: Label, *, annex: bool
) -> list[AnyBlock]:
    """Return the sentences, the figure and the table; nothing where no sector allows a word.

    Parameters
    ----------
    scope : what the universe is called.
    annex : whether the figure is for looking up, as where another universe has told its own.
    """
    from hikiwake.measures.potential.stated import found_in, sectors, stated, summed

    made = [
        (sector, found_in(context.say, universe, context.a.id, context.b.id, year, sector))
        for sector in sectors(context.say, universe, year)
    ]
    said: list[AnyBlock] = []
    flows: list[Flow] = []
    shown: list[Flow] = []
    for way, ends in enumerate(context.directions):
        each = [(sector, pair[way]) for sector, pair in made]
        told = [
            Flow(group(sector.id, _plain(sector.name)), one, stated(context.say, universe, one, year, sector))
            for sector, one in each
            if not one.absent
        ]
        if not told:
            continue
        total = summed(context.say, universe, year, ends, [one for _, one in each])
        said.append(Paragraph(tuple(_sentences(each, told, scope, total))))
        flows += told
        largest = sorted(told, key=lambda flow: -flow.one.expected)[: context.most(SHOWN)]
        shown += [flow for flow in told if flow in largest]
    if not flows:
        return []
    return [*said, _figure(universe, scope, shown, annex=annex), _table(universe, flows)]


def _sentences(
    each: list[tuple[Sector, Expectation]], told: list[Flow], scope: Label, total: Fact
) -> list[Prose]:
    first = told[0].one
    names = {"exporter": economy(first.exporter), "importer": economy(first.importer)}
    low = [flow for flow in told if flow.one.place < LOW]
    high = [flow for flow in told if flow.one.place > HIGH]
    kind = "both" if low and high else "low" if low else "high" if high else "usual"
    listed = {name: text(_listed([flow.scope.text for flow in flows]))
              for name, flows in (("low", low), ("high", high)) if flows}  # fmt: skip
    sentences = [prose(f"potential.sectors_{kind}", {"total": total}, scope=scope, **names, **listed)]
    silent: dict[str, list[str]] = {}
    for sector, one in each:
        if one.absent:
            silent.setdefault(one.absent, []).append(_plain(sector.name))
    for reason, of in silent.items():
        sentences.append(prose("potential.sectors_silent", what=text(_listed(of)), reason=text(reason)))
    return sentences


def _plain(name: str) -> str:
    """Name a sector as it stands within a sentence."""
    return name[:1].lower() + name[1:] if name[1:2].islower() else name


def _listed(names: list[str]) -> str:
    """Name a few things in a sentence (names may hold commas), and say how many more there are."""
    if len(names) > MOST_NAMED:
        return f"{'; '.join(names[: MOST_NAMED - 1])}; and {len(names) - MOST_NAMED + 1} more"
    return "; and ".join(part for part in ("; ".join(names[:-1]), names[-1]) if part)


def _figure(universe: Universe, scope: Label, flows: list[Flow], *, annex: bool) -> Chart:
    lowest = min(flows, key=lambda flow: flow.one.place)
    names = {
        "exporter": economy(lowest.one.exporter),
        "importer": economy(lowest.one.importer),
        "what": lowest.scope,
    }
    kind = "low" if lowest.one.place < LOW else "usual"
    return Chart(
        id=f"potential-sectors-place-{universe}",
        kind="ranges",
        title=prose(f"potential.sectors_figure_{kind}", scope=scope, **names),
        axis=prose("potential.figure_axis"),
        series=placed(flows, {**SERIES, "interval": ("ratio",)}, short=True),
        alt=prose(
            "potential.sectors_alt",
            {name: lowest.facts[name] for name in ("ratio", "place", "median")},
            **names,
        ),
        note=prose("potential.figure_note"),
        annex=annex,
    )


def _table(universe: Universe, flows: list[Flow]) -> Table:
    words = (f"sectors_table_{universe}", "sectors_note")
    return flows_table(f"potential-sectors-{universe}", words, flows, COLUMNS, _told)


def _told(name: str, fact: Fact | None) -> Cell:
    """Tell a ratio with its interval; of nothing there is none."""
    if name != "ratio" or fact is None or not fact.value:
        return cell(fact)
    return Cell(said=prose("potential.spanned", {"value": fact}))
