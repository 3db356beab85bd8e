"""Does the potential foretell? The scores, what a year may know, and the record that ships."""

from __future__ import annotations

import json

import numpy as np
import pytest
from click.testing import CliRunner
from scipy.stats import spearmanr  # type: ignore[import-untyped]
from tests.unit.test_potential import square, world

import hikiwake as hk
from hikiwake.cli.app import commands
from hikiwake.core.document import Paragraph
from hikiwake.core.errors import BadInput, NoData
from hikiwake.core.provenance import Ledger
from hikiwake.gravity.effects import Array
from hikiwake.measures.potential import tested
from hikiwake.measures.potential.backtest import NAIVE, RULES, _cells, _results, backtest
from hikiwake.measures.potential.estimates import inside, without_each
from hikiwake.measures.potential.expected import expectations, model_of
from hikiwake.measures.potential.likes import likes
from hikiwake.measures.potential.scores import beyond, midpoint_growth, score, standard_ranks
from hikiwake.measures.potential.square import MAIN, Square
from hikiwake.measures.statement import Statements
from hikiwake.render.language import load
from hikiwake.sections import Context
from hikiwake.sections.potential.section import section
from hikiwake.store.tables import open_tables


def test_ranks_give_spearmans_correlation_ties_included() -> None:
    random = np.random.default_rng(0)
    one, two = random.integers(0, 9, 300).astype(float), random.normal(size=300)
    found = score(standard_ranks(one), standard_ranks(two), np.arange(300))
    assert found.correlation == pytest.approx(spearmanr(one, two).statistic, abs=1e-12)
    assert not standard_ranks(np.ones(5)).any()


def test_the_error_is_that_of_draws_of_pairs() -> None:
    random = np.random.default_rng(1)
    pairs = np.repeat(np.arange(200), 5)  # five years of each pair, alike
    common = random.normal(size=200)[pairs]
    one = standard_ranks(common + 0.3 * random.normal(size=1000))
    two = standard_ranks(common + 2.0 * random.normal(size=200)[pairs])
    found = score(one, two, pairs)
    drawn = []
    for _ in range(400):
        chosen = random.integers(0, 200, 200)
        rows = (chosen[:, None] * 5 + np.arange(5)).ravel()
        drawn.append((one[rows] * two[rows]).mean())
    # 400 draws know a standard deviation to about 4 %.
    assert found.error == pytest.approx(np.std(drawn), rel=0.12)
    assert found.error > 1.8 * score(one, two, np.arange(1000)).error


def test_growth_ranks_as_the_logarithm_and_holds_flows_that_end() -> None:
    before, after = np.array([1.0, 2.0, 5.0, 3.0, 0.0]), np.array([2.0, 2.0, 0.0, 9.0, 0.0])
    assert midpoint_growth(before, after).tolist() == pytest.approx([2 / 3, 0.0, -2.0, 1.0, 0.0])


def test_what_others_say_is_taken_out() -> None:
    random = np.random.default_rng(2)
    known, own = (standard_ranks(random.normal(size=4000)) for _ in range(2))
    growth = standard_ranks(known + 0.0 * own + random.normal(size=4000))
    echo = standard_ranks(known + 0.3 * random.normal(size=4000))
    assert score(echo, growth, np.arange(4000)).correlation > 0.5
    assert abs(beyond(echo, growth, [known], np.arange(4000)).correlation) < 0.05


def test_all_flows_are_compared_as_one_flow_is() -> None:
    flows, regressors = world(5, 40)
    held = square(flows, regressors)
    made = model_of(held)
    total = held.total
    known = inside(total, held)
    expected = without_each(total, held, known, MAIN).expected
    values, ratio = expected[known], (total / np.where(known, expected, 1.0))[known]
    found = likes(values, ratio, np.arange(len(values)))
    order = {(int(i), int(j)): n for n, (i, j) in enumerate(np.argwhere(known))}
    empty = tuple(np.argwhere(known & (total == 0.0))[0])
    for i, j in [(0, 1), (7, 30), (12, 5), (39, 2), empty]:
        one, _ = expectations(made, f"E{i:02d}", f"E{j:02d}")
        n = order[i, j]
        # The brief estimates anew and leaves the way back out too: two of two hundred, and a nearby window.
        assert found.place[n] == pytest.approx(one.place, abs=0.06)
        # By hand: the two hundred nearest in log expectation.
        away = np.abs(np.log(values) - np.log(values[n]))
        away[n] = np.inf
        near = np.argsort(away, kind="stable")[:200]
        near = near[away[near] <= 1.0]
        if len(near) >= 51:
            by_hand = (ratio[near] < ratio[n]).mean() + 0.5 * (ratio[near] == ratio[n]).mean()
            assert found.place[n] == pytest.approx(by_hand, abs=1e-12)
            assert found.low[n] == pytest.approx(np.quantile(ratio[near], 0.05), abs=1e-12)
            assert found.high[n] == pytest.approx(np.quantile(ratio[near], 0.95), rel=1e-12)


def years_of(change: Array, drift: float) -> dict[int, Square]:
    """Return eleven years of a world of 40, in the last of which flows have gone a part of their gap."""
    flows, regressors = world(6, 40)
    held = square(flows, regressors)
    expected = without_each(held.total, held, inside(held.total, held), MAIN).expected
    random = np.random.default_rng(3)
    gap = np.where((expected > 0) & (held.total > 0), expected / np.maximum(held.total, 1e-9), 1.0)
    later = held.total * gap**drift
    later *= np.exp(0.2 * random.normal(size=later.shape)) * change
    noisy = [held.total * np.exp(0.02 * random.normal(size=later.shape)) for _ in range(10)]
    layers = [*noisy[:5], held.total, *noisy[5:9], later]
    return {
        2000 + n: Square(held.economies, held.groups, layer[None], held.covariates)
        for n, layer in enumerate(layers)
    }


