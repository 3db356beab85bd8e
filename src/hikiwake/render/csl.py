"""What a brief cites, as CSL-JSON for reference managers: its datasets and the sources of its dossier."""

from __future__ import annotations

import msgspec

from hikiwake.core.document import Brief
from hikiwake.render.references import csl

SUFFIX = ".csl.json"


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the items as UTF-8 JSON; the language plays no part."""
    del lang
    return msgspec.json.format(msgspec.json.encode(csl(brief)), indent=1) + b"\n"
