"""Graph form: states and moves as they are given."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import NamedTuple

import numpy as np

from hikiwake.dispute.arcs import Arcs, Indices, arcs
from hikiwake.dispute.form import GraphForm, Problem, StateName
from hikiwake.dispute.logic import Expression, Meaning, Misread, Truth, comparisons, names, parse
from hikiwake.dispute.options import columns_of, numbered, quantity_reader, unknown_columns
from hikiwake.dispute.ordering import Setting
from hikiwake.dispute.states import Codes, suggestion

MOST_STATES = 20_000


class _Names(NamedTuple):
    """The states and the sets of a graph by their names."""

    positions: dict[str, int]
    sets: dict[str, Truth]
    numbers: bool

    def find(self, name: StateName) -> Indices:
        if isinstance(name, int) and not self.numbers:
            return numbered(name, len(self.positions))
        name = str(name)
        if name not in self.positions:
            raise Misread(f"{name!r} is no state", suggestion(name, list(self.positions)))
        return np.array([self.positions[name]], dtype=np.int32)

    def truth(self, name: str) -> Truth:
        if name in self.sets:
            return self.sets[name]
        out = np.zeros(len(self.positions), dtype=bool)
        out[self.positions[name]] = True
        return out

    def read(self, text: str, columns: Mapping[str, Sequence[str]]) -> Expression:
        expression = parse(text)
        for name in sorted(names(expression)):
            if name not in self.sets and name not in self.positions:
                known = [*self.sets, *self.positions]
                raise Misread(f"{name!r} is no state and no set of states", suggestion(name, known))
        for part in comparisons(expression):
            if part.of not in columns.get(part.quantity, ()):
                raise Misread(
                    f"{part.quantity}({part.of}) is not given", suggestion(part.quantity, list(columns))
                )
        return expression


def graph_setting(form: GraphForm, who: Sequence[str]) -> tuple[Setting | None, Codes, list[Problem]]:
    """Return what names mean, and what is wrong; there are no bits of options."""
    codes: Codes = np.zeros(0, dtype=np.int64)
    if len(form.states) > MOST_STATES:
        told = Problem(
            ("states",),
            f"there are {len(form.states):,} states; {MOST_STATES:,} are allowed in graph form",
            "Merge states that nobody tells apart, or write the dispute by its options.",
        )
        return None, codes, [told]
    labels = tuple(str(state) for state in form.states)
    every_number = all(label.isdecimal() for label in labels)
    known = _Names({label: number for number, label in enumerate(labels)}, {}, every_number)
    problems: list[Problem] = []
    for name, members in form.sets.items():
        known.sets[name] = np.zeros(len(form.states), dtype=bool)
        for number, member in enumerate(members):
            try:
                known.sets[name][known.find(member)] = True
            except Misread as fault:
                problems.append(Problem(("sets", name, number), fault.reason, fault.remedy))
    count = len(form.states)
    plain = Meaning(count, known.truth, lambda *_: np.zeros(count))
    amounts, found = quantity_reader(form.quantities, lambda text: known.read(text, {}), plain, labels)
    problems.extend(found)
    problems.extend(unknown_columns(form.quantities, who))
    columns = columns_of(form.quantities)
    setting = Setting(
        labels=labels,
        find=known.find,
        read=lambda text: known.read(text, columns),
        meaning=Meaning(count, known.truth, amounts),
        options={},
        quantities=tuple(form.quantities),
    )
    return setting, codes, problems


def graph_arcs(form: GraphForm, who: Sequence[str], setting: Setting) -> tuple[list[Arcs], list[Problem]]:
    """Return each decision maker's moves."""
    out, problems = [], []
    for name in who:
        pairs: list[tuple[int, int]] = []
        for number, move in enumerate(form.moves.get(name, ())):
            try:
                source, target = (int(setting.find(state)[0]) for state in move)
                pairs.append((source, target))
            except Misread as fault:
                problems.append(Problem(("moves", name, number), fault.reason, fault.remedy))
        ends = np.array(pairs, dtype=np.int64).reshape(-1, 2)
        out.append(arcs(len(setting.labels), ends[:, 0], ends[:, 1]))
    return out, problems
