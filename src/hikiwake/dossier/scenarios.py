"""The part `scenarios` of a dossier: named changes of trade, in the terms people speak of them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Literal

import msgspec

from hikiwake.core.claim import operand
from hikiwake.dossier.form import Fault, faults, suggestion
from hikiwake.dossier.reading import Path

HERE: Path = ("scenarios",)
Distribution = Literal["normal", "uniform", "triangular"]
Closure = Literal["additive", "multiplicative", "balanced", "share of world output"]
CHANGES = ("cost", "effect", "level", "embargo", "tariff", "limit", "productivity", "transfer")
"""What a shock may change: one of these."""
DRAWN = ("cost", "effect", "embargo")
"""Changes that may have a distribution; the level of comparable pairs brings its own."""


class Shock(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """One change; economies are codes, names, or groups of the dossier.

    Whose trade: `between` two sides, both ways, or `from` some `to` others; `of` those whose productivity.
    One of: `cost`, the ratio of new to old trade costs; `effect`, what trade at given prices changes by, in
    logs, as gravity estimates it; `level: comparable pairs`, trade costs fall until trade at given prices is
    what comparable pairs trade; `embargo`, of which `leakage` gets through; `tariff`, the new rate; `limit`,
    the ratio that the quantity of this trade cannot exceed; `productivity`, the ratio of new to old;
    `transfer`, USD that one economy gives another.

    How sure a cost, effect or leakage is: `error`, the standard error of log cost or of the effect (a normal
    distribution), or its ends `low` and `high` (a uniform distribution, or a triangular one with its peak at
    the value).
    """

    between: tuple[str, ...] = ()
    origins: tuple[str, ...] = msgspec.field(default=(), name="from")
    destinations: tuple[str, ...] = msgspec.field(default=(), name="to")
    of: tuple[str, ...] = ()
    industries: tuple[str, ...] = ()
    cost: float | None = None
    effect: float | None = None
    level: Literal["comparable pairs"] | None = None
    embargo: bool = False
    leakage: float = 0.0
    tariff: float | None = None
    limit: float | None = None
    productivity: float | None = None
    transfer: float | None = None
    error: float = 0.0
    low: float | None = None
    high: float | None = None
    distribution: Distribution | None = None
    sources: tuple[str, ...] = ()

    @property
    def changes(self) -> tuple[str, ...]:
        """Which of `CHANGES` it says: one, or something is wrong."""
        given = ((name, getattr(self, name)) for name in CHANGES)
        return tuple(name for name, value in given if value is not None and value is not False)

    @property
    def change(self) -> str:
        """What it changes; empty where it says nothing."""
        return self.changes[0] if self.changes else ""

    @property
    def drawn(self) -> Distribution | None:
        """The distribution of its change; None where it is certain."""
        if self.distribution is not None:
            return self.distribution
        return "uniform" if self.low is not None else "normal" if self.error else None


class Elasticity(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A trade elasticity of some industries in place of the table's, with its standard error."""

    industries: tuple[str, ...]
    value: float
    error: float = 0.0
    sources: tuple[str, ...] = ()


