"""The text of a PDF into blocks. A child process with limits of memory and time opens the file."""

from __future__ import annotations

import marshal
import re
import subprocess
import sys
from importlib.util import find_spec
from statistics import median

from hikiwake.core.errors import BadInput, Environment
from hikiwake.extract import pdf_child
from hikiwake.extract.blocks import Block, Builder, Lines

SECONDS = 30
BYTES = 2**30
PAGES = 500


def blocks(content: bytes, name: str) -> list[Block]:
    """Return the blocks of the pages.

    Raises
    ------
    BadInput
        It cannot be read, has more than 500 pages, or no text (scanned pages).
    Environment
        The package that reads PDF is not installed.
    """
    count, texts = _pages(content, name)
    if count > PAGES:
        raise BadInput(
            where=name, why=f"it has {count:,} pages, the limit is {PAGES}", remedy="Split it into parts."
        )
    found = [block for number, text in enumerate(texts, 1) for block in _page(text, number)]
    if not found:
        raise BadInput(
            where=name,
            why="its pages hold no text, probably because they are pictures",
            remedy="Run it through a text recogniser first.",
        )
    return found


def _pages(content: bytes, name: str) -> tuple[int, list[str]]:
    if find_spec("pypdfium2") is None:
        raise Environment(
            where=name,
            why="reading PDF needs the package pypdfium2, which is not installed",
            remedy='Install it with: pip install "hikiwake[texts]"; or give the text as a file.',
        )
    message = marshal.dumps((sys.path, content, BYTES, SECONDS, PAGES))
    try:
        done = subprocess.run(  # noqa: S603 - this interpreter, a fixed program
            [sys.executable, "-I", "-S", pdf_child.__file__],
            input=message,
            capture_output=True,
            timeout=SECONDS,
            check=False,
        )
    except subprocess.TimeoutExpired as late:
        why = f"reading it was not over after {SECONDS} seconds"
        raise BadInput(where=name, why=why, remedy="Save its text as a file and give that.") from late
    if done.returncode != 0:
        said = done.stderr.decode("utf-8", "replace").strip().rpartition("\n")[2]
        broken = done.returncode == pdf_child.FAULT_OF_DOCUMENT
        why = f"it is no PDF that can be opened ({said})" if broken else "reading it exhausts memory or time"
        raise BadInput(where=name, why=why, remedy="Save its text as a file and give that.")
    count, texts = marshal.loads(done.stdout)  # noqa: S302 - written by our own child process
    return count, texts


def _page(text: str, number: int) -> list[Block]:
    """Cut a page into blocks: a line shorter than the usual ends one where a new beginning follows."""
    text = text.replace("\r\n", "\n").replace("\r", "\n").replace("\x02", "-").replace("\ufffe", "-")
    builder = Builder(Lines(text, number))
    lines = text.split("\n")
    usual = median([len(line) for line in lines if line.strip()] or [1])
    offset = 0
    for line, after in zip(lines, [*lines[1:], ""], strict=True):
        builder.add(line, offset)
        if re.search(r"[a-z]-$", line) and re.match(r"[a-z]", after):
            builder.drop_hyphen()
        else:
            builder.add(" ", offset + len(line))
        if not line.strip() or (len(line) < 0.75 * usual and re.match(r"\W*[A-Z\d]", after)):
            builder.close()
        offset += len(line) + 1
    builder.close()
    return builder.blocks
