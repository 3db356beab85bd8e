"""What the database says when it refuses, in words of ours."""

from __future__ import annotations

import re
from collections.abc import Iterator
from contextlib import contextmanager

import msgspec

from hikiwake.core.errors import BadInput, Environment

INTERRUPTED = "Query interrupted"
"""What Ctrl-C during a query is called, in an error of no kind."""
_WITHIN = re.compile(r'"exception_message":("(?:[^"\\]|\\.)*")')
_PATH = re.compile(r'"/[^"]*/([^"/]+)"')


def said(fault: Exception) -> str:
    """Return the reason that an error of the database gives, in one line.

    What fails on another thread stands within it as JSON. Of paths the name is enough: a long one would leave
    no room for the reason.
    """
    line = (str(fault).strip() or type(fault).__name__).splitlines()[0]
    within = _WITHIN.search(line)
    return _PATH.sub(r'"\1"', msgspec.json.decode(within[1], type=str) if within else line)[:160]


@contextmanager
def refusals(where: str, remedy: str) -> Iterator[None]:
    """Turn an interrupt, and what the machine refuses to the database, into what they are elsewhere."""
    import duckdb

    try:
        yield
    except duckdb.InterruptException as fault:
        raise KeyboardInterrupt from fault
    except RuntimeError as fault:
        if str(fault) != INTERRUPTED:
            raise
        raise KeyboardInterrupt from fault
    except (duckdb.OutOfMemoryException, duckdb.IOException) as fault:
        raise Environment(where=where, why=f"the machine refuses ({said(fault)})", remedy=remedy) from fault


@contextmanager
def understood(where: str) -> Iterator[None]:
    """Turn the database's errors at the reading of a table into ours."""
    import duckdb

    try:
        with refusals(
            where, "Make room or permission there, and room in memory, then give the command again."
        ):
            yield
    except duckdb.Error as fault:
        raise BadInput(
            where=where,
            why=f"the table cannot be read ({said(fault)})",
            remedy="Look at the file; it must be a table with a header and one delimiter.",
        ) from fault
