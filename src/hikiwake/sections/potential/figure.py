"""The flows of a pair among comparable ones, and the table of what carries the expectation."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, NamedTuple

from hikiwake.core.country import country
from hikiwake.core.document import Cell, Chart, Label, Mark, Prose, Series, Table
from hikiwake.core.provenance import Fact
from hikiwake.sections.wording import cell, economy, prose, text

if TYPE_CHECKING:
    from hikiwake.measures.potential.expected import Expectation

NO_BREAK = "\u00a0"
LOW, HIGH = 0.1, 0.9
"""Places among comparable pairs beyond which a pair is unlike them."""
SERIES = {
    "most": ("ratio_low", "ratio_high"),
    "half": ("ratio_lower", "ratio_upper"),
    "median": ("median",),
    "own": ("ratio",),
}
BESIDE = ("intensity", "ease", "at_one", "at_usual")


class Flow(NamedTuple):
    """One flow that something can be said of: of what, its expectation, its facts by name."""

    scope: Label
    one: Expectation
    facts: dict[str, Fact]

    @property
    def codes(self) -> str:
        """Name its ends in codes, in one line."""
        return f"{self.one.exporter}{NO_BREAK}→{NO_BREAK}{self.one.importer}"

    @property
    def short(self) -> Label:
        """Name it as a row in few letters."""
        return text(f"{self.codes}: {self.scope.text}")

    @property
    def name(self) -> Label:
        """Name it as a row: who sells to whom, and what."""
        ends = f"{country(self.one.exporter).name} → {country(self.one.importer).name}"
        return text(f"{ends}: {self.scope.text}")


def figure(flows: list[Flow]) -> Chart:
    """Return the flows of the pair among comparable ones."""
    first = flows[0].facts
    return Chart(
        id="potential-place",
        kind="ranges",
        title=_title(flows),
        axis=prose("potential.figure_axis"),
        series=placed(flows, {**SERIES, "others": ("least", "most")}),
        alt=prose(
            "potential.figure_alt",
            {
                "ratio": first["ratio"],
                "low": first["ratio_low"],
                "high": first["ratio_high"],
                "median": first["median"],
            },
        ),
        note=prose("potential.figure_note"),
    )


def placed(
    flows: list[Flow], series: dict[str, tuple[str, ...]], *, short: bool = False
) -> tuple[Series, ...]:
    """Return series of a chart of ranges: facts of each flow, by the names of the series.

    Parameters
    ----------
    short : whether rows are named by codes, where there are many.
    """
    return tuple(
        Series(
            prose(f"potential.series_{name}"),
            tuple(
                Mark(flow.short if short else flow.name, flow.facts[fact].id, emphasis=name == "own")
                for flow in flows
                for fact in facts
                if fact in flow.facts
            ),
        )
        for name, facts in series.items()
    )


def _title(flows: list[Flow]) -> Prose:
    low = [flow for flow in flows if flow.one.place < LOW]
    high = [flow for flow in flows if flow.one.place > HIGH]
    if not low and not high:
        return prose("potential.figure_usual")
    first = (low or high)[0]
    labels = {
        "exporter": economy(first.one.exporter),
        "importer": economy(first.one.importer),
        "scope": first.scope,
    }
    if low and high:
        seller, buyer = economy(high[0].one.exporter), economy(high[0].one.importer)
        return prose("potential.figure_both", **labels, seller=seller, buyer=buyer, what=high[0].scope)
    return prose(f"potential.figure_{'low' if low else 'high'}", **labels)


def further(flows: list[Flow]) -> Table:
    """Return what carries the expectation of each flow, and other measures of it."""
    carried = ("size", *dict.fromkeys(name for flow in flows for name in flow.one.parts if name != "size"))
    return flows_table("potential-further", ("further", "further_note"), flows, (*carried, *BESIDE))


def flows_table(
    identity: str,
    words: tuple[str, str],
    flows: list[Flow],
    names: tuple[str, ...],
    told: Callable[[str, Fact | None], Cell] = lambda _, fact: cell(fact),
) -> Table:
    """Return a row a flow and a column a name of its facts, `told` as cells; `words` are title and note."""
    title, note = words
    return Table(
        id=identity,
        title=prose(f"potential.{title}"),
        columns=tuple(prose(f"potential.column_{name}") for name in ("flow", "what", *names)),
        rows=tuple(
            (
                cell(text(flow.codes)),
                cell(flow.scope),
                *(told(name, flow.facts.get(name)) for name in names),
            )
            for flow in flows
        ),
        note=prose(f"potential.{note}"),
        annex=True,
    )
