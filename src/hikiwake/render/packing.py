"""A PDF made smaller without touching what it says: its small objects gathered and compressed.

Typst writes every object on its own and uncompressed. In a tagged document of many tables these are
thousands (each cell is one for the reader's software, each link another) and most of its size. PDF has had
object streams and cross-reference streams for this since version 1.5 (ISO 32000-1:2008, 7.5.7 and 7.5.8),
and PDF/UA-1 allows them. No object is changed, renumbered or left out, and streams stay as they are.
"""

from __future__ import annotations

import re
import zlib

PER_STREAM = 200
"""Objects in one object stream: a reader unpacks a whole one for any of its objects."""
LEVEL = 7
"""How hard zlib tries: 9 takes twice as long, and a document is one part in a hundred smaller."""
_TRAILER = re.compile(rb"trailer\s*<<(.*)>>\s*startxref\s+(\d+)\s+%%EOF\s*\Z", re.DOTALL)
_TABLE = re.compile(rb"xref\s+0 (\d+)\s+")
_ENTRY = 20
"""Bytes of an entry in a cross-reference table."""
_OBJECT = re.compile(rb"(\d+) 0 obj\b(.*)endobj\s*\Z", re.DOTALL)


def packed(document: bytes) -> bytes:
    """Return a PDF with all objects that are no streams in compressed object streams.

    Parameters
    ----------
    document : a PDF with one cross-reference table, without updates or encryption, as Typst writes it.

    Returns
    -------
    bytes : the same objects under the same numbers; the same for the same document.

    Raises
    ------
    ValueError
        The document has another form.
    """
    objects, trailer = _read(document)
    begin = min(start for start, _, _ in objects.values())
    out = bytearray(document[:begin])
    entries = {0: (0, 0, 65535)}  # number: kind, place, index (ISO 32000-1, table 18)
    for number, (_, whole, content) in objects.items():
        if content.endswith(b"endstream"):
            entries[number] = (1, len(out), 0)
            out += whole
    loose = [number for number in objects if number not in entries]
    fresh = max(objects) + 1
    for first in range(0, len(loose), PER_STREAM):
        group = loose[first : first + PER_STREAM]
        entries |= {number: (2, fresh, index) for index, number in enumerate(group)}
        entries[fresh] = (1, len(out), 0)
        out += _object_stream(fresh, {number: objects[number][2] for number in group})
        fresh += 1
    entries[fresh] = (1, start := len(out), 0)
    return bytes(out + _cross_references(fresh, entries, trailer) + b"startxref\n%d\n%%%%EOF\n" % start)


def _read(document: bytes) -> tuple[dict[int, tuple[int, bytes, bytes]], bytes]:
    """Return each object's place, whole text and content by number, and the trailer but for its /Size."""
    trailer = _TRAILER.search(document, document.rfind(b"trailer"))
    table = _TABLE.match(document, int(trailer[2])) if trailer else None
    if trailer is None or table is None or b"/Prev" in trailer[1] or b"/Encrypt" in trailer[1]:
        msg = "this PDF is not of the form that Typst writes: one table of cross-references, no encryption"
        raise ValueError(msg)
    lines = (document[table.end() + _ENTRY * n :][:_ENTRY] for n in range(int(table[1])))
    starts = sorted(int(line[:10]) for line in lines if line[17:18] == b"n")
    objects = {}
    for start, stop in zip(starts, [*starts[1:], int(trailer[2])], strict=True):
        found = _OBJECT.match(whole := document[start:stop])
        if found is None:
            msg = f"this PDF has no object at byte {start}, where its cross-references name one"
            raise ValueError(msg)
        objects[int(found[1])] = (start, whole, found[2].strip())
    return objects, re.sub(rb"/Size\s+\d+", b"", trailer[1]).strip()


def _object_stream(number: int, contents: dict[int, bytes]) -> bytes:
    """Return an object stream: numbers and places of the objects, then the objects (7.5.7)."""
    head, body = [], bytearray()
    for inner, content in contents.items():
        head.append(b"%d %d" % (inner, len(body)))
        body += content + b"\n"
    index = b" ".join(head) + b"\n"
    said = b"/Type/ObjStm/N %d/First %d" % (len(contents), len(index))
    return _stream(number, said, index + bytes(body))


def _cross_references(number: int, entries: dict[int, tuple[int, int, int]], trailer: bytes) -> bytes:
    """Return the stream that stands for table and trailer: kind, place and index of each object (7.5.8)."""
    rows = (entries.get(n, (0, 0, 65535)) for n in range(number + 1))
    data = b"".join(
        kind.to_bytes(1, "big") + place.to_bytes(4, "big") + index.to_bytes(2, "big")
        for kind, place, index in rows
    )
    return _stream(number, b"/Type/XRef/Size %d/W[1 4 2]" % (number + 1) + trailer, data)


def _stream(number: int, said: bytes, data: bytes) -> bytes:
    short = zlib.compress(data, LEVEL)
    return b"%d 0 obj\n<<%s/Filter/FlateDecode/Length %d>>\nstream\n%s\nendstream\nendobj\n\n" % (
        number,
        said,
        len(short),
        short,
    )
