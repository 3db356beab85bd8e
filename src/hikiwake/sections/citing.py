"""How sections name the dossier's sources and its parties."""

from __future__ import annotations

from collections.abc import Iterable

from hikiwake.core.country import known
from hikiwake.core.document import Label
from hikiwake.dossier.citations import marks, numbered
from hikiwake.sections import Context
from hikiwake.sections.wording import economy, text


def cite(context: Context, sources: Iterable[str]) -> Label | None:
    """Return the numbers under which a brief cites sources; None where none is named."""
    dossier = context.dossier
    assert dossier is not None  # noqa: S101  (only entries of a dossier name sources)
    marked = context.say.once("source numbers", lambda: marks(numbered(dossier)))
    numbers = sorted({marked[source] for source in sources if source in marked})
    if not numbers:
        return None
    listed = [str(number) for number in numbers]
    return Label("cite", ",".join(listed), f"[{', '.join(listed)}]")


def party(name: str) -> Label:
    """Name a party: an economy by its code or name, an institution as it is written."""
    which = known(name)
    return economy(which.id) if which else text(name)
