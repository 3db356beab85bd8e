"""Results as JSON, one way for all commands."""

from __future__ import annotations

import sys
from typing import Any


def json_bytes(content: Any) -> bytes:
    """Return content as indented JSON with an end of line."""
    import msgspec

    return msgspec.json.format(msgspec.json.encode(content), indent=1) + b"\n"


def print_json(content: Any) -> None:
    """Write content as indented JSON to the output, as UTF-8 whatever the terminal's encoding."""
    sys.stdout.buffer.write(json_bytes(content))
