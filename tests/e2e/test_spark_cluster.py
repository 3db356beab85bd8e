"""A cluster of several processes as the engine, and what becomes of a question when it fails."""

from __future__ import annotations

import json
import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import releases, spark_cluster
from tests.commands import by_process
from tests.imports import brought
from tests.spark_cluster import SHORT_LIVED, Cluster, same
from tests.turns import at_turn, in_turn

from hikiwake.core.errors import BadUsage, Environment
from hikiwake.store import cluster, patience, spark_faults, spark_progress
from hikiwake.store.library import Library

IN_TURN = in_turn(
    [
        ("ties", "JPN", "RUS", "--json"),
        ("complementarity", "DEU", "CHN", "--json"),
        ("data", "rows", "baci_flows", "exporter=JPN", "year=2014", "--json"),
        ("potential", "JPN", "RUS", "--sensitivity", "alone", "--json"),
        "seen",
        "hidden",
    ]
)


def installed() -> None:
    pytest.importorskip("pyspark", reason="pyspark is not installed: make .venv/.spark")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java, and this machine has none")


def asked(engine: str, *words: str) -> subprocess.CompletedProcess[bytes]:
    return by_process(*words, HIKIWAKE_ENGINE=engine, SPARK_SUBMIT_OPTS=SHORT_LIVED)


@pytest.fixture(scope="module")
def standing() -> Iterator[Cluster]:
    installed()
    with spark_cluster.seen_by_all() as folder, spark_cluster.standing(folder) as found:
        yield found


@pytest.mark.slow
@pytest.mark.parametrize("words", IN_TURN[:-2])
def test_a_command_says_the_same_on_a_cluster(standing: Cluster, words: tuple[str, ...]) -> None:
    here, there = (asked(engine, *words) for engine in ("", standing.address))
    assert (here.returncode, there.returncode) == (0, 0), there.stderr
    assert there.stderr == here.stderr  # Java's own messages are nobody's business
    assert same(json.loads(here.stdout), json.loads(there.stdout)) > 20


@pytest.mark.slow
@pytest.mark.parametrize("way", IN_TURN[-2:])
def test_workers_read_a_vintage_of_ones_own_unless_it_is_hidden_from_them(
    standing: Cluster, way: str
) -> None:
    hidden = way == "hidden"
    if hidden and os.geteuid() != 0:
        pytest.skip("the workers are of the tests' own user: nothing can be hidden from them")
    with spark_cluster.seen_by_all() as folder:
        library = Library(folder / "library")
        made = brought(library, releases.release(folder / "BACI_HS92_V202601.zip"))
        words = ("--data", str(library.path(made.held)), "ties", "JPN", "RUS", "--year", "2014", "--json")
        if hidden:
            folder.chmod(0o700)
        here, there = (asked(engine, *words) for engine in ("", standing.address))
    assert here.returncode == 0, here.stderr
    if not hidden:
        assert there.stderr == b""
        assert there.stdout == here.stdout
        return
    assert there.returncode == 4
    assert b"a file of the vintage: file:" in there.stderr
    assert b"HIKIWAKE_LIBRARY" in there.stderr
    assert len(there.stderr.splitlines()) == 2


