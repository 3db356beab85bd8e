"""What the database says when it refuses, as a person reads it."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from hikiwake.core.errors import BadInput, Environment
from hikiwake.store.database import said, understood

LONG = "/home/" + "x" * 300
WRITTEN = (
    'IO Error: Async write failed for range [offset=0, size=27]: {"exception_type":"IO","exception_message":'
    f'"Could not write file \\"{LONG}/a.parquet\\": No space left on device","errno":"28"}}'
)


@pytest.mark.parametrize(
    ("text", "told"),
    [
        (WRITTEN, 'Could not write file "a.parquet": No space left on device'),
        (
            f'IO Error: Cannot open file "{LONG}/a b.parquet": X',
            'IO Error: Cannot open file "a b.parquet": X',
        ),
        (f'Could not rename file "{LONG}/a" to "/b/c": X', 'Could not rename file "a" to "c": X'),
        ("", "IOException"),
    ],
)
def test_the_reason_is_not_lost_behind_a_path(text: str, told: str) -> None:
    assert said(duckdb.IOException(text)) == told
    with pytest.raises(Environment) as caught, understood("a.zip"):
        raise duckdb.IOException(text)
    assert told in caught.value.why


def test_a_name_that_speaks_of_interruptions_is_no_interrupt(tmp_path: Path) -> None:
    path = tmp_path / "interrupted.parquet"
    path.write_bytes(b"no table")
    with pytest.raises(BadInput, match="interrupted"), understood("a table"):
        duckdb.connect().execute(f"from read_parquet('{path}')")


@pytest.mark.parametrize(
    "fault", [duckdb.InterruptException("INTERRUPT Error: Interrupted!"), RuntimeError("Query interrupted")]
)
def test_an_interrupt_is_one(fault: Exception) -> None:
    with pytest.raises(KeyboardInterrupt), understood("a query"):
        raise fault


def test_another_error_is_none() -> None:
    with pytest.raises(RuntimeError, match="another"), understood("a query"):
        raise RuntimeError("another")
