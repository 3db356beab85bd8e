"""A dispute's states, moves and reasons in the words of its own labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from hikiwake.core.document import Label, Prose
from hikiwake.dispute import Exit, Flip, Game, Move, OptionForm, Reason
from hikiwake.dispute.naming import decision_makers
from hikiwake.sections.wording import prose, text


def maker(game: Game, who: str) -> Label:
    """Name a decision maker, or the members of a coalition (`A+B`)."""
    names = {one.id: one.name or one.id for one in decision_makers(game.form)}
    return text(listed([names.get(member, member) for member in who.split("+")]))


def deed(game: Game, move: Move) -> Label:
    """Say what a move does: `Russia keeps Shikotan and Habomai`."""
    together = " together:" if "+" in move.who else ""
    return text(f"{maker(game, move.who).text}{together} {_changes(game, move.start, move.end)}")


def deeds(game: Game, moves: Iterable[Move]) -> Label:
    """Say what several moves do, in order."""
    return text(listed([deed(game, move).text for move in moves], ", then "))


def state(game: Game, number: int) -> Label:
    """Say what a state is: what each owner does in it."""
    if not isinstance(game.form, OptionForm):
        return text(game.labels[number])
    told = []
    for who in game.who:
        phrases = [
            _phrase(game, bit, taken=bool(int(game.codes[number]) >> bit & 1))
            for bit, option in enumerate(game.form.options)
            if option.owner == who
        ]
        if phrases:
            told.append(f"{maker(game, who).text} {listed(phrases)}")
    return text("; ".join(told))


def reason(game: Game, found: Reason) -> tuple[Prose, ...]:
    """Return the sentences that say why a state is stable for a decision maker, or why not."""
    who = {"who": maker(game, found.who)}
    if found.kind == "no moves":
        return (prose("dispute.no_moves", **who),)
    if found.kind == "no improvement":
        return (prose("dispute.no_improvement", **who),)
    # The exits come with those that nothing deters first, the best first: one says enough.
    first = found.exits[0]
    told = {**who, "deed": text(_changes(game, found.state, first.to))}
    if found.kind == "unstable":
        return (prose(_undeterred(found, first), **told, **_worst(game, first)),)
    assert first.sanction is not None  # noqa: S101  (a deterred state has a sanction for every exit)
    others = {"reply": deeds(game, first.sanction.moves)}
    ending = "equal" if first.sanction.equal else "worse"
    sentences = [prose(f"dispute.deterred_{ending}", **told, **others)]
    if len(found.exits) > 1:
        sentences.append(prose("dispute.deterred_others"))
    if found.weak:
        sentences.append(prose("dispute.weak", **who))
    return tuple(sentences)


def flip(game: Game, one: Flip) -> Label:
    """Say what a decision maker would have to value otherwise."""
    ordering = game.orderings[game.maker(one.who)]
    names = {held.id: held.label or held.holds for held in ordering.statements}
    who = maker(game, one.who).text
    above = f"“{names.get(one.above, one.above)}”"
    if not one.below:
        return text(f"{who} would no longer ask that it {names.get(one.above, one.above)}")
    return text(f"{who} would no longer put {above} before “{names.get(one.below, one.below)}”")


def differences(game: Game, start: int, end: int) -> list[str]:
    """Return what is otherwise in a state than in another, one phrase a decision maker."""
    if not isinstance(game.form, OptionForm):
        return [game.labels[end]]
    changed = int(np.bitwise_xor(game.codes[start], game.codes[end]))
    told = []
    for who in game.who:
        phrases = [
            _phrase(game, bit, taken=bool(int(game.codes[end]) >> bit & 1))
            for bit, option in enumerate(game.form.options)
            if changed >> bit & 1 and option.owner == who
        ]
        if phrases:
            told.append(f"{maker(game, who).text} {listed(phrases)}")
    return told


def listed(parts: Sequence[str], joint: str = " and ") -> str:
    """Join phrases as a sentence does."""
    if joint != " and ":
        return joint.join(parts)
    return parts[0] if len(parts) == 1 else ", ".join(parts[:-1]) + joint + parts[-1] if parts else ""


def _undeterred(found: Reason, first: Exit) -> str:
    if found.concept == "nash":
        return "dispute.unstable_nash"
    if first.escape:
        return "dispute.unstable_escape"
    return "dispute.unstable_worst" if first.worst else "dispute.unstable"


def _worst(game: Game, first: Exit) -> dict[str, Label]:
    if first.escape:
        return {"reply": deeds(game, first.escape[:-1]), "escape": deed(game, first.escape[-1])}
    return {"reply": deeds(game, first.worst)} if first.worst else {}


def _changes(game: Game, start: int, end: int) -> str:
    """Return what becomes of the options that differ; in graph form the state that is moved to."""
    if not isinstance(game.form, OptionForm):
        return f"moves to {game.labels[end]}"
    changed = int(np.bitwise_xor(game.codes[start], game.codes[end]))
    return listed(
        [
            _phrase(game, bit, taken=bool(int(game.codes[end]) >> bit & 1))
            for bit in range(len(game.form.options))
            if changed >> bit & 1
        ]
    )


def _phrase(game: Game, bit: int, *, taken: bool) -> str:
    assert isinstance(game.form, OptionForm)  # noqa: S101  (asked of options only)
    option = game.form.options[bit]
    if taken:
        return option.taken or f"takes {option.id}"
    return option.not_taken or (
        f"does not do this: {option.taken}" if option.taken else f"does not take {option.id}"
    )
