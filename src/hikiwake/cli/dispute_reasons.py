"""Why a state is stable for each who may leave it, under any concept, in sentences."""

from __future__ import annotations

import re
from typing import NamedTuple

from hikiwake.cli.dispute_outlook import Outlook, concept_of
from hikiwake.cli.dispute_text import spoken
from hikiwake.core.errors import BadUsage
from hikiwake.dispute import (
    COALITION_CONCEPTS,
    CONCEPTS,
    CoalitionConcept,
    Concept,
    Game,
    Play,
    Reason,
    explain,
    foresee,
    limited_moves,
    solve_coalitions,
)
from hikiwake.sections.dispute import outlook, wording


class Explained(NamedTuple):
    """A reason, whether the state is stable by it, and the sentences that say so."""

    reason: Reason | Play
    stable: bool
    sentences: list[str]


def explained(game: Game, name: str, state: int, who: tuple[str, ...] = ()) -> list[Explained]:
    """Return the reasons of all, or of those that are named.

    Raises
    ------
    BadUsage
        If the concept is unknown.
    BadInput
        If the concept does not fit the dispute, or somebody does not exist.
    """
    concept = concept_of(name)
    horizon = re.fullmatch(r"l(\d{1,4})", concept)
    if horizon is not None or concept == "nm":
        return _far(game, int(horizon[1]) if horizon else None, state, who or game.who)
    if concept in COALITION_CONCEPTS:
        return _together(game, concept, state, who)
    if concept not in {*CONCEPTS, "sim"}:
        raise BadUsage(
            where="--concept",
            why=f"{name!r} is unknown",
            remedy="Choose from nash, gmr, smr, seq, sim, cr, cgmr, csmr, cseq, l1, l2, … and non-myopic.",
        )
    alone: Concept = concept
    beyond = Outlook(game)
    out = []
    for one in who or game.who:
        reason = explain(game, alone, one, state)
        plain = [spoken(sentence) for sentence in wording.reason(game, reason)]
        said = [*plain, *map(spoken, beyond.after(reason))]
        seen = [spoken(sentence) for sentence in beyond.by_what_it_sees(concept, one, state)]
        if seen and seen != plain:
            said += ["By what it sees:", *seen]
        out.append(Explained(reason, reason.stable, said))
    return out


def _together(game: Game, concept: CoalitionConcept, state: int, who: tuple[str, ...]) -> list[Explained]:
    found = solve_coalitions(game)
    out = []
    for group in who or ("+".join(members) for members in found.groups):
        reason = explain(game, concept, group, state, found)
        said = [spoken(sentence) for sentence in wording.reason(game, reason)]
        out.append(Explained(reason, reason.stable, said))
    return out


def _far(game: Game, horizon: int | None, state: int, who: tuple[str, ...]) -> list[Explained]:
    out = []
    for one in who:
        if horizon is None:
            far = limited_moves(game)
            stable = bool(far.non_myopic[game.maker(one), state])
            play, said = outlook.far(far, one, state)
        else:
            play = foresee(game, horizon, one, state)
            stable, said = play.kind != "leaves", outlook.play(game, play)
        out.append(Explained(play, stable, [spoken(said)]))
    return out
