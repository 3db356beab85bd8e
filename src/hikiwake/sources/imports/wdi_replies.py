"""Replies of the World Bank's service, as JSON: read whole, with all their pages.

A reply is a list of two: what page it is of how many, and the observations. An error is a list of one.
"""

from __future__ import annotations

import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec
import numpy as np

from hikiwake.core.country import known
from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.comtrade_areas import AGGREGATE
from hikiwake.sources.imports.streams import Stream

if TYPE_CHECKING:
    import duckdb

LARGEST = 512 * 2**20
_BEGIN = re.compile(
    rb'(\xef\xbb\xbf)?\s*\[\s*\{\s*"(page|pages|per_page|total|sourceid|lastupdated|message)"'
)
_YEAR = re.compile(r"(1[89]|20)\d\d")
ISO2, ISO3 = 2, 3


class Named(msgspec.Struct, frozen=True):
    """A code and what it is called."""

    id: str | None = ""
    value: str | None = ""


class Observation(msgspec.Struct, frozen=True):
    """One figure: of an indicator, of an economy or a group of them, in a period."""

    indicator: Named
    country: Named
    date: str
    value: float | str | None = None
    countryiso3code: str | None = ""

    @property
    def economy(self) -> str:
        """The code of the economy. Groups by income have none of three letters, but two of their own."""
        code, short = (self.countryiso3code or "").strip(), (self.country.id or "").strip()
        if code:
            return code
        named = len(short) == ISO3 or (len(short) == ISO2 and known(short) is not None)
        return short if named else AGGREGATE


class Page(msgspec.Struct, frozen=True):
    """What a reply says of itself."""

    page: int
    pages: int
    per_page: int
    total: int
    lastupdated: str | None = ""


class Reply(msgspec.Struct, frozen=True):
    """A page of observations."""

    about: Page
    observations: list[Observation]


def is_reply(path: Path) -> bool:
    """Tell whether a file holds a reply of the service, by how it begins."""
    if path.suffix.lower() not in {".json", ".gz"}:
        return False
    try:
        with Stream(path).opened() as binary:
            return _BEGIN.match(binary.read(512)) is not None
    except BadInput:
        return False


def read(path: Path) -> Reply:
    """Return the reply that a file holds; `BadInput` where it is none, or tells an error."""
    with Stream(path).opened() as binary:
        content = binary.read(LARGEST + 1)
    if len(content) > LARGEST:
        raise BadInput(
            where=str(path),
            why=f"it has more than {LARGEST:,} bytes",
            remedy="Ask for fewer years or economies at once.",
        )
    try:
        return decoded(content, str(path))
    except ValueError as fault:
        raise BadInput(
            where=str(path),
            why=f"it is no whole reply of the World Bank's service ({fault})",
            remedy="Ask for it again, as format=json.",
        ) from fault


def decoded(content: bytes, where: str) -> Reply:
    """Return a reply; `ValueError` says why it cannot be believed, `BadInput` that the service refuses."""
    try:
        reply = msgspec.json.decode(content.removeprefix(b"\xef\xbb\xbf"))
    except (msgspec.DecodeError, RecursionError) as fault:
        raise ValueError(f"no JSON: {fault}") from fault
    match reply:
        case [{"message": message}]:
            raise BadInput(
                where=where,
                why=f"the World Bank's service refuses the question ({_said(message)})",
                remedy="Compare the indicator and the economies with those that the World Bank lists.",
            )
        case [about, ([*_] | None) as observations]:
            try:
                page = msgspec.convert(about, Page, strict=False)
                # A text where a number must be is kept, and rejected with its place as any other.
                return Reply(page, msgspec.convert(observations or [], list[Observation]))
            except msgspec.ValidationError as fault:
                raise ValueError(f"not of its form: {fault}") from fault
        case _:
            raise ValueError("not a list of a page and its observations")


def whole(replies: list[tuple[Path, Reply]]) -> None:
    """Raise `BadInput` where a page of what was asked is not among the files, or lacks observations.

    Pages do not say of what they are, but of how many: of those of one length each must be there as often.
    """
    asked: dict[Page, Counter[int]] = {}
    for path, reply in replies:
        about, found = reply.about, reply.observations
        length = max(min(about.per_page, about.total - (about.page - 1) * about.per_page), 0)
        if len(found) != length:
            raise BadInput(
                where=str(path),
                why=f"page {about.page} has {len(found):,} observations, and should have {length:,}",
                remedy="Ask for it again.",
            )
        asked.setdefault(msgspec.structs.replace(about, page=0), Counter())[about.page] += 1
    for about, seen in asked.items():
        often = max(seen.values())
        missing = [page for page in range(1, about.pages + 1) if seen[page] < often]
        if missing:
            raise BadInput(
                where=f"replies of the World Bank of {about.total:,} observations",
                why=f"page {missing[0]} of {about.pages} is missing",
                remedy="Give the files of all its pages together, or ask with a larger per_page.",
            )


def take(connection: duckdb.DuckDBPyConnection, reply: Reply, first: int) -> None:
    """Add the observations to the tables `cells` and `lines` of `wide.load_cells`: a line for each.

    Raises `ValueError` for a period that is no year.
    """
    found = reply.observations
    odd = next((one.date for one in found if _YEAR.fullmatch(one.date) is None), None)
    if odd is not None:
        raise ValueError(f"period {odd[:20]!r} is no year; only annual figures are read")
    rows = np.arange(first, first + len(found))
    lines: dict[str, np.ndarray] = {
        "row": rows,
        "economy_code": np.array([one.economy for one in found], dtype=object),
        "indicator_name": np.array([one.indicator.value or "" for one in found], dtype=object),
        "indicator_code": np.array([one.indicator.id or "" for one in found], dtype=object),
    }
    told = [place for place, one in enumerate(found) if one.value is not None]
    cells: dict[str, np.ndarray] = {
        "row": rows[told],
        "year": np.array([int(found[place].date) for place in told], dtype=np.int16),
        "value": np.array([str(found[place].value) for place in told], dtype=object),
    }
    for name, columns in (("lines", lines), ("cells", cells)):
        if columns["row"].size:
            connection.register("columns", columns)
            connection.execute(f"insert into {name} by name select * from columns")
            connection.unregister("columns")


def _said(message: object) -> str:
    match message:
        case [{"value": str() as said}, *_]:
            return said[:160]
        case _:
            return str(message)[:160]
