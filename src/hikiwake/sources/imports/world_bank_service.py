"""The World Bank's service: asked for one indicator at a time, of some economies or of all.

It needs no key. A reply is believed only whole, and about what was asked; each page is kept as it was sent,
in a file of its own, so a download goes on where it stopped.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from pathlib import Path
from urllib.parse import quote, urlencode

import msgspec

from hikiwake.core.errors import BadUsage
from hikiwake.sources.imports import wdi_replies
from hikiwake.sources.imports.wdi_replies import Reply
from hikiwake.sources.imports.web import Client
from hikiwake.store import disk

SERVICE = "https://api.worldbank.org"
_CODE = re.compile(r"[A-Za-z0-9]+([._-][A-Za-z0-9]+){1,8}")
AT_ONCE = 10_000
"""Observations that are asked for at once; the service says how many it sends."""


class Question(msgspec.Struct, frozen=True):
    """An indicator in years from `first` to `last`, of economies by three letters (none: of all)."""

    indicator: str
    first: int
    last: int
    economies: tuple[str, ...] = ()

    def file(self, page: int) -> str:
        """Return the name of the file that a page of its answer is kept in."""
        of = "-".join(self.economies) or "all"
        return f"wdi-{self.indicator}-{self.first}-{self.last}-{of}-{page}.json"

    def path(self, page: int) -> str:
        """Return its address below the service's."""
        words = {
            "format": "json",
            "date": f"{self.first}:{self.last}",
            "source": 2,
            "per_page": AT_ONCE,
            "page": page,
        }
        of = quote(";".join(self.economies) or "all", safe=";")
        asked = urlencode(words, safe=":")
        return f"/v2/country/{of}/indicator/{quote(self.indicator, safe='')}?{asked}"


def question(indicator: str, first: int, last: int, economies: tuple[str, ...]) -> Question:
    """Return what to ask; `BadUsage` for what is no code of an indicator, for it names a file as well."""
    if _CODE.fullmatch(indicator) is None:
        raise BadUsage(
            where=f"indicator {indicator[:80]!r}",
            why="no code of the World Bank's is written so",
            remedy="Codes stand on the page of an indicator, such as NY.GDP.MKTP.CD.",
        )
    return Question(indicator, first, last, economies)


def download(
    asks: Client, questions: list[Question], folder: Path, progress: Callable[[str, float], None]
) -> tuple[list[Path], list[str]]:
    """Ask for what the folder lacks; return the files of all questions, and what to know of them."""
    disk.make_folder(folder)
    files: list[Path] = []
    remarks: list[str] = []
    for number, question in enumerate(questions):
        page, pages = 1, 1
        while page <= pages:
            progress(question.indicator, (number + (page - 1) / pages) / len(questions))
            path = folder / question.file(page)
            if not path.exists():
                content = asks.ask(question.path(page), lambda reply: _believed(reply, question, page))  # noqa: B023
                with disk.refusals():
                    disk.write(path, content)
            about = wdi_replies.read(path).about
            if not about.total:
                remarks.append(f"{question.indicator}: the World Bank has no figure of these years")
            files.append(path)
            page, pages = page + 1, about.pages
    return files, remarks


def _believed(content: bytes, question: Question, page: int) -> bytes:
    """Return a reply as it came; `ValueError` says what makes it unbelievable."""
    reply: Reply = wdi_replies.decoded(content, f"{question.indicator}, {question.first} to {question.last}")
    about, found = reply.about, reply.observations
    if about.total and about.page != page:
        raise ValueError(f"it sends page {about.page} where page {page} was asked for")
    length = min(about.per_page, about.total - (page - 1) * about.per_page)
    if len(found) != max(length, 0):
        raise ValueError(f"it announces {max(length, 0)} observations and sends {len(found)}")
    years = {str(year) for year in range(question.first, question.last + 1)}
    if any(
        one.indicator.id != question.indicator
        or one.date not in years
        or (question.economies and one.economy not in question.economies)
        for one in found
    ):
        raise ValueError("it sends figures that were not asked for")
    return content
