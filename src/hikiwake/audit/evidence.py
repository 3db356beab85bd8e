"""The rows behind verdicts: asked again of the store by the selectors that each verdict names."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

import msgspec

from hikiwake.audit.verdict import Evidence, Verdict
from hikiwake.core.dossier import Dossier
from hikiwake.dossier.identity import entries
from hikiwake.store.selection import rows

if TYPE_CHECKING:
    from hikiwake.store.tables import Tables

SHOWN = 20
"""Rows of one input that are shown; how many there are is always told."""
OWN = "dossier#"


def with_evidence(verdicts: Iterable[Verdict], dossier: Dossier, tables: Tables) -> tuple[Verdict, ...]:
    """Return the verdicts with the rows of the store, and the entries of the dossier, that they rest on."""
    known: dict[str, Evidence] = {}

    def found(source: str) -> Evidence:
        if source not in known:
            known[source] = (
                _of_dossier(source, dossier) if source.startswith(OWN) else _of_store(source, tables)
            )
        return known[source]

    return tuple(
        msgspec.structs.replace(verdict, evidence=tuple(map(found, dict.fromkeys(verdict.inputs))))
        for verdict in verdicts
    )


def _of_store(source: str, tables: Tables) -> Evidence:
    held = rows(tables, source, SHOWN)
    return Evidence(source, held.total, held.columns, held.rows)


def _of_dossier(source: str, dossier: Dossier) -> Evidence:
    table, _, identity = source.removeprefix(OWN).partition(".")
    held = entries(dossier, table, (identity,))
    columns = tuple(dict.fromkeys(name for entry in held for name in entry))
    return Evidence(source, len(held), columns, tuple(tuple(entry.get(n) for n in columns) for entry in held))
