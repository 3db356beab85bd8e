"""Texts that would do harm, in every field of a dossier and through every way out, come out as they are.

Each sixth text is tried each time, all of them in the slow run.
"""

from __future__ import annotations

import csv
import io
import json
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Callable
from html.parser import HTMLParser
from pathlib import Path
from typing import NamedTuple
from xml.etree import ElementTree

import markdown  # type: ignore[import-untyped]
import pypdf
import pytest
from tests.injections import INJECTIONS

import hikiwake as hk

# Of each part of a dossier, its entries with one text in every field that is free.
ENTRY = {
    "places": '{"id": "pl%d", "names": [{"name": %s, "used_by": ["NZL"]}, {"name": %s}], "note": %s}',
    "events": '{"id": "ev%d", "date": "2001-02", "type": "visit", "title": %s, "actors": [%s], "place": %s,'
    ' "changed": %s, "sources": ["re%d"]}',
    "positions": '{"id": "po%d", "who": %s, "on": %s, "says": %s}',
    "projects": '{"id": "pr%d", "name": %s, "what": %s, "partners": [{"who": %s, "share": "3 %%"}]}',
    "facts": '{"id": "fa%d", "what": %s, "value": "3 km", "basis": %s, "sources": ["re%d"]}',
    "claims": '{"id": "cl%d", "quantity": "statement", "says": %s, "note": %s, "document": "re%d"}',
    "references": '{"id": "re%d", "type": "book", "title": %s, "author": [{"family": %s, "given": %s}],'
    ' "publisher": %s, "container": %s, "number": %s, "url": %s}',
}


def dossier(text: Callable[[int], str], count: int) -> str:
    """Return a dossier whose every free text is the n-th of a list of so many."""
    parts = []
    for name, entry in ENTRY.items():
        entries = []
        for n in range(count):
            words = (json.dumps(text(n)) if spot == "%s" else n for spot in re.findall(r"%[ds]", entry))
            entries.append(entry % tuple(words))
        parts.append(f'"{name}": [' + ",\n".join(entries) + "]")
    head = {
        name: " ".join(text(n) for n in range(0, count, 7))
        for name in ("title", "author", "licence", "summary")
    }
    return (
        '{"hikiwake": 1, "parties": ["NZL", "WSM"], '
        + json.dumps(head)[1:-1]
        + ",\n"
        + ",\n".join(parts)
        + "}"
    )


def harmless(n: int) -> str:
    return f"word{n} x"


class Made(NamedTuple):
    """The texts that were tried, the dossier with them, and what was made of it and of a harmless one."""

    texts: tuple[str, ...]
    path: Path
    hostile: dict[str, bytes]
    control: dict[str, bytes]

    def missing(self, shown: str) -> list[str]:
        """Return the texts that are not in what is shown, white space aside."""
        found = squeezed(shown)
        return [text for text in self.texts if squeezed(text) not in found]


def rendered(path: Path, content: str, *further: str) -> dict[str, bytes]:
    path.write_text(content, encoding="utf-8")
    view = hk.pair("NZL", "WSM").brief(dossier=path, length="full")
    return {suffix: view.render(suffix) for suffix in (".html", ".md", ".docx", ".bib", ".csv", *further)}


