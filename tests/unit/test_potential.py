"""The potential: expectations without the pair, their errors, comparable flows, and what the brief says."""

from __future__ import annotations

import os
from pathlib import Path

import numpy as np
import pytest
from tests.briefs import composed
from tests.commands import hikiwake

import hikiwake as hk
from hikiwake.core.document import Brief, Chart, Paragraph, Section
from hikiwake.gravity import Errors, fit
from hikiwake.gravity.left_out import Array, left_out
from hikiwake.measures.potential.ease import ease_of
from hikiwake.measures.potential.expected import Expectation, Model, expectations, model, model_of
from hikiwake.measures.potential.specifications import ground, ratios
from hikiwake.measures.potential.square import Square
from hikiwake.render.language import load
from hikiwake.store.tables import open_tables

SHARED = Path(os.environ.get("HIKIWAKE_SHARED", "../shared"))
SIZE = 24


def world(seed: int, size: int = SIZE) -> tuple[Array, Array]:
    """Return flows that a gravity model made, with noise and zeros, and two regressors."""
    random = np.random.default_rng(seed)
    distance = random.normal(size=(size, size))
    language = (random.random((size, size)) < 0.2).astype(float)
    both = np.stack([(distance + distance.T) / 2, np.maximum(language, language.T)])
    mean = np.exp(
        random.normal(size=(size, 1)) + random.normal(size=(1, size)) - 0.8 * both[0] + 0.4 * both[1]
    )
    flows = mean * random.gamma(1.5, 1 / 1.5, size=(size, size)) * (random.random((size, size)) < 0.9)
    np.fill_diagonal(flows, 0.0)
    return flows, both


def estimated(flows: Array, regressors: Array, without: tuple[int, int] | None = None) -> tuple[Array, Array]:
    """Return the fitted flows (0 outside the sample) and the expectation of every cell, by the estimator."""
    size = len(flows)
    cells = ~np.eye(size, dtype=bool)
    if without:
        cells[without] = cells[without[::-1]] = False
    i, j = np.nonzero(cells)
    data = {"y": flows[i, j], "d": regressors[0][i, j], "l": regressors[1][i, j], "x": i, "m": j}
    found = fit("y ~ d + l | x + m", data)
    mean = np.zeros((size, size))
    mean[i[found.rows], j[found.rows]] = found.fitted
    eta = np.tensordot(found.coefficients, regressors, axes=1)
    eta += np.ravel(found.effects["x"].values)[:, None] + np.ravel(found.effects["m"].values)[None, :]
    return mean, np.exp(eta)


@pytest.mark.parametrize("seed", range(3))
def test_one_step_without_a_pair_is_close_to_estimating_anew(seed: int) -> None:
    flows, regressors = world(seed)
    mean, _ = estimated(flows, regressors)
    found = left_out(flows, mean, regressors)
    # The leverages of a model add up to the number of its parameters.
    assert found.leverage.sum() == pytest.approx(2 * SIZE - 1 + 2, rel=1e-9)
    for pair in [(0, 1), (3, 7), (10, 2), (20, 5)]:
        _, anew = estimated(flows, regressors, pair)
        moved = abs(np.log(anew[pair] / mean[pair]))
        # One Newton step: what is left is of the second order in what the pair had moved.
        assert np.log(found.expected[pair] / anew[pair]) == pytest.approx(0.0, abs=0.02 + 0.15 * moved)


def test_errors_agree_with_the_clustered_covariance_of_the_estimator() -> None:
    flows, regressors = world(7)
    i, j = np.nonzero(~np.eye(SIZE, dtype=bool))
    pair = np.minimum(i, j) * SIZE + np.maximum(i, j)
    data = {"y": flows[i, j], "d": regressors[0][i, j], "l": regressors[1][i, j], "x": i, "m": j, "p": pair}
    found = fit("y ~ d + l | x + m", data, errors=Errors("p", small_sample="clusters"))
    mean, _ = estimated(flows, regressors)
    # The slope on distance is how the log expectation changes with it: three cells that differ in nothing
    # else give its variance, from Var(eta(d + h)) as a quadratic in h.
    variances = []
    for shift in (-1.0, 0.0, 1.0):
        moved = regressors.copy()
        # Beyond the sample: a cell with mean zero is outside, so the estimate does not change.
        held = mean.copy()
        moved[0, 0, 0] = shift
        variances.append(_variance(flows, held, moved))
    second = (variances[0] - 2 * variances[1] + variances[2]) / 2
    assert np.sqrt(second) == pytest.approx(found.standard_error("d"), rel=1e-6)


