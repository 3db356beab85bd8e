"""Dossiers that somebody wrote wrongly, or with ill will: refused with the place and the reason, or read."""

from __future__ import annotations

import builtins
import random
import socket
from typing import Any

import pytest

from hikiwake.core.dossier import Dossier
from hikiwake.dossier.reading import BYTES, parse
from hikiwake.dossier.validation import check_bytes

GOOD = """\
hikiwake: 1
title: "Trade of Norway and Sweden"
parties: [NO, SWE]   # NO is Norway, not false
as_of: "2016-12-01"
groups: {Nordics: [NOR, SWE, DNK]}
places:
  - id: border
    names: [{name: Kölen, used_by: [SWE]}, {name: Kjølen, used_by: [NOR]}]
events:
  - {id: union, date: 1905-06-07, type: declaration, title: The union ends, actors: [NOR], sources: [book]}
  - {id: talks, date: 1905-08/09, type: visit, title: "Talks at Karlstad", actors: [NOR], host: SWE,
     level: government, official: true, sources: [book]}
positions:
  - {id: p1, who: Norway, says: It wants trade., sources: [book]}
projects:
  - {id: line, name: A line, partners: [{who: NOR, share: 50 %}]}
facts:
  - {id: total, what: Trade of both, value: 21.5 bn USD, of: NOR <-> SWE, in: 2014, sources: [book]}
claims:
  - {id: C1, quantity: share, part: "NOR -> SWE: crude oil", of: "NOR -> world: 2709", in: 2014, value: 5 %}
  - {id: C2, quantity: level, of: NOR <-> SWE, in: 2014, value: about 22 bn USD, document: book}
  - {id: C3, quantity: growth, of: "NOR -> SWE: crude oil", from: 2004, to: 2014, value: rose}
  - {id: C4, quantity: count, events: {type: visit, actors: NOR}, value: one, from: 1900, to: 1910}
  - {id: C5, quantity: date, event: union, value: 1905-06}
  - {id: C6, quantity: duration, from: union, to: "2016-12-01", value: more than 100 years}
  - {id: C7, quantity: statement, about: forecast, events: [talks]}
  - {id: C8, quantity: rank, of: "NOR -> SWE: crude oil", among: suppliers, in: 2014, value: second}
  - {id: C9, quantity: record, of: "NOR -> SWE: crude oil", in: 2012, within: 2000/2014}
  - {id: C10, quantity: balance, of: NOR -> SWE, since: 2000, value: surplus}
references:
  - {id: book, title: A book, author: [{family: Berg}], issued: 2010, url: "http://example.org"}
"""

