"""What was computed lately, so that `why ID` can answer: ledgers in the user's cache folder."""

from __future__ import annotations

import errno
import hashlib
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

import msgspec

from hikiwake.core.errors import Environment, HikiwakeError
from hikiwake.core.provenance import Ledger

KEPT = 50
NO_ROOM = (errno.ENOSPC, errno.EDQUOT)
GIVEN_UP = "no room: what was kept for `hikiwake why` was given up"


def folder() -> Path:
    """Return the cache folder; it need not exist."""
    from platformdirs import user_cache_path

    return user_cache_path("hikiwake") / "ledgers"


@contextmanager
def remembering(ledger: Ledger) -> Iterator[None]:
    """Keep a ledger once its answer is given: the answer has the first claim to room on the disk."""
    try:
        yield
    except BrokenPipeError:
        _remember(ledger)  # whoever reads has seen as much as was wanted
        raise
    _remember(ledger)


def write(path: Path, content: bytes, say: Callable[[str], None]) -> None:
    """Write a file at once; where there is no room for it, give up what is kept, and say so."""
    from hikiwake.store import atomic

    try:
        atomic.write(path, content)
    except Environment as fault:
        if getattr(fault.__cause__, "errno", 0) not in NO_ROOM or not _forget(path.parent):
            raise
        say(GIVEN_UP)
        atomic.write(path, content)


def _forget(place: Path) -> bool:
    """Remove what is kept on the disk of a folder; tell whether anything was."""
    gone = False
    with suppress(OSError, RuntimeError):
        if folder().stat().st_dev == place.stat().st_dev:
            for old in folder().glob("*.json"):
                old.unlink(missing_ok=True)
                gone = True
    return gone


def _remember(ledger: Ledger) -> None:
    """Keep a ledger; where the home cannot be written to, nothing is kept and nothing is said."""
    from hikiwake.store import atomic

    content = msgspec.json.encode(ledger)
    name = hashlib.blake2b(content, digest_size=8).hexdigest()
    try:
        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        atomic.write(place / f"{name}.json", content)
        newest = sorted(place.glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
        for old in newest[KEPT:]:
            old.unlink(missing_ok=True)
    except (OSError, HikiwakeError, RuntimeError):
        return


def recall(identity: str) -> Ledger | None:
    """Return the newest kept ledger that holds a fact."""
    try:
        newest = sorted(folder().glob("*.json"), key=lambda path: path.stat().st_mtime, reverse=True)
    except (OSError, RuntimeError):
        return None
    for path in newest:
        try:
            content = path.read_bytes()
            if identity.encode() in content:
                ledger = msgspec.json.decode(content, type=Ledger)
                # An id is a hash of what it stands for: a file that was damaged or changed does not pass.
                if identity in ledger.facts and all(fact.id == name for name, fact in ledger.facts.items()):
                    return ledger
        except (OSError, msgspec.DecodeError):
            continue
    return None
