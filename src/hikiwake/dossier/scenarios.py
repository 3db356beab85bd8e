"""The part `scenarios` of a dossier: named changes of trade costs, in the terms people speak of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any

import msgspec

from hikiwake.core.claim import operand
from hikiwake.dossier.form import Fault, faults, suggestion
from hikiwake.dossier.reading import Path

HERE: Path = ("scenarios",)


class Shock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One change of trade; economies are codes, names, or groups of the dossier.

    Either `between` two sides, both ways, or `from` some `to` others. One of: `cost`, the ratio of new to old
    trade costs; `effect`, what trade at given prices changes by, in logs, as gravity estimates it; `embargo`,
    of which `leakage` gets through; `tariff`, the new rate. `error` is the standard error of log cost or of
    the effect.
    """

    between: tuple[str, ...] = ()
    origins: tuple[str, ...] = msgspec.field(default=(), name="from")
    destinations: tuple[str, ...] = msgspec.field(default=(), name="to")
    industries: tuple[str, ...] = ()
    cost: float | None = None
    effect: float | None = None
    embargo: bool = False
    leakage: float = 0.0
    tariff: float | None = None
    error: float = 0.0
    sources: tuple[str, ...] = ()


class Described(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A scenario: its shocks, after those of the one it is `based_on`."""

    title: str = ""
    based_on: str = ""
    shocks: tuple[Shock, ...] = ()


class _Part(msgspec.Struct, frozen=True):
    scenarios: dict[str, Described]


def described(tree: dict[str, Any]) -> dict[str, Described]:
    """Return the scenarios of a part whose `scenario_faults` are none, each with the shocks it inherits."""
    written = msgspec.convert({"scenarios": tree}, _Part).scenarios
    return {
        name: msgspec.structs.replace(one, shocks=_inherited(written, name)) for name, one in written.items()
    }


def _inherited(written: Mapping[str, Described], name: str) -> tuple[Shock, ...]:
    shocks: tuple[Shock, ...] = ()
    while name:
        shocks = (*written[name].shocks, *shocks)
        name = written[name].based_on
    return shocks


def scenario_faults(tree: Any, groups: Sequence[str], references: Sequence[str]) -> Iterator[Fault]:
    """Yield all that is wrong with a part `scenarios`, with paths from the root of the dossier."""
    found = list(faults({"scenarios": tree}, _Part))
    if found:
        yield from found
        return
    written = msgspec.convert({"scenarios": tree}, _Part).scenarios
    for name, one in written.items():
        here: Path = (*HERE, name)
        yield from _ancestry(written, name)
        if not one.shocks and not one.based_on:
            yield Fault(here, "nothing changes in it", "Add `shocks:` with one change or more.")
        for number, shock in enumerate(one.shocks):
            yield from _shock(shock, (*here, "shocks", number), groups, references)


def _ancestry(written: Mapping[str, Described], name: str) -> Iterator[Fault]:
    seen = [name]
    while base := written[seen[-1]].based_on:
        path: Path = (*HERE, seen[-1], "based_on")
        if base not in written:
            if len(seen) == 1:  # told once, where it stands
                yield Fault(path, f"no scenario is called {base!r}", suggestion(base, list(written)))
            return
        if base in seen:
            yield Fault(path, "it is based on itself, by others", "Take one `based_on` away.")
            return
        seen.append(base)


def _shock(shock: Shock, path: Path, groups: Sequence[str], references: Sequence[str]) -> Iterator[Fault]:
    yield from _whose(shock, path)
    yield from _change(shock, path)
    for field, names in (("between", shock.between), ("from", shock.origins), ("to", shock.destinations)):
        for number, name in enumerate(names):
            if name not in groups:
                yield from _economy(name, (*path, field, number))
    for number, source in enumerate(shock.sources):
        if source not in references:
            remedy = suggestion(source, list(references)) if references else "Add it to `references`."
            yield Fault((*path, "sources", number), f"no reference has the id {source!r}", remedy)


def _whose(shock: Shock, path: Path) -> Iterator[Fault]:
    if bool(shock.between) == bool(shock.origins or shock.destinations):
        yield Fault(path, "either `between` or `from` and `to` must say whose trade", "Write one of them.")
    elif shock.between and len(shock.between) != 2:
        yield Fault((*path, "between"), "two sides are needed", "Write for example [JPN, RUS].")
    elif not shock.between and not (shock.origins and shock.destinations):
        yield Fault(path, "`from` and `to` are both needed", "Write both; a group may stand for many.")


def _change(shock: Shock, path: Path) -> Iterator[Fault]:
    given = [shock.cost is not None, shock.effect is not None, shock.embargo, shock.tariff is not None]
    if sum(given) != 1:
        remedy = "Write one of cost, effect, embargo and tariff; two changes are two shocks."
        yield Fault(path, "it must change one thing", remedy)
    if shock.cost is not None and not shock.cost > 0.0:
        yield Fault((*path, "cost"), "a ratio of costs is above zero", "Write 0.9 for ten per cent lower.")
    if not 0.0 <= shock.leakage <= 1.0:
        yield Fault((*path, "leakage"), "a part lies from 0 to 1", "Write 0.05 for five per cent.")
    for field, value in (("tariff", shock.tariff), ("error", shock.error)):
        if value is not None and not 0.0 <= value < float("inf"):
            yield Fault((*path, field), "it must be zero or more", "Write 0.1 for a tenth.")
    if shock.error and shock.cost is None and shock.effect is None:
        yield Fault((*path, "error"), "only a cost or an effect has an error", "Take it away.")


def _economy(name: str, path: Path) -> Iterator[Fault]:
    try:
        operand.party(name)
    except ValueError as fault:
        reason, _, hint = str(fault).partition(". ")
        yield Fault(path, reason, hint or "Use a code, a name or a group.")