# What is replaced, by what, the line the problem is on (0: do not care), words of the reason or remedy.
BAD: list[tuple[str, str, int, str]] = [
    ("hikiwake: 1", "hikiwake: 2", 1, "form 2"),
    ("hikiwake: 1", "hikiwake: one", 1, "whole number"),
    ("hikiwake: 1\n", "", 1, "'hikiwake' is missing"),
    ('title: "Trade of Norway and Sweden"\n', "", 1, "'title' is missing"),
    ("title:", "titel:", 2, "Did you mean title"),
    ("title:", "title: x\ntitle:", 3, "a second time"),
    ("[NO, SWE]", "[NO]", 3, "fewer than two"),
    ("[NO, SWE]", "[NO, Swedn]", 3, "Sweden"),
    ("[NO, SWE]", "NO", 3, "a list is needed"),
    ("[NO, SWE]", "[NO, [SWE]]", 3, "a text is needed"),
    ("[NO, SWE]", "{NO: SWE}", 3, "a list is needed"),
    ('"2016-12-01"\ngroups', '"1 December 2016"\ngroups', 4, "write 2016-12-01"),
    ("[NOR, SWE, DNK]", "[NOR, SWE, XQZ]", 5, "no economy"),
    ("Nordics: [NOR", "Nordics: NOR, x: [NOR", 5, "a list is needed"),
    ("id: border", "id: bor der", 7, "is no id"),
    ("id: border", "ident: border", 7, "'id' is missing"),
    ("used_by: [SWE]", "usedby: [SWE]", 8, "Did you mean used_by"),
    ("1905-06-07", "1905-13-07", 10, "no day"),
    ("1905-06-07", "7 June 1905", 10, "write 1905-06-07"),
    ("1905-08/09", "1905-09/08", 11, "ends before"),
    ("type: declaration", "type: declration", 10, "declaration"),
    ("type: visit", "type: 5", 11, "not one of its words"),
    ("level: government", "level: goverment", 12, "government"),
    ("official: true", "official: perhaps", 12, "true or false"),
    ("id: talks", "id: union", 11, "a second time"),
    (
        "actors: [NOR], sources: [book]}\n  - {id: talks",
        "actors: [NRO], sources: [book]}\n  - {id: talks",
        10,
        "NOR",
    ),
    ("host: SWE", "host: SWX", 11, "no economy"),
    ("title: The union ends", "titles: The union ends", 10, "title"),
    ("sources: [book]}\npositions", "sources: [bok]}\npositions", 12, "Did you mean book"),
    ("who: Norway", "whom: Norway", 14, "who"),
    ("says: It wants trade.", "says: [It]", 14, "a text is needed"),
    ("share: 50 %", "shares: 50 %", 16, "share"),
    ("value: 21.5 bn USD", "value: 21.5 bn zorks", 18, "unit"),
    ("value: 21.5 bn USD", "value: true", 18, "fit here"),
    ("in: 2014, sources: [book]}", "in: 2014}", 18, "sources"),
    ("in: 2014, sources: [book]}", "in: 2014, sources: []}", 18, "without a source"),
    ("of: NOR <-> SWE, in: 2014, sources", "of: NOR = SWE, in: 2014, sources", 18, "not a flow"),
    ("quantity: share", "quantity: shar", 20, "Did you mean share"),
    ("quantity: share, ", "", 20, "'quantity' is missing"),
    (
        '"NOR -> SWE: crude oil", of: "NOR -> world',
        '"NOR -> SWE: crude oyl", of: "NOR -> world',
        20,
        "crude oil",
    ),
    (
        '"NOR -> SWE: crude oil", of: "NOR -> world',
        '"NOR -> NOR: crude oil", of: "NOR -> world',
        20,
        "both sides",
    ),
    ("in: 2014, value: 5 %", "value: 5 %", 20, "'in' is missing"),
    ("in: 2014, value: 5 %", "in: 2014, value: five-ish", 20, "is not known"),
    ("in: 2014, value: 5 %", "in: FY2014, value: 5 %", 20, "not a date"),
    ("in: 2014, value: 5 %", "in: 2014, value: 5 %, opn: [year]", 20, "open"),
    ("in: 2014, value: 5 %", "in: 2014, value: 5 %, open: [years]", 20, "year"),
    ("about 22 bn USD, document: book", "about 22 bn USD, document: boook", 21, "book"),
    ("from: 2004, to: 2014", "from: 2014, to: 2004", 22, "not after"),
    ("from: 2004, to: 2014", "from: 2004", 22, "'to' is missing"),
    ("{type: visit, actors: NOR}", "{tpe: visit}", 23, "type"),
    ("value: one, from", "value: lots, from", 23, "not a value"),
    ("event: union", "event: unoin", 24, "Did you mean union"),
    ("value: 1905-06}", "value: June 1905}", 24, "write 1905-06"),
    ("from: union", "from: uninon", 25, "Did you mean union"),
    ("about: forecast", "about: prophecy", 26, "not one of its words"),
    ("events: [talks]", "events: [talk]", 26, "Did you mean talks"),
    ("among: suppliers", "among: supplier", 27, "Did you mean suppliers"),
    ("within: 2000/2014", "within: 2014/2000", 28, "ends before"),
    ("since: 2000, value: surplus", "value: surplus", 29, "either"),
    ("since: 2000, value: surplus", "since: 2000, in: 2001, value: surplus", 29, "either"),
    ("id: C2", "id: C1", 21, "a second time"),
    ("title: A book", "titel: A book", 31, "title"),
    ("family: Berg", "famly: Berg", 31, "family"),
    ("issued: 2010", "issued: soon", 31, "not a date"),
    ("parties: [NO", "parties: &a [NO", 3, "anchor"),
    ("parties: [NO, SWE]", "parties: *a", 0, "alias"),
    ("title: A book", "title: !!python/object:os.system x", 0, "tag"),
    ("title: A book", "title: !include /etc/passwd", 0, "tag"),
    ("groups: {Nordics", "<<: {x: 1}\ngroups: {Nordics", 5, "merge"),
    ("places:", "---\nplaces:", 0, "second document"),
    ("places:", "\tplaces:", 6, "YAML"),
    ("[NO, SWE]", "[NO, SWE", 0, "YAML"),
    ("title: A book", "title: A \x1b[31mbook", 31, "control character"),
    ("title: A book", 'title: "A \\x1b[31mbook"', 31, "control character"),
    ("title: A book", 'title: "A \\ud800 book"', 31, "U+D800"),
    ("title: A book", "title: A \u202ekoob", 31, "turns the direction"),
    ("title: A book", 'title: "A \\u2066koob"', 31, "turns the direction"),
    ("{type: visit, actors: NOR}", '{"type\\0": visit}', 23, "control character"),
    ("from: 2004, to", "from: union, to", 22, "is not a date"),
    ("value: 21.5 bn USD", "value: 21.5 bn UDS", 18, "Did you mean"),
    ("id: C2", "id: C²", 21, "is no id"),
    ("id: C2", "id: ../C2", 21, "is no id"),
    ("title: A book", "title: A book\x00", 31, "control character"),
]


@pytest.mark.parametrize(("old", "new", "line", "words"), BAD)
def test_a_bad_dossier_is_refused_with_place_and_reason(old: str, new: str, line: int, words: str) -> None:
    assert old in GOOD
    dossier, problems = check_bytes(GOOD.replace(old, new, 1).encode(), "d.yaml")
    assert dossier is None
    assert any(words in f"{p.path} {p.reason} {p.remedy}" and line in {0, p.line} for p in problems), problems
    assert all(p.remedy and p.line >= 1 and p.column >= 1 for p in problems)