def _variance(flows: Array, mean: Array, regressors: Array) -> float:
    """Return the variance of the log expectation of cell (0, 0), which is outside the sample."""
    from hikiwake.gravity import left_out as module

    gap = np.where(mean > 0.0, flows - mean, 0.0)
    inverse = module.inverse_of(module.blocks(mean, regressors, mean), SIZE)
    meat, pairs = module._meat(gap, regressors, mean > 0.0)
    covariance = inverse @ meat @ inverse * (pairs / (pairs - 1))
    return float(module._quadratic(covariance, regressors, SIZE, 2)[0, 0])


def square(flows: Array, regressors: Array) -> Square:
    names = tuple(f"E{n:02d}" for n in range(len(flows)))
    language = regressors[1]
    covariates = np.stack([regressors[0], np.zeros_like(language), language, regressors[0]])
    return Square(names, ("all",), flows[None] * 1e6, covariates)


def test_a_flow_made_small_falls_among_the_lowest_and_its_expectation_stays() -> None:
    flows, regressors = world(1, 40)
    before, _ = expectations(model_of(square(flows, regressors)), "E03", "E09")
    flows[3, 9] *= 1e-3
    after, back = expectations(model_of(square(flows, regressors)), "E03", "E09")
    assert after.expected == pytest.approx(before.expected, rel=1e-9)  # estimated without the pair
    assert after.place < 0.15 < before.place  # a tenth of the flows are zero
    assert back.exporter == "E09"
    assert after.error > 0.0


def test_expectations_do_not_depend_on_the_names_or_the_unit() -> None:
    flows, regressors = world(2, 40)
    held = square(flows, regressors)
    one, _ = expectations(model_of(held), "E00", "E05")
    order = np.random.default_rng(0).permutation(40)
    turned = Square(
        tuple(held.economies[n] for n in order),
        held.groups,
        held.flows[:, order][:, :, order] * 10.0,
        held.covariates[:, order][:, :, order],
    )
    other, _ = expectations(model_of(turned), "E00", "E05")
    assert other.expected == pytest.approx(10.0 * one.expected, rel=1e-6)
    assert other.place == pytest.approx(one.place)


@pytest.mark.parametrize(
    ("change", "told"),
    [
        ("nothing sold", "sells or buys nothing"),
        ("unknown", "do not hold"),
        ("far", "too few flows"),
        ("tiny", "less than a million dollars is expected"),
        ("one partner", "not known to within a factor of ten"),
    ],
)
def test_what_cannot_be_said_has_a_reason_and_no_number(change: str, told: str) -> None:
    flows, regressors = world(3)
    name = "E01"
    if change == "nothing sold":
        flows[1, :] = flows[:, 1] = 0.0
    elif change == "unknown":
        name = "XXX"
    elif change == "far":
        flows[:, 1] *= 1e7
    elif change == "tiny":
        flows *= 1e-7
    else:
        others = np.arange(SIZE) > 0
        flows[1, others] *= 0.1
        flows[0, 1], flows[1, 0] = 50.0, 50.0
        flows *= 1e5
    assert any(told in one.absent for one in expectations(model_of(square(flows, regressors)), "E00", name))


@pytest.fixture(scope="module")
def shipped() -> Model:
    return model(open_tables(), "intermediate", 2022)


def test_the_deliveries_of_2022_show_no_shortfall_of_japan_and_russia_and_one_of_india_and_pakistan(
    shipped: Model,
) -> None:
    forth, back = expectations(shipped, "JPN", "RUS")
    # A first trial by other hands put Japan's deliveries at 0.41 to 0.75 of the expected, by specification;
    # it did not try Gamma and logarithms, which lie outside.
    made, _ = ratios(shipped, ground(open_tables(), "intermediate", 2022), ("JPN", "RUS"))
    span = [value for one, value in made.found.items() if not one.estimator]
    assert 0.4 < min(span) < 0.75 < max(span) < 1.0
    assert min(made.found.values()) < 0.4
    assert max(made.found.values()) > 1.0
    assert 0.1 < forth.place < 0.9
    assert 0.1 < back.place < 0.9
    india, pakistan = expectations(shipped, "IND", "PAK")
    assert india.place < 0.1
    assert pakistan.place < 0.1
    # Adding-up: most flows lie below what is expected, since few large ones lie far above.
    assert 0.6 < shipped.below < 0.85


