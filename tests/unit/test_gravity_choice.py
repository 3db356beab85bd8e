"""Rows of a regression are chosen by conditions that are read, never evaluated."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from tests import gravity_panels
from tests.gravity_panels import panel

from hikiwake.core.errors import BadInput
from hikiwake.gravity import Columns, fit
from hikiwake.gravity.columns import coded

CONDITIONS: dict[str, Callable[[gravity_panels.Columns, int], np.ndarray]] = {
    "year >= {y}": lambda d, y: d["year"] >= y,
    "year in {y}, 3000": lambda d, y: d["year"] == y,
    "year not in {y}": lambda d, y: d["year"] != y,
    "year = '{y}'": lambda d, y: d["year"] == y,
    "`exporter` != importer": lambda d, y: d["exporter"] != d["importer"],
    "exporter not in C01, 'C02'": lambda d, y: ~np.isin(d["exporter"], ["C01", "C02"]),
    "trade < ln_dist": lambda d, y: d["trade"] < d["ln_dist"],
}


@pytest.mark.parametrize("condition", CONDITIONS)
def test_conditions_choose_the_rows_that_meet_them(condition: str) -> None:
    data = panel(3)
    year = sorted(set(data["year"].tolist()))[1]
    wanted = CONDITIONS[condition](data, year)
    chosen = Columns(where=(condition.format(y=year), "rta == 0 "))
    found = fit("trade ~ ln_dist + lang", data, columns=chosen)
    wanted = wanted & (data["rta"] == 0.0)
    assert found.drops["outside the rows asked for"].tolist() == np.flatnonzero(~wanted).tolist()
    by_hand = fit("trade ~ ln_dist + lang", {name: column[wanted] for name, column in data.items()})
    assert found.coefficients.tolist() == by_hand.coefficients.tolist()
    assert set(found.rows.tolist()) <= set(np.flatnonzero(wanted).tolist())


def test_a_missing_value_meets_no_condition_and_faults_name_the_row_given() -> None:
    data = panel(3)
    names = [None if at % 7 == 0 else name for at, name in enumerate(data["exporter"].tolist())]
    data["exporter"] = np.array(names, dtype=object)
    for condition in ("exporter != C01", "exporter not in C01", "exporter != importer"):
        found = fit("trade ~ ln_dist", data, columns=Columns(where=(condition,)))
        assert set(range(0, len(names), 7)) <= set(found.drops["outside the rows asked for"].tolist())
    last = len(names) - 1
    data["trade"][last] = -1.0
    with pytest.raises(BadInput) as caught:
        fit("trade ~ ln_dist", data, columns=Columns(where=(f"year = {data['year'][last]}",)))
    assert f"row {last}" in caught.value.where


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("yaer > 3", "Did you mean 'year'"),
        ("year > abc", "neither a number nor a column"),
        ("exporter > A", "only numbers"),
        ("year = 1700", "there are none"),
        ("year", "compares nothing"),
        ("__import__('os').system('true') == 1", "no such column"),
    ],
)
def test_a_condition_that_cannot_be_met_or_read_is_one_error(condition: str, said: str) -> None:
    with pytest.raises(BadInput) as caught:
        fit("trade ~ ln_dist", panel(3), columns=Columns(where=(condition,)))
    assert said in f"{caught.value.where} {caught.value.why} {caught.value.remedy}"


@pytest.mark.parametrize("width", [1, 2, 3])
@pytest.mark.parametrize("letters", ["ABZaz09- ", "AÉ日"])
def test_short_texts_are_the_same_key_however_they_are_kept(width: int, letters: str) -> None:
    """As fixed-width text, which is read as numbers, and as objects; blanks are missing in both."""
    rng = np.random.default_rng(width)
    texts = ["".join(rng.choice(list(letters), rng.integers(0, width + 1))) for _ in range(500)]
    fixed, objects = coded(np.array(texts, dtype=f"U{width}")), coded(np.array(texts, dtype=object))
    np.testing.assert_array_equal(fixed.codes, objects.codes)
    assert list(fixed.labels) == list(objects.labels)
    assert fixed.codes.min() == -1
