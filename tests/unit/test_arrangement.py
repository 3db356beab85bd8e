"""Figures of a page stand beside each other or beside text where there is room; notes are told once."""

from __future__ import annotations

from typing import Any

from hikiwake.compose import noted_once
from hikiwake.core.document import AnyBlock, Chart, ChartKind, Paragraph, Prose, Section, Table
from hikiwake.render.arrangement import LONG, arranged

SAID = Prose("render.value")


def chart(kind: ChartKind) -> Chart:
    return Chart(kind, kind, SAID, SAID, (), SAID)


def write(block: AnyBlock, more: str = "", *, small: bool = False) -> dict[str, Any]:
    if isinstance(block, Paragraph):
        return {"kind": "paragraph", "sentences": [[{"k": "text", "t": "x" * LONG}]]}
    kind = "picture" if isinstance(block, Chart) else "table"
    return {"kind": kind, "id": block.id, "small": small, "more": more}  # type: ignore[union-attr]


def short(block: AnyBlock, more: str = "", *, small: bool = False) -> dict[str, Any]:
    written = write(block, more, small=small)
    return {**written, "sentences": [[{"k": "text", "t": "x"}]]} if "sentences" in written else written


def test_two_small_figures_stand_beside_each_other() -> None:
    made = arranged([(chart("bars"), ""), (chart("dumbbell"), "")], write, glance=False)
    assert [block["kind"] for block in made] == ["pair"]
    assert [(one["id"], one["small"]) for one in made[0]["pictures"]] == [("bars", True), ("dumbbell", True)]


def test_one_alone_stands_beside_text_that_is_long_enough() -> None:
    told = Paragraph((SAID,))
    (made,) = arranged([(told, ""), (chart("bars"), "")], write, glance=False)
    assert (made["kind"], len(made["text"]), made["picture"]["small"]) == ("beside", 1, True)
    text, alone = arranged([(told, ""), (chart("bars"), "")], short, glance=False)
    assert (text["kind"], alone["kind"], alone["small"]) == ("paragraph", "picture", False)


def test_figures_that_are_read_closely_keep_the_whole_width() -> None:
    made = arranged(
        [(Paragraph((SAID,)), ""), (chart("map"), ""), (chart("ranges"), "")], write, glance=False
    )
    assert [block.get("small") for block in made] == [None, False, False]


def test_in_a_glance_every_chart_stands_beside_its_text() -> None:
    blocks: list[tuple[AnyBlock, str]] = [
        (Paragraph((SAID,)), ""), (Paragraph((SAID,)), ""), (chart("map"), ""), (chart("bars"), ""),
    ]  # fmt: skip
    first, second = arranged(blocks, short, glance=True)
    assert (first["kind"], len(first["text"]), second["kind"], second["small"]) == (
        "beside",
        2,
        "picture",
        True,
    )


def test_a_table_keeps_what_it_says_of_the_annex() -> None:
    table = Table("t", SAID, (SAID,), ())
    assert arranged([(table, "3 more")], write, glance=False)[0]["more"] == "3 more"


def test_a_note_is_told_once_in_the_body_and_once_in_the_annex() -> None:
    note, other = Prose("ties.fuel_table_note"), Prose("ties.fuel_chart_note")
    tables = tuple(
        Table(str(place), SAID, (SAID,), (), note=said, annex=annex)
        for place, (said, annex) in enumerate(
            [(note, False), (note, False), (other, False), (note, True), (note, True)]
        )
    )
    made = noted_once(Section("ties", SAID, SAID, tables))
    assert [block.note for block in made.blocks if isinstance(block, Table)] == [
        note,
        None,
        other,
        note,
        None,
    ]
