"""The plain lines of a part, read while the part before it is at work where they can be."""

from __future__ import annotations

from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from types import TracebackType
from typing import TYPE_CHECKING, NamedTuple, Self

from hikiwake.sources.imports import loading, plain
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.plain import Held
from hikiwake.sources.imports.streams import Part

if TYPE_CHECKING:
    import duckdb


class _Coming(NamedTuple):
    part: str
    held: Held
    read: Future[bool]


class Reader:
    """Reads the plain lines of a part beforehand; what fails there is raised when that part is asked for."""

    def __init__(
        self, connection: duckdb.DuckDBPyConnection, mapping: Mapping, products: dict[str, str]
    ) -> None:
        self._connection, self._mapping, self._products = connection, mapping, products
        self._pool = ThreadPoolExecutor(1)
        self._coming: _Coming | None = None
        self._stopped = False

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        self._stopped = True
        self._pool.shutdown()

    def begin(self, part: Part, tick: Callable[[int], None]) -> None:
        """Begin to read a part of one year and one table; `tick` is told how many bytes went through.

        Its codes are those known by now: lines with others are left to the query, as they are later on.
        """
        held = self._held(part)
        if held is None or not held.as_arrays or len(part.streams) > 1 or part.streams[0].is_parquet:
            return

        def told(count: int) -> None:
            if self._stopped:
                raise InterruptedError
            tick(count)

        read = self._pool.submit(loading.early, part.streams[0], self._mapping, told, held)
        self._coming = _Coming(part.name, held, read)

    def of(self, part: Part) -> Held | None:
        """Return what the plain lines of a part go to, or have gone to."""
        coming, self._coming = self._coming, None
        if coming is not None and coming.part == part.name and coming.read.result():
            return coming.held
        return self._held(part)

    def _held(self, part: Part) -> Held | None:
        quick = plain.begin(self._connection, self._mapping, self._products, part.year)
        # Totals are few, and the whole matrix of them is asked of the table.
        one_year = part.year is not None and bool(self._mapping.product)
        return Held(self._connection, quick, one_year=one_year) if quick else None
