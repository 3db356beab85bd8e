"""UN Comtrade's service: asked for one reporter and year at a time.

A reply is believed only whole: its count that of its rows, each row of the reporter, year and partner that
were asked for, and fewer rows than the service sends at most; where they reach that, the question is asked in
parts. Each answer is kept in a file of its own, so a download goes on where it stopped. The key goes in a
header: it is in no address, no message and no file.
"""

from __future__ import annotations

import csv
import gzip
import io
import os
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import msgspec

from hikiwake.core.country import all_countries
from hikiwake.core.errors import BadUsage, Environment
from hikiwake.sources.baci_codes import baci_codes
from hikiwake.sources.imports.comtrade_areas import NUMBERS
from hikiwake.sources.imports.web import Client, Patience
from hikiwake.store import disk

SERVICE = "https://comtradeapi.un.org"
KEY = "HIKIWAKE_COMTRADE_KEY"
KEY_HEADER = "Ocp-Apim-Subscription-Key"
MOST = 100_000
"""Rows that are asked for at once: the smaller of the numbers that are told of the service."""
PARTNERS_AT_ONCE = 25
NEEDED = frozenset({"reporterCode", "partnerCode", "flowCode", "cmdCode", "primaryValue", "period"})
COLUMNS = (
    "typeCode", "freqCode", "refYear", "period", "reporterCode", "flowCode", "partnerCode", "partner2Code",
    "classificationCode", "cmdCode", "aggrLevel", "customsCode", "mosCode", "motCode", "netWgt", "cifvalue",
    "fobvalue", "primaryValue", "isReported", "isAggregate",
)  # fmt: skip
Row = dict[str, Any]