def test_a_world_that_moves_to_what_is_expected_is_foretold_and_another_is_not() -> None:
    ones = np.ones((40, 40))
    for drift, low, high in ((0.5, 0.7, 1.0), (0.0, -0.12, 0.12)):
        cells = [cell for year, cell in _cells(years_of(ones, drift), "all") if cell and year == 2005]
        found = {one.rule: one for one in _results("all", 5, cells)}
        assert low < found["gap"].correlation < high
        assert set(found) == set(RULES)


def test_nothing_of_a_later_year_enters_what_is_said_of_a_year() -> None:
    ones, random = np.ones((40, 40)), np.random.default_rng(9)
    changed = np.exp(random.normal(size=(40, 40)))
    (one,), (other,) = (
        [cell for year, cell in _cells(years_of(change, 0.3), "all") if cell and year == 2005]
        for change in (ones, changed)
    )
    for rule in RULES:
        assert np.array_equal(one.ranks[rule], other.ranks[rule])
    assert not np.array_equal(one.growth[5], other.growth[5])


def test_the_record_is_of_the_data_that_ship_and_comes_out_again() -> None:
    tables = open_tables()
    record = tested.kept(tables)
    assert record is not None, "the data changed: run `make backtest`"
    again = backtest(tables, ["72"])  # the smallest group; all of them take a quarter of a minute
    for ours, kept in zip(again.results, record.only(["72"]).results, strict=True):
        assert (ours.rule, ours.flows, ours.first, ours.last) == (
            kept.rule,
            kept.flows,
            kept.first,
            kept.last,
        )
        assert ours.correlation == pytest.approx(kept.correlation, abs=2e-6)
        assert ours.hits == pytest.approx(kept.hits, abs=2e-6)
    for here, there in zip(again.held, record.only(["72"]).held, strict=True):
        assert here.within == pytest.approx(there.within, abs=2e-6)


@pytest.mark.slow
def test_the_whole_record_comes_out_again() -> None:
    tables = open_tables()
    kept, again = tested.kept(tables), backtest(tables)
    assert kept is not None
    for ours, theirs in zip(again.results, kept.results, strict=True):
        assert ours.correlation == pytest.approx(theirs.correlation, abs=2e-6)


def test_what_came_out_is_what_the_documentation_says() -> None:
    """The finding, flattering or not: better than chance, worse than a flow's own past, and not the same."""
    record = tested.kept(open_tables())
    assert record is not None
    for group in {one.group for one in record.results}:
        for horizon in (5, 10):
            found = {one.rule: one for one in record.results if (one.group, one.horizon) == (group, horizon)}
            for rule in ("gap", "place"):
                ours = found[rule]
                assert ours.correlation > 2.0 * ours.error
                assert ours.added is not None
                assert ours.added > 0.0
            assert found["persistence"].correlation < 0.0
    overall = {one.rule: one for one in record.results if (one.group, one.horizon) == ("all", 5)}
    assert overall["reversion"].correlation > overall["place"].correlation
    same_year = next(one for one in record.held if (one.group, one.horizon) == ("all", 0))
    assert same_year.bounded == pytest.approx(0.9, abs=0.02)
    assert NAIVE == tuple(rule for rule in RULES if rule not in {"gap", "place"})


def test_a_brief_tells_the_test_in_one_sentence_and_not_where_the_future_is_hidden() -> None:
    def sentences(last: int | None) -> list[str]:
        ledger = Ledger()
        say = Statements(open_tables(), ledger)
        held = section(Context(hk.country("KOR"), hk.country("JPN"), 2015, say, last))
        assert held is not None
        said = [s for block in held.blocks if isinstance(block, Paragraph) for s in block.sentences]
        return [load("en").text(one, ledger) for one in said if one.key.startswith("potential.tested")]

    (told,) = sentences(None)
    assert "Tested on" in told
    assert "where chance gives half" in told
    assert not sentences(2015)


def test_the_command_prints_and_refuses() -> None:
    done = CliRunner().invoke(commands, ["backtest", "--group", "27", "--json"])
    facts = json.loads(done.stdout)["facts"]
    assert {fact["group"] for fact in facts} == {"coal, oil and gas"}
    shown = CliRunner().invoke(commands, ["backtest", "--group", "all"]).stdout
    assert "energy and minerals, 10 years on" in shown
    assert "mean reversion alone" in shown
    facts = {fact.formula: fact for fact in hk.backtest(["all"]) if fact.subject.get("rule")}
    fine = CliRunner().invoke(commands, ["backtest", "--group", "all", "--digits", "4"]).stdout
    value = facts["potential_foretold"].value
    assert value is not None
    assert f"{value:.3f}" in shown
    assert f"{value:.6f}" in fine
    assert f"{value:.6f}" not in shown
    refused = CliRunner().invoke(commands, ["backtest", "--group", "99"])
    assert isinstance(refused.exception, BadInput)
    assert "Choose from: 25, 26" in str(refused.exception)
    with pytest.raises(BadInput, match="no such group"):
        hk.backtest(["nothing"])


def test_data_of_too_few_years_are_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("hikiwake.measures.potential.backtest._years", lambda _: (2001, 2002, 2003))
    with pytest.raises(NoData, match="too few years or flows"):
        backtest(open_tables(), ["72"])
