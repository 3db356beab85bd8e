"""All formulas of the measures, collected from the modules that define them."""

from __future__ import annotations

from importlib import import_module

from hikiwake.core.provenance import Formula

MODULES = (
    "ties.formulas",
    "complementarity.formulas",
    "intermediate.formulas",
    "background",
    "chronology.formulas",
    "quoted",
    "scenario.formulas",
    "potential.formulas",
    "dispute.formulas",
)


def all_formulas() -> dict[str, Formula]:
    """Return every formula by its id, in order of id."""
    found: dict[str, Formula] = {}
    for name in MODULES:
        module = import_module(f"hikiwake.measures.{name}")
        for formula in module.FORMULAS:
            found[formula.id] = formula
    return dict(sorted(found.items()))
