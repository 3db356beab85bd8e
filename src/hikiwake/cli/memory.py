"""What was computed lately, so that `why ID` can answer: ledgers in the user's cache folder."""

from __future__ import annotations

import hashlib
from pathlib import Path

import msgspec

from hikiwake.core.errors import HikiwakeError
from hikiwake.core.provenance import Ledger

KEPT = 50


def folder() -> Path:
    """Return the cache folder; it need not exist."""
    from platformdirs import user_cache_path

    return user_cache_path("hikiwake") / "ledgers"


def remember(ledger: Ledger) -> None:
    """Keep a ledger; where the home cannot be written to, nothing is kept and nothing is said."""
    from hikiwake.store.atomic import write

    content = msgspec.json.encode(ledger)
    name = hashlib.blake2b(content, digest_size=8).hexdigest()
    try:
        place = folder()
        place.mkdir(parents=True, exist_ok=True)
        write(place / f"{name}.json", content)
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
