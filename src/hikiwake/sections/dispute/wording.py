"""A dispute's states, moves and reasons in the words of its own labels."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import numpy as np

from hikiwake.core.document import Label, Prose
from hikiwake.dispute import Exit, Flip, Game, Move, Option, OptionForm, Reason
from hikiwake.dispute.naming import decision_makers
from hikiwake.sections.wording import prose, text


def maker(game: Game, who: str) -> Label:
    """Name a decision maker, or the members of a coalition (`A+B`)."""
    names = {one.id: one.name or one.id for one in decision_makers(game.form)}
    return text(listed([names.get(member, member) for member in who.split("+")]))


def deed(game: Game, move: Move) -> Label:
    """Say what a move does: `Russia keeps Shikotan and Habomai`."""
    who = maker(game, move.who).text
    if "+" not in move.who:
        return text(f"{who} {_changes(game, move.start, move.end)}")
    if isinstance(game.form, OptionForm):
        return text(f"{who} agree: {listed(differences(game, move.start, move.end))}")
    return text(f"{who} move together to {game.labels[move.end]}")


def deeds(game: Game, moves: Iterable[Move], joint: str = ", then ") -> Label:
    """Say what several moves do, in order."""
    return text(listed([deed(game, move).text for move in moves], joint))


def state(game: Game, number: int) -> Label:
    """Say what a state is: what each owner does in it."""
    if not isinstance(game.form, OptionForm):
        return text(game.labels[number])
    told = []
    for who in game.who:
        owned = [(bit, option) for bit, option in enumerate(game.form.options) if option.owner == who]
        phrases = []
        for bit, option in owned:
            taken = bool(int(game.codes[number]) >> bit & 1)
            # What is not done goes without saying where the model has no words for it.
            if taken or option.not_taken or not option.taken:
                phrases.append(_phrase(game, bit, taken=taken))
        if owned:
            told.append(f"{maker(game, who).text} {listed(phrases) or _nothing(owned)}")
    return text("; ".join(told))


def _nothing(owned: Sequence[tuple[int, Option]]) -> str:
    return "does none of what it could" if len(owned) > 1 else f"does not do this: {owned[0][1].taken}"


def reason(game: Game, found: Reason) -> tuple[Prose, ...]:
    """Return the sentences that say why a state is stable for a decision maker, or why not."""
    who = {"who": maker(game, found.who)}
    if not found.exits:
        kind = found.kind.replace(" ", "_")
        if "+" not in found.who:
            return (prose(f"dispute.{kind}", **who),)
        every = {"every": _every(found)} if kind == "no_improvement" else {}
        return (prose(f"dispute.joint_{kind}", **who, **every),)
    if "+" in found.who:
        return _together(game, found)
    first, sim = _first(found), "_sim" if found.concept == "sim" else ""
    told = {**who, "deed": text(_changes(game, found.state, first.to))}
    if found.kind == "unstable":
        return (prose(_undeterred(found, first), **told, **_worst(game, first, at_once=bool(sim))),)
    assert first.sanction is not None  # noqa: S101  (a deterred state has a sanction for every exit)
    others = {"reply": deeds(game, first.sanction.moves, " and " if sim else ", then ")}
    ending = "equal" if first.sanction.equal else "worse"
    sentences = [prose(f"dispute.deterred{sim}_{ending}", **told, **others)]
    if found.weak:
        sentences.append(prose(f"dispute.weak{sim}", **who))
    if len(found.exits) > 1:
        sentences.append(prose(f"dispute.deterred{sim}_others"))
    return tuple(sentences)


def _first(found: Reason) -> Exit:
    """Return the exit to tell of: they come with those that nothing deters first, the best first.

    Where what deters is doubtful, one of which it is so.
    """
    if not found.weak:
        return found.exits[0]
    return next(one for one in found.exits if one.sanction is not None and not one.sanction.best_reply)


def _every(found: Reason) -> Label:
    return text("both" if found.who.count("+") == 1 else "all")


def _together(game: Game, found: Reason) -> tuple[Prose, ...]:
    """Say why several would leave a state together, or why not; there is an improvement for all."""
    first = _first(found)
    deed_ = listed(differences(game, found.state, first.to))
    told = {
        "who": maker(game, found.who),
        "deed": text(deed_ if isinstance(game.form, OptionForm) else f"they move to {deed_}"),
        "every": _every(found),
    }
    if found.kind == "unstable":
        alone = found.who.count("+") + 1 == len(game.who) and found.concept != "cnash"
        ending = {"cnash": "_nash", "cseq": "_seq"}.get(found.concept, "")
        ending = "_nobody" if alone else "_escape" if first.escape else ending
        return (prose(f"dispute.joint_unstable{ending}", **told, **_worst(game, first)),)
    assert first.sanction is not None  # noqa: S101  (a deterred state has a sanction for every exit)
    ending = "equal" if first.sanction.equal else "worse"
    told["harmed"] = maker(game, first.sanction.harmed)
    told["reply"] = deeds(game, first.sanction.moves)
    sentences = [prose(f"dispute.joint_deterred_{ending}", **told)]
    if found.weak:
        sentences.append(prose("dispute.weak", who=told["who"]))
    if len(found.exits) > 1:
        sentences.append(prose("dispute.joint_deterred_others"))
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
    if found.concept in ("nash", "cnash"):
        return "dispute.unstable_nash"
    if first.escape:
        return "dispute.unstable_escape"
    by = {"sim": "_sim", "seq": "_seq", "cseq": "_seq"}.get(found.concept, "")
    return f"dispute.unstable{by}{'_worst' * bool(first.worst)}"


def _worst(game: Game, first: Exit, *, at_once: bool = False) -> dict[str, Label]:
    if first.escape:
        return {"reply": deeds(game, first.escape[:-1]), "escape": deed(game, first.escape[-1])}
    return {"reply": deeds(game, first.worst, " and " if at_once else ", then ")} if first.worst else {}


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
    # A phrase is said of what changes, or of what is so; only what has words for it is said not to be so.
    return option.not_taken or (f"no longer {option.taken}" if option.taken else f"does not take {option.id}")