def test_there_are_at_least_sixty_bad_ones() -> None:
    assert len(BAD) >= 60


def test_the_good_one_is_read_and_no_is_norway() -> None:
    dossier, problems = check_bytes(GOOD.encode(), "d.yaml")
    assert problems == ()
    assert dossier is not None
    assert dossier.parties == ("NO", "SWE")
    assert len(dossier.claims) == 10


def test_all_problems_are_told_at_once() -> None:
    text = GOOD.replace("titles", "x")
    text = text.replace("[NO, SWE]", "[NO, Swedn]", 1)
    for old, new, _, _ in (BAD[4], BAD[20], BAD[37], BAD[52], BAD[57]):
        text = text.replace(old, new, 1)
    _, problems = check_bytes(text.encode(), "d.yaml")
    assert {2, 3, 10, 20, 24, 28} <= {problem.line for problem in problems}


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"\xff\xfe\x00", "UTF-8"),
        (GOOD.encode("utf-16"), "UTF-8"),
        (GOOD.encode("utf-32"), "UTF-8"),
        (GOOD.encode("latin-1"), "UTF-8"),
        (GOOD.encode("utf-16-le"), "UTF-8"),
        (b"", "mapping"),
        (b"[" * 100_000, "deeper"),
        (b"- " * 50_000, "deeper"),
        (b"x: " + b"y" * (BYTES + 1), "larger"),
        (b"a: &a [x]\nb: [*a, *a]\n", "anchor"),
        (b"{}\n", "missing"),
        (b"- 1\n- 2\n", "mapping"),
        (b"a: [" + b"1," * 101_000 + b"1]", "values"),
        (b"hikiwake: 99999999999999999999999999\n", "whole number"),
    ],
    ids=lambda v: repr(v[:20]),
)
def test_hostile_files_are_refused_quickly(content: bytes, words: str) -> None:
    dossier, problems = check_bytes(content, "d.yaml")
    assert dossier is None
    assert any(words in f"{p.reason} {p.remedy}" for p in problems)


@pytest.mark.parametrize("mutants", [400, pytest.param(2_000, marks=pytest.mark.slow)])
def test_mutants_are_refused_or_read_and_touch_nothing(mutants: int, monkeypatch: pytest.MonkeyPatch) -> None:
    check_bytes(GOOD.encode(), "warm.yaml")  # imports and data files of our own come first

    def forbidden(*args: Any, **named: Any) -> Any:
        raise AssertionError(f"a dossier made the program open {args}")

    monkeypatch.setattr(builtins, "open", forbidden)
    monkeypatch.setattr(socket, "socket", forbidden)
    chance = random.Random(7)
    read = refused = 0
    for _ in range(mutants):
        dossier, problems = check_bytes(_mutated(GOOD.encode(), chance), "m.yaml")
        assert (dossier is None) == bool(problems)
        assert dossier is None or isinstance(dossier, Dossier)
        read, refused = read + (dossier is not None), refused + (dossier is None)
    assert read > mutants / 100
    assert refused > mutants / 2


def _mutated(content: bytes, chance: random.Random) -> bytes:
    lines = content.split(b"\n")
    for _ in range(chance.randint(1, 3)):
        at = chance.randrange(len(lines))
        line = lines[at]
        match chance.randrange(6):
            case 0 if line:
                n = chance.randrange(len(line))
                lines[at] = line[:n] + bytes([chance.randrange(256)]) + line[n + 1 :]
            case 1:
                lines[at] = b""
            case 2:
                lines.insert(at, line)
            case 3:
                other = chance.randrange(len(lines))
                lines[at], lines[other] = lines[other], line
            case 4:
                lines[at] = line.replace(b"[", chance.choice((b"{", b"[[", b"&a [", b"!x ["))).replace(
                    b",", b",,"
                )
            case _ if b": " in line:
                key, _, _ = line.partition(b": ")
                values = (
                    b"*a",
                    b"!!binary x",
                    b"1e999",
                    b"~",
                    b"{}",
                    b"[]",
                    b"../../etc/passwd",
                    b"'",
                    b"-1",
                )
                lines[at] = key + b": " + chance.choice(values)
            case _:
                lines[at] = b"  " + line
    return b"\n".join(lines)


def test_places_are_those_of_the_file() -> None:
    source = parse(GOOD.encode())
    assert source.place(("claims", 0, "in")).line == 20
    assert source.place(("claims", 0, "no such")).line == 20


def test_six_hundred_claims_are_all_read() -> None:
    claim = GOOD.split("claims:\n", 1)[1].split("\n", 1)[0]
    many = "\n".join(claim.replace("id: C1", f"id: D{n}") for n in range(600))
    dossier, problems = check_bytes(GOOD.replace("claims:\n", f"claims:\n{many}\n").encode(), "d.yaml")
    assert problems == ()
    assert dossier is not None
    assert len(dossier.claims) == 610
