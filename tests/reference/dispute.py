"""Stability in disputes, word for word from the definitions, with sets and loops.

`moves[i][s]` is the set of states to which decision maker i can move from s, `value[i][s]` its payoff.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from itertools import product
from typing import NamedTuple

State = int
Moves = list[list[set[State]]]
Values = list[list[int]]


class Model(NamedTuple):
    moves: Moves
    value: Values
    # In option form: each state's options, and which of them each decision maker owns.
    taken: list[tuple[bool, ...]] | None = None
    owns: list[set[int]] | None = None

    @property
    def states(self) -> range:
        return range(len(self.value[0]))

    @property
    def makers(self) -> range:
        return range(len(self.value))


def improvements(model: Model, i: int, s: State) -> set[State]:
    return {t for t in model.moves[i][s] if model.value[i][t] > model.value[i][s]}


def joint(steps: Sequence[Sequence[Collection[State]]], movers: Iterable[int], s: State) -> set[State]:
    """Reach from s by sequences in which no mover moves twice in succession."""
    movers = list(movers)
    seen: set[tuple[State, int]] = set()
    todo: list[tuple[State, int | None]] = [(s, None)]
    while todo:
        at, last = todo.pop()
        for j in movers:
            if j != last:
                for t in steps[j][at]:
                    if (t, j) not in seen:
                        seen.add((t, j))
                        todo.append((t, j))
    return {t for t, _ in seen}


def stable(model: Model, concept: str, i: int, s: State) -> bool:
    value = model.value[i]
    ups = improvements(model, i, s)
    if concept == "nash":
        return not ups
    if concept == "sim":
        return all(simultaneous(model, i, s, u) for u in ups)
    others = [j for j in model.makers if j != i]
    credible = [[improvements(model, j, t) for t in model.states] for j in model.makers]
    for u in ups:
        after = joint(credible if concept == "seq" else model.moves, others, u)
        sanctions = {t for t in after if value[t] <= value[s]}
        if concept == "smr":
            sanctions = {t for t in sanctions if all(value[v] <= value[s] for v in model.moves[i][t])}
        if not sanctions:
            return False
    return True


def simultaneous(model: Model, i: int, s: State, u: State) -> bool:
    assert model.taken is not None
    assert model.owns is not None
    others = [j for j in model.makers if j != i]
    for choice in product(*([s, *improvements(model, j, s)] for j in others)):
        state = list(model.taken[u])
        for j, chosen in zip(others, choice, strict=True):
            for option in model.owns[j]:
                state[option] = model.taken[chosen][option]
        if tuple(state) in model.taken:
            t = model.taken.index(tuple(state))
            if model.value[i][t] <= model.value[i][s]:
                return True
    return False


def best_reply_stable(model: Model, i: int, s: State) -> bool:
    replies: list[list[set[State]]] = []
    for j in model.makers:
        row = []
        for t in model.states:
            ups = improvements(model, j, t)
            best = max((model.value[j][u] for u in ups), default=0)
            row.append({u for u in ups if model.value[j][u] == best})
        replies.append(row)
    others = [j for j in model.makers if j != i]
    return all(
        any(model.value[i][t] <= model.value[i][s] for t in joint(replies, others, u))
        for u in improvements(model, i, s)
    )