@pytest.mark.slow
def test_ctrl_c_ends_it_and_leaves_no_java(standing: Cluster, tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hikiwake", "brief", "JPN", "RUS", "-o", str(tmp_path / "b.json")]
    running = subprocess.Popen(
        command,
        env={**os.environ, "HIKIWAKE_ENGINE": standing.address, "SPARK_SUBMIT_OPTS": SHORT_LIVED},
        stderr=subprocess.PIPE,
        start_new_session=True,
    )
    spark_cluster.said(standing.log, "Registering app hikiwake", standing.applications() + 1)
    os.killpg(running.pid, signal.SIGINT)
    begun = time.monotonic()
    _, said = running.communicate(timeout=60)
    assert time.monotonic() - begun < 20  # seconds; it is a fraction of one where nothing else runs
    assert running.returncode == 130
    assert b"Traceback" not in said
    assert b"interrupted; nothing was left half-written" in said
    assert not list(tmp_path.iterdir())
    end = time.monotonic() + 60
    while spark_cluster.runs(running.pid):
        assert time.monotonic() < end, "Java was left running"
        time.sleep(0.1)


@at_turn(0, 2)
def test_a_cluster_whose_workers_are_gone_is_not_waited_for(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Neither before it gives a core, as where all are taken, nor once it has none any more."""
    installed()
    with spark_cluster.standing(tmp_path, workers=0) as empty:
        monkeypatch.setenv(spark_progress.WAIT, "30")
        said = asked(empty.address, "ties", "JPN", "RUS")
    assert said.returncode == 4
    assert b"30 seconds" in said.stderr
    assert b"HIKIWAKE_ENGINE_WAIT" in said.stderr
    assert len(said.stderr.splitlines()) == 2


@at_turn(1, 2)
def test_spark_connect_says_the_same(tmp_path: Path) -> None:
    installed()
    pytest.importorskip("grpc", reason="the packages of Spark Connect are not installed: make .venv/.spark")
    words = ("ties", "JPN", "RUS", "--year", "2014", "--json")
    with spark_cluster.connectable(tmp_path) as address:
        there = asked(address, *words)
    assert there.returncode == 0, there.stderr
    assert there.stdout == by_process(*words).stdout
    gone = asked(address, *words)
    assert gone.returncode == 4
    assert b"nobody answers there" in gone.stderr


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_session_that_has_ended_is_told(tmp_path: Path) -> None:
    """In a process of its own: there is one session in each."""
    installed()
    program = """
import hikiwake
from hikiwake.core.errors import Environment
from hikiwake.store import cluster
session = cluster.session("local[1]")
view = hikiwake.pair("JPN", "RUS", spark=session)
session.stop()
try:
    view.ties(2014)
except Environment as fault:
    print(fault)
"""
    surroundings = {**os.environ, "SPARK_SUBMIT_OPTS": SHORT_LIVED}
    done = subprocess.run(
        [sys.executable, "-c", program], env=surroundings, capture_output=True, text=True, check=True
    )
    assert done.stdout.startswith("engine session that was handed over: the session has ended\n")


@pytest.mark.parametrize("scheme", ["spark", "sc"])
def test_an_address_at_which_nobody_is_is_refused_at_once(
    scheme: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyspark.sql", sys)
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        with pytest.raises(Environment, match="nobody answers there"):
            cluster.session(f"{scheme}://127.0.0.1:{port}")
    for place in ("127.0.0.1:x", "", "256.1.1.1:1"):
        with pytest.raises(Environment, match="nobody answers there"):
            cluster.session(f"{scheme}://{place}")


@pytest.mark.parametrize("said", ["soon", "0", "-1", "nan", "inf"])
def test_a_patience_that_is_none_is_named(said: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(spark_progress.WAIT, said)
    with pytest.raises(BadUsage, match="no number of seconds"):
        spark_progress.patience()


class Still(spark_progress.Progress):
    def moves(self) -> bool:
        return False


def test_nobody_waits_for_ever(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(spark_progress.WAIT, "1")
    progress = Still("spark://here")
    with progress, pytest.raises(Environment, match="has done nothing for 1 seconds"):
        patience.Asker().answer(lambda: time.sleep(30), progress.look)
    with pytest.raises(TimeoutError):
        patience.at_most(0.1, lambda: time.sleep(30))
    assert patience.at_most(30, lambda: "soon") == "soon"


@pytest.mark.parametrize(
    ("said", "why"),
    [
        (
            "java.io.FileNotFoundException: File file:/a/b.parquet does not exist",
            "find .*: file:/a/b.parquet",
        ),
        ("AccessControlException: Permission denied: user=nobody, path=/a/b.parquet", "may not read"),
        (
            'UnsupportedFileSystemException: No FileSystem for scheme "abfs"',
            r"no library for the store \(abfs\)",
        ),
        ("Class org.apache.hadoop.fs.s3a.S3AFileSystem not found", "no library for the store"),
        ("NoAuthWithAWSException: No AWS Credentials provided", "does not let Spark in"),
        ("java.io.InvalidClassException: local class incompatible: serialVersionUID = 1", "another version"),
        ("All masters are unresponsive! Giving up.", "no master answers"),
        ("Cannot call methods on a stopped SparkContext.", "session has ended"),
        ("Job aborted: ExecutorLostFailure (executor 1 exited)", "workers were lost"),
        ("[JAVA_GATEWAY_EXITED] Java gateway process exited", "no Java"),
        ("something new\nand more", r"could not answer \(RuntimeError: something new\)"),
    ],
)
def test_what_java_says_is_told_in_two_lines(said: str, why: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(spark_faults, "_version", lambda: "4.0.1")
    with pytest.raises(Environment, match=why) as told:
        raise spark_faults.told(RuntimeError(said), "spark://here:7077")
    assert len(str(told.value).splitlines()) == 2
