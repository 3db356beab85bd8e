"""Dossiers drawn from the form itself: each is read or refused with a place; what is read can be written."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Any

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from msgspec import inspect

from hikiwake.core.dossier import Dossier
from hikiwake.dossier.formatting import formatted
from hikiwake.dossier.reading import Malformed
from hikiwake.dossier.validation import check_bytes

# Words that mean something somewhere, so that some of what is drawn is sound.
WORDS = st.sampled_from(
    [
        "NOR", "SWE", "NOR -> SWE", "NOR <-> SWE: crude oil", "world -> SWE: LNG by quantity", "fact a", "a",
        "b", "2014", "1905-06-07", "2018-07/2019-06", "8 %", "about half", "rose", "record", "four visits",
        "", "gdp of NOR", "investment NOR -> SWE", "no", "~", "- x", "#", "*a", "&a", "!!x",
        "\u202e", "\x1b", "\ud800",
        "\u2028", "2019-99", "more than 70 years",
    ]
)  # fmt: skip
TEXT = WORDS | st.text(max_size=20)
SCALAR = TEXT | st.integers(-10, 3000) | st.floats(allow_nan=False) | st.booleans() | st.none()


def of(form: Any) -> st.SearchStrategy[Any]:
    """Return values of a form, some of them words that do not belong there."""
    found: st.SearchStrategy[Any]
    match form:
        case inspect.StructType():
            found = _struct(form)
        case inspect.UnionType():
            found = st.one_of([of(one) for one in form.types])
        case inspect.VarTupleType():
            found = st.lists(of(form.item_type), max_size=3)
        case inspect.DictType():
            found = st.dictionaries(TEXT, of(form.value_type), max_size=2)
        case inspect.LiteralType():
            found = st.sampled_from(form.values) | TEXT
        case inspect.IntType():
            found = st.just(1) | st.integers(1900, 2030)
        case inspect.AnyType() | inspect.BoolType() | inspect.NoneType():
            found = SCALAR
        case _:
            found = TEXT
    return found


def _struct(form: inspect.StructType) -> st.SearchStrategy[dict[str, Any]]:
    needed = {f.encode_name: of(f.type) for f in form.fields if f.required}
    other = {f.encode_name: of(f.type) for f in form.fields if not f.required}
    if form.tag_field:
        needed[form.tag_field] = st.just(form.tag)
    return st.fixed_dictionaries(needed, optional=other)


DOSSIERS = of(inspect.type_info(Dossier))


def _hold(content: dict[str, Any]) -> None:
    text = json.dumps(content).encode()
    dossier, problems = check_bytes(text, "d.yaml")
    assert (dossier is None) == bool(problems)
    for problem in problems:
        assert problem.line >= 1
        assert problem.column >= 1
        assert problem.reason
        assert problem.remedy
    if dossier is not None:
        again, none = check_bytes(msgspec.json.encode(dossier), "again.yaml")
        assert none == ()
        assert again == dossier
        after, none = check_bytes(formatted(text), "formatted.yaml")
        assert none == ()
        assert after == dossier
    else:
        with suppress(Malformed):
            formatted(text)


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOSSIERS)
def test_some_drawn_dossiers(content: dict[str, Any]) -> None:
    _hold(content)


@pytest.mark.slow
@settings(max_examples=500, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOSSIERS)
def test_five_hundred_drawn_dossiers(content: dict[str, Any]) -> None:
    _hold(content)


@pytest.mark.slow
@pytest.mark.nightly
@settings(max_examples=2_000, deadline=None, suppress_health_check=list(HealthCheck))
@given(DOSSIERS)
def test_two_thousand_drawn_dossiers(content: dict[str, Any]) -> None:
    _hold(content)
