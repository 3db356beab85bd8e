"""Every sentence on a state's (in)stability is true: each claim is worked out again from the definitions."""

from __future__ import annotations

from collections.abc import Collection, Iterable
from itertools import product
from random import Random

import numpy as np
from tests.disputes import random_game, random_graph, slow_model
from tests.reference import dispute as slow
from tests.turns import at_turn

from hikiwake.core.provenance import Ledger
from hikiwake.dispute import (
    COALITION_CONCEPTS,
    CONCEPTS,
    Game,
    OptionForm,
    Reason,
    Sanction,
    explain,
    foresee,
    limited_moves,
    solve,
    solve_coalitions,
)
from hikiwake.dispute.coalitions import all_groups
from hikiwake.render.language import load
from hikiwake.sections.dispute import outlook, wording

ENGLISH = load("en")


def drawn(number: int, seed: int, makers: int | None = None) -> list[Game]:
    chance = Random(seed)
    options = [
        random_game(chance, makers or chance.randint(2, 4), chance.randint(2, 4)) for _ in range(number)
    ]
    return [*options, *(random_graph(chance, makers) for _ in range(number))]


class Claims:
    """What is so in a game, by the definitions alone."""

    def __init__(self, game: Game) -> None:
        self.game, self.model = game, slow_model(game)
        self.credible = [
            [slow.improvements(self.model, j, t) for t in self.model.states] for j in self.model.makers
        ]
        self.best = [
            [self._best(j, t) for t in self.model.states] for j in self.model.makers
        ]  # fmt: skip

    def _best(self, j: int, t: int) -> set[int]:
        ups = self.credible[j][t]
        top = max((self.model.value[j][u] for u in ups), default=0)
        return {u for u in ups if self.model.value[j][u] == top}

    def improvements(self, group: Collection[int], s: int) -> set[int]:
        if len(group) == 1:
            return slow.improvements(self.model, next(iter(group)), s)
        return slow.coalition_improvements(self.model, group, s)

    def moves(self, group: Collection[int], s: int) -> set[int]:
        if len(group) == 1:
            return self.model.moves[next(iter(group))][s]
        return slow.joint(self.model.moves, group, s) - {s}

    def replies(self, concept: str, group: Collection[int], u: int) -> set[int]:
        others = [j for j in self.model.makers if j not in group]
        if concept == "cseq":
            camps = list(slow.groups(others))
            steps = [
                [slow.coalition_improvements(self.model, camp, t) for t in self.model.states]
                for camp in camps
            ]
            return slow.joint(steps, range(len(camps)), u)
        return slow.joint(self.credible if concept == "seq" else self.model.moves, others, u)

    def best_replies(self, group: Collection[int], u: int) -> set[int]:
        return slow.joint(self.best, [j for j in self.model.makers if j not in group], u)

    def gains(self, group: Iterable[int], s: int, t: int) -> bool:
        return all(self.model.value[i][t] > self.model.value[i][s] for i in group)


def holds(claims: Claims, reason: Reason, group: tuple[int, ...], key: str) -> None:
    """Check what a sentence claims of the exit that it tells of."""
    concept, s = str(reason.concept), reason.state
    moves, ups = claims.moves(group, s), claims.improvements(group, s)
    name = key.removeprefix("dispute.").removeprefix("joint_")
    if name == "no_moves":
        assert not moves
        return
    if name == "no_improvement":
        assert moves
        assert not ups
        return
    assert {one.to for one in reason.exits} == ups
    told = wording._first(reason)  # the exit that the sentence tells of
    assert claims.gains(group, s, told.to)
    if name == "unstable_nash":
        assert concept in {"nash", "cnash"}
    elif name in {"deterred_others", "deterred_sim_others"}:
        assert len(reason.exits) > 1
        assert all(one.sanction for one in reason.exits)
    elif name.startswith(("deterred", "weak")):
        assert told.sanction is not None
        deterred(claims, reason, group, told.to, told.sanction)
        assert not name.startswith("weak") or not told.sanction.best_reply
        assert not name.startswith("deterred") or told.sanction.equal == name.endswith("equal")
    elif name == "unstable_nobody":
        assert len(group) == len(claims.game.who)
    elif name == "unstable_escape":
        undone(claims, reason, group, told.to)
    elif concept != "sim":
        reached = claims.replies(concept, group, told.to)
        assert all(claims.gains(group, s, t) for t in reached)
        if len(group) == 1:
            value = claims.model.value[group[0]]
            worst = min((value[t] for t in reached), default=value[told.to])
            assert name.endswith("worst") == (worst < value[told.to])
            assert not told.worst or value[told.worst[-1].end] == worst


