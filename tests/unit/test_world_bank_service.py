"""The World Bank's service: asked by page, believed only whole; a real server on this machine plays it."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from tests import producers
from tests.imports import command, quiet
from tests.services import served

from hikiwake.core.errors import BadInput, BadUsage, Environment
from hikiwake.sources.imports import world_bank_service as bank
from hikiwake.sources.imports.web import Client, Patience
from hikiwake.store.library import Library

QUICK = Patience(pause=0.0, tries=3, longest=2.0, timeout=60.0)
UNKNOWN = [{"message": [{"id": "120", "key": "Invalid value", "value": "The provided value is not valid"}]}]


class Service(BaseHTTPRequestHandler):
    """Answers as the World Bank does, two pages each, after the faults that a test has put first."""

    faults: ClassVar[list[Callable[[list[Any]], object]]] = []
    asked: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        place = urlsplit(self.path)
        *_, economies, _, code = place.path.split("/")
        words = {name: values[0] for name, values in parse_qs(place.query).items()}
        first, last = map(int, words["date"].split(":"))
        assert (words["format"], words["source"]) == ("json", "2")
        rows = [
            row
            for row in producers.WDI_ROWS
            if row[3] == code and (economies == "all" or row[1] in economies.split(";"))
        ]
        reply: Any = json.loads(producers.wdi_reply(rows, page=int(words["page"]), pages=2))
        assert first <= producers.YEARS[0] <= producers.YEARS[-1] <= last
        status = 200
        if self.faults:
            reply = type(self).faults.pop(0)(reply)
            status = reply if isinstance(reply, int) else 200
        elif not rows:
            reply = UNKNOWN
        body = reply if isinstance(reply, bytes) else b"\xef\xbb\xbf" + json.dumps(reply).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json;charset=utf-8")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


@pytest.fixture
def service() -> Iterator[str]:
    Service.faults, Service.asked = [], []
    with served(Service) as address:
        yield address


GDP = bank.question("NY.GDP.MKTP.CD", 2011, 2014, ())


def test_what_is_downloaded_is_brought_in_and_not_asked_for_again(
    tmp_path: Path, library: Library, service: str
) -> None:
    words: tuple[str, ...] = (
        "data",
        "fetch",
        "--source",
        "world-bank",
        "--years",
        "2011..2014",
        "--pause",
        "0",
    )
    words += ("--indicator", "NY.GDP.MKTP.CD", "--indicator", "SP.POP.TOTL", "--from", service)
    run = command(library, *words, "-o", str(tmp_path / "wdi"))
    assert run.returncode == 0, run.stderr
    files = run.stdout.split()
    assert [Path(one).name for one in files] == [
        "wdi-NY.GDP.MKTP.CD-2011-2014-all-1.json",
        "wdi-NY.GDP.MKTP.CD-2011-2014-all-2.json",
        "wdi-SP.POP.TOTL-2011-2014-all-1.json",
        "wdi-SP.POP.TOTL-2011-2014-all-2.json",
    ]
    before = len(Service.asked)
    Path(files[3]).unlink()
    assert command(library, *words, "-o", str(tmp_path / "wdi")).stdout == run.stdout
    assert len(Service.asked) == before + 1
    added = command(library, "data", "add", *files)
    assert "added: wdi@2026-10-07" in added.stdout, added.stderr
    rows = command(
        library, "--data", "wdi", "data", "rows", "wdi", "economy=JPN", "year=2014",
        "indicator=SP.POP.TOTL", "--csv",
    )  # fmt: skip
    assert rows.stdout.splitlines()[1] == "SP.POP.TOTL,JPN,2014,127276000.0"


def test_some_economies_alone_are_asked_for_by_their_codes(
    tmp_path: Path, library: Library, service: str
) -> None:
    words: tuple[str, ...] = (
        "data",
        "fetch",
        "japan",
        "NAM",
        "--source",
        "world-bank",
        "--years",
        "2011..2014",
    )
    words += ("--indicator", "NY.GDP.MKTP.CD", "--pause", "0", "--from", service)
    run = command(library, *words, "-o", str(tmp_path))
    assert "wdi-NY.GDP.MKTP.CD-2011-2014-JPN-NAM-2.json" in run.stdout, run.stderr
    assert all("/country/JPN;NAM/" in asked for asked in Service.asked)


FAULTS: dict[str, Callable[[list[Any]], object]] = {
    "502": lambda _: 502,
    "429": lambda _: 429,
    "a page of HTML": lambda _: b"<html>Maintenance</html>",
    "cut short": lambda reply: json.dumps(reply).encode()[:-9],
    "another page": lambda reply: [reply[0] | {"page": 2}, reply[1]],
    "figures lost": lambda reply: [reply[0], reply[1][1:]],
    "another indicator": lambda reply: [reply[0], [reply[1][0] | {"indicator": {"id": "X"}}, *reply[1][1:]]],
    "another year": lambda reply: [reply[0], [reply[1][0] | {"date": "1999"}, *reply[1][1:]]],
    "no list": lambda reply: {"data": reply},
    "no page": lambda reply: [{}, reply[1]],
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_once_is_asked_again_and_for_good_leaves_nothing(
    tmp_path: Path, service: str, fault: str
) -> None:
    asks = Client(service, {}, QUICK)
    Service.faults = [FAULTS[fault]] * QUICK.tries
    with pytest.raises(Environment, match="does not answer well"):
        bank.download(asks, [GDP], tmp_path, quiet)
    assert list(tmp_path.iterdir()) == []
    Service.faults = [FAULTS[fault]]
    files, remarks = bank.download(asks, [GDP], tmp_path, quiet)
    assert (len(files), remarks) == (2, [])
    assert len(Service.asked) == QUICK.tries + 3


def test_a_question_that_is_refused_is_not_repeated(tmp_path: Path, service: str) -> None:
    asks = Client(service, {}, QUICK)
    with pytest.raises(BadInput, match="The provided value is not valid"):
        bank.download(asks, [bank.question("NO.SUCH", 2011, 2014, ())], tmp_path, quiet)
    Service.faults = [lambda _: 403]
    with pytest.raises(BadInput, match="refuses the question"):
        bank.download(asks, [GDP], tmp_path, quiet)
    assert len(Service.asked) == 2
    assert list(tmp_path.iterdir()) == []


def test_years_without_figures_are_told(tmp_path: Path, service: str) -> None:
    Service.faults = [
        lambda _: [{"page": 0, "pages": 0, "per_page": 0, "total": 0, "lastupdated": None}, None]
    ]
    files, remarks = bank.download(Client(service, {}, QUICK), [GDP], tmp_path, quiet)
    assert len(files) == 1
    assert remarks == ["NY.GDP.MKTP.CD: the World Bank has no figure of these years"]


@pytest.mark.parametrize(
    "code", ["", "GDP", "../../etc/passwd", "NY.GDP/MKTP", "NY.GDP?x=1", "NY." + "A" * 9 + "."]
)
def test_what_is_no_code_is_neither_asked_nor_written(code: str) -> None:
    with pytest.raises(BadUsage, match="no code"):
        bank.question(code, 2011, 2014, ())


def test_options_of_the_other_service_are_refused(tmp_path: Path, library: Library) -> None:
    for words in (
        ("--source", "world-bank", "--products"),
        ("--source", "world-bank", "--partner", "RUS"),
        ("--indicator", "SP.POP.TOTL", "JPN"),
        (),
    ):
        run = command(library, "data", "fetch", *words, "--years", "2014", "-o", str(tmp_path))
        assert run.returncode == 2
        assert "Error: " in run.stderr
