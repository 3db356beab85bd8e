"""A packed PDF holds what the loose one held: another reader finds every object unchanged."""

from __future__ import annotations

import io
import re
import struct
from typing import Any

import pypdfium2  # type: ignore[import-untyped]
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pypdf import PdfReader, PdfWriter
from pypdf.generic import (
    ArrayObject,
    ByteStringObject,
    DictionaryObject,
    IndirectObject,
    NameObject,
    NumberObject,
    StreamObject,
)
from tests import sample

from hikiwake.render import pdf, typesetting
from hikiwake.render.packing import PER_STREAM, packed


def plain(held: Any) -> Any:
    """Return an object of a PDF as plain data: references as numbers, streams with their raw bytes."""
    if isinstance(held, IndirectObject):
        return ("reference", held.idnum)
    if isinstance(held, dict):
        raw = held._data if isinstance(held, StreamObject) else None
        return ({key: plain(value) for key, value in held.items() if key != "/Length"}, raw)
    if isinstance(held, list):
        return [plain(value) for value in held]
    return (type(held).__name__, bytes(held) if isinstance(held, bytes) else str(held))


def objects(document: bytes) -> dict[int, Any]:
    """Return all objects that pypdf finds, by number, beside those which only hold others."""
    reader = PdfReader(io.BytesIO(document), strict=True)
    numbers = set(reader.xref.get(0, {})) | set(reader.xref_objStm)
    found = {n: reader.get_object(n) for n in numbers if n}
    kinds = ("/ObjStm", "/XRef")
    return {
        n: plain(o) for n, o in found.items() if not (isinstance(o, StreamObject) and o.get("/Type") in kinds)
    }


@pytest.fixture(scope="module")
def loose() -> bytes:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(typesetting, "packed", lambda document: document)
        return pdf.render(sample.brief())


def test_every_object_is_there_unchanged(loose: bytes) -> None:
    held = objects(loose)
    assert len(held) > PER_STREAM
    assert objects(packed(loose)) == held


def test_each_cross_reference_leads_to_its_object(loose: bytes) -> None:
    """pypdf and pdfium find an object by its number alone; a reader may as well trust the index."""
    made = packed(loose)
    reader = PdfReader(io.BytesIO(made))
    begin = int(made.rpartition(b"startxref\n")[2].split()[0])
    head = re.match(rb"(\d+) 0 obj", made[begin:])
    assert head is not None
    table: Any = reader.get_object(int(head[1]))
    data = table.get_data()
    assert len(data) == 7 * table["/Size"]
    for number in range(table["/Size"]):
        kind, place, index = struct.unpack(">BIH", data[7 * number :][:7])
        if kind == 1:
            assert made[place:].startswith(b"%d 0 obj" % number)
        elif kind == 2:
            holder: Any = reader.get_object(place)
            assert int(holder.get_data()[: holder["/First"]].split()[2 * index]) == number
        else:
            assert number == 0


def test_the_trailer_says_the_same(loose: bytes) -> None:
    trailers = [PdfReader(io.BytesIO(made)).trailer for made in (loose, packed(loose))]
    before, after = (
        {key: plain(trailer.raw_get(key)) for key in ("/Root", "/Info", "/ID")} for trailer in trailers
    )
    assert before == after


def test_another_program_shows_the_same_pages(loose: bytes) -> None:
    before, after = (pypdfium2.PdfDocument(made) for made in (loose, packed(loose)))
    assert len(before) == len(after)
    for one, other in zip(before, after, strict=True):
        assert one.get_textpage().get_text_bounded() == other.get_textpage().get_text_bounded()
        assert one.render().to_numpy().tobytes() == other.render().to_numpy().tobytes()


def test_it_is_small(loose: bytes) -> None:
    small = packed(loose)
    assert b"/StructElem" in loose
    assert b"/StructElem" not in small
    assert len(small) < 0.75 * len(loose)


HARM = b") endobj\n7 0 obj << /Length 3 >> stream\nendstream endobj trailer << /Size 1 >> startxref 0 %%EOF"
TEXTS = st.binary(max_size=60) | st.sampled_from([HARM, b"endstream", b"\\", b"(", b"%%EOF\n"])


@settings(max_examples=60, deadline=None)
@given(strings=st.lists(TEXTS, max_size=450), streams=st.lists(TEXTS, max_size=5))
def test_whatever_strings_and_streams_hold(strings: list[bytes], streams: list[bytes]) -> None:
    writer = PdfWriter()
    writer.add_blank_page(10, 10)
    kept = ArrayObject()
    for text in strings:
        inner = DictionaryObject(
            {NameObject("/T"): ByteStringObject(text), NameObject("/N"): NumberObject(1)}
        )
        kept.append(writer._add_object(inner))
    for text in streams:
        stream = StreamObject()
        stream.set_data(text)
        kept.append(writer._add_object(stream))
    writer.root_object[NameObject("/Kept")] = kept
    target = io.BytesIO()
    writer.write(target)
    assert objects(packed(target.getvalue())) == objects(target.getvalue())


@pytest.mark.parametrize(
    "spoil",
    [
        lambda made: b"",
        lambda made: made[:-200],
        lambda made: made.replace(b"trailer\n<<", b"trailer\n<</Prev 7"),
        lambda made: made.replace(b"trailer\n<<", b"trailer\n<</Encrypt 7 0 R"),
        lambda made: made.replace(b"1 0 obj", b"1 0 abj", 1),
    ],
)
def test_a_document_of_another_form_is_refused(loose: bytes, spoil: Any) -> None:
    with pytest.raises(ValueError, match="this PDF"):
        packed(spoil(loose))


def test_what_is_packed_is_not_packed_again(loose: bytes) -> None:
    with pytest.raises(ValueError, match="one table"):
        packed(packed(loose))
