"""How much of the answer the specification decides: its sentence and its figure."""

from __future__ import annotations

from typing import TYPE_CHECKING

from hikiwake.core.document import MOST_DIGITS, Chart, Mark, Prose, Series
from hikiwake.sections.potential.figure import Flow
from hikiwake.sections.wording import economy, prose, text

if TYPE_CHECKING:
    from hikiwake.measures.potential.stated import Spread

MUCH = 2.0
"""Factor between the ends from which on the specification decides much."""


def sentence(spread: Spread) -> Prose:
    """Say between which ends the ratio runs, and which specifications give them."""
    least, most = (spread.facts[name].value or 0.0 for name in ("least", "most"))
    if least == most:
        return prose("potential.spread_none", {name: spread.facts[name] for name in ("most", "tried")})
    lower, upper = (spread.facts[name].value or 0.0 for name in ("lower", "upper"))
    facts = {name: spread.facts[name] for name in ("least", "most", "tried")}
    # Ends that differ beyond what is ever printed would read the same.
    if round(lower, MOST_DIGITS) != round(upper, MOST_DIGITS):
        facts |= {name: spread.facts[name] for name in ("lower", "upper")}
    key = "potential.spread" if "lower" in facts else "potential.spread_ends"
    return prose(key, facts, lowest=text(spread.lowest), highest=text(spread.highest))


def curve(identity: str, made: list[tuple[Flow, Spread]], *, noted: bool) -> Chart:
    """Return the figure of one universe's flows under each specification, that of the expectation first.

    Parameters
    ----------
    noted : whether to say below it what the specifications are.
    """
    flow, spread = made[0]
    facts = {name: spread.facts[name] for name in ("least", "most")}
    least, most = (fact.value or 0.0 for fact in facts.values())
    ends = {"exporter": economy(flow.one.exporter), "importer": economy(flow.one.importer)}
    chosen = {"lowest": text(spread.lowest), "highest": text(spread.highest)}
    kind = "much" if most > MUCH * least else "little"
    return Chart(
        id=f"potential-specifications-{identity}",
        kind="variants",
        title=prose(f"potential.variants_{kind}", facts, **ends, scope=flow.scope),
        axis=prose("potential.figure_axis"),
        series=tuple(
            Series(
                prose(
                    "potential.variants_flow",
                    exporter=economy(one.one.exporter),
                    importer=economy(one.one.importer),
                ),
                (
                    Mark(text("as here"), one.facts["ratio"].id, emphasis=True),
                    *(Mark(text(which.name), fact.id) for which, fact in found.under.items()),
                ),
            )
            for one, found in made
        ),
        alt=prose("potential.variants_alt", {**facts, "ratio": flow.facts["ratio"]}, **ends, **chosen),
        note=prose("potential.variants_note") if noted else None,
        annex=True,
    )
