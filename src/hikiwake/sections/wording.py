"""Labels and small choices of wording that sections share."""

from __future__ import annotations

from collections.abc import Iterable

from hikiwake.core.country import country
from hikiwake.core.document import Cell, Label, Prose
from hikiwake.core.products import short_name
from hikiwake.core.provenance import Fact
from hikiwake.measures.statement import Scope
from hikiwake.measures.ties.levels import is_among_some, is_whole
from hikiwake.sections import Context


def has_all_goods(context: Context) -> bool:
    """Tell whether the flows are of all goods of the world, so that they come before intermediate trade."""
    return is_whole(context.say) and not is_among_some(context.say)


def economy(identity: str) -> Label:
    """Name an economy; the language of the reader decides how."""
    return Label("economy", identity, country(identity).name)


def product(code: str, description: str = "") -> Label:
    """Name a product by its short name."""
    return Label("product", code, short_name(code, description))


def scope_label(scope: Scope) -> Label:
    """Name what a number is about."""
    return product(scope.id, scope.name) if scope.kind == "product" else Label("group", scope.id, scope.name)


def group(identity: str, name: str) -> Label:
    """Name a group of products or industries."""
    return Label("group", identity, name)


def year(value: int) -> Label:
    """Name a year."""
    return Label("year", str(value), str(value))


def years_of(facts: Iterable[Fact]) -> Label:
    """Name the years of facts as one label, in order, those that follow each other from first to last."""
    runs: list[list[int]] = []
    for at in sorted({fact.period.first for fact in facts}):
        if runs and at == runs[-1][-1] + 1:
            runs[-1].append(at)
        else:
            runs.append([at])
    return text(", ".join(str(run[0]) if len(run) == 1 else f"{run[0]}–{run[-1]}" for run in runs))


def day(when: str | int) -> Label:
    """Name a date that may be partial or a span."""
    return Label("date", str(when), str(when))


def text(words: str) -> Label:
    """Pass words that are data (a code, a name with digits)."""
    return Label("text", words, words)


def prose(key: str, facts: dict[str, Fact] | None = None, /, **labels: Label) -> Prose:
    """Make a sentence from a template key, its facts and its labels."""
    return Prose(key, {slot: fact.id for slot, fact in (facts or {}).items()}, labels)


def cell(content: Fact | Label | None) -> Cell:
    """Make a table cell; None is an empty one."""
    if content is None:
        return Cell()
    return Cell(label=content) if isinstance(content, Label) else Cell(fact=content.id)


def quoted(fact: Fact, words: str) -> Cell:
    """Make a table cell of a quoted figure, which is shown as its source prints it."""
    return Cell(fact=fact.id, label=text(words))
