"""Claims from a text, on the command line: formats, standard input, files, errors."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from tests.commands import by_process, hikiwake

TEXTS = Path(__file__).resolve().parents[1] / "texts"
SENTENCE = "In 2014, 7.6 % of Japan's crude oil imports came from Russia."


def test_standard_input_and_a_pdf_give_the_same_claim(tmp_path: Path) -> None:
    typst = pytest.importorskip("typst")
    path = tmp_path / "text.pdf"
    path.write_bytes(typst.compile({"main.typ": f"= Japan and Russia\n\n{SENTENCE}".encode()}))
    claims = []
    for done in (
        by_process("claims", "extract", "-", "--json", given=f"# Japan and Russia\n\n{SENTENCE}".encode()),
        hikiwake("claims", "extract", path, "--json"),
    ):
        assert done.returncode == 0, done.stderr
        (claim,) = json.loads(done.stdout)["proposals"]
        claims.append((claim["fields"], claim["says"].replace("’", "'"), claim["confidence"]))
    assert claims[0] == claims[1]
    assert json.loads(done.stdout)["proposals"][0]["place"]["page"] == 1


def test_a_text_is_audited_and_a_false_figure_ends_with_1() -> None:
    good = hikiwake("audit", "--text", "-", given=SENTENCE.encode())
    bad = hikiwake("audit", "--text", "-", given=SENTENCE.replace("7.6", "76").encode())
    assert (good.returncode, bad.returncode) == (0, 1)
    assert b"c1 [7.6 %]: holds" in good.stdout
    assert b"c1 [76 %]: contradicted" in bad.stdout


def test_files_are_written_by_their_suffix_and_never_over_another(tmp_path: Path) -> None:
    path = tmp_path / "draft.yaml"
    assert hikiwake("claims", "extract", TEXTS / "australia-china.md", "-o", path).returncode == 0
    assert hikiwake("dossier", "validate", path).returncode == 0
    again = hikiwake("claims", "extract", TEXTS / "australia-china.md", "-o", path)
    other = hikiwake("claims", "extract", TEXTS / "australia-china.md", "-o", tmp_path / "draft.xls")
    assert (again.returncode, other.returncode) == (2, 2)
    assert b"this file exists" in again.stderr
    assert b".yaml or .json" in other.stderr


def test_nothing_to_audit_is_a_usage_error() -> None:
    done = hikiwake("audit")
    assert done.returncode == 2
    assert b"--text FILE" in done.stderr
