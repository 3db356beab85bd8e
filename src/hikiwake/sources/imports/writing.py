"""Arrays of codes and numbers as Parquet files, in the order they have; codes become their texts.

Sorting codes and looking each text up in a list takes less than sorting texts. A list of words would be
written in less still, but hides what a group of rows holds, so that a pair takes ten times as long to find
(`docs/decisions/0027`). A writer is a database of its own, with one thread, which works beside the program.
"""

from __future__ import annotations

from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, Self

from hikiwake.sources.imports.checking import enumerate_as
from hikiwake.sources.imports.columns import kind_of
from hikiwake.sources.imports.parquet import OPTIONS, copy
from hikiwake.store.tables import without_bar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from numpy.typing import NDArray

    Arrays = Mapping[str, NDArray[Any]]

MEMORY = "500MB"


class Writer:
    """Writes one file after the other beside the caller; a fault is raised by what is asked of it next."""

    def __init__(self) -> None:
        import duckdb

        # It holds a few groups of rows and never more, so that it needs no place to spill to.
        self._connection = duckdb.connect(config={"memory_limit": MEMORY, "threads": 1, "temp_directory": ""})
        without_bar(self._connection)
        self._known: dict[str, list[str]] = {}
        self._pool = ThreadPoolExecutor(1)
        self._at_work: Future[None] | None = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, fault: BaseException | None, at: TracebackType | None
    ) -> None:
        if fault is not None:
            self._connection.interrupt()  # whoever stops does not wait for a file
        self._pool.shutdown()
        self._connection.close()

    def know(self, kind: str, texts: list[str]) -> None:
        """Learn the texts that codes of a kind (economy, product) stand for, in the order of the codes."""
        self.wait()
        if self._known.get(kind) != texts:
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
        self.wait()

        def work() -> None:
            self._connection.register("arrays", dict(columns))
            try:
                copy(self._connection, f"select {chosen} from arrays", path, options)
            finally:
                self._connection.unregister("arrays")

        self._at_work = self._pool.submit(work)

    def wait(self) -> None:
        """Return when the last file stands."""
        at_work, self._at_work = self._at_work, None
        if at_work is not None:
            at_work.result()
