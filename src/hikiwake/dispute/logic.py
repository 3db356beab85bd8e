"""Readable conditions over the options of a dispute, parsed without ever running them.

    not a, !a          a and b, a & b        a or b, a | b
    a -> b, if a then b, b if a              a <-> b, a iff b
    at least one of (a, b)   at most one of (a, b)   exactly one of (a, b)   all of (a, b)   none of (a, b)
    dW(JPN) > 0                              a quantity that the model's tables give

From the strongest binding to the weakest: not, and, or, if, iff.
"""

from __future__ import annotations

import operator
import re
from collections.abc import Callable, Iterator
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Truth = NDArray[np.bool_]
"""For each state, whether something holds."""

LONGEST = 4000
"""Characters of an expression."""
DEEPEST = 60
"""Brackets and negations within one another."""

RESERVED = frozenset({"not", "and", "or", "if", "then", "iff", "implies", "true", "false"})
COUNTS = {
    ("at", "least", "one", "of"): (1, None),
    ("at", "most", "one", "of"): (0, 1),
    ("exactly", "one", "of"): (1, 1),
    ("all", "of"): (None, None),
    ("none", "of"): (0, 0),
}
COMPARISONS: dict[str, Callable[[NDArray[np.float64], float], Truth]] = {
    ">": operator.gt,
    ">=": operator.ge,
    "<": operator.lt,
    "<=": operator.le,
}
_SAME = {"&&": "&", "||": "|", "and": "&", "or": "|", "not": "!", "~": "!", "¬": "!", "∧": "&", "∨": "|"} | {
    "→": "->", "implies": "->", "↔": "<->", "iff": "<->", "≥": ">=", "≤": "<=",
}  # fmt: skip
_TOKEN = re.compile(
    r"\s*(?:(?P<sign><->|->|>=|<=|&&|\|\||[()!&|,~¬∧∨→↔≥≤<>])"
    r"|(?P<number>[-+]?\d+(?:\.\d+)?(?:[eE][-+]?\d{1,3})?)|(?P<word>[^\W\d]\w*))"
)
NAME = re.compile(r"[^\W\d]\w*")


class Misread(Exception):
    """A text is no expression: the reason, and what to write instead."""

    def __init__(self, reason: str, remedy: str) -> None:
        self.reason = reason
        self.remedy = remedy
        super().__init__(reason, remedy)


class Constant(NamedTuple):
    """True or false in every state."""

    value: bool


class Name(NamedTuple):
    """An option that is taken, or a definition that holds."""

    id: str


class Not(NamedTuple):
    """The contrary."""

    part: Expression


class Count(NamedTuple):
    """Between `least` and `most` of the parts hold: all of them is and, at least one is or."""

    parts: tuple[Expression, ...]
    least: int
    most: int


class Same(NamedTuple):
    """Both hold or neither."""

    left: Expression
    right: Expression


class Compare(NamedTuple):
    """A quantity of a decision maker compared with a number."""

    quantity: str
    of: str
    sign: str
    number: float


Expression = Constant | Name | Not | Count | Same | Compare


class Meaning(NamedTuple):
    """What names mean, for a number of states at once."""

    states: int
    truth: Callable[[str], Truth]
    amount: Callable[[str, str], NDArray[np.float64]]


def parse(text: str) -> Expression:
    """Parse one expression.

    Raises
    ------
    Misread
        If it is none, too long or too deeply nested.

    Examples
    --------
    >>> parse("two & !four") == parse("two and not four")
    True
    """
    if len(text) > LONGEST:
        raise Misread(f"the expression has {len(text)} characters; {LONGEST} are allowed", "Use definitions.")
    tokens, position = [], 0
    while text[position:].strip():
        match = _TOKEN.match(text, position)
        if match is None:
            raise Misread(
                f"{text[position:].strip()[0]!r} in {shorten(text)!r} has no meaning",
                "Write options joined by not, and, or, if, iff.",
            )
        tokens.append(match.group().strip())
        position = match.end()
    reader = _Reader(tokens, text)
    return reader.whole()


def shorten(text: str, most: int = 80) -> str:
    """Return a text short enough for a message."""
    return text if len(text) <= most else text[: most - 1] + "…"


def names(expression: Expression) -> frozenset[str]:
    """Return the options and definitions that an expression speaks of."""
    return frozenset(part.id for part in _parts(expression) if isinstance(part, Name))


def comparisons(expression: Expression) -> tuple[Compare, ...]:
    """Return the comparisons of quantities in an expression."""
    return tuple(part for part in _parts(expression) if isinstance(part, Compare))


def evaluate(expression: Expression, meaning: Meaning) -> Truth:
    """Say for each state whether an expression holds.

    Returns
    -------
    (states,) bool.
    """
    match expression:
        case Constant(value):
            return np.full(meaning.states, value)
        case Name(id_):
            return meaning.truth(id_)
        case Not(part):
            return ~evaluate(part, meaning)
        case Same(left, right):
            return np.equal(evaluate(left, meaning), evaluate(right, meaning))
        case Compare(quantity, of, sign, number):
            return COMPARISONS[sign](meaning.amount(quantity, of), number)
        case Count(parts, least, most):
            held = np.zeros(meaning.states, dtype=np.int32)
            for part in parts:
                held += evaluate(part, meaning)
            return (held >= least) & (held <= most)


