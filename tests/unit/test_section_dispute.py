"""The section on the dispute: what it says of the shipped model and of others, and when it says nothing."""

from __future__ import annotations

from datetime import date
from pathlib import Path
from typing import Any

import pytest
from tests.briefs import composed

import hikiwake as hk
from hikiwake.core.document import Brief, Section, Table
from hikiwake.core.provenance import Ledger
from hikiwake.dispute import CONCEPTS, GraphForm, Preference, build, explain
from hikiwake.dossier.blank_dispute import FORM
from hikiwake.dossier.dispute_files import read_dispute
from hikiwake.dossier.horizon import known_by
from hikiwake.dossier.shipped import shipped
from hikiwake.dossier.validation import read
from hikiwake.render.language import load
from hikiwake.sections.dispute import wording

HEAD = "hikiwake: 1\ntitle: Neighbours\nparties: [WSM, NZL]\n"


def indented(text: str) -> str:
    return "dispute:\n" + "".join(f"  {line}\n" if line else "\n" for line in text.splitlines())


def section(whole: Brief) -> Section | None:
    return next((one for one in whole.sections if one.id == "dispute"), None)


def told(whole: Brief) -> str:
    """Return all sentences of the section, as a reader sees them."""
    held = section(whole)
    assert held is not None
    english = load("en")
    sentences = [held.finding, *held.summary]
    for block in held.blocks:
        sentences += getattr(block, "sentences", ())
        if hasattr(block, "text"):
            sentences.append(block.text)
    return "\n".join(english.text(one, whole.ledger) for one in sentences)


@pytest.fixture(scope="module")
def shown() -> Brief:
    return composed("JPN", "RUS").content


def test_the_shipped_dispute_says_what_the_published_analysis_found(shown: Brief) -> None:
    words = told(shown)
    assert "Of 72 possible outcomes, today’s is the only one that nobody would leave" in words
    # Of all 127 single edits 121 keep the deadlock under Nash, 126 under SMR; none makes the draw stable.
    assert "127 times" in words
    assert "in 121 of them" in words
    assert "in 126 if" in words
    assert "In none of them a draw became stable" in words
    assert "with 2 changes" in words
    assert "64 combinations" in words
    assert "“does not settle for two islands” before “has a settlement”" in words
    assert "“keeps all islands” before “has a settlement”" in words
    assert "takes 2 moves" in words
    assert "Even then today’s state stays stable too" in words
    assert "Japan and Russia can go together" in words
    assert "Russia would leave: it keeps Shikotan and Habomai" in words


def test_the_judgement_and_its_date_stand_before_every_result(shown: Brief) -> None:
    held = section(shown)
    assert held is not None
    first = load("en").text(held.blocks[0].text, shown.ledger)  # type: ignore[union-attr]
    assert "is a judgement" in first
    assert "1 December 2016" in first


def test_every_number_of_the_section_is_simulated_and_names_the_model(shown: Brief) -> None:
    facts = [fact for fact in shown.ledger.facts.values() if fact.formula.startswith("dispute_")]
    assert len(facts) >= 8
    assert {fact.status for fact in facts} == {"simulated"}
    assert all("#dispute?" in fact.inputs[0] for fact in facts)


def test_the_table_shows_today_and_the_draw_with_what_is_stable(shown: Brief) -> None:
    held = section(shown)
    assert held is not None
    (table,) = (b for b in held.blocks if isinstance(b, Table) and b.id == "dispute-outcomes")
    rows = {
        (row[0].label.text, row[1].label.text): [cell.label.text for cell in row[2:4] if cell.label]
        for row in table.rows
        if row[0].label and row[1].label
    }
    assert rows["all", "Nash"] == ["yes", "no"]
    assert rows["Russia", "hands over Shikotan and Habomai"] == ["no", "yes"]


def test_before_the_day_of_the_model_there_is_none() -> None:
    path = shipped("JPN", "RUS")
    assert path is not None
    dossier = read(path)
    assert known_by(dossier, date(2016, 11, 30)).dispute is None
    assert known_by(dossier, date(2016, 12, 1)).dispute is not None


