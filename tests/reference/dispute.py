"""Stability in disputes, word for word from the definitions, with sets and loops.

`moves[i][s]` is the set of states to which decision maker i can move from s, `value[i][s]` its payoff.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import combinations, product
from typing import NamedTuple

import numpy as np

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


def groups(makers: Iterable[int]) -> Iterator[tuple[int, ...]]:
    makers = list(makers)
    for size in range(1, len(makers) + 1):
        yield from combinations(makers, size)


def coalition_improvements(model: Model, group: Collection[int], s: State) -> set[State]:
    return {
        t for t in joint(model.moves, group, s) if all(model.value[i][t] > model.value[i][s] for i in group)
    }


def coalition_stable(model: Model, concept: str, group: Collection[int], s: State) -> bool:
    ups = coalition_improvements(model, group, s)
    if concept == "cnash":
        return not ups
    rest = [j for j in model.makers if j not in group]
    for u in ups:
        if concept == "cseq":
            camps = list(groups(rest))
            steps = [[coalition_improvements(model, camp, t) for t in model.states] for camp in camps]
            after = joint(steps, range(len(camps)), u)
        else:
            after = joint(model.moves, rest, u)
        sanctions = {t for t in after if not_all_better(model, group, t, s)}
        if concept == "csmr":
            sanctions = {
                t
                for t in sanctions
                if all(not_all_better(model, group, v, s) for v in joint(model.moves, group, t))
            }
        if not sanctions:
            return False
    return True


def not_all_better(model: Model, group: Collection[int], t: State, s: State) -> bool:
    return any(model.value[i][t] <= model.value[i][s] for i in group)


def farsighted(model: Model, horizon: int, i: int, s: State) -> State:
    """Return where a play of at most so many moves ends, the first by i (Fang et al. 1993)."""
    if horizon == 0 or not model.moves[i][s]:
        return s
    ends = {t: farsighted(model, horizon - 1, 1 - i, t) for t in sorted(model.moves[i][s])}
    best = max(ends, key=lambda t: (model.value[i][ends[t]], -t))
    return ends[best] if model.value[i][ends[best]] > model.value[i][s] else s


def uncertain_stable(
    model: Model, relation: list[np.ndarray], extension: str, concept: str, i: int, s: State
) -> bool:
    """Unknown preferences (Li, Hipel, Kilgour & Fang 2004): `relation[i][s, t]` is > = < or ?."""

    def leaves(j: int, at: State, eager: bool) -> set[State]:
        wanted = {"<", "?"} if eager else {"<"}
        return {t for t in model.moves[j][at] if relation[j][at, t] in wanted}

    eager, careful = extension in "ac", extension in "cd"
    deterring = {">", "="} | ({"?"} if careful else set())
    ups = leaves(i, s, eager)
    if concept == "nash":
        return not ups
    others = [j for j in model.makers if j != i]
    credible = [[leaves(j, t, True) for t in model.states] for j in model.makers]
    for u in ups:
        after = joint(credible if concept == "seq" else model.moves, others, u)
        sanctions = {t for t in after if relation[i][s, t] in deterring}
        if concept == "smr":
            sanctions = {
                t for t in sanctions if all(relation[i][s, v] in deterring for v in model.moves[i][t])
            }
        if not sanctions:
            return False
    return True


def strongly_stable(model: Model, strong: list[np.ndarray], concept: str, i: int, s: State) -> bool:
    """Strength of preference (Hamouda, Kilgour & Hipel 2004): `strong[i][s, t]` says s >> t."""
    others = [j for j in model.makers if j != i]
    credible = [[improvements(model, j, t) for t in model.states] for j in model.makers]
    for u in improvements(model, i, s):
        after = joint(credible if concept == "seq" else model.moves, others, u)
        sanctions = {t for t in after if strong[i][s, t]}
        if concept == "smr":
            sanctions = {t for t in sanctions if all(strong[i][s, v] for v in model.moves[i][t])}
        if not sanctions:
            return False
    return True
