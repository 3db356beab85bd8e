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
        return tuple(row for row in of_dispute(dossier.dispute or {}) if row["id"] in wanted)
    return tuple(msgspec.to_builtins(entry) for entry in getattr(dossier, table) if entry.id in wanted)


def of_dispute(dispute: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """Yield a dispute as rows with ids: its options, and the statements (or the ranking) of each side."""
    for option in dispute.get("options", ()):
        yield {**option, "id": f"option.{option['id']}"}
    for who, preference in dispute.get("preferences", {}).items():
        statements = preference.get("statements")
        if not statements:
            yield {**preference, "id": who}
        for place, statement in enumerate(statements or (), 1):
            told = statement if isinstance(statement, dict) else {"holds": statement}
            yield {**told, "id": f"{who}.{told.get('id') or place}"}


_ENCODER = msgspec.json.Encoder(order="deterministic")
