"""The one layout of dossiers: it loses no comment, changes no meaning, and is its own layout."""

from __future__ import annotations

import random
import re
from pathlib import Path
from typing import get_args

import msgspec
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hikiwake.core.claim.kinds import Claim
from hikiwake.core.errors import BadInput
from hikiwake.dossier.formatting import CLAIM, formatted, formatted_file
from hikiwake.dossier.reading import parse
from hikiwake.dossier.shipped import all_shipped, shipped

UNTIDY = """\
---   # begin
# head

title: >-
    A long
    title

      indented
hikiwake: 1 # form
parties: [
  NO, # Norway
  SWE
] # two
# before events
events:

- title: x   # t
  id: a
  # note on a date
  date: 2016
  # after date

- id: b
  changed: |  # header
    some

    text # no comment
  date: 2017
  # tail of b
claims:
- # item
  value: "a
    b # no comment either"
  id: x
- {quantity: level,
   id: y, # why
   in: 2014}
- {value: record, quantity: record, within: 1995/2013, id: z, of: JPN <-> RUS, in: 2013}
# foot
"""
TIDY = """\
# begin
# head
hikiwake: 1  # form

title: >-
  A long
  title

    indented
parties:  # two
  - NO  # Norway
  - SWE

# before events
events:
  - id: a
    # note on a date
    date: 2016
    # after date
    title: x  # t

  - id: b
    date: 2017
    # tail of b
    changed: |  # header
      some

      text # no comment

claims:
  # item
  - id: x
    value: "a b # no comment either"
  - id: y  # why
    quantity: level
    in: 2014
  - {id: z, quantity: record, of: JPN <-> RUS, in: 2013, within: 1995/2013, value: record}
# foot
"""
NOTE = re.compile(r"#[ ]note \d+")


def test_the_layout_is_this() -> None:
    assert formatted(UNTIDY.encode()).decode() == TIDY


def test_every_field_of_a_claim_has_its_place() -> None:
    fields = {f.encode_name for kind in get_args(Claim) for f in msgspec.structs.fields(kind)}
    assert fields | {"quantity"} == set(CLAIM)


def test_shipped_dossiers_have_the_layout() -> None:
    for name in all_shipped():
        path = shipped(*name.upper().split("-"))
        assert path is not None
        assert formatted_file(path) is None, name


def test_line_ends_and_marks_of_other_systems_are_read() -> None:
    assert formatted(b"\xef\xbb\xbf" + UNTIDY.replace("\n", "\r\n").encode()).decode() == TIDY


@pytest.mark.parametrize("text", ["- a\n", "x: [", "a: &b 1\n", "title: x\n---\n", "a: !t b\n", ""])
def test_what_cannot_be_read_is_left_alone(text: str, tmp_path: Path) -> None:
    path = tmp_path / "d.yaml"
    path.write_text(text)
    with pytest.raises(BadInput, match=r"d\.yaml:\d+:\d+"):
        formatted_file(path)
    assert path.read_text() == text


WAYS = [
    "|+\n    kept\n\n", "|-\n    x\n     y\n", "|2\n      z\n", ">\n    a\n    b\n\n    c\n", '"\\u2028"',
    "''", '""',
    "'it''s'", "plain\n    over\n\n    lines", '"a\\\n    b"', "[]", "{}", "[{}, []]", "~", "[a: b]",
    "{a: , b}",
    "- - 1\n    - 2\n  - 3", "- {a: [1,\n    2]}", '{"a":1}', "0o7", "1_0", "2016-01-01",
    "{a: b#c, d: 'e # f'}",
    "|\n    # no comment\n    x", "|\n\n    begins empty\n", ">-\n\n\n    a\n\n",
]  # fmt: skip


@pytest.mark.parametrize("value", WAYS)
def test_no_way_to_write_a_value_changes_it(value: str) -> None:
    text = (
        f"title: x\nscenarios:\n  a: {value}\n" if value[0] != "-" else f"title: x\nscenarios:\n  {value}\n"
    )
    once = formatted(text.encode())
    assert parse(once).tree == parse(text.encode()).tree
    assert formatted(once) == once


def _noted(lines: list[str], chance: random.Random) -> str:
    """Put comments beside and between lines, blank lines between, and white space where it means nothing."""
    out, number = [], 0
    for line in lines:
        if chance.random() < 0.1:
            number += 1
            out.append(" " * chance.choice((0, 2, 4, 6)) + f"# note {number}")
        if chance.random() < 0.1:
            out.append("  " * chance.randrange(2))
        if chance.random() < 0.1 and line:
            number += 1
            line = f"{line}   # note {number}"  # noqa: PLW2901
        out.append(line + " " * chance.randrange(2))
    return "\n".join(out)


@settings(deadline=None, max_examples=40)
@given(st.integers(0, 10**9))
def test_no_comment_is_lost_and_no_meaning_changes(seed: int) -> None:
    chance = random.Random(seed)
    path = shipped("JPN", "RUS")
    assert path is not None
    parts = re.split(r"\n(?=[a-z])", path.read_text(encoding="utf-8"))
    chosen = [parts[0], *chance.sample(parts[1:], 4)]
    lines = "\n".join(line for part in chosen for line in part.split("\n")[: chance.randint(1, 40)]).split(
        "\n"
    )
    text = _noted(lines, chance)
    before = parse(text.encode()).tree
    once = formatted(text.encode())
    assert parse(once).tree == before
    assert formatted(once) == once
    assert sorted(NOTE.findall(once.decode())) == sorted(NOTE.findall(text))
