"""A file of unknown origin as blocks of text. Size is limited; nothing in it is run or fetched."""

from __future__ import annotations

import re
from pathlib import Path

from hikiwake.core.errors import BadInput
from hikiwake.extract.blocks import Block

TEXT_BYTES = 2**20
"""Largest text or page; a report of 300 pages has about so much."""
PDF_BYTES = 32 * 2**20


def read(path: Path) -> bytes:
    """Return the bytes of a file, but no more than the largest that is taken and one."""
    try:
        with path.open("rb") as stream:
            return stream.read(PDF_BYTES + 1)
    except OSError as fault:
        raise BadInput(
            where=str(path), why=f"it cannot be read ({fault.strerror})", remedy="Name a file that exists."
        ) from fault


def blocks(content: bytes, name: str) -> list[Block]:
    """Return the blocks of a text, a Markdown file, an HTML page or a PDF; which it is, its beginning tells.

    Raises
    ------
    BadInput
        It is too large, is not UTF-8, or is a PDF that cannot be read.
    """
    if content[:1024].lstrip().startswith(b"%PDF-"):
        from hikiwake.extract import pdf

        _limit(len(content), PDF_BYTES, name)
        return pdf.blocks(content, name)
    _limit(len(content), TEXT_BYTES, name)
    text = _decoded(content, name)
    if re.match(
        r"\s*(?:<!--.{0,4000}?-->\s*)?<(?:!doctype|html|head|body|article|div|p|h1)\b", text, re.I | re.S
    ):
        from hikiwake.extract import html

        return html.blocks(text)
    from hikiwake.extract import markdown

    return markdown.blocks(text)


def _limit(size: int, limit: int, name: str) -> None:
    if size > limit:
        why = f"it is larger than {limit // 2**20} MiB"
        raise BadInput(where=name, why=why, remedy="Split it into parts.")


def _decoded(content: bytes, name: str) -> str:
    for mark, encoding in ((b"\xff\xfe", "utf-16"), (b"\xfe\xff", "utf-16")):
        if content.startswith(mark):
            try:
                return content.decode(encoding)
            except UnicodeDecodeError:
                break
    try:
        return content.decode("utf-8-sig")
    except UnicodeDecodeError as fault:
        line = content[: fault.start].count(b"\n") + 1
        raise BadInput(
            where=f"{name}:{line}",
            why="it is neither UTF-8 text nor a PDF",
            remedy="Save it as a text file with the encoding UTF-8.",
        ) from fault