def test_what_carries_an_expectation_multiplies_to_it_and_reads_the_models_slopes() -> None:
    flows, regressors = world(4, 40)
    held = square(flows, regressors)
    one, _ = expectations(model_of(held), "E02", "E31")
    assert np.prod(list(one.parts.values())) == pytest.approx(one.expected, rel=1e-12)
    # A distance longer by one, all else the same, changes its factor by the slope alone.
    i, j = np.nonzero(held.covariates[0])
    apart = ~(((i == 2) & (j == 31)) | ((i == 31) & (j == 2)))
    i, j = i[apart], j[apart]
    data = {"y": flows[i, j], "d": held.covariates[0][i, j], "l": held.covariates[2][i, j], "x": i, "m": j}
    keep = i != j
    slope = fit("y ~ d + l | x + m", {name: column[keep] for name, column in data.items()}).coefficient("d")
    mean = held.covariates[0][~np.eye(40, dtype=bool)].mean()
    expected = np.exp(slope * (held.covariates[0][2, 31] - mean))
    assert one.parts["ln_dist"] == pytest.approx(expected, rel=1e-5)


def test_supply_demand_and_ease_by_hand() -> None:
    flows = np.array(
        [
            [[0.0, 6.0, 2.0], [1.0, 0.0, 3.0], [4.0, 2.0, 0.0]],
            [[0.0, 1.0, 1.0], [2.0, 0.0, 0.0], [0.0, 5.0, 0.0]],
        ]
    )
    found = ease_of(flows)
    # Group one: the first sells 8; all but the second sell 14; the second buys 8. Group two: 2 of 7, buys 6.
    assert found.supported[0, 1] == pytest.approx(8 / 14 * 8 + 2 / 7 * 6)
    assert found.ease[0, 1] == pytest.approx(7.0 / found.supported[0, 1])
    # Demand is shared out among all who sell to it: nothing is lost, nothing is made.
    assert np.nansum(found.supported, axis=0) == pytest.approx(flows.sum(axis=(0, 1)))
    assert found.intensity[0, 1] == pytest.approx((7 / 10) / (14 / 27))


def test_by_sector_and_beside_other_pairs() -> None:
    view = hk.pair("JPN", "RUS")
    by_sector = view.potential(2023, by_sector=True)
    named = {fact.subject["group"] for fact in by_sector}
    assert {"intermediate trade", "covered goods", "Machinery and vehicles", "coal, oil and gas"} <= named
    gas = next(
        fact
        for fact in by_sector.where("potential_expected")
        if fact.subject["group"] == "coal, oil and gas" and fact.subject["exporter"] == "RUS"
    )
    assert any("product=27*" in source for source in gas.inputs)
    beside = view.potential(2022, compare=["KOR-RUS", "CHN"])
    ends = {(fact.subject["exporter"], fact.subject["importer"]) for fact in beside}
    assert {("JPN", "RUS"), ("KOR", "RUS"), ("RUS", "KOR"), ("JPN", "CHN")} <= ends
    shown = hikiwake("potential", "JPN", "RUS", "--compare", "KOR-RUS").stdout.decode()
    assert "South Korea → Russia" in shown


def test_the_figure_marks_the_pair_among_comparable_flows() -> None:
    whole = composed("IND", "PAK").content
    (chart,) = [block for block in section(whole).blocks if getattr(block, "id", "") == "potential-place"]
    assert isinstance(chart, Chart)
    title = load("en").text(chart.title, whole.ledger)
    assert title == "India’s sales of intermediate trade to Pakistan are low for flows of their kind"
    most, _, _, own, others = chart.series
    for low, high, mark in zip(most.marks[::2], most.marks[1::2], own.marks, strict=True):
        assert whole.ledger[low.fact].value <= whole.ledger[high.fact].value  # type: ignore[operator]
        assert mark.emphasis
    assert len(others.marks) == 2 * len(own.marks)
    assert "times what is expected" in load("en").text(chart.alt, whole.ledger)


def section(whole: Brief) -> Section:
    return next(one for one in whole.sections if one.id == "potential")


def told(whole: Brief) -> str:
    english, held = load("en"), section(whole)
    blocks = [b for b in held.blocks if isinstance(b, Paragraph)]
    sentences = [held.finding, *held.summary, *(one for block in blocks for one in block.sentences)]
    return "\n".join(english.text(one, whole.ledger) for one in sentences)


