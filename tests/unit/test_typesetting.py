"""The child process that sets a PDF: what becomes of it when all does not go well."""

from __future__ import annotations

import subprocess

import pytest
from tests.sample import brief

from hikiwake.core.errors import Environment
from hikiwake.render import pdf, typesetting
from hikiwake.render.typesetting import Typesetter


def child_of(typesetter: Typesetter) -> subprocess.Popen[bytes]:
    return typesetter._child


def test_a_document_that_does_not_fit_is_a_fault_of_ours() -> None:
    typesetter = Typesetter()
    with pytest.raises(ValueError, match="Typst refuses the document"):
        typesetter.typeset({"main.typ": b"#nothing-of-this-name"})
    assert child_of(typesetter).returncode is not None


def test_a_child_that_has_ended_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    typesetter = Typesetter()
    child_of(typesetter).kill()
    child_of(typesetter).wait()
    with pytest.raises(Environment, match="ended without one"):
        typesetter.typeset({"main.typ": b""})


def test_a_child_that_takes_too_long_is_ended(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(typesetting, "SECONDS", 0.01)
    typesetter = Typesetter()
    with pytest.raises(Environment, match="not ready after"):
        typesetter.typeset({"main.typ": b"#range(100000000).sum()"})
    assert child_of(typesetter).returncode is not None


def test_none_is_left_behind_when_the_layout_fails(monkeypatch: pytest.MonkeyPatch) -> None:
    made: list[Typesetter] = []

    class Kept(Typesetter):
        def __init__(self) -> None:
            super().__init__()
            made.append(self)

    def fails(encoded: bytes) -> bool:
        raise KeyboardInterrupt

    monkeypatch.setattr(pdf, "Typesetter", Kept)
    monkeypatch.setattr(pdf, "all_drawn", fails)
    with pytest.raises(KeyboardInterrupt):
        pdf.laid_out(brief())
    assert child_of(made[0]).returncode is not None


@pytest.mark.parametrize("text", ["plain", "a\nb", "☃ b☃\u200b", "Türkiye 日本", "\x00\u202e"])
def test_a_text_is_printable_letter_by_letter(text: str) -> None:
    assert typesetting.printable(text) == "".join(typesetting.printable(letter) for letter in text)
    assert typesetting.undrawn(typesetting.printable(text)) == ""
