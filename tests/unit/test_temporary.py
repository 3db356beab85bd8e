"""What is temporary goes with the work, and what a killed process left goes with the next one's."""

from __future__ import annotations

import multiprocessing
import os
import time
from contextlib import ExitStack
from pathlib import Path

import pytest

from hikiwake.store import temporary
from hikiwake.store.atomic import write
from hikiwake.store.library import Library

FORK = multiprocessing.get_context("fork")


def test_what_passes_is_gone_at_the_end_and_when_all_is_ended(tmp_path: Path) -> None:
    folder, file, never = tmp_path / "folder", tmp_path / "file", tmp_path / "never"
    with temporary.passing(folder), temporary.passing(file), temporary.passing(never):
        folder.mkdir()
        (folder / "a").write_bytes(b"a")
        file.write_bytes(b"a")
        temporary.remove_all()
        assert list(tmp_path.iterdir()) == []
        file.write_bytes(b"again")
    assert list(tmp_path.iterdir()) == []
    other = tmp_path / "other"
    other.write_bytes(b"a")
    temporary.remove_all()
    assert other.exists()


def test_what_killed_processes_left_beside_a_file_goes_once_it_is_old(tmp_path: Path) -> None:
    old, new = tmp_path / ".hikiwake-1-a.part", tmp_path / ".hikiwake-2-b.part"
    alien = tmp_path / ".other-1-a.part"
    for path in (old, new, alien):
        path.write_bytes(b"half")
    hour = time.time() - temporary.LONGEST - 1
    for path in (old, alien):
        os.utime(path, (hour, hour))
    write(tmp_path / "brief.html", b"whole")
    assert sorted(tmp_path.iterdir()) == sorted([new, alien, tmp_path / "brief.html"])


def work_until_killed(library: Path) -> None:
    with Library(library).scratch() as folder:
        (folder / "sums of months.parquet").write_bytes(b"half")
        time.sleep(600)


def test_a_killed_process_leaves_its_scratch_to_the_next_sweep(tmp_path: Path) -> None:
    library = Library(tmp_path)
    process = FORK.Process(target=work_until_killed, args=(tmp_path,))
    process.start()
    while not list(tmp_path.rglob("sums*")):
        time.sleep(0.01)
    assert library.sweep(0.0) == []  # somebody is at work in it
    process.kill()
    process.join()
    (left,) = library.leftovers()
    assert library.sweep() == [left]  # however new it is
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == [".library.lock"]
    with library.scratch() as folder:
        assert folder.is_dir()
    assert not folder.exists()


def hold(library: Path, counts: Path, number: int) -> None:
    for turn in range(60):
        with Library(library).lock("0123456789abcdef"):
            alone = counts / "alone"
            alone.touch(exist_ok=False)  # two at once are found out here
            time.sleep(0.001)
            alone.unlink()
            (counts / f"{number}-{turn}").touch()


def test_one_alone_holds_a_lock_whose_file_goes_with_it(tmp_path: Path) -> None:
    library, counts = tmp_path / "library", tmp_path / "counts"
    counts.mkdir()
    holders = [FORK.Process(target=hold, args=(library, counts, number)) for number in range(4)]
    for holder in holders:
        holder.start()
    while any(holder.is_alive() for holder in holders):
        Library(library).staging("0123456789abcdef")
        Library(library).sweep(0.0)
    assert [holder.exitcode for holder in holders] == [0] * 4
    assert len(list(counts.iterdir())) == 240


def test_who_waits_for_a_lock_is_told_until_it_is_free(tmp_path: Path) -> None:
    with ExitStack() as held:
        held.enter_context(Library(tmp_path).lock("0123456789abcdef"))
        told: list[int] = []

        def waiting() -> None:
            told.append(len(told))
            if len(told) == 3:
                held.close()

        with Library(tmp_path).lock("0123456789abcdef", waiting):
            assert told == [0, 1, 2]


@pytest.mark.parametrize("refused", ["open", "replace"])
def test_a_refused_file_leaves_nothing(refused: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from hikiwake.core.errors import Environment

    def refuse(*given: object, **named: object) -> None:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, refused, refuse)
    with pytest.raises(Environment):
        write(tmp_path / "brief.html", b"whole")
    assert list(tmp_path.iterdir()) == []
