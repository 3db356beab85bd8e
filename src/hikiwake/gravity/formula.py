"""The formula of a regression: `trade ~ ln_dist + contig | exporter^year + importer^year`."""

from __future__ import annotations

import re
from dataclasses import dataclass

from hikiwake.core.errors import BadInput
from hikiwake.gravity import habits

NAME = re.compile(r"[^\W\d]\w*")
QUOTED = re.compile(r"`[^`]+`")
LOGGED = re.compile(r"(?:np\.)?(?:log|ln)\(\s*(.*?)\s*\)")
UNORDERED = re.compile(r"unordered\(\s*(`[^`]+`|\w+)\s*,\s*(`[^`]+`|\w+)\s*\)")
EXAMPLE = "Write it as `trade ~ ln_dist + contig | exporter^year + importer^year`."
INTERCEPT = "(Intercept)"


@dataclass(frozen=True)
class Effect:
    """One fixed effect: a level for each combination of these columns.

    `unordered` says that the two columns are interchangeable: one level for a pair in both directions.
    """

    columns: tuple[str, ...]
    unordered: bool = False

    def __str__(self) -> str:
        columns = [quoted(name) for name in self.columns]
        return f"unordered({', '.join(columns)})" if self.unordered else "^".join(columns)


@dataclass(frozen=True)
class Formula:
    """A formula, read: dependent variable, text of the regressors, fixed effects.

    `dependent` is the name of a column or an expression of columns; `logged` says that the formula explains
    its logarithm, which is least squares.
    """

    text: str
    dependent: str
    regressors: str
    effects: tuple[Effect, ...]
    logged: bool = False


def quoted(name: str) -> str:
    """Return a name as a formula has it: in backticks where it holds more than letters and digits."""
    return name if NAME.fullmatch(name) else f"`{name}`"


def bare(text: str) -> str:
    """Return a name without its backticks."""
    return text[1:-1] if QUOTED.fullmatch(text) else text


def parse(text: str) -> Formula:
    """Read a formula.

    Raises
    ------
    BadInput
        If it has no `~`, nothing before it, an effect is not a name or names joined by `^`, or it is written
        as another program would have it.
    """
    if not isinstance(text, str):
        raise BadInput(where=f"formula {text!r}", why="it is no text", remedy=EXAMPLE)
    left, tilde, right = text.partition("~")
    parts = [part.strip() for part in right.split("|")]
    if not tilde or len(parts) > 2 or "~" in right:
        remedy = f"{EXAMPLE} {habits.CLUSTERS}" if len(parts) > 2 else EXAMPLE
        raise BadInput(
            where=f"formula {text!r}", why="a formula has one `~` and at most one `|`", remedy=remedy
        )
    habits.refuse(parts[0], text)
    logged = LOGGED.fullmatch(left.strip())
    inner = logged[1] if logged else ""
    # `log(a) - log(b)` begins and ends as a logarithm does, and is none.
    if logged and not _balanced(inner):
        logged = None
    dependent = inner if logged else left.strip()
    if not dependent:
        raise BadInput(where=f"formula {text!r}", why="it says nothing of what it explains", remedy=EXAMPLE)
    if not logged:
        habits.refuse_logarithm(dependent, text)
    effects = effects_of(parts[1], text) if len(parts) == 2 else ()
    return Formula(text.strip(), dependent, parts[0], effects, logged is not None)


def _balanced(text: str) -> bool:
    """Tell whether every bracket that is closed was opened before."""
    depth = 0
    for sign in text:
        depth += (sign == "(") - (sign == ")")
        if depth < 0:
            return False
    return depth == 0


def effects_of(text: str, where: str) -> tuple[Effect, ...]:
    """Read fixed effects or clusters, joined by `+`."""
    if text.strip() in {"", "0"}:
        return ()
    # A comma inside unordered(a, b) is no separator, and neither is anything else inside: split on `+` only.
    return tuple(_effect(part.strip(), where) for part in text.split("+"))


def _effect(text: str, where: str) -> Effect:
    found = UNORDERED.fullmatch(text)
    if found:
        return _once(Effect((bare(found[1]), bare(found[2])), unordered=True), where)
    columns = tuple(name.strip() for name in text.split("^"))
    if not all(NAME.fullmatch(name) or QUOTED.fullmatch(name) for name in columns):
        raise BadInput(
            where=f"{text!r} in {where!r}",
            why="an effect is a column, or columns joined by `^`",
            remedy="Write exporter^year, or unordered(exporter, importer) for pairs without direction; a "
            "name with a blank or another sign stands in backticks.",
        )
    return _once(Effect(tuple(map(bare, columns))), where)


def _once(effect: Effect, where: str) -> Effect:
    """Refuse an effect that names a column twice, which is a slip."""
    if len(set(effect.columns)) == len(effect.columns):
        return effect
    why = "it names a column twice"
    raise BadInput(where=f"{str(effect)!r} in {where!r}", why=why, remedy="Name each column once.")
