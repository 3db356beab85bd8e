"""The published schema: what it accepts and refuses, the program does too."""

from __future__ import annotations

import json
from typing import Any

import jsonschema  # type: ignore[import-untyped]
import pytest
from tests.commands import hikiwake

from hikiwake.audit.examples import examples
from hikiwake.core.country import Pair, country
from hikiwake.dossier.blank import blank
from hikiwake.dossier.reading import parse
from hikiwake.dossier.schema import schema
from hikiwake.dossier.shipped import all_shipped, shipped
from hikiwake.dossier.validation import check_bytes
from hikiwake.store.tables import open_tables

CHECKER = jsonschema.Draft202012Validator(schema())
GOOD: dict[str, Any] = {
    "hikiwake": 1,
    "title": "t",
    "parties": ["NO", "SWE"],
    "as_of": "2016-12-01",
    "groups": {"Nordics": ["NOR", "SWE"]},
    "places": [{"id": "p", "names": [{"name": "Kölen", "used_by": ["SWE"]}]}],
    "events": [
        {"id": "e", "date": "1905-08/09", "type": "visit", "title": "t", "level": "state", "official": True},
    ],
    "positions": [{"id": "q", "who": "NOR", "says": "s", "since": 1905}],
    "projects": [{"id": "r", "name": "n", "partners": [{"who": "w", "share": "50 %"}]}],
    "facts": [{"id": "f", "what": "w", "value": "1 bn USD", "in": "2014~", "sources": ["b"]}],
    "claims": [
        {"id": "c1", "quantity": "level", "of": "NOR -> SWE", "in": 2014, "value": 5, "open": ["year"]},
        {"id": "c2", "quantity": "growth", "of": "NOR -> SWE", "from": 2004, "to": 2014, "value": "rose"},
        {"id": "c3", "quantity": "duration", "from": "e", "to": "2016", "value": "more than 100 years"},
        {"id": "c4", "quantity": "statement", "about": "forecast"},
        {"id": "c5", "quantity": "rank", "of": "NO -> SE", "among": "partners", "in": 2014, "value": "top 3"},
        {"id": "c6", "quantity": "count", "events": {"type": "visit"}, "value": "one", "from": "1900"},
    ],
    "references": [{"id": "b", "title": "B", "author": [{"family": "Berg"}], "issued": 2010}],
}  # fmt: skip

# Where, and what is put there; `...` takes the field away. Each is a fault that a schema can express.
FAULTS: list[tuple[tuple[str | int, ...], Any]] = [
    (("hikiwake",), 2), (("hikiwake",), "1"), (("hikiwake",), ...), (("title",), ...), (("title",), 5),
    (("parties",), "NO"), (("parties",), ["NO"]), (("parties", 0), ["NO"]), (("titel",), "t"),
    (("as_of",), "1 May 2016"), (("as_of",), [2016]), (("groups",), ["x"]), (("groups", "x"), "NOR"),
    (("places", 0, "id"), ...), (("places", 0, "id"), "a b"), (("places", 0, "names"), "Kölen"),
    (("places", 0, "names", 0, "usedby"), []), (("events",), {}), (("events", 0, "type"), "party"),
    (("events", 0, "date"), "in May"), (("events", 0, "date"), ...), (("events", 0, "date"), True),
    (("events", 0, "level"), "king"), (("events", 0, "official"), "yes"), (("events", 0, "actors"), "NOR"),
    (("events", 0, "title"), ["t"]), (("positions", 0, "who"), ...), (("positions", 0, "since"), "soon"),
    (("projects", 0, "partners", 0, "who"), ...), (("projects", 0, "partners", 0, "share"), True),
    (("facts", 0, "value"), ...), (("facts", 0, "value"), ""), (("facts", 0, "value"), "9" * 81),
    (("facts", 0, "value"), None), (("facts", 0, "sources"), []), (("facts", 0, "sources"), ...),
    (("facts", 0, "in"), "FY2014"), (("claims", 0, "quantity"), "size"), (("claims", 0, "quantity"), ...),
    (("claims", 0, "in"), ...), (("claims", 0, "of"), 5), (("claims", 0, "open"), ["years"]),
    (("claims", 0, "value"), {}), (("claims", 0, "extra"), 1), (("claims", 1, "from"), "e"),
    (("claims", 2, "to"), ...), (("claims", 3, "about"), "gossip"), (("claims", 4, "among"), "friends"),
    (("claims", 5, "events"), []), (("claims", 0), "c1"), (("references", 0, "title"), ...),
    (("references", 0, "author"), "Berg"), (("references", 0, "issued"), 20100), (("dispute",), "x"),
]  # fmt: skip


def changed(path: tuple[str | int, ...], value: Any) -> dict[str, Any]:
    content: dict[str, Any] = json.loads(json.dumps(GOOD))
    at: Any = content
    for step in path[:-1]:
        at = at[step]
    if value is ...:
        del at[path[-1]]
    else:
        at[path[-1]] = value
    return content


def test_it_is_a_schema() -> None:
    jsonschema.Draft202012Validator.check_schema(schema())


def test_both_accept_the_good_one() -> None:
    assert list(CHECKER.iter_errors(GOOD)) == []
    assert check_bytes(json.dumps(GOOD).encode(), "d.yaml")[1] == ()


@pytest.mark.parametrize(("path", "value"), FAULTS)
def test_both_refuse_what_the_schema_can_express(path: tuple[str | int, ...], value: Any) -> None:
    content = changed(path, value)
    assert list(CHECKER.iter_errors(content))
    dossier, problems = check_bytes(json.dumps(content).encode(), "d.yaml")
    assert dossier is None
    assert problems


@pytest.mark.parametrize("name", all_shipped())
def test_shipped_dossiers_fit_it(name: str) -> None:
    path = shipped(*name.upper().split("-"))
    assert path is not None
    assert list(CHECKER.iter_errors(parse(path.read_bytes()).tree)) == []


def test_the_blank_form_fits_it() -> None:
    pair = Pair(country("AUS"), country("CHN"))
    form = blank(pair, examples(pair, 2021, open_tables()))
    assert list(CHECKER.iter_errors(parse(form.encode()).tree)) == []


@pytest.mark.parametrize("identity", ["a b", "", "-a", "é", "aé", "a" * 81, "a/b"])
def test_both_refuse_the_same_ids(identity: str) -> None:
    content = changed(("events", 0, "id"), identity)
    assert list(CHECKER.iter_errors(content))
    assert check_bytes(json.dumps(content).encode(), "d.yaml")[1]


def test_the_command_prints_it() -> None:
    assert json.loads(hikiwake("dossier", "schema").stdout) == schema()
