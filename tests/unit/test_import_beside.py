"""What an import does beside the year at work: it reads the next one, and writes the last."""

from __future__ import annotations

import errno
import os
import zipfile
from pathlib import Path

import duckdb
import numpy as np
import pytest
from tests import releases
from tests.imports import adds_up, brought, quiet, rows

from hikiwake import kernels
from hikiwake.core.errors import BadInput, Environment
from hikiwake.sources.imports import loading
from hikiwake.sources.imports.ahead import ahead
from hikiwake.sources.imports.parquet import OPTIONS
from hikiwake.sources.imports.run import Added, Wish, add
from hikiwake.sources.imports.writing import Writer, threads
from hikiwake.store import disk
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

ROWS = 200_000
FLOWS = {"year": np.array([2014, 2014]), "value": np.array([5, 7])}


def refuse(path: Path, make: object) -> None:
    raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC), str(path))


def test_nothing_is_done_after_a_file_that_could_not_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    done: list[Path] = []
    with Writer() as writer:
        writer.numbers(FLOWS, tmp_path / "a.parquet")
        writer.wait()
        with monkeypatch.context() as patch:
            patch.setattr(disk, "replace", refuse)
            writer.numbers(FLOWS, tmp_path / "b.parquet")
            coming = writer.then(lambda connection: done.append(tmp_path))
            with pytest.raises(OSError, match=r"b\.parquet"):
                coming.result()
        with pytest.raises(OSError, match=r"b\.parquet"):
            writer.wait()
    assert done == []
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.parquet"]


def test_what_is_done_then_finds_the_files(tmp_path: Path) -> None:
    def total(connection: duckdb.DuckDBPyConnection) -> int:
        ((value,),) = connection.execute(f"select sum(value) from '{tmp_path}/*.parquet'").fetchall()
        return int(value)

    with Writer() as writer:
        for name in "abc":
            writer.numbers(FLOWS, tmp_path / f"{name}.parquet")
        assert writer.then(total).result() == 36


def test_a_writer_writes_what_one_thread_writes(tmp_path: Path) -> None:
    """With groups so small that each thread has many of them."""
    chance = np.random.default_rng(3)
    codes = {"exporter": np.sort(chance.integers(0, 3, ROWS)), "product": chance.integers(0, 900, ROWS)}
    flows = {**codes, "value": chance.integers(1, 10**9, ROWS), "quantity": chance.integers(-1, 50, ROWS)}
    texts = {"economy": ["AAA", "BBB", "CCC"], "product": [f"{n:06}" for n in range(900)]}
    options = OPTIONS.replace("61440", "2048")
    made = []
    for number in range(4):
        with Writer() as writer:
            if number == 0:
                writer._connection.execute("set threads = 1")
            for kind, known in texts.items():
                writer.know(kind, known)
            writer.write(flows, tmp_path / f"{number}.parquet", options)
        made.append((tmp_path / f"{number}.parquet").read_bytes())
    assert len(set(made)) == 1


@pytest.mark.parametrize(("version", "wanted"), [("1.4.0", 1), ("1.5.2", 1), ("2.0.0", 2), ("10.1", 2)])
def test_several_threads_write_where_they_keep_the_order(version: str, wanted: int) -> None:
    assert threads(version) == wanted


def test_what_is_fetched_is_ended_where_the_work_fails() -> None:
    ended: list[bool] = []
    with pytest.raises(ZeroDivisionError), ahead(iter(range(5)), lambda: ended.append(True)) as parts:
        assert [1 / (1 - part) for part in parts]
    assert ended == [True]


