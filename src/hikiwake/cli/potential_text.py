"""The potential as text: flows and sectors side by side, and what the choices of a specification decide."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from hikiwake.core.factset import FactSet
    from hikiwake.core.provenance import Fact

Ends = tuple[str, str]


def _flows(found: FactSet) -> dict[Ends, dict[str, list[Fact]]]:
    """Return facts by flow, and by of what and when they are."""
    flows: dict[Ends, dict[str, list[Fact]]] = {}
    for fact in found:
        of = fact.subject
        what = f"{of['group']}, {fact.period}"
        flows.setdefault((of["exporter"], of["importer"]), {}).setdefault(what, []).append(fact)
    return flows


def _ends(ends: Ends) -> str:
    from hikiwake.core.country import country

    return " → ".join(country(one).name for one in ends)


def side_by_side(found: FactSet, digits: int | None) -> str:
    """Return one line for each flow and sector: what is expected, what is, and where that stands."""
    from functools import partial

    from hikiwake.core.document import USUAL_DIGITS
    from hikiwake.render import numbers

    number = partial(numbers.number, digits=USUAL_DIGITS if digits is None else digits)
    heads = ("expected", "ratio", "95 % interval", "least to most", "place")
    rows: list[tuple[str, ...]] = []
    for ends, groups in _flows(found).items():
        rows += [(), (_ends(ends), *heads)]
        for group, facts in groups.items():
            told = {fact.formula.removeprefix("potential_"): fact for fact in facts}
            span = (number(told[f"ratio_{end}"]) for end in ("least", "most") if f"ratio_{end}" in told)
            cells = (
                number(told["expected"]),
                number(told["ratio"]),
                number(told["ratio"], "range") if told["ratio"].value else "",
                " to ".join(span),
                number(told["place"]),
            )
            rows.append((f"  {group}", *cells))
    widths = [max(len(row[at]) for row in rows if row) for at in range(len(heads) + 1)]
    return "\n".join([found.title, *(_line(row, widths) for row in rows)])


def _line(cells: tuple[str, ...], widths: list[int]) -> str:
    """Set cells in columns, the first to the left and the others to the right."""
    set_out = [
        cell.rjust(width) if at else cell.ljust(width)
        for at, (cell, width) in enumerate(zip(cells, widths, strict=False))
    ]
    return "  ".join(set_out).rstrip()


def combined(found: FactSet) -> str:
    """Return how the ratio runs over all combinations of choices, and over those that hold each choice."""
    import statistics

    from hikiwake.measures.potential.specifications import CHOICES

    lines = []
    for ends, groups in _flows(found).items():
        for group, facts in groups.items():
            made = {
                tuple(fact.subject["specification"].split("; ")): fact.value
                for fact in facts
                if "specification" in fact.subject and fact.value is not None
            }
            if not made:
                continue
            lines += ["", f"{_ends(ends)}: {group}, under {len(made)} specifications"]
            lines += [f"  {'':<46} {'least':>8} {'median':>8} {'most':>8}"]
            rows = [("all of them", list(made.values()))]
            for choices in CHOICES.values():
                rows += [(name, [v for one, v in made.items() if name in one]) for name in choices.values()]
            for name, values in rows:
                if values:
                    middle = statistics.median(values)
                    lines.append(f"  {name:<46} {min(values):>8.2g} {middle:>8.2g} {max(values):>8.2g}")
    return "\n".join(lines)
