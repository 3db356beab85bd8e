"""UN Comtrade's service: asked with patience, believed only whole; a real server on this machine plays it."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from http.server import BaseHTTPRequestHandler
from pathlib import Path
from typing import Any, ClassVar
from urllib.parse import parse_qs, urlsplit

import pytest
from tests.imports import quiet, reasons, rows
from tests.services import served

from hikiwake.core.errors import BadInput, BadUsage, Environment
from hikiwake.sources.imports import comtrade_service as un
from hikiwake.sources.imports.run import Wish, add
from hikiwake.sources.imports.web import Patience
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

KEY = "0123456789abcdef-secret"
QUICK = Patience(pause=0.0, tries=3, longest=2.0, timeout=60.0)
Answer = Callable[["Service"], None]


class Service(BaseHTTPRequestHandler):
    """Answers as Comtrade does, after the faults that a test has put first."""

    faults: ClassVar[list[Answer]] = []
    asked: ClassVar[list[str]] = []
    held: ClassVar[list[dict[str, Any]]] = []
    most: ClassVar[int] = 0

    def do_GET(self) -> None:
        type(self).asked.append(self.path)
        if self.headers.get("Ocp-Apim-Subscription-Key") != KEY:
            self.send(401, {"message": "Access denied due to invalid subscription key."})
        elif self.faults:
            type(self).faults.pop(0)(self)
        else:
            self.send(
                200, {"elapsedTime": "0.1 secs", "count": len(self.rows()), "data": self.rows(), "error": ""}
            )

    def rows(self) -> list[dict[str, Any]]:
        asked = {name: values[0].split(",") for name, values in parse_qs(urlsplit(self.path).query).items()}
        fitting = [
            row
            for row in self.held
            if str(row["reporterCode"]) in asked["reporterCode"]
            and str(row["period"]) in asked["period"]
            and row["flowCode"] in asked["flowCode"]
            and ("partnerCode" not in asked or str(row["partnerCode"]) in asked["partnerCode"])
            and ((row["aggrLevel"] == 6) is (asked["cmdCode"] == ["AG6"]))
        ]
        return fitting[: self.most or None]

    def send(
        self, status: int, content: object, kind: str = "application/json; charset=utf-8", **headers: str
    ) -> None:
        body = content if isinstance(content, bytes) else json.dumps(content).encode()
        self.send_response(status)
        self.send_header("Content-Type", kind)
        for name, value in headers.items():
            self.send_header(name.replace("_", "-"), value)
        if "Content_Length" not in headers:
            self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *_: object) -> None:
        """Say nothing."""


def row(partner: int, flow: str, usd: float, **more: object) -> dict[str, Any]:
    return {
        "typeCode": "C", "freqCode": "A", "refYear": 2014, "period": "2014", "reporterCode": 392,
        "flowCode": flow, "partnerCode": partner, "partner2Code": 0, "classificationCode": "H4",
        "cmdCode": "TOTAL", "aggrLevel": 0, "customsCode": "C00", "mosCode": "0", "motCode": 0,
        "netWgt": None, "cifvalue": None, "fobvalue": usd, "primaryValue": usd, "isReported": True,
        "isAggregate": True,
    } | more  # fmt: skip


ROWS = [
    row(0, "X", 300.0),
    row(643, "X", 100.5),
    row(156, "X", 199.5),
    row(643, "M", 77.0),
    row(0, "M", 77.0),
]
ASKED = un.Question(392, 2014)


@pytest.fixture
def service(monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.setenv(un.KEY, KEY)
    Service.faults, Service.asked, Service.held, Service.most = [], [], list(ROWS), 0
    with served(Service) as address:
        yield address


def truncated(asked: Service) -> None:
    body = json.dumps({"count": 2, "data": ROWS[:2]}).encode()
    asked.send(200, body[:-20], Content_Length=str(len(body)))
    asked.wfile.flush()
    asked.connection.close()


def cut_but_announced(asked: Service) -> None:
    asked.send(200, json.dumps({"count": 2, "data": ROWS[:2]}).encode()[:-20])


def gone(asked: Service) -> None:
    asked.connection.close()


FAULTS: dict[str, Answer] = {
    "500": lambda s: s.send(500, {"message": "Internal server error"}),
    "502": lambda s: s.send(502, b"<html>Bad gateway</html>", "text/html"),
    "429": lambda s: s.send(429, {"message": "Rate limit is exceeded."}, Retry_After="0"),
    "429 until a date": lambda s: s.send(
        429, {}, Retry_After=format_datetime(datetime.now(UTC) + timedelta(seconds=1), usegmt=True)
    ),
    "cut short": truncated,
    "cut short, length as sent": cut_but_announced,
    "connection gone": gone,
    "a page of HTML": lambda s: s.send(200, b"<html>Maintenance</html>", "text/html"),
    "an array": lambda s: s.send(200, [1, 2]),
    "no data": lambda s: s.send(200, {"count": 0, "error": ""}),
    "an error in the reply": lambda s: s.send(200, {"count": 0, "data": [], "error": "quota exceeded"}),
    "rows lost": lambda s: s.send(200, {"count": 5, "data": ROWS[:4], "error": ""}),
    "count is text": lambda s: s.send(200, {"count": "5", "data": ROWS, "error": ""}),
    "another reporter": lambda s: s.send(200, {"count": 1, "data": [row(643, "X", 1.0, reporterCode=842)]}),
    "another year": lambda s: s.send(200, {"count": 1, "data": [row(643, "X", 1.0, period="2013")]}),
    "another flow": lambda s: s.send(200, {"count": 1, "data": [row(643, "RX", 1.0)]}),
    "columns renamed": lambda s: s.send(200, {"count": 1, "data": [{"reporter": 392, "value": 1}]}),
    "nested a thousandfold": lambda s: s.send(200, b'{"data":' + b"[" * 5000 + b"]" * 5000 + b"}"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_what_fails_once_is_asked_again(tmp_path: Path, service: str, fault: str) -> None:
    Service.faults = [FAULTS[fault]]
    files, remarks = un.download(un.client(service, QUICK), [ASKED], tmp_path, quiet)
    assert len(Service.asked) == 2
    assert remarks == []
    assert [path.name for path in files] == ["comtrade-392-all-2014-TOTAL.csv.gz"]
    assert len(un.answer(un.client(service, QUICK), ASKED)) == 5


@pytest.mark.parametrize("fault", ["500", "a page of HTML", "rows lost", "cut short"])
def test_what_fails_for_good_leaves_nothing_behind(tmp_path: Path, service: str, fault: str) -> None:
    Service.faults = [FAULTS[fault]] * 5
    with pytest.raises(Environment, match="does not answer well") as refused:
        un.download(un.client(service, QUICK), [ASKED], tmp_path, quiet)
    assert len(Service.asked) == QUICK.tries
    assert list(tmp_path.iterdir()) == []
    assert KEY not in str(refused.value)


def test_a_long_wait_is_told_and_not_waited(tmp_path: Path, service: str) -> None:
    Service.faults = [lambda s: s.send(429, {}, Retry_After="3600")]
    with pytest.raises(Environment, match="429"):
        un.download(un.client(service, QUICK), [ASKED], tmp_path, quiet)
    assert len(Service.asked) == 1


def test_a_wrong_key_and_a_wrong_question_are_not_repeated(
    tmp_path: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    Service.faults = [lambda s: s.send(400, {"message": f"bad period; key {KEY}"})]
    with pytest.raises(BadInput, match="bad period") as refused:
        un.download(un.client(service, QUICK), [ASKED], tmp_path, quiet)
    assert KEY not in str(refused.value)
    monkeypatch.setenv(un.KEY, "not-the-key")
    with pytest.raises(BadUsage, match="refuses the key") as denied:
        un.download(un.client(service, QUICK), [ASKED], tmp_path, quiet)
    assert "not-the-key" not in str(denied.value)
    assert len(Service.asked) == 2
    monkeypatch.delenv(un.KEY)
    with pytest.raises(BadUsage, match="needs a key"):
        un.client(service, QUICK)


def test_a_redirect_is_not_followed_with_the_key(tmp_path: Path, service: str) -> None:
    Service.faults = [lambda s: s.send(302, b"", Location="http://127.0.0.1:1/")] * 3
    with pytest.raises((BadInput, Environment), match="302"):
        un.download(un.client(service, QUICK), [ASKED], tmp_path, quiet)


def test_a_key_does_not_travel_in_clear_text(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(un.KEY, KEY)
    with pytest.raises(BadUsage, match="clear text"):
        un.client("http://comtradeapi.un.org", QUICK)
    assert KEY not in ASKED.path()


def test_a_download_goes_on_where_it_stopped(tmp_path: Path, service: str) -> None:
    Service.held = [*ROWS, *(one | {"period": "2013", "refYear": 2013} for one in ROWS)]
    questions = [un.Question(392, 2013), ASKED]
    asks = un.client(service, QUICK)
    Service.faults = [lambda s: s.send(200, {"count": 0, "data": [], "error": ""})]
    _, remarks = un.download(asks, questions[:1], tmp_path, quiet)
    assert remarks == ["reporter 392 has reported nothing of 2013"]
    (tmp_path / questions[0].file).unlink()
    un.download(asks, questions[:1], tmp_path, quiet)
    before = len(Service.asked)
    files, _ = un.download(asks, questions, tmp_path, quiet)
    assert len(Service.asked) == before + 1
    assert len(files) == 2


def test_too_long_an_answer_is_asked_for_in_parts(
    tmp_path: Path, service: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(un, "MOST", 3)
    Service.most = 3
    found = un.answer(un.client(service, QUICK), ASKED)
    assert sorted((r["partnerCode"], r["flowCode"]) for r in found) == sorted(
        (r["partnerCode"], r["flowCode"]) for r in ROWS
    )
    assert any("partnerCode" in path for path in Service.asked)
    Service.held = [row(643, "X", float(n)) for n in range(5)]
    with pytest.raises(Environment, match="sends 3 rows at once"):
        un.answer(un.client(service, QUICK), ASKED)


def test_the_key_is_in_no_address_file_or_report(tmp_path: Path, service: str, library: Library) -> None:
    Service.faults = [FAULTS["429"], FAULTS["502"]]
    files, _ = un.download(un.client(service, QUICK), [ASKED], tmp_path / "un", quiet)
    made = add(Wish(files=tuple(files)), library, quiet)
    assert made.report.rows("accepted") == 2
    kept = [path for path in (*tmp_path.rglob("*"), *library.folder.rglob("*")) if path.is_file()]
    assert len(kept) > 5
    for path in kept:
        content = path.read_bytes()
        assert KEY.encode() not in (gzip.decompress(content) if path.suffix == ".gz" else content), path
    assert not any(KEY in asked for asked in Service.asked)


def test_partners_that_do_not_add_up_are_told(service: str) -> None:
    lost = [one for one in ROWS if one["partnerCode"] != 156]
    assert list(un.remark(ASKED, lost)) == [
        "reporter 392, 2014, flow X: partners add up to 33.5 % of the world's row"
    ]


def test_what_was_downloaded_comes_in_from_both_sides(tmp_path: Path, service: str, library: Library) -> None:
    Service.held = [
        *ROWS,
        *(
            one | {"reporterCode": 643, "partnerCode": 392 if one["partnerCode"] == 643 else 156}
            for one in ROWS[1:4]
        ),
    ]
    questions = [ASKED, un.Question(643, 2014)]
    files, _ = un.download(un.client(service, QUICK), questions, tmp_path, quiet)
    made = add(Wish(files=tuple(files), name="un@1"), library, quiet)
    assert rows(open_tables(library.path(made.held))) == [
        (2014, "JPN", "CHN", "TOTAL", 200, None),
        (2014, "JPN", "RUS", "TOTAL", 101, None),
        (2014, "RUS", "CHN", "TOTAL", 200, None),
        (2014, "RUS", "JPN", "TOTAL", 101, None),
    ]
    bought = add(Wish(files=tuple(files), name="un-imports@1", report="imports"), library, quiet)
    assert rows(open_tables(library.path(bought.held))) == [
        (2014, "JPN", "RUS", "TOTAL", 77, None),
        (2014, "RUS", "JPN", "TOTAL", 77, None),
    ]
    assert reasons(made.report)["aggregate"] == 1