def deterred(claims: Claims, reason: Reason, group: tuple[int, ...], to: int, found: Sanction) -> None:
    concept, s = str(reason.concept), reason.state
    harmed = claims.model.value[claims.game.maker(found.harmed)]
    assert claims.game.maker(found.harmed) in group
    assert harmed[found.end] <= harmed[s]
    assert found.equal == (harmed[found.end] == harmed[s])
    if concept == "sim":
        at_once(claims, reason, to, found)
        return
    assert found.end in claims.replies(concept, group, to)
    at, last = to, ""
    for move in found.moves:
        members = tuple(claims.game.maker(one) for one in move.who.split("+"))
        assert (move.start, move.who != last) == (at, True)
        assert not set(members) & set(group)
        allowed = (
            claims.improvements(members, at) if concept in {"seq", "cseq"} else claims.moves(members, at)
        )
        assert move.end in allowed
        at, last = move.end, move.who
    assert at == found.end
    if concept in {"smr", "csmr"}:
        assert not any(claims.gains(group, s, v) for v in claims.moves(group, found.end))
    harmful = {t for t in claims.best_replies(group, to) if not claims.gains(group, s, t)}
    if concept in {"smr", "csmr"}:
        harmful = {t for t in harmful if not any(claims.gains(group, s, v) for v in claims.moves(group, t))}
    if concept != "cseq":
        assert found.best_reply == bool(harmful)


def at_once(claims: Claims, reason: Reason, to: int, found: Sanction) -> None:
    model, s = claims.model, reason.state
    assert model.taken is not None
    assert model.owns is not None
    options = list(model.taken[to])
    for move in found.moves:
        j = claims.game.maker(move.who)
        assert move.who != reason.who
        assert move.end in claims.credible[j][s]
        for option in model.owns[j]:
            options[option] = model.taken[move.end][option]
    assert tuple(options) == model.taken[found.end]
    # Doubtful if no combination of best moves, some of the others staying, undoes the gain.
    i = claims.game.maker(reason.who)
    choices = [[s] if j == i else [s, *claims.best[j][s]] for j in model.makers]
    undone_by_best = False
    for chosen in product(*choices):
        together = list(model.taken[to])
        for j, end in enumerate(chosen):
            for option in model.owns[j] if j != i else ():
                together[option] = model.taken[end][option]
        if tuple(together) in model.taken:
            undone_by_best |= not claims.gains((i,), s, model.taken.index(tuple(together)))
    assert found.best_reply == undone_by_best


def undone(claims: Claims, reason: Reason, group: tuple[int, ...], to: int) -> None:
    *before, out = wording._first(reason).escape
    end = before[-1].end
    assert end in claims.replies(str(reason.concept), group, to)
    assert not claims.gains(group, reason.state, end)
    assert out.end in claims.moves(group, end)
    assert claims.gains(group, reason.state, out.end)


def every_sentence_holds(game: Game) -> set[str]:
    claims, told = Claims(game), set()
    alone = solve(
        game, ("nash", "gmr", "smr", "seq", "sim") if isinstance(game.form, OptionForm) else CONCEPTS
    )
    for (concept, rows), (i, who), s in product(
        alone.stable.items(), enumerate(game.who), range(game.states)
    ):
        reason = explain(game, concept, who, s)
        assert reason.stable == rows[i, s]
        told |= spoken(claims, reason, (i,))
    together = solve_coalitions(game)
    for of_group, (number, group), s in product(
        COALITION_CONCEPTS, enumerate(all_groups(len(game.who))), range(game.states)
    ):
        reason = explain(game, of_group, "+".join(game.who[i] for i in group), s, together)
        assert reason.stable == together.stable[of_group][number, s]
        told |= spoken(claims, reason, group)
    return told


