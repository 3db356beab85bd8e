"""A brief with a dossier of one's own: checked, said in the command, the same each time, open to `why`."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import hikiwake

import hikiwake as hk
from hikiwake.core.errors import BadInput

OWN = """\
hikiwake: 1
title: Three islands
parties: [New Zealand, WSM, "The Cook Islands"]
author: A. Reader
events:
  - {id: treaty, date: "1962-08", type: treaty, title: Treaty “à deux”, actors: [WSM, NZL], sources: [book]}
references:
  - {id: book, type: book, title: A history, issued: 1999}
"""


@pytest.fixture
def own(tmp_path: Path) -> Path:
    path = tmp_path / "three islands.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.mark.parametrize("names", [("WSM", "NZL"), ("NZL", "WSM"), ("COK", "WSM")])
def test_a_pair_of_its_parties_in_any_order_and_the_same_each_time(own: Path, names: tuple[str, str]) -> None:
    brief = hk.pair(*names).brief(dossier=own)
    page = brief.render(".md").decode()
    assert "Treaty “à deux”" in page
    assert f"--dossier '{own}'" in brief.content.command
    assert hk.pair(*names).brief(dossier=str(own)).render(".json") == brief.render(".json")


def test_a_dossier_on_others_is_refused(own: Path) -> None:
    with pytest.raises(BadInput, match=r"Italy \(ITA\) is not among the parties"):
        hk.pair("WSM", "ITA").brief(dossier=own)
    with pytest.raises(BadInput, match="about COK, NZL, WSM, not about Spain"):
        hk.pair("ESP", "ITA").brief(dossier=own)


def test_all_that_is_wrong_with_it_is_said(own: Path) -> None:
    own.write_text(OWN.replace("treaty,", "treatty,").replace("1999", "19999"), encoding="utf-8")
    told = hikiwake("brief", "WSM", "NZL", "--dossier", own.name, "-o", "brief-WSM-NZL.json", cwd=own.parent)
    assert told.returncode == 3
    assert "did you mean treaty?" in told.stderr.decode().lower()
    assert b"19999" in told.stderr
    assert not (own.parent / "brief-WSM-NZL.json").exists()


def test_a_file_that_is_not_there_is_one_clear_error(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="it cannot be read"):
        hk.pair("WSM", "NZL").brief(dossier=tmp_path / "none.yaml")


def test_why_reads_the_entries_of_the_dossier_that_is_named(own: Path) -> None:
    written = hikiwake(
        "brief", "WSM", "NZL", "--dossier", own.name, "-o", "brief-WSM-NZL.json", cwd=own.parent
    )
    assert written.returncode == 0, written.stderr
    facts = hk.pair("WSM", "NZL").brief(dossier=own).content.ledger.facts
    (identity,) = [i for i, fact in facts.items() if fact.formula == "events_recorded"]
    without = hikiwake("why", identity, cwd=own.parent)
    assert "hikiwake why ID --dossier FILE" in without.stdout.decode()
    told = hikiwake("why", identity, "--dossier", own.name, cwd=own.parent)
    assert "Treaty “à deux”" in told.stdout.decode()
