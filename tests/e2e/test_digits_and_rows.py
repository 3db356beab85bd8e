"""How finely a brief is written and how many rows it shows: looks of the numbers, never the numbers."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest
from tests.briefs import composed
from tests.commands import hikiwake

import hikiwake as hk
from hikiwake.core.document import AnyBlock, Chart, Table
from hikiwake.core.errors import BadUsage


def test_digits_change_what_is_printed_and_no_fact() -> None:
    usual, fine = (
        json.loads(one.render(".json"))
        for one in (composed("JPN", "RUS"), hk.pair("JPN", "RUS").brief(digits=3))
    )
    assert {key for key in usual if usual[key] != fine[key]} == {"digits", "command"}
    assert fine["command"] == f"{usual['command']} --digits 3"


def test_a_saved_brief_keeps_its_digits_until_others_are_asked_for(tmp_path: Path) -> None:
    def written(*further: str) -> str:
        assert hikiwake("brief", *further, "-o", "b.md", cwd=tmp_path).returncode == 0
        return (tmp_path / "b.md").read_text(encoding="utf-8").replace("\u202f", " ")

    (tmp_path / "usual.json").write_bytes(composed("JPN", "RUS").render(".json"))
    (tmp_path / "whole.json").write_bytes(composed("JPN", "RUS").with_digits(0).render(".json"))
    usual, whole = written("--from", "usual.json"), written("--from", "whole.json")
    found = [re.search(r"([\d.]+) % of Japan’s imports of these products", text) for text in (usual, whole)]
    assert [one and one[1] for one in found] == ["2.8", "3"]
    assert written("--from", "whole.json", "--digits", "1") == usual
    assert hikiwake("brief", "--from", "usual.json", "--top", "3", "-o", "b.md", cwd=tmp_path).returncode == 2


def rows(block: AnyBlock) -> int:
    if isinstance(block, Table):
        return len(block.rows)
    return (
        len({mark.at.id for series in block.series for mark in series.marks})
        if isinstance(block, Chart)
        else 0
    )


# What is ranked, and how many more than asked for it shows: the pair's own place, both signs of both sides.
RANKED = {"suppliers": 1, "dependence": 0, "complementarity-openings": 0, "complementarity-advantage": 0,
          "intermediate-composition": 0, "intermediate-suppliers": 1, "intermediate-exposure": 0,
          "diversion": 1}  # fmt: skip


@pytest.mark.parametrize("most", [1, 3])
def test_rows_are_as_many_as_are_asked_for_and_say_the_same(most: int) -> None:
    usual, made = composed("JPN", "RUS").content, hk.pair("JPN", "RUS").brief(top=most).content
    assert made.command.endswith(f"--top {most}")
    seen = set()
    for section in made.sections:
        for block in section.blocks:
            name = next((one for one in RANKED if getattr(block, "id", "").startswith(one)), None)
            if name:
                assert 1 <= rows(block) <= most + RANKED[name], block
                seen.add((name, rows(block)))
    assert {name for name, _ in seen} == set(RANKED)
    # Each is as long as asked where there is so much to show.
    assert all((name, most + more) in seen or (name, most) in seen for name, more in RANKED.items())
    # The same statements: what both state, they state alike.
    assert [section.finding for section in made.sections] == [section.finding for section in usual.sections]
    common = set(made.ledger.facts) & set(usual.ledger.facts)
    assert len(common) > 0.2 * len(usual.ledger.facts)


def test_numbers_that_make_no_sense_are_refused() -> None:
    for wishes in ({"digits": 7}, {"digits": -1}, {"top": 0}, {"top": 1001}):
        with pytest.raises(BadUsage, match="out of bounds"):
            hk.pair("JPN", "RUS").brief(**wishes)  # type: ignore[arg-type]
    assert hikiwake("brief", "JPN", "RUS", "--digits", "7").returncode == 2


@pytest.mark.parametrize("command", ["ties", "complementarity", "potential"])
def test_text_of_other_commands_has_the_digits_and_data_have_all(command: str) -> None:
    arguments = (command, "JPN", "RUS", "--year", "2014")
    usual = hikiwake(*arguments).stdout.decode()
    finer = hikiwake(*arguments, "--digits", "4").stdout.decode()
    assert len(usual.splitlines()) == len(finer.splitlines())
    longest = [max(len(found) for found in re.findall(r"\.(\d+)", text)) for text in (usual, finer)]
    assert longest[1] > longest[0] or longest[1] == 6
    data = hikiwake(*arguments, "--json").stdout
    assert hikiwake(*arguments, "--digits", "0", "--json").stdout == data
