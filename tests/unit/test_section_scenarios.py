"""The section on scenarios: the same answers as the command, sentences for any sign, silence without data."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any

import msgspec
import pytest
from tests.briefs import composed

import hikiwake as hk
from hikiwake.core.document import Brief, Paragraph, Section
from hikiwake.render.language import load
from hikiwake.sections.scenarios import section as wording
from hikiwake.sections.wording import text


def section(whole: Brief) -> Section | None:
    return next((one for one in whole.sections if one.id == "scenarios"), None)


def told(whole: Brief) -> str:
    held = section(whole)
    assert held is not None
    english = load("en")
    sentences = [held.finding, *held.summary]
    sentences += [one for block in held.blocks if isinstance(block, Paragraph) for one in block.sentences]
    return "\n".join(english.text(one, whole.ledger) for one in sentences)


def test_the_brief_says_what_the_command_computes() -> None:
    whole = composed("JPN", "RUS").content
    asked = hk.pair("JPN", "RUS").scenarios(("no-trade", "cheaper-trade", "comparable-pairs"), draws=30)
    known = {(fact.formula, *sorted(fact.subject.items())): fact for fact in asked}
    shown = [fact for fact in whole.ledger.facts.values() if fact.formula.startswith("scenario_")]
    assert len(shown) >= 10
    for fact in shown:
        same = known[fact.formula, *sorted(fact.subject.items())]
        assert fact.value == pytest.approx(same.value, abs=1e-9)
        assert fact.interval is not None
        assert same.interval is not None
        assert fact.interval.low == pytest.approx(same.interval.low, rel=1e-9, abs=1e-9)
        assert fact.status == "simulated"
    words = told(whole)
    assert "With trade costs down to comparable pairs’, Russia’s sales to Japan would change by +" in words
    assert "of what they fall short of comparable pairs by" in words
    assert "would fall" not in words  # no sentence presumes a sign


@pytest.mark.parametrize(
    ("part", "key"), [(16.5, "trade_beyond"), (1.9, "trade_realised"), (0.4, "trade_realised")]
)
def test_a_part_of_next_to_nothing_is_not_told_as_a_number(part: float, key: str) -> None:
    whole = composed("JPN", "RUS").content
    change = next(fact for fact in whole.ledger.facts.values() if fact.formula == "scenario_trade")
    made = msgspec.structs.replace(change, value=part)
    ends = ("RUS", "JPN")
    answers: Any = SimpleNamespace(trade={ends: change}, realised={ends: made}, reached={})
    assert [one.key for one in wording._trade(answers, text("x"))] == [f"scenarios.{key}"]


@pytest.mark.parametrize(
    ("gain", "loss", "way"), [(0.2, 0.1, "up"), (0.2, -0.1, "mixed"), (-0.1, -0.2, "down")]
)
def test_what_others_gain_or_lose_is_said_by_its_sign(gain: float, loss: float, way: str) -> None:
    fact = next(iter(composed("JPN", "RUS").content.ledger.facts.values()))
    ends = (msgspec.structs.replace(fact, value=value) for value in (gain, loss))
    assert wording._way(*ends) == way


def test_the_part_of_the_potential_is_that_of_the_potentials_own_numbers() -> None:
    """What a scenario makes good, by the facts of the potential: change over (median / ratio - 1)."""
    whole = composed("JPN", "RUS").content
    facts = list(whole.ledger.facts.values())
    potential = hk.pair("JPN", "RUS").potential()
    checked = 0
    for fact in facts:
        if fact.formula == "scenario_realised" and fact.subject["scenario"] == "comparable-pairs":
            way = {name: fact.subject[name] for name in ("exporter", "importer")}
            ratio, median = (
                next(
                    one.value
                    for one in potential
                    if one.formula == f"potential_{name}"
                    and one.subject == {**way, "group": "intermediate trade"}
                )
                for name in ("ratio", "median_ratio")
            )
            (sales,) = [
                one.value
                for one in facts
                if one.formula == "scenario_trade" and one.subject == {"scenario": "comparable-pairs", **way}
            ]
            assert None not in (ratio, median, sales)
            assert fact.value == pytest.approx(
                (sales or 0.0) / ((median or 0.0) / (ratio or 1.0) - 1.0), rel=1e-9
            )
            checked += 1
    assert checked == 2


def test_ending_trade_costs_the_smaller_partner_more() -> None:
    whole = hk.pair("DEU", "LUX").brief().content
    held = {
        fact.subject["economy"]: fact.value
        for fact in whole.ledger.facts.values()
        if fact.formula == "scenario_welfare" and fact.subject["scenario"] == "no-trade"
    }
    assert held["LUX"] is not None
    assert held["DEU"] is not None
    assert held["LUX"] < held["DEU"] < 0.0


@pytest.mark.parametrize("year", ["", "2016-12-01"])
def test_without_the_table_there_is_no_section(year: str) -> None:
    pair = hk.pair("JPN", "RUS") if year else hk.pair("VAT", "ITA")
    assert section(pair.brief(as_of=year).content) is None
