"""hikiwake: the evidence on how two countries depend on each other.

    >>> import hikiwake as hw
    >>> hw.pair("Japan", "RUS")
    <Pair: Japan (JPN) and Russia (RUS)>

The public names are loaded when first used, so that importing the package costs next to nothing; the
stub `__init__.pyi` is the one list of them.
"""

from __future__ import annotations

from typing import Any

__version__ = "0.1.0"

_WHERE = {
    "pair": "api",
    "country": "api",
    "datasets": "api",
    "methods": "api",
    "backtest": "api",
    "PairView": "api",
    "BriefView": "api",
    "Ties": "api",
    "Complementarity": "api",
    "Potential": "api",
    "Scenarios": "measures.scenario.asking",
    "Sweep": "measures.scenario.asking",
    "Backtest": "api",
    "FactSet": "core.factset",
    "Fact": "core.provenance",
    "HikiwakeError": "core.errors",
    "UnknownCountry": "core.errors",
    "NoData": "core.errors",
    "BadInput": "core.errors",
    "BadUsage": "core.errors",
    "DamagedStore": "core.errors",
    "Environment": "core.errors",
    "NoSolution": "core.errors",
    "NotConverged": "core.errors",
}


def __getattr__(name: str) -> Any:
    if name not in _WHERE:
        message = f"module 'hikiwake' has no attribute {name!r}"
        raise AttributeError(message)
    from importlib import import_module

    return getattr(import_module(f"hikiwake.{_WHERE[name]}"), name)


def __dir__() -> list[str]:
    return sorted([*_WHERE, "__version__"])
