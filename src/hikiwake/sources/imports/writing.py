"""Arrays of codes and numbers as Parquet files, in the order they have; codes become their texts.

Sorting codes and looking each text up in a list takes less than sorting texts. A list of words would be
written in less still, but hides what a group of rows holds, so that a pair takes ten times as long to find
(`docs/decisions/0027`). A writer is a database of its own, which works beside the program (0029). What is
still to be written is held in memory, so there is a limit to it.
"""

from __future__ import annotations

from collections import deque
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self, TypeVar

from hikiwake.sources.imports.checking import enumerate_as
from hikiwake.sources.imports.columns import kind_of
from hikiwake.sources.imports.parquet import OPTIONS, copy
from hikiwake.store.database import understood
from hikiwake.store.tables import without_bar

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    import duckdb
    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

MEMORY = "500MB"
WAITING = 512 << 20
"""Bytes of columns that wait to be written, at most, where there is more than one file."""
T = TypeVar("T")


def threads(version: str) -> int:
    """Return how many threads of the database write: as many as write what one would, byte by byte.

    Before version 2 of the database several part rows into groups by chance.
    """
    return 2 if int(version.partition(".")[0]) >= 2 else 1


class Writer:
    """Writes one file after the other beside the caller; a fault is raised by what is asked of it later."""

    def __init__(self) -> None:
        import duckdb

        # It holds a few groups of rows and never more, so that it needs no place to spill to.
        self._connection = duckdb.connect(
            config={"memory_limit": MEMORY, "threads": threads(duckdb.__version__), "temp_directory": ""}
        )
        without_bar(self._connection)
        self._known: dict[str, list[str]] = {}
        self._pool = ThreadPoolExecutor(1)
        self._at_work: deque[tuple[Future[Any], int]] = deque()
        self._fault: BaseException | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        stopped = fault is not None and not isinstance(fault, Exception)
        if stopped:
            self._connection.interrupt()  # whoever stops does not wait for a file
        # After a fault of the caller's, what it gave before is still written.
        self._pool.shutdown(cancel_futures=stopped)
        self._connection.close()

    def know(self, kind: str, texts: list[str]) -> None:
        """Learn the texts that codes of a kind (economy, product) stand for, in the order of the codes."""
        if self._known.get(kind) != texts:
            self.wait()
            self._connection.execute(f"drop table if exists {kind}_texts")
            enumerate_as(self._connection, kind, texts)
            self._connection.execute(
                f"create table {kind}_texts as select enum_range(null::{kind})::varchar[] as texts"
            )
            self._known[kind] = texts

    def write(self, columns: Arrays, path: Path, options: str = OPTIONS) -> None:
        """Write columns of equal length; -1 stands for a quantity that is not known."""
        chosen = ", ".join(
            f"(select texts from {kind_of(name)}_texts)[{name}::integer + 1] as {name}"
            if kind_of(name)
            else f"nullif({name}, -1) as {name}"
            if name == "quantity"
            else name
            for name in columns
        )
        self.numbers(columns, path, options, chosen)

    def numbers(self, columns: Arrays, path: Path, options: str = OPTIONS, chosen: str = "*") -> None:
        """Write columns as they are: codes stay codes."""
        size = sum(column.nbytes for column in columns.values())
        self._down_to(WAITING - size)

        def work() -> None:
            self._connection.register("arrays", dict(columns))
            try:
                with understood(path.stem):
                    copy(self._connection, f"select {chosen} from arrays", path, options)
            finally:
                self._connection.unregister("arrays")

        self._in_turn(work, size)

    def then(self, work: Callable[[duckdb.DuckDBPyConnection], T]) -> Future[T]:
        """Do something with the writer's database when all files so far stand; return what comes of it."""
        return self._in_turn(lambda: work(self._connection), 0)

    def wait(self) -> None:
        """Return when all files stand, and what was to be done then is done."""
        self._down_to(-1)

    def _in_turn(self, work: Callable[[], T], size: int) -> Future[T]:
        def run() -> T:
            # What comes after a file that could not be written must not take it as there.
            if self._fault is not None:
                raise self._fault
            try:
                return work()
            except BaseException as fault:
                self._fault = fault
                raise

        coming = self._pool.submit(run)
        self._at_work.append((coming, size))
        return coming

    def _down_to(self, most: int) -> None:
        while self._at_work and (self._at_work[0][0].done() or sum(size for _, size in self._at_work) > most):
            self._at_work.popleft()[0].result()
