"""What is kept for `why` has no claim to room that an answer needs."""

from __future__ import annotations

import errno
from pathlib import Path

import pytest

from hikiwake.cli import memory
from hikiwake.core.errors import Environment
from hikiwake.core.provenance import Ledger
from hikiwake.store import atomic


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A cache that holds one thing."""
    monkeypatch.setattr(memory, "folder", lambda: tmp_path / "ledgers")
    (tmp_path / "ledgers").mkdir()
    (tmp_path / "ledgers" / "old.json").write_bytes(b"kept")
    return tmp_path / "ledgers"


def full(code: int, kept: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let no file be written while anything is kept."""
    real = atomic._replace

    def replace(path: Path, content: bytes) -> None:
        if any(kept.iterdir()):
            raise OSError(code, "no")
        real(path, content)

    monkeypatch.setattr(atomic, "_replace", replace)


@pytest.mark.parametrize("code", [errno.ENOSPC, errno.EDQUOT])
def test_what_is_kept_makes_room_once(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    full(code, kept, monkeypatch)
    said: list[str] = []
    memory.write(tmp_path / "a.html", b"a page", said.append)
    assert (tmp_path / "a.html").read_bytes() == b"a page"
    assert said == [memory.GIVEN_UP]
    memory.write(tmp_path / "b.html", b"another", said.append)
    assert len(said) == 1


def test_what_is_kept_stays_where_it_is_not_in_the_way(
    tmp_path: Path, kept: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    full(errno.EACCES, kept, monkeypatch)
    with pytest.raises(Environment, match=r"a\.html"):
        memory.write(tmp_path / "a.html", b"a page", print)
    assert [path.name for path in kept.iterdir()] == ["old.json"]


def test_an_answer_that_failed_is_not_kept(kept: Path) -> None:
    with pytest.raises(Environment), memory.remembering(Ledger()):
        raise Environment(where="a", why="b", remedy="c")
    assert len(list(kept.iterdir())) == 1
    with pytest.raises(BrokenPipeError), memory.remembering(Ledger()):
        raise BrokenPipeError
    assert len(list(kept.iterdir())) == 2
