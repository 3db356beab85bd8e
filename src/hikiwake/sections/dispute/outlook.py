"""Reasons beyond one answer: how far somebody looks, how strong a deterrent is, what is unknown or unseen."""

from __future__ import annotations

from collections.abc import Sequence

from hikiwake.core.document import Label, Prose
from hikiwake.dispute import (
    Foresight,
    Game,
    Hypergame,
    Play,
    Reason,
    StrengthSolution,
    UncertainSolution,
    foresee,
)
from hikiwake.dispute.relations import EXTENSIONS
from hikiwake.sections.dispute.wording import deeds, maker
from hikiwake.sections.wording import prose, text


def play(game: Game, found: Play, ahead: str = "") -> Prose:
    """Say why a state is L_h-stable for one of two decision makers, or why not."""
    who = {"who": maker(game, found.who)}
    if not found.moves:
        return prose("dispute.far_no_moves", **who)
    moves = f"{found.horizon} move{'' if found.horizon == 1 else 's'}"
    own = deeds(game, found.moves[:1]).text.removeprefix(f"{who['who'].text} ")
    told: dict[str, Label] = {**who, "ahead": text(ahead or moves), "deed": text(own)}
    if len(found.moves) == 1:
        return prose(f"dispute.far_{found.kind}", **told)
    return prose(f"dispute.far_{found.kind}_way", **told, reply=deeds(game, found.moves[1:]))


def far(found: Foresight, who: str, state: int) -> tuple[Play, Prose]:
    """Say why a state is stable for somebody at all long horizons, or why it is not at one of them.

    Returns
    -------
    The play at the horizon that is told of, and the sentence.
    """
    i = found.game.maker(who)
    horizons = range(found.settled_from, found.settled_from + found.period)
    leaving = [horizon for horizon in horizons if not found.stable[horizon - 1, i, state]]
    horizon = leaving[0] if leaving else found.settled_from
    ahead = f"{horizon} moves or more" if found.period == 1 else ""
    expected = foresee(found.game, horizon, who, state)
    return expected, play(found.game, expected, ahead)


def strength(found: StrengthSolution, reason: Reason) -> tuple[Prose, ...]:
    """Say whether what deters somebody is strong; nothing where nothing deters it, and for Nash."""
    concept = reason.concept
    if reason.kind != "deterred" or concept not in ("gmr", "smr", "seq"):
        return ()
    strong = found.strong[concept][found.game.maker(reason.who), reason.state]
    return (prose(f"dispute.{'strong' if strong else 'not_strong'}", who=maker(found.game, reason.who)),)


def unsure(found: UncertainSolution, reason: Reason) -> tuple[Prose, ...]:
    """Say what becomes of stability when some preferences are unknown, by the four extensions."""
    concept = reason.concept
    if concept not in ("nash", "gmr", "smr", "seq"):
        return ()
    i, who = found.game.maker(reason.who), maker(found.game, reason.who)
    stays = [name for name in EXTENSIONS if found.stable[name][concept][i, reason.state]]
    leaves = [name for name in EXTENSIONS if name not in stays]
    if not leaves or not stays:
        return (prose(f"dispute.unsure_{'never' if leaves else 'always'}", who=who),)
    return (prose("dispute.unsure", who=who, stays=text(_listed(stays)), leaves=text(_listed(leaves))),)


def unseen(found: Hypergame, who: str, state: int) -> Prose | None:
    """Say that somebody does not see a state; None if it does."""
    if not found.hidden[found.actual.game.maker(who), state]:
        return None
    return prose("dispute.unseen", who=maker(found.actual.game, who))


def _listed(extensions: Sequence[str]) -> str:
    return ", or ".join(_PHRASES[name] for name in extensions)


_PHRASES = {
    "a": "leaves for what may be better and fears certain harm only",
    "b": "leaves for certain gains only and fears certain harm only",
    "c": "leaves for what may be better and fears what may be harm",
    "d": "leaves for certain gains only and fears what may be harm",
}
