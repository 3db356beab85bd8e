"""A dossier as a dataset: what names it, which version, and how its entries are selected again."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Iterator
from typing import Any

import msgspec

from hikiwake.core.claim import operand
from hikiwake.core.dossier import Dossier
from hikiwake.core.errors import BadInput
from hikiwake.core.provenance import Dataset

TABLES = ("events", "facts", "claims", "positions", "projects", "places", "dispute")


def dataset(dossier: Dossier) -> Dataset:
    """Return the catalogue entry of a dossier; its version is its date and a hash of its content."""
    digest = hashlib.blake2b(_ENCODER.encode(dossier), digest_size=4).hexdigest()
    version = f"{dossier.as_of}-{digest}" if dossier.as_of != "" else digest
    return Dataset(
        id="-".join(("dossier", *(operand.party(party).lower() for party in dossier.parties))),
        version=version,
        title=f"Dossier: {dossier.title}",
        producer=dossier.author or "the author of the dossier",
        licence=dossier.licence or "not stated",
        citation=f"{dossier.author or 'Dossier'}: {dossier.title}, {version}",
        coverage="What its author entered, each entry with its source; it does not claim to be complete",
    )


def selector(of: Dataset, table: str, identities: Iterable[str]) -> str:
    """Return a selector of entries, `dossier-a-b@version#events?id=...`."""
    return f"{of.id}@{of.version}#{table}?id={','.join(identities)}"


def entries(dossier: Dossier, table: str, identities: Iterable[str]) -> tuple[dict[str, Any], ...]:
    """Return entries of a dossier as plain data; `BadInput` when it has no such table."""
    if table not in TABLES:
        raise BadInput(
            where=f"table {table!r}",
            why="a dossier has none of this name",
            remedy=f"It has: {', '.join(TABLES)}.",
        )
    wanted = set(identities)
    if table == "dispute":
        return tuple(_of_dispute(dossier.dispute or {}, wanted))
    return tuple(msgspec.to_builtins(entry) for entry in getattr(dossier, table) if entry.id in wanted)


def _of_dispute(dispute: dict[str, Any], parts: set[str]) -> Iterator[dict[str, Any]]:
    """Yield the options and the statements of a dispute as rows."""
    if "options" in parts:
        for option in dispute.get("options", ()):
            yield {"part": "option", **option}
    if "preferences" in parts:
        for who, preference in dispute.get("preferences", {}).items():
            for statement in preference.get("statements") or ():
                told = statement if isinstance(statement, dict) else {"holds": statement}
                yield {"part": "statement", "who": who, **told}


_ENCODER = msgspec.json.Encoder(order="deterministic")
