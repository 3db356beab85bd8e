"""The part `dispute` of a dossier: a model in option or graph form, and the outcomes that one asks about."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any

import msgspec

from hikiwake.core.claim.kinds import When
from hikiwake.core.dates import PartialDate
from hikiwake.core.errors import BadInput
from hikiwake.dispute.form import Form, GraphForm, OptionForm
from hikiwake.dossier.form import Fault, faults, suggestion
from hikiwake.dossier.money import Money, money_faults
from hikiwake.dossier.reading import Path

if TYPE_CHECKING:
    from hikiwake.dispute import Game

HERE: Path = ("dispute",)


class Outcome(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """An outcome that one asks about: where `holds` does (a condition, or a state's label)."""

    id: str
    holds: str
    name: str = ""


class Question(msgspec.Struct, frozen=True, kw_only=True):
    """What a dossier says of its dispute beside the model.

    wanted : the outcomes that a reader asks about, such as a settlement.
    analyst : who judged the preferences.
    as_of : the day whose state is called today's.
    economics : what its economics are worked out with.
    """

    wanted: tuple[Outcome, ...] = ()
    analyst: str = ""
    as_of: When = ""
    economics: Money | None = None


class Model(msgspec.Struct, frozen=True):
    """A dispute as written, and what is asked about it.

    place : where in the file a path of the dispute stands, as text; None for a model that has no such place.
    """

    form: Form
    asked: Question = Question()
    title: str = ""
    place: Callable[[Path], str] | None = None


_BESIDE = frozenset(Question.__struct_fields__)


def model(tree: dict[str, Any], title: str = "") -> Model:
    """Return the model of a part `dispute` whose `dispute_faults` are none."""
    beside, written = _parted(tree)
    return Model(msgspec.convert(written, _form(written)), msgspec.convert(beside, Question), title)


def dispute_faults(tree: Any, references: Sequence[str] | None, path: Path = HERE) -> Iterator[Fault]:
    """Yield all that is wrong with a part `dispute`, with paths below `path`.

    Parameters
    ----------
    tree : plain values, as a file holds them.
    references : ids of the dossier's references, which `sources` name; None where there is no dossier.
    """
    if not isinstance(tree, dict):
        yield Fault(path, "a mapping is needed", "Write `name: value` lines.")
        return
    beside, written = _parted(tree)
    found = [*faults(beside, Question), *faults(written, _form(written))]
    if found:
        yield from (fault._replace(path=(*path, *fault.path)) for fault in found)
        return
    from hikiwake.dispute import check

    if references is not None:
        yield from _sources(written, references, path)
    asked = msgspec.convert(beside, Question)
    if asked.as_of != "":
        try:
            PartialDate.parse(asked.as_of)
        except ValueError as fault:
            yield Fault((*path, "as_of"), str(fault), "Write YYYY, YYYY-MM or YYYY-MM-DD.")
    try:
        game, problems = check(msgspec.convert(written, _form(written)))
    except BadInput as fault:  # too large
        yield Fault(path, fault.why, fault.remedy)
        return
    yield from (Fault((*path, *p.path), p.reason, p.remedy) for p in problems if p.error)
    if game is not None:
        yield from _asked(asked, game, path)


def _asked(asked: Question, game: Game, path: Path) -> Iterator[Fault]:
    """Yield what is wrong with what is asked beside a model that is right."""
    if asked.economics is not None:
        yield from money_faults(asked.economics, game, (*path, "economics"))
    for number, outcome in enumerate(asked.wanted):
        here: Path = (*path, "wanted", number, "holds")
        try:
            if not len(game.where(outcome.holds)):
                yield Fault(
                    here, "no feasible state fulfils it", "Write a condition that some state fulfils."
                )
        except BadInput as fault:
            yield Fault(here, fault.why, fault.remedy)


def _parted(tree: dict[str, Any]) -> tuple[dict[str, Any], dict[str, Any]]:
    beside = {name: value for name, value in tree.items() if name in _BESIDE}
    return beside, {name: value for name, value in tree.items() if name not in _BESIDE}


def _form(tree: dict[str, Any]) -> type[OptionForm] | type[GraphForm]:
    return GraphForm if {"states", "moves"} & set(tree) else OptionForm


def _sources(tree: Any, references: Sequence[str], path: Path) -> Iterator[Fault]:
    """Find sources that name no reference, wherever in the model they stand."""
    if isinstance(tree, dict):
        for name, value in tree.items():
            if name == "sources" and isinstance(value, list):
                for number, source in enumerate(value):
                    if source not in references:
                        remedy = suggestion(source, list(references)) if references else "Add it there."
                        reason = f"no reference has the id {source!r}"
                        yield Fault((*path, name, number), reason, remedy)
            else:
                yield from _sources(value, references, (*path, name))
    elif isinstance(tree, list):
        for number, entry in enumerate(tree):
            yield from _sources(entry, references, (*path, number))