@pytest.mark.parametrize(
    ("pair", "words"),
    [
        (("JPN", "RUS"), ["No shortfall is shown in intermediate trade", "within what is usual"]),
        (("IND", "PAK"), ["trade less than such a pair would, both ways", "falls short"]),
        (("AUS", "CHN"), ["are high for such a pair", "too few flows of this size"]),
        (("VAT", "ITA"), ["cannot say whether Vatican City and Italy", "do not hold one of the two"]),
        (("NRU", "TUV"), ["in 2022 nothing can be said: the data hold neither of the two"]),
        # Of no trade no ratio is told, and "usual" is not said of trade that is not there.
        (
            ("KOR", "PRK"),
            ["no trade is recorded where it could be judged", "no sale by North Korea to South Korea"],
        ),
        # The widest data do not hold the pair; what does heads the section.
        (
            ("KAZ", "UZB"),
            ["No shortfall is shown in energy and minerals", "between Kazakhstan and Uzbekistan"],
        ),
    ],
)
def test_the_brief_says_what_holds_and_can_contradict_the_thesis(
    pair: tuple[str, str], words: list[str]
) -> None:
    said = told(composed(*pair).content)
    for part in words:
        assert part in said
    assert "0.00 times" not in said


def test_every_ratio_has_an_interval_and_a_span_that_holds_it() -> None:
    facts = hk.pair("KOR", "JPN").potential()
    ratios = [fact for fact in facts if fact.formula == "potential_ratio"]
    assert len(ratios) == 4
    for ratio in ratios:
        assert ratio.status == "estimated"
        assert ratio.interval is not None
        assert ratio.value is not None
        assert ratio.interval.low < ratio.value < ratio.interval.high
        same = [fact for fact in facts if fact.subject == ratio.subject and fact.period == ratio.period]
        named = {fact.formula: fact.value for fact in same if fact.value is not None}
        assert named["potential_ratio_least"] <= ratio.value <= named["potential_ratio_most"]


def test_the_published_sanity_band_of_total_trade_in_2006_is_met() -> None:
    path = SHARED / "data" / "hmr_gravity_cross_section.parquet"
    if not path.exists():
        pytest.skip(f"{path} is not there (set HIKIWAKE_SHARED)")
    import duckdb

    rows = (
        duckdb.connect()
        .execute(
            f"select iso_o, iso_d, ln(distw) d, contig, comlang_off lang, rta, flow from '{path}' "
            "where iso_o <> iso_d and distw > 0"
        )
        .fetchnumpy()
    )
    data = {name: np.asarray(values) for name, values in rows.items()}
    for exporter, importer, expected in (("JPN", "RUS", 0.64), ("RUS", "JPN", 0.45)):
        own = (data["iso_o"] == exporter) & (data["iso_d"] == importer)
        back = (data["iso_o"] == importer) & (data["iso_d"] == exporter)
        kept = {name: values[~(own | back)] for name, values in data.items()}
        found = fit("flow ~ d + contig + lang + rta | iso_o + iso_d", kept)
        eta = sum(
            found.coefficient(name) * float(data[name][own][0]) for name in ("d", "contig", "lang", "rta")
        )
        for side, economy in (("iso_o", exporter), ("iso_d", importer)):
            labels = np.asarray(found.sandwich.keys[side].labels)
            eta += float(np.ravel(found.effects[side].values)[np.flatnonzero(labels == economy)[0]])
        # The band of the method notes is given to two digits.
        assert float(data["flow"][own][0]) / np.exp(eta) == pytest.approx(expected, abs=0.02)


@pytest.mark.parametrize(
    ("exporter", "importer", "reason"),
    [
        ("JPN", "GRL", "less than a million dollars is expected"),
        ("IRQ", "HKG", "no such trade is recorded in any year"),
    ],
)
def test_the_data_refuse_to_speak_of_what_they_cannot_show(exporter: str, importer: str, reason: str) -> None:
    view = hk.pair(exporter, importer)
    assert f"nothing can be said: {reason}" in told(composed(exporter, importer).content)
    flow = {"exporter": exporter, "importer": importer, "group": "covered goods"}
    told_of = view.potential()
    assert not [fact for fact in told_of if fact.subject == flow]
    assert any("covered goods" in line and reason in line for line in told_of.silent)
    assert reason in hikiwake("potential", exporter, importer).stderr.decode()


def test_an_expectation_counts_equal_ratios_half() -> None:
    one = Expectation("A", "B", 0.0, 1.0, 0.1, (0.0, 0.0, 1.0, 2.0))
    assert one.place == pytest.approx(0.25)
