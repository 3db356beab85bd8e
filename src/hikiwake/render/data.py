"""A brief as JSON: complete, so that it can be rendered again with no store, and read back."""

from __future__ import annotations

import re
import zlib
from base64 import b64decode

import msgspec

from hikiwake.core.dates import PartialDate
from hikiwake.core.document import Brief, Chart, LocatorMap, Prose, Table, cited
from hikiwake.core.errors import BadInput
from hikiwake.render import references
from hikiwake.render.language import load

SUFFIX = ".json"
LARGEST = 50 * 2**20
_EMBEDDED = re.compile(rb'<script type="application/zlib" id="brief">([A-Za-z0-9+/=]*)</script>')
_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_-]*")
_CONTROL = re.compile(rb"\\u00(?:[01][0-9a-fA-F]|7[fF])")
_CODE = re.compile(r"[A-Za-z0-9]{2,8}")


def render(brief: Brief, *, lang: str = "en") -> bytes:
    """Return the brief as JSON; the language is a matter of looks and plays no part."""
    del lang
    return msgspec.json.format(content(brief), indent=1) + b"\n"


def content(brief: Brief) -> bytes:
    """Return the brief as JSON in one line, with its references for bibliographies beside it."""
    beside = {"references": {"csl": references.csl(brief), "bibtex": references.bibtex(brief)}}
    # Both are objects: the one is written on where the other ends.
    return msgspec.json.encode(brief)[:-1] + b"," + msgspec.json.encode(beside)[1:]


def read(content: bytes, name: str = "brief") -> Brief:
    """Read a brief from JSON, or from the HTML page that carries it.

    Parameters
    ----------
    content : the file; at most 50 MB.
    name : what to call it in a message.

    Raises
    ------
    BadInput
        It holds no brief, or one that was changed by hand: a fact's id is a hash of what it says.
    """
    raw = content.removeprefix(b"\xef\xbb\xbf").lstrip()
    if raw[:1] == b"<" and len(raw) <= LARGEST:
        raw = _unpacked(raw)
    if len(raw) > LARGEST:
        raise BadInput(
            where=name, why="it is larger than any brief", remedy="Give a brief saved as .json or .html."
        )
    try:
        brief = msgspec.json.decode(raw, type=Brief)
    except (msgspec.DecodeError, UnicodeDecodeError, RecursionError) as fault:
        raise BadInput(
            where=name,
            why=f"it does not hold a brief ({fault})",
            remedy="Give a file written by `hikiwake brief -o NAME.json` or `-o NAME.html`.",
        ) from fault
    why = "it holds control characters" if _CONTROL.search(raw) else _fault(brief)
    if why:
        raise BadInput(
            where=name,
            why=why,
            remedy="Make the brief again; it names its command under the disclaimer.",
        )
    return brief


def _unpacked(page: bytes) -> bytes:
    """Return the JSON that a page carries, of one that is too large no more than shows it; empty without."""
    found = _EMBEDDED.search(page)
    try:
        return zlib.decompressobj().decompress(b64decode(found[1]), LARGEST + 1) if found else b""
    except (ValueError, zlib.error):
        return b""


def _fault(brief: Brief) -> str:
    """Say what is wrong with a brief that somebody gave us; empty when it can be trusted to hang together."""
    ledger = brief.ledger
    for identity, fact in ledger.facts.items():
        if fact.id != identity:
            return f"number {identity} was changed after it was stated"
        if fact.formula not in ledger.formulas:
            return f"number {identity} names a formula that is not there"
    shown = [*cited(brief.title), *cited(brief.sections)]
    missing = [identity for identity in shown if identity not in ledger.facts]
    if missing:
        return f"it shows number {missing[0]}, which is not in its list"
    blocks = [block for section in brief.sections for block in section.blocks]
    names = [section.id for section in brief.sections]
    names += [block.id for block in blocks if isinstance(block, Chart | LocatorMap | Table)]
    names += [*ledger.formulas, *ledger.datasets]
    # Names become anchors of a page and file names; nothing else may hide in them.
    strange = [name for name in names if not _NAME.fullmatch(name)]
    strange += [code for code in brief.pair if not _CODE.fullmatch(code)]
    if strange:
        return f"{strange[0][:40]!r} is no name of a part"
    return _source_fault(brief) or _unreadable(brief)


def _source_fault(brief: Brief) -> str:
    """Say which of the dossier's sources can't be written out; empty when all can."""
    numbers = [source.number for source in brief.sources]
    if len(set(numbers)) < len(numbers) or min(numbers, default=1) < 1:
        return "two of its sources have one number, or one has none"
    for source in brief.sources:
        try:
            PartialDate.parse(source.reference.issued or 2000)
        except ValueError as fault:
            return f"source {source.number}: {fault}"
    return ""


def _unreadable(brief: Brief) -> str:
    """Say which sentence the templates of this version cannot fill."""
    language = load()
    for prose in _sentences(brief):
        try:
            language.text(prose, brief.ledger)
        except ValueError as fault:
            return f"another version wrote it ({fault})"
    return ""


def _sentences(part: object) -> list[Prose]:
    if isinstance(part, Prose):
        return [part]
    if isinstance(part, tuple):
        return [prose for item in part for prose in _sentences(item)]
    if isinstance(part, msgspec.Struct):
        return [prose for name in part.__struct_fields__ for prose in _sentences(getattr(part, name))]
    return []
