"""The potential under other specifications, sector by sector, and with resistances adjusting."""

from __future__ import annotations

import json

import msgspec
import numpy as np
import pytest
from tests.briefs import composed
from tests.commands import hikiwake
from tests.unit.test_potential import section, square, world

import hikiwake as hk
from hikiwake.core.document import AnyBlock, Brief, Chart, Paragraph, Table
from hikiwake.gravity.effects import Array
from hikiwake.measures.potential.adjusted import adjusted
from hikiwake.measures.potential.expected import (
    Expectation,
    Model,
    comparable,
    expectations,
    model,
    model_of,
)
from hikiwake.measures.potential.specifications import Ground, Specification, ground, means, ratios
from hikiwake.measures.potential.square import Square
from hikiwake.render.charts import svg
from hikiwake.render.language import load
from hikiwake.store.tables import open_tables

SIZE = 40
PAIR = ("E03", "E09")


def shared(held: Model, **totals: Array) -> Ground:
    return Ground({"": held.square.total, **totals}, {})


def only(found: dict[Specification, float], **chosen: str) -> float:
    return found[Specification(**chosen)]


def made(seed: int, **changes: object) -> Square:
    flows, regressors = world(seed, SIZE)
    return msgspec.structs.replace(square(flows, regressors), **changes)


def test_a_mean_of_years_needs_all_of_them() -> None:
    flows = np.arange(5.0)[:, None, None] * np.ones((1, 2, 2))
    held = means(flows, range(2010, 2015), 2014)
    assert {key: mean[0, 0] for key, mean in held.items()} == {"three": 3.0, "five": 2.0}
    assert set(means(flows[:4], (2010, 2012, 2013, 2014), 2014)) == {"three"}
    assert means(flows[:2], (2012, 2016), 2016) == {}


def test_a_choice_made_otherwise_is_the_same_as_a_model_that_makes_it() -> None:
    whole = made(1)
    held = model_of(whole)
    forth, back = ratios(held, shared(held), PAIR)
    alone, _ = expectations(model_of(msgspec.structs.replace(whole, main=("ln_dist",))), *PAIR)
    assert only(forth.found, covariates="distance") == pytest.approx(alone.ratio, rel=1e-7)
    assert set(forth.found) == set(back.found)
    assert not forth.failed
    # Positive flows alone, estimated where the others are not.
    dropped = np.where(whole.total > 0.0, whole.covariates[0], np.nan)
    positive = Square(whole.economies, whole.groups, whole.flows, np.stack([dropped, *whole.covariates[1:]]))
    apart, _ = expectations(model_of(positive), *PAIR)
    assert only(forth.found, sample="positive") == pytest.approx(apart.ratio, rel=1e-7)


def test_every_specification_leaves_the_pair_out() -> None:
    whole = made(2, home=tuple(range(1, SIZE + 1)))
    held = model_of(whole)
    before, _ = ratios(held, shared(held), PAIR)
    flows = whole.flows.copy()
    flows[0, 3, 9] *= 0.5
    # Sizes of economies change with it, so that samples by size may: there is room for neither here.
    again = model_of(msgspec.structs.replace(whole, flows=flows))
    after, _ = ratios(again, shared(again), PAIR)
    for one, ratio in before.found.items():
        if one.sample not in {"large", "rest"}:
            assert after.found[one] == pytest.approx(0.5 * ratio, rel=1e-6), one.name


def test_all_combinations_hold_each_choice_alone() -> None:
    held = model_of(made(3))
    totals = {"three": held.square.total * 1.1}
    alone, _ = ratios(held, shared(held, **totals), PAIR)
    full, _ = ratios(held, shared(held, **totals), PAIR, full=True)
    assert len(full.found) > 4 * len(alone.found)
    for one, ratio in alone.found.items():
        assert full.found[one] == pytest.approx(ratio, rel=1e-12)
    # All flows a tenth larger: so is what is expected, and the ratio stays.
    main, _ = expectations(held, *PAIR)
    assert only(alone.found, years="three") == pytest.approx(main.ratio, rel=1e-6)


def test_what_gives_no_estimate_is_listed_with_its_reason() -> None:
    whole = made(4)
    flows = whole.flows.copy()
    flows[0, 3] = flows[0, :, 3] = 0.0
    flows[0, 3, 9], flows[0, 9, 3] = 2e6, 0.0  # E03 trades with E09 alone
    held = model_of(msgspec.structs.replace(whole, flows=flows))
    forth, _ = ratios(held, shared(held), PAIR)
    assert "trades with nobody else" in forth.failed[Specification(estimator="logs")]


