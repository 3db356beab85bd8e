"""Changes of welfare by state of a dispute, from the scenarios of the same dossier."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from hikiwake.cli.progress import Progress
from hikiwake.core.errors import NoData

if TYPE_CHECKING:
    from hikiwake.api import PairView

NAME = "dW"


def quantities(
    view: PairView, file: Path, how: Mapping[str, Any], progress: Progress
) -> dict[str, dict[str, Any]]:
    """Return the part `quantities` of a dispute: per cent of real income by state and decision maker.

    States where no scenario's `where` holds keep today's trade, and so have a change of zero.

    Raises
    ------
    NoData
        If no scenario has a `where`.
    BadInput
        If one cannot be read as a condition of the dossier's dispute.
    """
    from hikiwake.dossier.validation import read

    dossier = read(file)
    makers = _makers(file) if dossier.dispute is not None else dossier.parties
    asked = [name for name, where in _conditions(dossier.scenarios, file) if where]
    found = view.scenarios(asked, dossier=file, progress=progress, **how)
    rows = []
    for answers in found.told.answers:
        shown = {who: answers.welfare[who] for who in makers if who in answers.welfare}
        values = {who: float(f"{100.0 * (fact.value or 0.0):.6g}") for who, fact in shown.items()}
        ends = {
            who: [float(f"{100.0 * end:.6g}") for end in (fact.interval.low, fact.interval.high)]
            for who, fact in shown.items()
            if fact.interval is not None
        }
        rows.append({"where": answers.where, "values": values, "range": ends, "scenario": answers.scenario})
    _readable(file, dossier.dispute is not None, [str(row["where"]) for row in rows])
    today = " and ".join(f"not ({row['where']})" for row in rows)
    members = {who: 0.0 for who in makers if who in found.told.answers[0].welfare}
    rows.append({"where": today, "values": members, "range": {}, "scenario": ""})
    note = found.told.note
    source = f"hikiwake scenario welfare, draws {how['draws']}, seed {how['seed']}; {note}"
    return {NAME: {"unit": "per cent of real final spending", "source": source, "rows": rows}}


def written(made: dict[str, dict[str, Any]], *, as_json: bool) -> str:
    """Return quantities as YAML that a dispute takes, the ranges as comments; or as JSON, ranges included."""
    if as_json:
        return json.dumps({"quantities": made}, indent=1, ensure_ascii=False) + "\n"
    lines = ["quantities:"]
    for name, one in made.items():
        lines += [
            f"  {name}:",
            f"    unit: {one['unit']}",
            f"    source: {_quoted(one['source'])}",
            "    rows:",
        ]
        for row in one["rows"]:
            ends = "; ".join(f"{who} {low:g} to {high:g}" for who, (low, high) in row["range"].items())
            told = f"{row['scenario']}: {ends}" if ends else "today's trade goes on"
            values = ", ".join(f"{who}: {value!r}" for who, value in row["values"].items())
            lines += [
                f"      # {told}",
                f"      - where: {_quoted(row['where'])}",
                f"        values: {{{values}}}",
            ]
    return "\n".join(lines) + "\n"


def _quoted(text: str) -> str:
    return json.dumps(text, ensure_ascii=False)


def _conditions(tree: dict[str, Any] | None, file: Path) -> list[tuple[str, str]]:
    from hikiwake.dossier.scenarios import described

    found = [(name, one.where) for name, one in described(tree or {}).items()]
    if not any(where for _, where in found):
        raise NoData(
            where=str(file),
            why="no scenario says in which states of the dispute it holds",
            remedy="Add `where:` to the scenarios: a condition, such as an option of the dispute.",
        )
    return found


def _makers(file: Path) -> tuple[str, ...]:
    from hikiwake.dispute import build
    from hikiwake.dossier.dispute_files import read_dispute

    return tuple(build(read_dispute(file).form).who)


def _readable(file: Path, disputed: bool, conditions: list[str]) -> None:
    """Refuse a condition that the dossier's dispute cannot read."""
    if not disputed:
        return
    from hikiwake.dispute import build
    from hikiwake.dossier.dispute_files import read_dispute

    game = build(read_dispute(file).form)
    for condition in conditions:
        game.truth(condition)
