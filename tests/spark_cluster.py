"""A Spark cluster on this machine: a master, and workers that share nothing with the tests but the disk.

Each is a process with a folder and surroundings of its own, and, where root runs the tests, of another user,
so that nothing works only because it was in the same process.
"""

from __future__ import annotations

import math
import os
import re
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any, NamedTuple

CLOSE = 1e-9
"""Sums of whole dollars are exact on both engines; averages and logarithms are added up in another order."""
NOBODY = 65534
HERE = "127.0.0.1"
SHORT_LIVED = "-XX:TieredStopAtLevel=1 -XX:+UseSerialGC"
"""Java's optimizing compiler and its many collectors pay off in a process that runs for minutes; without them
a command takes half of the processor time."""


def same(one: Any, other: Any) -> int:
    """Compare two answers number by number; return how many there are."""
    if isinstance(one, dict):
        assert list(one) == list(other)
        return sum(same(one[name], other[name]) for name in one)
    if isinstance(one, list):
        assert len(one) == len(other)
        return sum(map(same, one, other))
    if isinstance(one, float):
        assert math.isclose(one, other, rel_tol=CLOSE, abs_tol=CLOSE)
        return 1
    assert one == other
    return isinstance(one, int)


@contextmanager
def seen_by_all() -> Iterator[Path]:
    """Make a folder that workers of another user can read: those that pytest makes are one user's."""
    with TemporaryDirectory(prefix="hikiwake-") as made:
        folder = Path(made)
        folder.chmod(0o755)
        yield folder


class Cluster(NamedTuple):
    address: str
    log: Path

    def applications(self) -> int:
        """Count the applications that have come so far."""
        return self.log.read_text(errors="replace").count("Registering app hikiwake")


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind((HERE, 0))
        return int(taken.getsockname()[1])


def begun(folder: Path, *words: str, user: int | None = None) -> subprocess.Popen[bytes]:
    """Begin one of Spark's own programs in a folder, with nothing of our surroundings."""
    import pyspark

    home = Path(pyspark.__file__).parent
    folder.mkdir(parents=True)
    if user is not None:
        os.chown(folder, user, user)
    (folder / "java-opts").write_text(SHORT_LIVED)  # whatever Spark begins reads it, what workers begin too
    with folder.with_suffix(".log").open("wb") as log:
        return subprocess.Popen(
            [home / "bin" / "spark-class", *words],
            cwd=folder,
            env={
                "PATH": "/usr/bin:/bin",
                "HOME": str(folder),
                "SPARK_HOME": str(home),
                "SPARK_CONF_DIR": str(folder),
                "SPARK_LOCAL_IP": HERE,
                "SPARK_DAEMON_MEMORY": "1g",
                "SPARK_WORKER_DIR": str(folder),
            },
            user=user,
            group=user,
            extra_groups=[] if user is not None else None,
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=log,
            start_new_session=True,
        )


def ended(process: subprocess.Popen[bytes]) -> None:
    """Kill a program and what it has begun."""
    try:
        os.killpg(process.pid, signal.SIGKILL)
    except ProcessLookupError:
        pass
    process.wait()


def said(log: Path, pattern: str, times: int, seconds: float = 90) -> None:
    """Wait until a program has said something so many times."""
    end = time.monotonic() + seconds
    while len(re.findall(pattern, log.read_text(errors="replace"))) < times:
        assert time.monotonic() < end, log.read_text(errors="replace")[-2_000:]
        time.sleep(0.1)


def runs(session: int) -> bool:
    """Tell whether any program of a session still runs."""
    found = subprocess.run(["ps", "-s", str(session), "-o", "stat="], capture_output=True, check=False).stdout
    return any(not state.startswith(b"Z") for state in found.split())


@contextmanager
def standing(folder: Path, workers: int = 2) -> Iterator[Cluster]:
    """Set up a cluster of workers with one core each; whoever uses it finds its address."""
    address = f"spark://{HERE}:{free_port()}"
    port = address.rpartition(":")[2]
    deploy = "org.apache.spark.deploy"
    where = ("--host", HERE, "--webui-port", "0")
    user = NOBODY if os.geteuid() == 0 else None
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(begun(folder / "master", f"{deploy}.master.Master", *where, "--port", port))
        said(folder / "master.log", "New state: ALIVE", 1)
        for n in range(workers):
            words = (f"{deploy}.worker.Worker", *where, "--cores", "1", "--memory", "1g", address)
            running.append(begun(folder / f"worker_{n}", *words, user=user))
        said(folder / "master.log", "Registering worker", workers)
        yield Cluster(address, folder / "master.log")
    finally:
        for process in running:
            ended(process)


@contextmanager
def connectable(folder: Path) -> Iterator[str]:
    """Set up a server of Spark Connect; whoever uses it finds its address."""
    port = free_port()
    settings = {
        "spark.connect.grpc.binding.address": HERE,
        "spark.connect.grpc.binding.port": str(port),
        "spark.ui.enabled": "false",
        "spark.sql.shuffle.partitions": "4",
    }
    words = [word for name, value in settings.items() for word in ("--conf", f"{name}={value}")]
    server = "org.apache.spark.sql.connect.service.SparkConnectServer"
    running = begun(
        folder / "connect",
        "org.apache.spark.deploy.SparkSubmit",
        *("--class", server, "--master", "local[2]", *words, "spark-internal"),
    )
    try:
        said(folder / "connect.log", "Spark Connect server started", 1)
        yield f"sc://{HERE}:{port}"
    finally:
        ended(running)