def _parts(expression: Expression) -> Iterator[Expression]:
    yield expression
    match expression:
        case Not(part):
            yield from _parts(part)
        case Same(left, right):
            yield from _parts(left)
            yield from _parts(right)
        case Count(parts, _, _):
            for part in parts:
                yield from _parts(part)


def _any(*parts: Expression) -> Expression:
    return parts[0] if len(parts) == 1 else Count(parts, 1, len(parts))


def _all(*parts: Expression) -> Expression:
    return parts[0] if len(parts) == 1 else Count(parts, len(parts), len(parts))


class _Reader:
    """Reads tokens from left to right, one function a level of binding."""

    def __init__(self, tokens: list[str], text: str) -> None:
        self.tokens = tokens
        self.text = shorten(text)
        self.at = 0
        self.depth = 0

    def whole(self) -> Expression:
        if not self.tokens:
            raise Misread("the expression is empty", "Write an option, or options joined by and, or, not.")
        expression = self.iff()
        if self.at < len(self.tokens):
            raise self.misread(f"{self.tokens[self.at]!r} is not expected")
        return expression

    def misread(self, what: str) -> Misread:
        remedy = "Write options joined by not, and, or, if, iff, and close every bracket."
        if self.tokens.count("(") != self.tokens.count(")"):
            remedy += " In a YAML list in brackets, a condition with commas needs quotes."
        return Misread(
            f"{what} in {self.text!r} after {' '.join(self.tokens[max(0, self.at - 3) : self.at])!r}", remedy
        )

    def peek(self) -> str:
        token = self.tokens[self.at] if self.at < len(self.tokens) else ""
        return _SAME.get(token, token)

    def take(self, sign: str) -> bool:
        if self.peek() == sign:
            self.at += 1
            return True
        return False

    def need(self, sign: str) -> None:
        if not self.take(sign):
            raise self.misread(f"{sign!r} is missing")

    def iff(self) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Misread(f"{self.text!r} is nested more than {DEEPEST} deep", "Use definitions.")
        left = self.conditional()
        while self.take("<->"):
            left = Same(left, self.conditional())
            self.depth += 1  # the tree grows deeper to the left
            if self.depth > DEEPEST:
                raise Misread(f"{self.text!r} has too many iff", "Use definitions.")
        self.depth -= 1
        return left

    def conditional(self) -> Expression:
        if self.take("if"):
            condition = self.either()
            self.need("then")
            return _any(Not(condition), self.nested(self.conditional))
        left = self.either()
        if self.take("->"):
            return _any(Not(left), self.nested(self.conditional))
        if self.take("if"):
            return _any(left, Not(self.nested(self.conditional)))
        return left

    def nested(self, read: Callable[[], Expression]) -> Expression:
        self.depth += 1
        if self.depth > DEEPEST:
            raise Misread(f"{self.text!r} is nested more than {DEEPEST} deep", "Use definitions.")
        found = read()
        self.depth -= 1
        return found

    def either(self) -> Expression:
        parts = [self.both()]
        while self.take("|"):
            parts.append(self.both())
        return _any(*parts)

    def both(self) -> Expression:
        parts = [self.single()]
        while self.take("&"):
            parts.append(self.single())
        return _all(*parts)

    def single(self) -> Expression:
        if self.take("!"):
            return Not(self.nested(self.single))
        if self.take("("):
            inner = self.iff()
            self.need(")")
            return inner
        for words, bounds in COUNTS.items():
            if tuple(self.tokens[self.at : self.at + len(words)]) == words:
                self.at += len(words)
                return self.count(*bounds)
        return self.atom()

    def count(self, least: int | None, most: int | None) -> Expression:
        self.need("(")
        parts = [self.iff()]
        while self.take(","):
            parts.append(self.iff())
        self.need(")")
        number = len(parts)
        return Count(
            tuple(parts), number if least is None else least, number if most is None else min(most, number)
        )

    def atom(self) -> Expression:
        word = self.peek()
        if word in {"true", "false"}:
            self.at += 1
            return Constant(word == "true")
        if word in RESERVED or not NAME.fullmatch(word):
            raise self.misread(f"{word!r} stands where an option should" if word else "an option is missing")
        self.at += 1
        return self.comparison(word) if self.take("(") else Name(word)

    def comparison(self, quantity: str) -> Expression:
        of = self.peek()
        if not NAME.fullmatch(of):
            raise self.misread("a decision maker is missing")
        self.at += 1
        self.need(")")
        sign = self.peek()
        if sign not in COMPARISONS:
            raise self.misread(f"one of {' '.join(COMPARISONS)} is missing")
        self.at += 1
        try:
            number = float(self.peek())
        except ValueError:
            raise self.misread("a number is missing") from None
        if not np.isfinite(number):
            raise self.misread("a finite number is missing")
        self.at += 1
        return Compare(quantity, of, sign, number)
