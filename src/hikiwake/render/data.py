"""A brief as JSON: complete, so that it can be rendered again with no store, and read back."""

from __future__ import annotations

import html
import re

import msgspec

from hikiwake.core.document import Brief
from hikiwake.core.errors import BadInput

SUFFIX = ".json"
LARGEST = 50 * 2**20
_EMBEDDED = re.compile(r'<script type="application/json" id="brief">(.*?)</script>', re.DOTALL)


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the brief as JSON; the language is a matter of looks and plays no part."""
    del lang
    return msgspec.json.format(msgspec.json.encode(brief), indent=1)


def read(content: bytes, name: str = "brief") -> Brief:
    """Read a brief from JSON, or from the HTML page that carries it; `BadInput` says why it is none."""
    if len(content) > LARGEST:
        raise BadInput(
            where=name, why="it is larger than any brief", remedy="Give a brief saved as .json or .html."
        )
    raw = content
    if content.lstrip()[:1] == b"<":
        found = _EMBEDDED.search(content.decode("utf-8", errors="replace"))
        raw = html.unescape(found.group(1)).encode("utf-8") if found else b""
    try:
        return msgspec.json.decode(raw, type=Brief)
    except (msgspec.DecodeError, RecursionError) as fault:
        raise BadInput(
            where=name,
            why=f"it does not hold a brief ({fault})",
            remedy="Give a file written by `hikiwake brief -o NAME.json` or `-o NAME.html`.",
        ) from fault