def test_a_pair_without_a_model_has_no_section_and_is_told_how_to_add_one(tmp_path: Path) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(f"{HEAD}events: [{{id: e, date: '2001', type: treaty, title: A treaty}}]\n")
    whole = hk.pair("WSM", "NZL").brief(dossier=path).content
    assert section(whole) is None
    chronology = next(one for one in whole.sections if one.id == "chronology")
    words = [
        load("en").text(sentence, whole.ledger)
        for block in chronology.blocks
        for sentence in getattr(block, "sentences", ())
    ]
    assert any("hikiwake dispute new" in sentence for sentence in words)


def test_every_reason_of_every_state_reads_as_a_sentence() -> None:
    path = shipped("JPN", "RUS")
    assert path is not None
    english, kinds = load("en"), set()
    for form in (read_dispute(path).form, GraphForm(**SANCTIONED)):
        game = build(form)
        for concept in CONCEPTS:
            for who in game.who:
                for state in range(game.states):
                    found = explain(game, concept, who, state)
                    sentences = wording.reason(game, found)
                    kinds |= {(sentence.key, found.weak) for sentence in sentences}
                    assert all(english.text(one, Ledger()).endswith(".") for one in sentences)
    told = {key.removeprefix("dispute.") for key, _ in kinds}
    assert told == {
        "no_moves", "no_improvement", "unstable", "unstable_nash", "unstable_worst", "unstable_escape",
        "unstable_seq", "unstable_seq_worst", "deterred_worse", "deterred_equal", "deterred_others", "weak",
    }  # fmt: skip
    assert ("dispute.weak", True) in kinds


# B can answer A's move back to where A was, which is no better for A; nobody moves from the last state.
SANCTIONED: dict[str, Any] = {
    "decision_makers": ("A", "B"),
    "states": ("s", "t", "u"),
    "moves": {"A": (("s", "t"),), "B": (("t", "s"), ("t", "u"))},
    "preferences": {"A": Preference(payoffs=(1, 2, 3)), "B": Preference(payoffs=(2, 1, 3))},
}
WANTED = "wanted:\n  - {id: settlement, name: a settlement, holds: settled}\n"
GRAPH = """\
decision_makers: [A, B]
states: [both keep, A breaks, B breaks, both break]
moves:
  A: [[1, 2], [2, 1], [3, 4], [4, 3]]
  B: [[1, 3], [3, 1], [2, 4], [4, 2]]
preferences:
  A: {ranking: [2, 1, 4, 3]}
  B: {ranking: [3, 1, 4, 2]}
status_quo: both keep
"""


BEYOND = """\
    unknown: [{whether: B2}]
    strong: [{down_to: B1}]
unaware: {B: [offer and withdraw]}
"""


@pytest.mark.parametrize(
    ("text", "words"),
    [
        (FORM + BEYOND, ["stable for all then depends on", "By what each sees, today’s state is stable"]),
        (
            FORM.replace("status_quo: NYN", "status_quo: YYY") + BEYOND,
            ["What deters from leaving today’s state is strong", "stable for all whether or not"],
        ),
        (FORM, ["today’s is the only one", "a settlement", "Why today’s state holds"]),
        (GRAPH, ["Today’s state would not last", "A would gain if it moves to A breaks, but then B"]),
        (GRAPH.replace("status_quo: both keep\n", ""), ["Of 4 possible outcomes, 1 are stable for all"]),
        (FORM.replace(WANTED, ""), ["judgement"]),
    ],
)  # fmt: skip
def test_other_models_are_told_in_their_own_words(tmp_path: Path, text: str, words: list[str]) -> None:
    path = tmp_path / "own.yaml"
    path.write_text(HEAD + indented(text))
    said = told(hk.pair("WSM", "NZL").brief(dossier=path).content)
    for part in words:
        assert part in said
    assert "None" not in said
