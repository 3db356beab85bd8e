"""Typst in a process of its own, with a limit on time and memory, and with no character lost.

All input is our own template, data as JSON and our own figures, so nothing here should ever run away. But
Typst ends the whole process when memory runs out, and a server or a notebook must outlive one bad document;
hence the child process. It costs nothing when a program makes one PDF (0.5 s, fonts and compilation
included, as in the own process); in one that makes many, each takes as long as the first.
"""

from __future__ import annotations

import marshal
import os
import subprocess
import sys
import unicodedata
from collections.abc import Mapping
from contextlib import suppress
from functools import lru_cache
from importlib.resources import files
from importlib.util import find_spec
from typing import Any

import msgspec

from hikiwake.core.errors import Environment
from hikiwake.render import typst_child
from hikiwake.render.packing import packed

SECONDS = 30
BYTES = 2**31
REPLACEMENT = "\ufffd"
MOST_NAMED = 12
"""Characters without a glyph that a note names; of more, their number is told."""


class Typesetter:
    """A child process that sets one document; begun early, it is ready to when the document is.

    Raises `Environment` when the package that it needs is not installed.
    """

    def __init__(self) -> None:
        if find_spec("typst") is None:
            raise Environment(
                where="PDF",
                why="the package typst is not installed",
                remedy='Install it with: pip install "hikiwake[brief]"',
            )
        # Each thread reserves address space, which the limit counts: a machine with many cores must not fail.
        surroundings = {**os.environ, "RAYON_NUM_THREADS": "4", "MALLOC_ARENA_MAX": "2"}
        self._child = subprocess.Popen(  # noqa: S603 - this interpreter, a fixed program
            [sys.executable, "-I", "-S", typst_child.__file__],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            env=surroundings,
        )
        with suppress(BrokenPipeError):  # a child that has ended says later why
            if self._child.stdin is not None:
                self._child.stdin.write(marshal.dumps((sys.path, BYTES)))
                self._child.stdin.flush()

    def typeset(self, inputs: Mapping[str, bytes]) -> bytes:
        """Return the tagged PDF (PDF/UA-1) of a Typst document, packed (see `hikiwake.render.packing`).

        Parameters
        ----------
        inputs : files by name; `main.typ` is the document, all others are what it reads.

        Raises
        ------
        Environment
            It takes more than 30 seconds or 2 GiB.
        ValueError
            The template does not fit the data, which is a fault of ours.
        """
        fonts = str(files("hikiwake.render").joinpath("assets", "fonts"))
        try:
            made, said = self._child.communicate(marshal.dumps((dict(inputs), fonts)), SECONDS)
        except subprocess.TimeoutExpired as late:
            raise _exhausted(f"it was not ready after {SECONDS} seconds") from late
        finally:
            self.close()
        if self._child.returncode == typst_child.FAULT_OF_DOCUMENT:
            msg = f"Typst refuses the document: {said.decode('utf-8', 'replace')}"
            raise ValueError(msg)
        if self._child.returncode != 0:
            last = said.decode("utf-8", "replace").strip().rpartition("\n")[2]
            last = last or f"exit code {self._child.returncode}"
            raise _exhausted(f"its process ended without one ({last})")
        return packed(made)

    def close(self) -> None:
        """End the process, if it has not ended, and whatever leads to it."""
        if self._child.poll() is None:
            self._child.kill()
        with self._child:  # waits for it
            pass


def _exhausted(why: str) -> Environment:
    return Environment(
        where="PDF",
        why=why,
        remedy="Free some memory, ask for the shorter length, or write HTML, which needs neither.",
    )


def all_drawn(encoded: bytes) -> bool:
    """Tell whether the fonts draw all letters of a JSON text: then none of its parts need be looked at."""
    return b"\\u" not in encoded and all(_drawn(letter) == letter for letter in set(encoded.decode("utf-8")))


def printable(content: Any) -> Any:
    """Replace each character of all texts that no shipped font can draw, so that none vanishes silently.

    A letter with marks falls back on the letter; what has no such form becomes a replacement character.
    """
    if isinstance(content, str):
        if _plain(content):
            return content
        # A figure has some ten thousand letters, and a hundred different ones.
        return content.translate({ord(letter): _drawn(letter) for letter in set(content)})
    if isinstance(content, dict):
        return {key: printable(value) for key, value in content.items()}
    if isinstance(content, list | tuple):
        return [printable(value) for value in content]
    return content


def undrawn(content: Any) -> str:
    """Name the characters that `printable` replaces, for a note that says so; empty where there are none."""
    found: set[str] = set()

    def look(part: Any) -> None:
        if isinstance(part, str):
            if _plain(part):
                return
            found.update(letter for letter in set(part) if _drawn(letter) == REPLACEMENT != letter)
        elif isinstance(part, dict | list | tuple):
            for inner in part.values() if isinstance(part, dict) else part:
                look(inner)

    look(content)
    named = [f"U+{ord(letter):04X} {unicodedata.name(letter, '')}".strip() for letter in sorted(found)]
    return ", ".join(named[:MOST_NAMED]) + (f" (+{len(named) - MOST_NAMED})" if named[MOST_NAMED:] else "")


def _plain(text: str) -> bool:
    """Tell whether all of a text is ASCII that shows, which every font draws."""
    return text.isascii() and text.isprintable()


@lru_cache(maxsize=4096)
def _drawn(letter: str) -> str:
    if letter in "\n\u200b" or _covered(letter):
        return letter
    plain = "".join(part for part in unicodedata.normalize("NFKD", letter) if _covered(part))
    return plain or REPLACEMENT


def _covered(letter: str) -> bool:
    code = ord(letter)
    return letter == REPLACEMENT or any(first <= code <= last for first, last in _coverage())


@lru_cache(maxsize=1)
def _coverage() -> tuple[tuple[int, int], ...]:
    raw = files("hikiwake.render").joinpath("assets", "fonts", "glyphs.json").read_bytes()
    families = msgspec.json.decode(raw, type=dict[str, list[tuple[int, int]]])
    return tuple(span for spans in families.values() for span in spans)