def spoilt(path: Path, member: str) -> None:
    """Change one byte of what a member is packed to."""
    with zipfile.ZipFile(path) as archive:
        (one,) = (info for info in archive.infolist() if member in info.filename)
    content = bytearray(path.read_bytes())
    content[one.header_offset + 30 + len(one.filename) + one.compress_size // 2] ^= 0xFF
    path.write_bytes(content)


@pytest.mark.parametrize("year", [2013, 2014, 2015])
def test_a_damaged_year_is_told_in_its_turn(tmp_path: Path, year: int) -> None:
    """The years before it are finished, and are not read again once the file is whole."""
    path, library = releases.release(tmp_path / "a.zip"), Library(tmp_path / "library")
    whole = path.read_bytes()
    spoilt(path, f"_Y{year}")
    with pytest.raises(BadInput, match=f"_Y{year}.*cannot be read"):
        add(Wish(files=(path,)), library, quiet)
    finished = sorted(int(mark.stem) for mark in (library.folder / "unfinished").rglob("20*.json"))
    assert finished == list(range(2013, year))
    assert not library.held()
    path.write_bytes(whole)
    brought(library, path)
    assert [one.reference for one in library.held()] == ["baci-hs92@202601"]


def both_ways(path: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[Added, list[bool]]:
    """Import a release with years read beforehand and without; the same must come of it.

    Return it, and which years beside the first were read beforehand to their end.
    """
    read: list[bool] = []
    early = loading.early

    def noted(*given: object) -> bool:
        read.append(early(*given))  # type: ignore[arg-type]
        return read[-1]

    monkeypatch.setattr(loading, "early", noted)
    beside = add(Wish(files=(path,), allow_rejects=True), Library(tmp_path / "beside"), quiet)
    monkeypatch.setattr(loading, "early", lambda *given: False)
    in_turn = add(Wish(files=(path,), allow_rejects=True), Library(tmp_path / "in-turn"), quiet)
    adds_up(beside.report)
    assert beside.report == in_turn.report
    assert beside.held == in_turn.held
    return beside, read


@pytest.mark.skipif(kernels.built() is None, reason="the compiled part was not built")
def test_years_read_beforehand_are_as_if_read_in_their_turn(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Lines that the loop leaves to the query, and codes that no list has, among them."""
    years = {
        year: [*some, (year, "Japan", 643, "10110", "1.5", "2"), (year, 392, "Utopia", "440320", "9", "NA")]
        for year, some in releases.ROWS.items()
    }
    path = releases.release(tmp_path / "a.zip", years)
    beside, read = both_ways(path, tmp_path, monkeypatch)
    assert read == [True, True]
    held = rows(open_tables(Library(tmp_path / "beside").path(beside.held)))
    assert len(held) == sum(map(len, releases.ROWS.values())) + 3


@pytest.mark.skipif(kernels.built() is None, reason="the compiled part was not built")
def test_a_year_that_is_left_to_the_query_halfway_is_read_anew(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Its first lines were taken beforehand, up to a cell of two lines; they must not count twice."""
    halfway = releases.csv_text(releases.ROWS[2014]) + '2014,392,643,"4403\n20",3.000,1.000\n'
    texts = {"BACI_HS92_Y2014_V202601.csv": halfway}
    path = releases.release(tmp_path / "a.zip", texts=texts)
    beside, read = both_ways(path, tmp_path, monkeypatch)
    assert read == [False, True]
    assert beside.report.parts[1].read == len(releases.ROWS[2014]) + 1


def test_an_import_whose_last_flush_is_refused_leaves_no_vintage(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The index is in its place by then, and would tell of an import that the user was told has failed."""
    path, library = releases.release(tmp_path / "a.zip"), Library(tmp_path / "library")
    index, flush, met = library.folder / "index.json", disk.sync_folder, list[str]()

    def refused_once(folder: Path) -> None:
        if folder == library.folder and index.exists() and not met:
            met.append(index.read_text("utf-8"))
            raise OSError(errno.EIO, os.strerror(errno.EIO), str(folder))
        flush(folder)

    monkeypatch.setattr(disk, "sync_folder", refused_once)
    with pytest.raises(Environment, match="Input/output error"):
        add(Wish(files=(path,)), library, quiet)
    assert "202601" in met[0]
    assert not library.held()
    made = brought(library, path)
    assert library.held() == (made.held,)
