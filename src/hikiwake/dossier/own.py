"""A reader's own dossier: read without trust, and only taken for the pair that it is about."""

from __future__ import annotations

from pathlib import Path

from hikiwake.core.claim import operand
from hikiwake.core.country import Pair
from hikiwake.core.dossier import Dossier
from hikiwake.core.errors import BadInput
from hikiwake.dossier.validation import read


def own(path: Path, pair: Pair) -> Dossier:
    """Return the dossier of a file for a pair, which must be among its parties, in any order.

    Raises `BadInput` with every problem of the file, or when it is about others.
    """
    held = read(path)
    parties = {operand.party(party) for party in held.parties}
    missing = [side for side in (pair.a, pair.b) if side.id not in parties]
    if missing:
        named = " and ".join(f"{side.name} ({side.id})" for side in missing)
        about = " ".join(sorted(parties))
        raise BadInput(
            where=str(path),
            why=f"{named} is not among the parties of this dossier ({', '.join(sorted(parties))})"
            if len(missing) == 1
            else f"this dossier is about {', '.join(sorted(parties))}, not about {named}",
            remedy=f"Ask for a pair of its parties, as in: hikiwake brief {about}"
            if len(parties) == 2
            else "Ask for two of its parties, or add the missing one under `parties`.",
        )
    return held