class Question(msgspec.Struct, frozen=True):
    """A reporter's annual trade of a year: its total, or by product (`products` "AG6").

    Without `partners` all are asked for, the world among them.
    """

    reporter: int
    year: int
    products: str = "TOTAL"
    partners: tuple[int, ...] = ()
    flows: tuple[str, ...] = ("X", "M")

    @property
    def file(self) -> str:
        """The name of the file that its answer is kept in."""
        of = "-".join(f"{code:03}" for code in self.partners) or "all"
        return f"comtrade-{self.reporter:03}-{of}-{self.year}-{self.products}.csv.gz"

    def path(self) -> str:
        """Return its address below the service's."""
        words: dict[str, object] = {
            "reporterCode": self.reporter,
            "period": self.year,
            "cmdCode": self.products,
            "flowCode": ",".join(self.flows),
            "partner2Code": 0,
            "customsCode": "C00",
            "motCode": 0,
            "maxRecords": MOST,
            "format": "JSON",
            "includeDesc": "false",
        }
        if self.partners:
            words["partnerCode"] = ",".join(map(str, self.partners))
        return f"/data/v1/get/C/A/HS?{urlencode(words)}"

    def parts(self) -> list[Question]:
        """Return smaller questions that together ask the same; none where it cannot be taken apart."""
        if len(self.flows) > 1:
            return [msgspec.structs.replace(self, flows=(flow,)) for flow in self.flows]
        listed = {one.iso_num for one in all_countries() if one.iso_num}
        partners = self.partners or (0, *sorted({*baci_codes(), *NUMBERS, *listed, 381}))
        if len(partners) == 1:
            return []
        size = PARTNERS_AT_ONCE if not self.partners else -(-len(partners) // 2)
        return [
            msgspec.structs.replace(self, partners=partners[at : at + size])
            for at in range(0, len(partners), size)
        ]


def code_of(economy: str, year: int) -> int:
    """Return the number by which Comtrade calls an economy in a year; `BadUsage` where it has none."""
    for one in baci_codes().values():
        if one.economy == economy and (one.first or year) <= year <= (one.last or year):
            return one.code
    raise BadUsage(
        where=f"{economy}, {year}",
        why="Comtrade has no number of this economy in that year",
        remedy="Look whether it stood alone then: `hikiwake countries` tells from when to when.",
    )


def client(service: str, patience: Patience) -> Client:
    """Return what asks the service, with the key of the environment; `BadUsage` where there is none."""
    key = os.environ.get(KEY, "").strip()
    if not key:
        raise BadUsage(
            where=KEY,
            why="Comtrade's service needs a key of yours, and the environment holds none",
            remedy=f"Ask for one on comtradeplus.un.org, then: export {KEY}=...",
        )
    if not key.isascii() or not key.isprintable() or " " in key:
        raise BadUsage(where=KEY, why="it holds signs that no key has", remedy="Copy the key whole.")
    return Client(service, {KEY_HEADER: key}, patience)


def download(
    asks: Client, questions: list[Question], folder: Path, progress: Callable[[str, float], None]
) -> tuple[list[Path], list[str]]:
    """Ask for what the folder lacks; return the files of all questions, and what to know of the new ones."""
    disk.make_folder(folder)
    files: list[Path] = []
    remarks: list[str] = []
    for number, question in enumerate(questions):
        path = folder / question.file
        progress(f"reporter {question.reporter}, {question.year}", number / len(questions))
        if not path.exists():
            rows = answer(asks, question)
            remarks += remark(question, rows)
            content = _table(rows)
            with disk.refusals():
                disk.write(path, content)
        files.append(path)
    return files, remarks


def answer(asks: Client, question: Question) -> list[Row]:
    """Return the whole answer to a question, asked in parts where it is too long for one reply."""
    rows: list[Row] = asks.ask(question.path(), lambda content: believed(content, question))
    if len(rows) < MOST:
        return rows
    parts = question.parts()
    if not parts:
        raise Environment(
            where=f"Comtrade, reporter {question.reporter}, {question.year}, partner {question.partners}",
            why=f"the service sends {MOST:,} rows at once, and there are more",
            remedy="Take the bulk file of this reporter and year.",
        )
    return [row for part in parts for row in answer(asks, part)]


def believed(content: bytes, question: Question) -> list[Row]:
    """Return the rows of a reply; `ValueError` says what makes it unbelievable."""
    try:
        reply = msgspec.json.decode(content)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise ValueError(f"its reply is no JSON ({fault})") from fault
    if not isinstance(reply, dict) or not isinstance(reply.get("data"), list):
        raise ValueError("its reply has no list of data")  # noqa: TRY004  (what the client asks again for)
    if reply.get("error"):
        raise ValueError(f"it tells an error: {str(reply['error'])[:120]}")
    rows: list[Row] = reply["data"]
    if reply.get("count") != len(rows):
        raise ValueError(f"it counts {reply.get('count')!r} rows and sends {len(rows)}")
    for row in rows:
        if not isinstance(row, dict) or not row.keys() >= NEEDED:
            raise ValueError("a row lacks columns that it should have")
        asked = (
            str(row["reporterCode"]) == str(question.reporter)
            and str(row["period"]) == str(question.year)
            and row["flowCode"] in question.flows
            and (not question.partners or row["partnerCode"] in question.partners)
        )
        if not asked:
            raise ValueError("it sends rows that were not asked for")
    return rows


def remark(question: Question, rows: list[Row]) -> Iterator[str]:
    """Yield where partners do not add up to the world's row, or where nothing came."""
    if not rows:
        yield f"reporter {question.reporter} has reported nothing of {question.year}"
    for flow in question.flows:
        mine = [row for row in rows if row["flowCode"] == flow]
        world = sum(float(row["primaryValue"] or 0) for row in mine if row["partnerCode"] == 0)
        named = sum(float(row["primaryValue"] or 0) for row in mine if row["partnerCode"] != 0)
        if not question.partners and world > 0 and abs(named / world - 1.0) > 1e-3:
            yield (
                f"reporter {question.reporter}, {question.year}, flow {flow}: partners add up to"
                f" {100 * named / world:.1f} % of the world's row"
            )


def _table(rows: list[Row]) -> bytes:
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\n")
    table.writerow(COLUMNS)
    for row in rows:
        cells = (row.get(column, row["period"] if column == "refYear" else None) for column in COLUMNS)
        table.writerow(["" if cell is None else cell for cell in cells])
    return gzip.compress(text.getvalue().encode(), mtime=0)
