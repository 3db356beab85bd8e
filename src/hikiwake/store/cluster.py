"""From the name of a Spark cluster to a session on it, or to one clear sentence."""

from __future__ import annotations

import contextlib
import os
import re
import socket
from importlib import import_module
from pathlib import Path
from tempfile import TemporaryFile
from typing import IO, Any
from urllib.parse import urlsplit

from hikiwake.core.errors import Environment
from hikiwake.store.patience import at_most
from hikiwake.store.spark import Spark
from hikiwake.store.spark_faults import ANSWERS, told
from hikiwake.store.spark_progress import WAIT, patience

MASTERS = ("local", "spark://", "yarn", "k8s://", "sc://")
"""How the name of a cluster begins."""
LOG = "HIKIWAKE_ENGINE_LOG"
PORTS = {"spark": 7077, "sc": 15002}
TO_CONNECT = 10.0
"""Seconds in which a machine must take a connection."""
_TELLING = re.compile(r"JAVA_HOME|java: |UnsupportedClassVersionError|Error:|ERROR|Exception")


def engine(name: str) -> Spark:
    """Return the engine on a cluster.

    Raises `Environment` where Spark or Java is missing, or the cluster does not answer.
    """
    return Spark(session(name), name)


def session(name: str) -> Any:
    """Return the session on a cluster, made if there is none; raises as `engine` does."""
    longest = patience()
    try:
        import_module("pyspark.sql")
    except ImportError as fault:
        raise _missing(name, "the package pyspark is not installed", "spark") from fault
    _reached(name)
    with _log() as log:
        try:
            return at_most(longest, lambda: _remote(name) if name.startswith("sc://") else _local(name, log))
        except TimeoutError as fault:
            _end_of_java()
            raise Environment(
                where=f"engine {name}",
                why=f"the cluster has not let us begin within {longest:.0f} seconds",
                remedy=f"{ANSWERS} To wait longer: {WAIT}.",
            ) from fault
        except ImportError as fault:
            why = "the packages of Spark Connect are not installed"
            raise _missing(name, why, "spark-connect") from fault
        except Exception as fault:
            _end_of_java()
            raise _not_begun(fault, name, log) from fault
        except KeyboardInterrupt:
            _end_of_java()
            raise


def _missing(name: str, why: str, extra: str) -> Environment:
    java = ", with Java 17 or newer" if extra == "spark" else ""
    return Environment(
        where=f"engine {name}",
        why=why,
        remedy=f"pip install 'hikiwake[{extra}]'{java}; or unset HIKIWAKE_ENGINE.",
    )


def _reached(name: str) -> None:
    """See that somebody listens at the address, which Spark itself finds out only after a minute or ten."""
    scheme, separator, rest = name.partition("://")
    if not separator or scheme not in PORTS:
        return
    refused = ""
    for place in rest.split(","):
        try:
            parts = urlsplit(f"//{place.split(';')[0]}")
            host, port = parts.hostname or "", parts.port or PORTS[scheme]
            with socket.create_connection((host, port), timeout=TO_CONNECT):
                return
        except (OSError, ValueError, UnicodeError) as fault:
            refused = getattr(fault, "strerror", None) or str(fault)
    raise Environment(where=f"engine {name}", why=f"nobody answers there ({refused})", remedy=ANSWERS)


def _remote(name: str) -> Any:
    """Return a session of Spark Connect; one that has been closed is not had again."""
    from pyspark.sql import SparkSession
    from pyspark.sql.connect.client.retries import DefaultPolicy

    made = SparkSession.builder.remote(name).getOrCreate()
    # Spark's own patience with a server that went away is ten minutes; so it is some seconds.
    made.client.set_retry_policies([DefaultPolicy(max_retries=4)])
    made.range(1).schema  # noqa: B018  (nothing is sent before something is asked)
    return made


def _local(name: str, log: IO[bytes]) -> Any:
    """Return a session whose driver runs on this machine; what it prints goes to the log."""
    from pyspark import SparkConf, SparkContext
    from pyspark.java_gateway import launch_gateway
    from pyspark.sql import SparkSession

    wanted = {"spark.app.name": "hikiwake", "spark.master": name, "spark.ui.enabled": "false"}
    # It would draw a bar of its own over ours.
    wanted["spark.ui.showConsoleProgress"] = "false"
    if name.startswith("local"):
        # One machine: nothing needs be reached from outside, and few parts are quicker than many.
        wanted |= {"spark.driver.host": "127.0.0.1", "spark.sql.shuffle.partitions": "4"}
    if SparkContext._gateway is None:
        pipes = {"stdout": log, "stderr": log}
        gateway = launch_gateway(SparkConf(loadDefaults=False).setAll(list(wanted.items())), pipes)
        SparkContext._ensure_initialized(gateway=gateway)
    builder = SparkSession.builder
    for key, value in wanted.items():
        builder = builder.config(key, value)
    return builder.getOrCreate()


def _log() -> IO[bytes]:
    """Open what Java's messages go to: a file that the environment names, or one that nobody will see."""
    place = os.environ.get(LOG, "").strip()
    return Path(place).open("a+b") if place else TemporaryFile()


def _not_begun(fault: Exception, name: str, log: IO[bytes]) -> Exception:
    """Return why no session could be had: what Java wrote is nearer the reason than what Python was told."""
    with contextlib.suppress(OSError):
        log.seek(max(0, log.seek(0, os.SEEK_END) - 20_000))
    written = log.read().decode(errors="replace").splitlines()
    telling = [line for line in written if _TELLING.search(line)]
    return told(RuntimeError("\n".join([*telling[-1:], *telling, str(fault)])), name)


def _end_of_java() -> None:
    """End the driver that was begun for nothing, and let Spark forget it."""
    with contextlib.suppress(Exception):
        from pyspark import SparkContext

        gateway = SparkContext._gateway
        if gateway is not None and SparkContext._active_spark_context is None:
            SparkContext._gateway = None
            process = getattr(gateway, "proc", None)
            if process is not None:
                process.kill()
                process.wait(5)
