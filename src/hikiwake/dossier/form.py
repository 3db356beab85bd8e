"""The shape of a tree checked against the types of the dossier, all faults at once."""

from __future__ import annotations

from collections.abc import Iterator
from difflib import get_close_matches
from typing import Any, NamedTuple

from msgspec import inspect

from hikiwake.dossier.reading import Path, Tree


class Fault(NamedTuple):
    """What is wrong at a path, and what to do about it."""

    path: Path
    reason: str
    remedy: str


def faults(tree: Tree, form: type[Any]) -> Iterator[Fault]:
    """Yield every place where a tree is not of a form (a msgspec struct)."""
    yield from _check(tree, inspect.type_info(form), ())


def suggestion(name: str, known: list[str]) -> str:
    """Return which of the known names was probably meant, as a sentence."""
    near = get_close_matches(name, known, n=2, cutoff=0.6)
    if near:
        return f"Did you mean {' or '.join(near)}?"
    return f"Known are {', '.join(known[:40])}."


def _check(tree: Tree, form: Any, path: Path) -> Iterator[Fault]:
    match form:
        case inspect.StructType():
            yield from _struct(tree, form, path)
        case inspect.UnionType():
            yield from _union(tree, form, path)
        case inspect.VarTupleType() | inspect.ListType():
            yield from _list(tree, form.item_type, path)
        case inspect.TupleType():
            yield from _row(tree, form.item_types, path)
        case inspect.DictType():
            yield from _dict(tree, form.value_type, path)
        case inspect.LiteralType():
            if tree not in form.values:
                known = [str(value) for value in form.values]
                yield Fault(path, f"{_shown(tree)} is not one of its words", suggestion(str(tree), known))
        case inspect.AnyType():
            return
        case _:
            yield from _scalar(tree, form, path)


def _list(tree: Tree, item: Any, path: Path) -> Iterator[Fault]:
    if not isinstance(tree, list):
        yield Fault(path, f"a list is needed, not {_named(tree)}", "Begin each entry with `- `.")
        return
    for number, entry in enumerate(tree):
        yield from _check(entry, item, (*path, number))


def _row(tree: Tree, items: tuple[Any, ...], path: Path) -> Iterator[Fault]:
    if not isinstance(tree, list) or len(tree) != len(items):
        told = f"a list of {len(items)} is needed, not {_named(tree)}"
        yield Fault(path, told, f"Write [{', '.join('…' for _ in items)}].")
        return
    for number, (entry, item) in enumerate(zip(tree, items, strict=True)):
        yield from _check(entry, item, (*path, number))


def _dict(tree: Tree, item: Any, path: Path) -> Iterator[Fault]:
    if not isinstance(tree, dict):
        yield Fault(path, f"a mapping is needed, not {_named(tree)}", "Write `name: value` lines.")
        return
    for key, entry in tree.items():
        yield from _check(entry, item, (*path, key))


def _struct(tree: Tree, form: inspect.StructType, path: Path) -> Iterator[Fault]:
    if not isinstance(tree, dict):
        yield Fault(path, f"a mapping is needed, not {_named(tree)}", "Write `name: value` lines.")
        return
    fields = {field.encode_name: field for field in form.fields}
    known = sorted([*fields, *([form.tag_field] if form.tag_field else [])])
    for key, value in tree.items():
        if key in fields:
            yield from _check(value, fields[key].type, (*path, key))
        elif key != form.tag_field:
            yield Fault((*path, key), f"there is no field {key!r} here", suggestion(key, known))
    for name, field in fields.items():
        if field.required and name not in tree:
            yield Fault(path, f"the field {name!r} is missing", f"Add `{name}: …`.")


def _union(tree: Tree, form: inspect.UnionType, path: Path) -> Iterator[Fault]:
    kinds = {str(one.tag): one for one in form.types if isinstance(one, inspect.StructType) and one.tag}
    if kinds:
        field = next(iter(kinds.values())).tag_field or ""
        if not isinstance(tree, dict):
            yield Fault(path, f"a mapping is needed, not {_named(tree)}", "Write `name: value` lines.")
        elif field not in tree:
            yield Fault(path, f"the field {field!r} is missing", f"It is one of {', '.join(kinds)}.")
        elif str(tree[field]) not in kinds:
            reason = f"{_shown(tree[field])} is no kind of claim"
            yield Fault((*path, field), reason, suggestion(str(tree[field]), list(kinds)))
        else:
            yield from _struct(tree, kinds[str(tree[field])], path)
        return
    if tree is None and any(isinstance(one, inspect.NoneType) for one in form.types):
        return
    tried = [list(_check(tree, one, path)) for one in form.types if not isinstance(one, inspect.NoneType)]
    if all(tried):
        yield (
            min(tried, key=len)[0]
            if len(tried) == 1
            else Fault(path, f"{_named(tree)} does not fit here", "Write a text or a number.")
        )


_SCALARS: dict[type, tuple[tuple[type, ...], str]] = {
    inspect.StrType: ((str,), "a text"),
    inspect.IntType: ((int,), "a whole number"),
    inspect.FloatType: ((int, float), "a number"),
    inspect.BoolType: ((bool,), "true or false"),
}


def _scalar(tree: Tree, form: Any, path: Path) -> Iterator[Fault]:
    kinds, name = _SCALARS.get(type(form), ((object,), "a value"))
    wrong = not isinstance(tree, kinds) or (
        isinstance(tree, bool) and bool not in kinds and object not in kinds
    )
    if wrong:
        remedy = (
            "Put it in quotes."
            if name == "a text" and not isinstance(tree, dict | list)
            else f"Write {name}."
        )
        yield Fault(path, f"{name} is needed, not {_named(tree)}", remedy)


def _named(tree: Tree) -> str:
    match tree:
        case None:
            return "nothing"
        case bool():
            return "true or false"
        case dict():
            return "a mapping"
        case list():
            return "a list"
        case _:
            return _shown(tree)


def _shown(tree: Tree) -> str:
    text = repr(tree)
    return text if len(text) <= 60 else text[:57] + "…'"
