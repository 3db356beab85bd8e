"""The language of conditions: what it means, and that it refuses the rest with a reason."""

from __future__ import annotations

from contextlib import suppress
from itertools import product

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hikiwake.dispute.logic import DEEPEST, LONGEST, Meaning, Misread, evaluate, names, parse

ROWS = np.array(list(product([False, True], repeat=3)))
MEANING = Meaning(
    8,
    lambda name: ROWS[:, "abc".index(name)],
    lambda quantity, of: np.arange(8.0) if of == "X" else np.zeros(8),
)


def value(text: str) -> list[bool]:
    found: list[bool] = evaluate(parse(text), MEANING).tolist()
    return found


@pytest.mark.parametrize(
    ("text", "python"),
    [
        ("a", "a"),
        ("not a", "not a"),
        ("!a & b | c", "(not a and b) or c"),
        ("a | b & c", "a or (b and c)"),
        ("a -> b", "not a or b"),
        ("a -> b -> c", "not a or (not b or c)"),
        ("a implies b", "not a or b"),
        ("if a then b", "not a or b"),
        ("a if b", "a or not b"),
        ("a if b and c", "a or not (b and c)"),
        ("a <-> b", "a == b"),
        ("a iff b iff c", "(a == b) == c"),
        ("a <-> b -> c", "a == (not b or c)"),
        ("~(a ∧ ¬b) ∨ c", "not (a and not b) or c"),
        ("a && b || !c", "(a and b) or not c"),
        ("at least one of (a, b, c)", "a or b or c"),
        ("at most one of (a, b, c)", "a + b + c <= 1"),
        ("exactly one of (a, b & c)", "a + (b and c) == 1"),
        ("all of (a, b, c)", "a and b and c"),
        ("none of (a, !b)", "not a and b"),
        ("true", "True"),
        ("false | a", "a"),
        ("dW(X) > 2.5", "4*a + 2*b + c > 2.5"),
        ("dW(X)<=-1 | a", "a"),
    ],
)
def test_meaning(text: str, python: str) -> None:
    expected = [bool(eval(python, {}, dict(zip("abc", row, strict=True)))) for row in ROWS.tolist()]
    assert value(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "", "   ", "a &", "& a", "a b", "(a", "a)", "a ? b", "not", "a and or b", "if a", "if a b", "a -> ",
        "at least one of a, b", "at least one of ()", "dW(X)", "dW(X) > b", "dW(X) > 1e999", "dW() > 1",
        "__import__('os')", "a.b", "a = b", "1", "a; b", "a\\x00", "then", "a if",
    ],
)  # fmt: skip
def test_what_is_no_expression_is_refused(text: str) -> None:
    with pytest.raises(Misread) as caught:
        parse(text)
    assert caught.value.reason
    assert caught.value.remedy


@pytest.mark.parametrize(
    "text",
    [
        "(" * (DEEPEST + 5) + "a" + ")" * (DEEPEST + 5),
        "!" * (DEEPEST + 5) + "a",
        " -> ".join("a" * (DEEPEST + 5)),
        " <-> ".join("a" * (DEEPEST + 5)),
        "if a then " * (DEEPEST + 5) + "a",
        "a | " * LONGEST + "a",
    ],
)
def test_what_is_too_deep_or_long_is_refused(text: str) -> None:
    with pytest.raises(Misread, match=r"nested|characters|too many"):
        parse(text)


def test_a_long_list_is_not_deep() -> None:
    assert value(" | ".join(["a"] * 500)) == value("a")


def test_names() -> None:
    assert names(parse("a & (b -> !c) <-> exactly one of (a, d)")) == {"a", "b", "c", "d"}


@given(st.text(alphabet="ab()!&|,-><=09 iforthenatlsd", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    with suppress(Misread):
        names(parse(text))