@pytest.fixture(
    scope="module", params=[pytest.param(6, id="some"), pytest.param(1, id="all", marks=pytest.mark.slow)]
)
def made(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Made:
    folder, texts = tmp_path_factory.mktemp("hostile"), INJECTIONS[:: request.param]
    path = folder / "hostile.yaml"
    hostile = rendered(path, dossier(texts.__getitem__, len(texts)), ".pdf", ".json")
    return Made(texts, path, hostile, rendered(folder / "control.yaml", dossier(harmless, len(texts))))


class Page(HTMLParser):
    """Counts elements and the attributes that run something, and keeps the text."""

    def __init__(self, source: str) -> None:
        super().__init__()
        self.elements: Counter[str] = Counter()
        self.handlers = 0
        self.schemes: Counter[str] = Counter()
        self.words: list[str] = []
        self._hidden = 0
        self.feed(source)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.elements[tag] += 1
        self.handlers += sum(name.startswith("on") for name, _ in attrs)
        for name, value in attrs:
            if name in {"href", "src", "action", "data"}:
                self.schemes[(value or "").partition(":")[0] if ":" in (value or "") else ""] += 1
        self._hidden += tag in {"script", "style"}

    def handle_endtag(self, tag: str) -> None:
        self._hidden -= tag in {"script", "style"}

    def handle_data(self, data: str) -> None:
        if not self._hidden:
            self.words.append(data)


def squeezed(text: str) -> str:
    return re.sub(r"\s+", "", text)


def test_there_are_a_hundred_and_twenty() -> None:
    assert len(INJECTIONS) == 120


def test_html_gains_no_element_and_shows_every_text(made: Made) -> None:
    page, plain = Page(made.hostile[".html"].decode()), Page(made.control[".html"].decode())
    assert page.elements == plain.elements
    assert page.handlers == plain.handlers
    assert set(page.schemes) <= set(plain.schemes) | {""}
    shown = "".join(page.words)
    assert made.missing(shown) == []


def test_markdown_gains_no_element(made: Made) -> None:
    pages = []
    for one in (made.hostile, made.control):
        source = re.sub(r"\A---\n.*?\n---\n", "", one[".md"].decode(), flags=re.DOTALL)
        pages.append(Page(markdown.markdown(source, extensions=["tables"])))
    assert pages[0].elements == pages[1].elements
    assert pages[0].handlers == 0


def test_docx_gains_no_element_and_shows_every_text(made: Made) -> None:
    roots = [
        ElementTree.fromstring(zipfile.ZipFile(io.BytesIO(one[".docx"])).read("word/document.xml"))
        for one in (made.hostile, made.control)
    ]
    kinds = [Counter(node.tag.rpartition("}")[2] for node in root.iter()) for root in roots]
    assert {name for name in kinds[0]} == {name for name in kinds[1]}
    assert kinds[0]["tbl"] == kinds[1]["tbl"]
    assert kinds[0]["hyperlink"] == kinds[1]["hyperlink"]
    shown = "".join(roots[0].itertext())
    assert made.missing(shown) == []


def test_pdf_shows_every_text(made: Made) -> None:
    pages = pypdf.PdfReader(io.BytesIO(made.hostile[".pdf"])).pages
    shown = "".join(page.extract_text() for page in pages)
    assert made.missing(shown) == []


def test_bibtex_gains_no_entry_and_stays_balanced(made: Made) -> None:
    entries, plain = (re.split(r"\n(?=@\w+\{)", one[".bib"].decode()) for one in (made.hostile, made.control))
    assert len(entries) == len(plain)
    for entry in entries:
        bare = re.sub(r"\\[{}]", "", entry)
        assert bare.count("{") == bare.count("}"), entry
        assert not re.search(r"(?<!\\)\\(input|write18|end)\b", entry), entry


def test_csv_holds_no_formula(made: Made) -> None:
    rows, plain = (
        list(csv.reader(io.StringIO(one[".csv"].decode("utf-8-sig")))) for one in (made.hostile, made.control)
    )
    assert len(rows) == len(plain)
    assert {len(row) for row in rows} == {len(row) for row in plain}
    number = re.compile(r"[+-]?[\d.]+(e[+-]?\d+)?")
    for row in rows:
        for cell in row:
            assert cell[:1] not in {"=", "+", "-", "@", "\t", "\r"} or number.fullmatch(cell), cell


def test_a_brief_reads_back_the_texts_that_it_was_made_from(made: Made) -> None:
    text = made.hostile[".json"].decode()
    assert all(json.dumps(injection, ensure_ascii=False)[1:-1] in text for injection in made.texts)


@pytest.mark.parametrize(
    "words", [("dossier", "show"), ("audit",), ("audit", "--rows"), ("audit", "--junit")]
)
def test_the_terminal_shows_texts_as_they_are(words: tuple[str, ...], made: Made) -> None:
    command = [sys.executable, "-m", "hikiwake", *words, str(made.path)]
    run = subprocess.run(command, capture_output=True, check=False)
    assert run.returncode == 0
    assert not re.search(rb"[\x00-\x08\x0b-\x1f\x7f]", run.stdout)
    if "--junit" in words:
        ElementTree.fromstring(run.stdout)
        return
    shown = run.stdout.decode()
    assert made.missing(shown) == []


WATCHED = """
import sys
canary, *words = sys.argv[1:]
def hook(event, details):
    if event == "open" and canary in str(details[0]) or event.startswith(("socket.", "urllib.", "http.")):
        if event not in {"socket.gethostname"}:
            print("TOUCHED", event, details, file=sys.stderr)
sys.addaudithook(hook)
from hikiwake.__main__ import main
sys.argv = ["hikiwake", *words]
sys.exit(main())
"""


@pytest.mark.parametrize(
    "words",
    [
        ("dossier", "validate"),
        ("dossier", "fmt", "--check"),
        ("audit", "--json"),
        ("brief", "NZL", "WSM", "-o", "b.html", "--dossier"),
    ],
)
def test_no_path_or_address_in_a_dossier_is_followed(words: tuple[str, ...], tmp_path: Path) -> None:
    canary = tmp_path / "canary.txt"
    canary.write_text("secret")
    ways = [
        str(canary), f"file://{canary}", "./canary.txt", "http://127.0.0.1:9/canary.txt",
        f"!include {canary}", f"[x]({canary})", f'#read("{canary}")', f"<img src='{canary}'>", f"![x](file://{canary})",
    ]  # fmt: skip
    path = tmp_path / "d.yaml"
    path.write_text(dossier(ways.__getitem__, len(ways)), encoding="utf-8")
    command = [sys.executable, "-c", WATCHED, canary.name, *words, str(path)]
    run = subprocess.run(command, capture_output=True, text=True, check=False, cwd=tmp_path)
    assert "TOUCHED" not in run.stderr
    assert run.returncode in {0, 1}, run.stderr
    assert "secret" not in run.stdout