class Described(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """A scenario: its shocks, after those of the one it is `based_on`, and what it is solved under.

    `where` is the condition, in the terms of the dossier's dispute, of the states that it stands for.
    `elasticities` names a set of the table, `thetas` are the dossier's own; `closure` says what becomes of
    trade imbalances. What is not said is taken from the scenario it is based on.
    """

    title: str = ""
    based_on: str = ""
    where: str = ""
    closure: Closure | None = None
    elasticities: str = ""
    thetas: tuple[Elasticity, ...] = ()
    shocks: tuple[Shock, ...] = ()


class _Part(msgspec.Struct, frozen=True):
    scenarios: dict[str, Described]


def described(tree: dict[str, Any]) -> dict[str, Described]:
    """Return the scenarios of a part whose `scenario_faults` are none, each with all that it inherits."""
    written = msgspec.convert({"scenarios": tree}, _Part).scenarios
    return {name: _inherited(written, name) for name in written}


def _inherited(written: Mapping[str, Described], name: str) -> Described:
    own = written[name]
    if not own.based_on:
        return own
    base = _inherited(written, own.based_on)
    return msgspec.structs.replace(
        own,
        shocks=(*base.shocks, *own.shocks),
        closure=own.closure or base.closure,
        elasticities=own.elasticities or base.elasticities,
        thetas=(*base.thetas, *own.thetas),
    )


def scenario_faults(
    tree: Any, groups: Mapping[str, Sequence[str]], references: Sequence[str]
) -> Iterator[Fault]:
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
            at: Path = (*here, "shocks", number)
            yield from _shock(shock, at, groups)
            yield from _sources(shock.sources, at, references)
        for number, theta in enumerate(one.thetas):
            at = (*here, "thetas", number)
            if not 0.0 < theta.value < float("inf"):
                reason = "a trade elasticity is above zero (sigma - 1, with sigma > 1)"
                yield Fault((*at, "value"), reason, "Write sigma - 1, for example 4.")
            if not 0.0 <= theta.error < float("inf"):
                yield Fault((*at, "error"), "it must be zero or more", "Write the standard error.")
            yield from _sources(theta.sources, at, references)


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


def _sources(sources: Sequence[str], path: Path, references: Sequence[str]) -> Iterator[Fault]:
    for number, source in enumerate(sources):
        if source not in references:
            remedy = suggestion(source, list(references)) if references else "Add it to `references`."
            yield Fault((*path, "sources", number), f"no reference has the id {source!r}", remedy)


def _shock(shock: Shock, path: Path, groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    if len(shock.changes) != 1:
        remedy = f"Write one of {', '.join(CHANGES)}; two changes are two shocks."
        yield Fault(path, "it must change one thing", remedy)
        return
    yield from _whose(shock, path, groups)
    yield from _size(shock, path)
    yield from _sureness(shock, path)
    sides = {"between": shock.between, "from": shock.origins, "to": shock.destinations, "of": shock.of}
    for field, names in sides.items():
        for number, name in enumerate(names):
            if name not in groups:
                yield from _economy(name, (*path, field, number))


def _whose(shock: Shock, path: Path, groups: Mapping[str, Sequence[str]]) -> Iterator[Fault]:
    if shock.change == "productivity":
        if not shock.of or shock.between or shock.origins or shock.destinations:
            yield Fault(path, "`of` must say whose productivity", "Write for example `of: [RUS]`.")
        return
    if shock.of:
        yield Fault(
            (*path, "of"), "only productivity is `of` somebody", "Write `between`, or `from` and `to`."
        )
    elif bool(shock.between) == bool(shock.origins or shock.destinations):
        yield Fault(path, "either `between` or `from` and `to` must say whose trade", "Write one of them.")
    elif shock.between and len(shock.between) != 2:
        yield Fault((*path, "between"), "two sides are needed", "Write for example [JPN, RUS].")
    elif not shock.between and not (shock.origins and shock.destinations):
        yield Fault(path, "`from` and `to` are both needed", "Write both; a group may stand for many.")
    elif shock.change == "transfer":
        sides = (shock.origins, shock.destinations)
        if any(len(side) != 1 or len(groups.get(side[0], side[:1])) != 1 for side in sides):
            reason = "a transfer goes `from` one economy `to` one other"
            yield Fault(path, reason, "Write several shocks for several givers or receivers.")


def _size(shock: Shock, path: Path) -> Iterator[Fault]:
    ratios = {"cost": "0.9 for ten per cent lower", "productivity": "1.02 for two per cent more"}
    for field, example in ratios.items():
        value = getattr(shock, field)
        if value is not None and not 0.0 < value < float("inf"):
            yield Fault((*path, field), "a ratio of new to old is above zero", f"Write {example}.")
    if shock.industries and shock.change == "transfer":
        yield Fault((*path, "industries"), "a transfer is of no industry", "Take it away.")
    if not 0.0 <= shock.leakage <= 1.0:
        yield Fault((*path, "leakage"), "a part lies from 0 to 1", "Write 0.05 for five per cent.")
    if shock.leakage and not shock.embargo:
        yield Fault((*path, "leakage"), "only an embargo leaks", "Write `embargo: true` beside it.")
    if shock.limit is not None and not 0.0 < shock.limit < float("inf"):
        reason = "the most that trade may come to is above zero"
        yield Fault((*path, "limit"), reason, "Write 1.2 for a fifth more; for nothing write an embargo.")
    for field in ("tariff", "error", "transfer"):
        value = getattr(shock, field)
        if value is not None and not 0.0 <= value < float("inf"):
            yield Fault((*path, field), "it must be zero or more", "Write 0.1 for a tenth.")


def _sureness(shock: Shock, path: Path) -> Iterator[Fault]:
    ends = shock.low is not None, shock.high is not None
    if (shock.error or any(ends) or shock.distribution) and shock.change not in DRAWN:
        fields = ("distribution", "low", "high", "error")
        field = next(name for name in fields[::-1] if getattr(shock, name) not in (None, 0.0))
        reason = f"a {shock.change} has no distribution; only a cost, an effect or a leakage has"
        yield Fault((*path, field), reason, "Take it away.")
        return
    if shock.error and any(ends):
        yield Fault((*path, "error"), "either an error or ends", "Take `error`, or `low` and `high`, away.")
    elif ends[0] != ends[1] or (shock.drawn in ("uniform", "triangular") and not all(ends)):
        yield Fault(path, "both ends are needed, `low` and `high`", "Write both.")
    elif shock.drawn == "normal" and (any(ends) or not shock.error):
        yield Fault(path, "a normal distribution needs an `error` and no ends", "Write `error`.")
    elif shock.drawn == "normal" and shock.embargo:
        yield Fault((*path, "error"), "only a cost or an effect has an error", "Write `low` and `high`.")
    elif shock.low is not None and shock.high is not None:
        value = _value(shock)
        if not shock.low <= value <= shock.high:
            yield Fault(
                (*path, "low"), f"the value, {value:g}, lies outside its ends", "Correct one of them."
            )
        least, most = _bounds(shock)
        if not (least <= shock.low < shock.high <= most):
            reason = f"the ends must rise, from {least:g} to {most:g}"
            yield Fault((*path, "low"), reason, "Write the lesser end first.")


def _value(shock: Shock) -> float:
    value = shock.leakage if shock.embargo else shock.cost if shock.cost is not None else shock.effect
    return 0.0 if value is None else value


def _bounds(shock: Shock) -> tuple[float, float]:
    if shock.embargo:
        return 0.0, 1.0
    return (1e-6, 1e6) if shock.cost is not None else (-50.0, 50.0)


def _economy(name: str, path: Path) -> Iterator[Fault]:
    try:
        operand.party(name)
    except ValueError as fault:
        reason, _, hint = str(fault).partition(". ")
        yield Fault(path, reason, hint or "Use a code, a name or a group.")
