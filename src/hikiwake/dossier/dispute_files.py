"""Disputes in files: of a dossier, alone as YAML or JSON, in the short form, and as gmcr-py saves them.

Every file is read by the dossier's own reader (JSON is YAML): nothing in it is run or followed.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from pathlib import Path as FilePath
from typing import Any

import msgspec

from hikiwake.core.errors import BadInput, NoData
from hikiwake.dossier.disputes import HERE, Model, dispute_faults, model
from hikiwake.dossier.reading import Malformed, Path, Source, parse
from hikiwake.dossier.validation import Problem, check_source, content_of, located, refused
from hikiwake.dossier.welfare import QUANTITY, Table, read_welfare

_DIRECTIONS = {"both": "both", "fwd": "forward", "back": "backward", "none": "both"}


def read_dispute(path: FilePath, welfare: FilePath | None = None) -> Model:
    """Return the dispute of a file, with a table of changes of welfare as its quantity `dW` if one is given.

    The file is a dossier (it begins with `hikiwake:`) or holds a dispute alone: in the form of a dossier's
    part `dispute`, in the short form (`dms`, `options`, `infeasible`, `statements`, or `states`, `moves`,
    `payoff`; one of several under `cases` is asked for as FILE#NAME), or as gmcr-py saves it.

    Raises
    ------
    BadInput
        With everything that is wrong, each with its place.
    NoData
        If it is a dossier without a dispute.
    """
    name, _, case = str(path).partition("#")
    file = FilePath(name)
    content = content_of(file)
    try:
        source = parse(content)
    except Malformed as fault:
        raise BadInput(
            where=f"{file}:{fault.place.line}:{fault.place.column}", why=fault.reason, remedy=fault.remedy
        ) from fault
    tree = source.tree
    table = read_welfare(welfare) if welfare is not None else None
    if isinstance(tree, dict) and "hikiwake" in tree:
        return _of_dossier(source, file, table)
    above: Path = ()
    if isinstance(tree, dict) and "cases" in tree:
        number, tree = _case(tree["cases"], case, file)
        above = ("cases", number)
    return _alone(tree, above, source, file, table)


def _of_dossier(source: Source, file: FilePath, table: Table | None) -> Model:
    if isinstance(source.tree.get("dispute"), dict):
        _filled(source.tree["dispute"], table)
    dossier, problems = check_source(source, str(file))
    if dossier is None:
        raise refused(_of_table(problems, table))
    if dossier.dispute is None:
        raise NoData(
            where=str(file),
            why="this dossier has no part `dispute`",
            remedy="Write one; begin with: hikiwake dispute new -o dispute.yaml",
        )
    made = model(dossier.dispute, dossier.title)
    return msgspec.structs.replace(made, place=_places(source, file, lambda path: (*HERE, *path)))


def _filled(tree: Any, table: Table | None) -> None:
    """Put a table of welfare into a model, in place of what it holds under that name."""
    if table is None or not isinstance(tree, dict):
        return
    held = tree.get("quantities")
    tree["quantities"] = {**(held if isinstance(held, dict) else {}), QUANTITY: table.quantity}


def _of_table(problems: Sequence[Problem], table: Table | None) -> list[Problem]:
    """Give problems of a table's rows the places that they have in the table."""
    out = []
    for problem in problems:
        row = re.search(rf"(?:^|\.)quantities\.{QUANTITY}\.rows\[(\d+)\]", problem.path)
        if table is not None and row is not None:
            line = table.lines[int(row[1])]
            problem = msgspec.structs.replace(problem, file=str(table.file), line=line, column=1, path="")  # noqa: PLW2901
        out.append(problem)
    return out


def _places(source: Source, file: FilePath, origin: Callable[[Path], Path]) -> Callable[[Path], str]:
    def place(path: Path) -> str:
        found = source.place(origin(path))
        return f"{file}:{found.line}:{found.column}"

    return place


def _case(cases: Any, name: str, file: FilePath) -> tuple[int, Any]:
    held = {
        str(case.get("name")): (number, case)
        for number, case in enumerate(cases if isinstance(cases, list) else ())
        if isinstance(case, dict)
    }
    if name in held:
        return held[name]
    raise BadInput(
        where=str(file),
        why=f"it holds several disputes, and none is called {name!r}"
        if name
        else "it holds several disputes",
        remedy=f"Name one of them, as in {file}#{next(iter(held), 'NAME')}; there are {', '.join(held)}.",
    )


def _alone(tree: Any, above: Path, source: Source, file: FilePath, table: Table | None) -> Model:
    def origin(path: Path) -> Path:
        return (*above, *path)

    title = file.stem
    if isinstance(tree, dict) and ("dms" in tree or "decisionMakers" in tree):
        title = str(tree.get("name", title))
        converted, original = (_short, _short_path) if "dms" in tree else (_of_gmcr, _gmcr_path)
        written = tree
        try:
            tree = converted(tree)
        except (KeyError, TypeError, ValueError, AttributeError, IndexError) as fault:
            raise BadInput(
                where=str(file),
                why=f"it looks like a dispute of another program, but {_told(fault)}",
                remedy="Write it in the form that `hikiwake dispute new` explains.",
            ) from fault

        def origin(path: Path) -> Path:
            return (*above, *original(path, written))

    elif isinstance(tree, dict) and isinstance(tree.get("dispute"), dict):
        tree, above = tree["dispute"], HERE
    _filled(tree, table)
    found = list(dispute_faults(tree, None, ()))
    if found:
        problems = [located(fault._replace(path=origin(fault.path)), source, str(file)) for fault in found]
        problems = _of_table(problems, table)
        raise refused(sorted(problems, key=lambda one: (one.line, one.column, one.path)))
    return msgspec.structs.replace(model(tree, title), place=_places(source, file, origin))


def _short_path(path: Path, tree: dict[str, Any]) -> Path:
    """Return where in the short form a part of ours stands."""
    match path:
        case ("preferences", who, *rest):
            kind = next((name for name in ("statements", "ranking") if name in tree), "payoff")
            return (kind, who, *rest[1:])
        case ("decision_makers", *rest):
            return ("dms", *rest)
        case ("wanted", *_):
            return ("target",)
        case _:
            return path


def _gmcr_path(path: Path, tree: dict[str, Any]) -> Path:
    """Return where in a file of gmcr-py a part of ours stands."""
    who = _ids([str(maker["name"]) for maker in tree["decisionMakers"]])
    match path:
        case ("preferences", name, "statements", *rest):
            return ("decisionMakers", who.index(str(name)), "preferences", *rest)
        case ("preferences", name, *rest):
            return ("decisionMakers", who.index(str(name)), "preferenceRanking", *rest[1:])
        case ("decision_makers", *rest):
            return ("decisionMakers", *rest)
        case ("infeasible", *rest):
            return ("infeasibles", *rest)
        case _:
            return path


def _told(fault: Exception) -> str:
    return f"{fault.args[0]!r} is missing" if isinstance(fault, KeyError) else "a part has another shape"


def _short(tree: dict[str, Any]) -> dict[str, Any]:
    """Turn the short form into ours: makers, options and states as the published test cases give them."""
    who = [str(name) for name in tree["dms"]]
    out: dict[str, Any] = {"decision_makers": who}
    if "statements" in tree:
        out["preferences"] = {name: {"statements": list(tree["statements"][name])} for name in who}
    elif "ranking" in tree:
        out["preferences"] = {name: {"ranking": list(tree["ranking"][name])} for name in who}
    else:
        out["preferences"] = {name: {"payoffs": list(tree["payoff"][name])} for name in who}
    if "moves" in tree:
        out["states"] = list(tree["states"])
        out["moves"] = {name: list(tree["moves"].get(name, [])) for name in who}
    else:
        out["options"] = [dict(option) for option in tree["options"]]
        out |= {
            part: tree[part]
            for part in ("infeasible", "required", "irreversible", "definitions")
            if part in tree
        }
    if tree.get("status_quo") is not None:
        out["status_quo"] = tree["status_quo"]
    if "target" in tree:
        wanted = tree["target"]
        out["wanted"] = [{"id": str(wanted["name"]), "holds": str(wanted["pattern"])}]
    return out


def _of_gmcr(tree: dict[str, Any]) -> dict[str, Any]:
    """Turn what gmcr-py saves into ours.

    Options and decision makers are named there by sentences; ids are made of them, and the names kept.
    Conditions are lists of (option, Y or N), those of a compound one are alternatives.
    """
    options = tree["options"]
    ids = _ids([str(option["name"]) for option in options])
    makers = tree["decisionMakers"]
    who = _ids([str(maker["name"]) for maker in makers])
    owner = {int(number): who[n] for n, maker in enumerate(makers) for number in maker["options"]}
    ranked = bool(tree.get("useManualPreferenceRanking") or tree.get("useManualPreferenceVectors"))
    preferences: dict[str, Any] = {}
    for name, maker in zip(who, makers, strict=True):
        if ranked:
            ranking = maker.get("preferenceRanking", maker.get("preferenceVector"))
            preferences[name] = {"ranking": ranking}
        else:
            preferences[name] = {"statements": [_condition(c, ids) for c in maker["preferences"]]}
    return {
        "decision_makers": [
            {"id": name, "name": str(m["name"])} for name, m in zip(who, makers, strict=True)
        ],
        "options": [
            {
                "id": ids[n],
                "owner": owner.get(n, ""),
                "taken": str(option["name"]),
                "direction": _DIRECTIONS[str(option.get("permittedDirection", "both"))],
            }
            for n, option in enumerate(options)
        ],
        "infeasible": [_condition(condition, ids) for condition in tree.get("infeasibles", [])],
        "preferences": preferences,
    }


def _condition(condition: Any, ids: list[str]) -> str:
    if isinstance(condition, dict):
        return " | ".join(f"({_condition(member, ids)})" for member in condition["members"])
    return " & ".join(("" if sign == "Y" else "!") + ids[int(number)] for number, sign in condition)


def _ids(names: list[str]) -> list[str]:
    out: list[str] = []
    for number, name in enumerate(names, 1):
        plain = "".join(letter if letter.isalnum() else "_" for letter in name.lower()).strip("_")[:40]
        usable = plain if plain and plain[0].isalpha() else f"x{plain}"
        out.append(usable if usable not in out else f"{usable}_{number}")
    return out