def test_comparable_flows_that_one_step_may_give_badly_are_estimated_anew() -> None:
    held = model(open_tables(), "covered", 2023)
    one, _ = expectations(held, "JPN", "RUS")
    own = held.square.economies.index("JPN"), held.square.economies.index("RUS")
    (i, j), expected = comparable(held.estimated, float(np.log(one.expected)), own, thorough=True)
    doubtful = held.estimated.doubtful[i, j]
    assert doubtful.any()
    exact, _ = held.estimated.anew(np.stack([i, j], axis=1)[doubtful])
    np.testing.assert_allclose(expected[doubtful], exact[:, 0], rtol=1e-6)
    # All others are by one step: held against the model estimated anew, none of these is far off.
    some = np.flatnonzero(~doubtful)[::20]
    exact, _ = held.estimated.anew(np.stack([i, j], axis=1)[some])
    np.testing.assert_allclose(expected[some], exact[:, 0], rtol=0.05)
    assert np.median(np.abs(expected[some] / exact[:, 0] - 1.0)) < 1e-3
    rough, _ = comparable(held.estimated, float(np.log(one.expected)), own, thorough=False)
    assert set(zip(*rough, strict=True)) != set(zip(i, j, strict=True)) or not np.allclose(
        held.estimated.expected[i, j][doubtful], expected[doubtful], rtol=1e-6
    )


def test_resistances_adjust_within_held_margins() -> None:
    held = model(open_tables(), "intermediate", 2022)
    pair = expectations(held, "IND", "PAK")
    found = adjusted(held, pair)
    for one, value in zip(pair, found, strict=True):
        at_median = one.expected * one.quantile(0.5)
        # Other trade gives way; what is sold abroad is bought abroad. Of all trade of either this is little.
        assert value == pytest.approx(at_median, rel=0.05)
        assert value != pytest.approx(at_median, rel=1e-4)
    # By hand: rows and columns scaled in turn until all margins are those of before.
    flows = held.square.total + np.diag(held.square.home)
    i, j = (held.square.economies.index(one) for one in ("IND", "PAK"))
    new = flows.copy()
    for at, one in (((i, j), pair[0]), ((j, i), pair[1])):
        new[at] *= one.expected * one.quantile(0.5) / one.actual
    for _ in range(3000):
        new *= (flows.sum(axis=1) / new.sum(axis=1))[:, None]
        new *= flows.sum(axis=0) / new.sum(axis=0)
    assert found == pytest.approx((new[i, j], new[j, i]), rel=1e-6)


@pytest.mark.parametrize("why", ["at the median", "no domestic flows", "nothing sold"])
def test_no_adjustment_where_there_is_no_gap_or_no_ground(why: str) -> None:
    home = () if why == "no domestic flows" else (1e9,) * SIZE
    held = model_of(made(5, home=home))
    actual = 0.0 if why == "nothing sold" else 1e6
    level = 1e6 if why == "at the median" else 2e6
    one = Expectation("E03", "E09", actual, level, 0.1, (0.5, 1.0, 1.5))
    assert np.isnan(adjusted(held, (one, one))).all()


def blocks(whole: Brief, prefix: str) -> list[AnyBlock]:
    return [block for block in section(whole).blocks if getattr(block, "id", "").startswith(prefix)]


def test_the_sentence_tells_the_range_and_the_figure_shows_it() -> None:
    whole = composed("JPN", "RUS").content
    english = load("en")
    said = [
        english.text(one, whole.ledger)
        for block in section(whole).blocks
        if isinstance(block, Paragraph)
        for one in block.sentences
    ]
    assert any(
        "Under 9 other specifications the ratio runs from 0.34 (logarithms, positive flows) to 1.1" in one
        for one in said
    )
    charts = blocks(whole, "potential-specifications")
    assert [chart.kind for chart in charts if isinstance(chart, Chart)] == ["variants", "variants"]
    for chart in charts:
        assert isinstance(chart, Chart)
        names = [mark.at.text for mark in chart.series[0].marks]
        assert names[0] == "as here"
        assert len(set(names)) == len(names) > 8
        drawn = svg(chart, whole.ledger, english)
        assert "NaN" not in drawn
        assert "Without the three largest economies" in drawn
    covered = charts[1]
    assert isinstance(covered, Chart)
    assert {"mean of three years", "mean of five years"} <= {mark.at.text for mark in covered.series[0].marks}


def test_a_flow_without_trade_stands_beside_others_without_and_has_no_figure() -> None:
    """Of comparable flows none is smaller than nothing; those that are nothing too count half."""
    whole = composed("AIA", "RUS").content
    paragraphs = [block for block in section(whole).blocks if isinstance(block, Paragraph)]
    said = "\n".join(load("en").text(one, whole.ledger) for block in paragraphs for one in block.sentences)
    assert "is recorded in 2023; US$" in said
    assert "would be expected (95" in said
    assert "where those without trade count half" in said
    assert "0.00" not in said
    assert not blocks(whole, "potential-specifications")


def test_what_specifications_are_is_said_below_the_first_figure() -> None:
    """Also where the flow that comes before it was not recorded."""
    whole = composed("JAM", "NLD").content
    (chart,) = blocks(whole, "potential-specifications")
    assert isinstance(chart, Chart)
    assert len(chart.series) == 1
    assert chart.note is not None


