"""A catalogue's own checksum, inside it: a flipped bit must not become another year, unit or status."""

from __future__ import annotations

import hashlib
import re

_SEAL = re.compile(rb',\s*"sealed":\s*"([0-9a-f]{64})"(?=\s*}\s*\Z)')


def sealed(content: bytes) -> bytes:
    """Return a JSON object with the SHA-256 of its text as its last member, `sealed`."""
    body = content.rstrip()
    if not body.endswith(b"}"):
        msg = "only an object can be sealed"
        raise ValueError(msg)
    before = body[:-1].rstrip()
    digest = hashlib.sha256(before).hexdigest().encode()
    return before + b',\n "sealed": "' + digest + b'"\n}\n'


def broken(content: bytes) -> bool:
    """Tell whether a text is not what was sealed; one without a seal, which a person may write, is not."""
    seal = _SEAL.search(content)
    return seal is not None and hashlib.sha256(content[: seal.start()]).hexdigest().encode() != seal[1]