def spoken(claims: Claims, reason: Reason, group: tuple[int, ...]) -> set[str]:
    sentences = wording.reason(claims.game, reason)
    for sentence in sentences:
        holds(claims, reason, group, sentence.key)
        words = ENGLISH.text(sentence, Ledger())
        assert words.endswith(".")
        assert "{" not in words
    return {sentence.key.removeprefix("dispute.") for sentence in sentences}


ALWAYS = {"no_moves", "no_improvement", "joint_no_improvement"}


def test_every_sentence_is_true() -> None:
    told: set[str] = set()
    for game in drawn(12, 41):
        told |= every_sentence_holds(game)
    assert told > ALWAYS | {"unstable_nash", "deterred_worse", "unstable_seq", "joint_unstable_nash", "weak"}


@at_turn(0, 2)
def test_every_sentence_is_true_and_every_kind_is_said() -> None:
    told: set[str] = set()
    for game in drawn(60, 42):
        told |= every_sentence_holds(game)
    for many in (random_game(Random(seed), 3, 5) for seed in range(20)):
        told |= every_sentence_holds(many)
    kinds = ("", "_worst")
    assert told == ALWAYS | {
        "unstable_nash", "unstable_escape", "joint_unstable_escape", "joint_unstable_nash",
        "joint_unstable_nobody", "joint_unstable", "joint_unstable_seq", "joint_no_moves",
        "weak", "weak_sim", "deterred_others", "deterred_sim_others", "joint_deterred_others",
        *(f"unstable{by}{kind}" for by in ("", "_seq", "_sim") for kind in kinds),
        *(f"{by}_equal" for by in ("deterred", "deterred_sim", "joint_deterred")),
        *(f"{by}_worse" for by in ("deterred", "deterred_sim", "joint_deterred")),
    }  # fmt: skip


def test_plays_that_are_expected_are_those_of_the_definition() -> None:
    kinds = set()
    for game in drawn(15, 43, makers=2):
        model = slow_model(game)
        far = limited_moves(game, 5)
        for horizon, i, s in product(range(1, 6), model.makers, model.states):
            found = foresee(game, horizon, game.who[i], s)
            kinds.add(outlook.play(game, found).key)
            assert (found.kind != "leaves") == far.stable[horizon - 1, i, s]
            assert (found.kind == "no moves") == (not model.moves[i][s])
            if not found.moves:
                continue
            end = found.moves[-1].end
            best = max(
                model.value[i][slow.farsighted(model, horizon - 1, 1 - i, t)] for t in model.moves[i][s]
            )
            assert model.value[i][end] == best
            assert (found.kind == "leaves") == (best > model.value[i][s])
            if found.kind == "leaves":
                assert end == slow.farsighted(model, horizon, i, s)
            at, who = s, i
            for move in found.moves:
                assert move.start == at
                assert move.end in model.moves[who][at]
                assert game.who[who] == move.who
                at, who = move.end, 1 - who
            assert len(found.moves) <= horizon
    assert kinds == {f"dispute.far_{k}" for k in ("no_moves", "leaves", "leaves_way", "stays", "stays_way")}


def test_far_sight_tells_of_a_horizon_at_which_somebody_leaves() -> None:
    for game in drawn(15, 44, makers=2):
        found = limited_moves(game)
        for i, s in product(range(2), range(game.states)):
            expected, _ = outlook.far(found, game.who[i], s)
            assert (expected.kind != "leaves") == found.non_myopic[i, s]
            assert found.settled_from <= expected.horizon < found.settled_from + found.period
            row = np.asarray(found.stable[expected.horizon - 1, i, s])
            assert bool(row) == (expected.kind != "leaves")