def test_quarters_that_would_read_the_same_are_left_out() -> None:
    """Afghanistan sold China thirty dollars, next to nothing of what is expected under any specification."""
    whole = composed("AFG", "CHN").content
    spoken = [block for block in section(whole).blocks if isinstance(block, Paragraph)]
    (said,) = [
        load("en").text(one, whole.ledger)
        for block in spoken
        for one in block.sentences
        if one.key.startswith("potential.spread") and one.labels["lowest"].text == "positive flows alone"
    ]
    assert said.startswith("Under 11 other specifications the ratio runs from less than")
    assert "half of them" not in said


def test_sectors_stand_in_the_brief_with_intervals_and_what_cannot_be_said() -> None:
    whole = composed("JPN", "RUS").content
    english = load("en")
    figures, tables = blocks(whole, "potential-sectors-place"), blocks(whole, "potential-sectors-")
    tables = [table for table in tables if isinstance(table, Table)]
    assert len(figures) == len(tables) == 2
    chart, table = figures[0], tables[0]
    assert isinstance(chart, Chart)
    assert isinstance(table, Table)
    assert 4 <= len(chart.series[3].marks) <= 12
    for mark in chart.series[4].marks:
        assert whole.ledger[mark.fact].interval is not None
    said = " ".join(
        english.text(one, whole.ledger)
        for block in section(whole).blocks
        if isinstance(block, Paragraph)
        for one in block.sentences
        if one.key.startswith("potential.sectors")
    )
    assert (
        "Nothing can be said of energy supply, water and construction: less than a million dollars is "
        "expected" in said
    )
    sums = {fact.subject["exporter"]: fact for fact in whole.ledger.facts.values()
            if fact.formula == "potential_expected_sectors" and fact.period.first == 2022}  # fmt: skip
    expected = [whole.ledger[row[2].fact] for row in table.rows]
    for exporter, total in sums.items():
        each = [fact.value or 0.0 for fact in expected if fact.subject["exporter"] == exporter]
        assert total.value == pytest.approx(sum(each), rel=1e-12)


def test_full_sensitivity_by_command_and_in_python() -> None:
    shown = hikiwake("potential", "LUX", "BEL", "--sensitivity", "full").stdout.decode()
    assert "under 48 specifications" in shown
    assert "with domestic flows" in shown
    held = json.loads(hikiwake("potential", "LUX", "BEL", "--sensitivity", "full", "--json").stdout)
    assert len(held["facts"]) > 200
    found = hk.pair("LUX", "BEL").potential(sensitivity="full")
    under = {
        fact.subject["specification"]: fact.value
        for fact in found.where("potential_ratio_under")
        if fact.subject["exporter"] == "LUX" and fact.subject["group"] == "intermediate trade"
    }
    least = found.get("potential_ratio_least", exporter="LUX", importer="BEL", group="intermediate trade")
    ratio = found.get("potential_ratio", exporter="LUX", importer="BEL", group="intermediate trade")
    values = [value for value in (*under.values(), ratio.value) if value is not None]
    assert least.value == min(values)
    assert least.note in {*under, "as here"}
    # A mean over years names the rows of all of them.
    five = found.get(
        "potential_ratio_under",
        exporter="BEL",
        importer="LUX",
        group="covered goods",
        specification="mean of five years",
    )
    assert any("year=2019..2023" in rows for rows in five.inputs)


@pytest.mark.parametrize("asked", [("--sensitivity", "full"), ("--by", "sector"), ("--compare", "VAT-DEU")])
def test_a_pair_of_which_nothing_can_be_said_is_told_so(asked: tuple[str, str]) -> None:
    said = hikiwake("potential", "VAT", "ITA", *asked)
    assert said.returncode == 0
    assert "allow none of these numbers" in said.stdout.decode()
    assert "the data do not hold one of the two" in said.stderr.decode()


def test_what_all_pairs_share_is_estimated_once() -> None:
    held = model(open_tables(), "intermediate", 2022)
    first = ground(open_tables(), "intermediate", 2022)
    once, _ = ratios(held, Ground(first.totals, {}), ("KOR", "JPN"))
    ratios(held, first, ("DEU", "USA"))
    again, _ = ratios(held, first, ("KOR", "JPN"))
    assert once.found == again.found  # to the bit: a brief's bytes do not depend on what was asked before


def test_groups_without_an_expectation_count_on_neither_side() -> None:
    held = model(open_tables(), "covered", 2023)
    i, j = (held.square.economies.index(one) for one in ("RUS", "JPN"))
    fuels = max(
        (name for name, one in held.sectors.items() if isinstance(one, Model)),
        key=lambda name: held.square.flows[held.square.groups.index(name)][i, j],
    )
    less = msgspec.structs.replace(held, sectors={**held.sectors, fuels: "no estimate"})
    actual = expected = 0.0
    for name, one in less.sectors.items():
        if isinstance(one, Model) and np.isfinite(value := one.estimated.expected[i, j]):
            actual += held.square.flows[held.square.groups.index(name)][i, j]
            expected += value
    forth, _ = ratios(less, shared(less), ("RUS", "JPN"))
    assert only(forth.found, detail="groups") == pytest.approx(actual / expected, rel=1e-12)
