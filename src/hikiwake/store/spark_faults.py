"""What Spark says when it cannot, as where, why and remedy; its own words are pages of Java."""

from __future__ import annotations

import re
from typing import Any, NamedTuple

from hikiwake.core.errors import Environment, HikiwakeError

ENDED = "Open a new session and hand it over; a command opens its own: give it again."
VISIBLE = (
    "Put the library (HIKIWAKE_LIBRARY), and the data that come with the program, where all workers see and "
    "may read them, or copy both to a store and set HIKIWAKE_ENGINE_FILES."
)
JARS = (
    "Give Spark the library of that store (for s3a://, spark.jars.packages org.apache.hadoop:hadoop-aws in "
    "the version of Spark's Hadoop); docs/how-to/outgrow-one-machine.md has an example."
)
KEYS = (
    "Give Spark the store's keys: spark.hadoop.fs.s3a.access.key and spark.hadoop.fs.s3a.secret.key, or a "
    "provider of credentials."
)
ANSWERS = (
    "See that it runs, that its address is right and that nothing stands between, or unset HIKIWAKE_ENGINE."
)
MEMORY = "See the worker's log; give executors more memory (spark.executor.memory) and the command again."


class Kind(NamedTuple):
    """A kind of fault: what its text or that of a cause holds, why it is, and what to do about it."""

    signs: tuple[str, ...]
    why: str
    remedy: str


# The first that fits is told.
KINDS = (
    Kind(
        (
            "stopped SparkContext",
            "SparkContext (was|has been) (shut ?down|stopped)",
            "LiveListenerBus is stopped",
            "SESSION_(NOT_FOUND|CLOSED|CHANGED)",
            "NO_ACTIVE_SESSION",
            "INVALID_HANDLE",
            "NoneType' object has no attribute '(_?jvm|sc|statusTracker|addJobTag)",
        ),
        "the session has ended",
        ENDED,
    ),
    Kind(
        ("InvalidClassException", "UnsupportedClassVersionError", "serialVersionUID", "unknown message type"),
        "the cluster runs another version of Spark or of Java",
        "Install its version here; this client is of Spark {version}.",
    ),
    Kind(
        (
            r'No FileSystem for scheme:? "?(?P<what>\w+)',
            r"(?:ClassNotFoundException|NoClassDefFoundError): (?:Class )?(?P<sdk>\S*amazon\S*)",
            r"Class (?P<class>org\.apache\.hadoop\.fs\.\S+) not found",
        ),
        "Spark has no library for the store ({what})",
        JARS,
    ),
    Kind(
        (
            "NoAuthWithAWSException",
            "InvalidAccessKeyId",
            "SignatureDoesNotMatch",
            "AccessDenied(?!Exception)",
            "Status Code: 403",
            "Forbidden",
            "No AWS Credentials",
        ),
        "the store does not let Spark in",
        KEYS,
    ),
    Kind((r"UnknownHostException:? *(?P<what>[^\s:,]+)",), "no machine is called {what}", ANSWERS),
    Kind(
        ("Permission denied", "AccessControlException", "AccessDeniedException"),
        "the cluster may not read a file of the vintage{file}",
        VISIBLE,
    ),
    Kind(
        (
            "PATH_NOT_FOUND",
            "FileNotFound",
            "FILE_NOT_EXIST",
            "[Pp]ath does not exist",
            r"File \S+ does not exist",
        ),
        "the cluster does not find a file of the vintage{file}",
        VISIBLE,
    ),
    Kind(
        ("Master removed our application", "All masters are unresponsive"),
        "the cluster has ended the work: no master answers, or its workers do not reach this machine",
        ANSWERS,
    ),
    Kind(
        (
            "Py4JNetworkError",
            "Answer from Java side is empty",
            r"StatusCode\.UNAVAILABLE",
            "Connection(Refused|Reset)Error",
            "RETRIES_EXCEEDED",
            "Connection refused",
        ),
        "the cluster, or what speaks with it, is gone",
        ANSWERS,
    ),
    Kind(
        ("ExecutorLostFailure", "heartbeat timed out", r"executor \S+ exited", "OutOfMemoryError"),
        "workers were lost, or failed, too often",
        MEMORY,
    ),
    Kind(
        ("JAVA_GATEWAY_EXITED", "JAVA_HOME is not set"),
        "no Java could be begun on this machine",
        "Install Java 17 or newer (JAVA_HOME names it where there are several), or unset HIKIWAKE_ENGINE.",
    ),
)
_FILE = re.compile(r"(?:\w+:/+|/)[^\s'\",;()\[\]]+\.parquet")


def told(fault: BaseException, name: str) -> HikiwakeError:
    """Return a fault of Spark as one of ours; ours are returned as they are."""
    if isinstance(fault, HikiwakeError):
        return fault
    said = words(fault)
    for kind in KINDS:
        found = next((match for sign in kind.signs if (match := re.search(sign, said))), None)
        if found:
            file = _FILE.search(said)
            what = next((word for word in found.groupdict().values() if word), "")
            return Environment(
                where=f"engine {name}",
                why=kind.why.format(what=what[:80], file=f": {file[0][:200]}" if file else ""),
                remedy=kind.remedy.format(version=_version()),
            )
    return Environment(
        where=f"engine {name}",
        why=f"Spark could not answer ({_first(said)})",
        remedy="See Spark's log (HIKIWAKE_ENGINE_LOG names a file for it), or unset HIKIWAKE_ENGINE.",
    )


def words(fault: BaseException) -> str:
    """Return what a fault and its causes say, Java's too."""
    parts = [f"{type(fault).__name__}: {fault}"]
    cause: Any = getattr(fault, "java_exception", None) or getattr(fault, "_origin", None)
    try:
        while cause is not None and len(parts) < 12:
            parts.append(str(cause.toString()))
            cause = cause.getCause()
    except Exception:  # noqa: S110  (Java is gone: what Python has must do)
        pass
    return "\n".join(parts)


def _first(said: str) -> str:
    lines = [line.strip(" :") for line in said.splitlines()]
    telling = [line for line in lines if line and "An error occurred while calling" not in line]
    return (telling or ["it said nothing"])[0][:200]


def _version() -> str:
    import pyspark

    return str(pyspark.__version__)
