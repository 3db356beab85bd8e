"""CEPII's Gravity and GeoDist: which rows count, and regressions that take covariates from them."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests import producers
from tests.imports import brought, command, reasons, table

from hikiwake.core.errors import BadInput
from hikiwake.measures.covariates import covariates
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables, open_tables


def pairs(tables: Tables) -> dict[tuple[object, ...], dict[str, object]]:
    frame = tables.frame("dyads").to_native()
    rows = [dict(zip(frame.columns, row, strict=True)) for row in frame.fetchall()]
    return {(row.get("year"), row["exporter"], row["importer"]): row for row in rows}


def test_only_territories_that_existed_count(tmp_path: Path, library: Library) -> None:
    made = brought(library, producers.gravity_zip(tmp_path / "Gravity_csv_V202211.zip"))
    assert made.held.reference == "gravity@202211"
    found = pairs(open_tables(library.path(made.held)))
    assert set(found) == {
        (2013, "JPN", "RUS"),
        (2014, "JPN", "RUS"),
        (2014, "RUS", "JPN"),
        (2014, "JPN", "JPN"),
        (2014, "DEU", "JPN"),
        (2014, "NAM", "JPN"),
    }
    assert reasons(made.report) == {"accepted": 6, "not_there": 2}
    row = found[2014, "JPN", "RUS"]
    assert (row["distw_arithmetic"], row["tradeflow_baci"], row["empire"]) == (6683.27, 9000000.5, None)
    assert found[2014, "NAM", "JPN"]["empire"] == "GBR"
    assert found[2014, "DEU", "JPN"]["pop_o"] == 80000.0
    files = sorted(path.name for path in library.path(made.held).iterdir())
    assert files == ["catalogue.json", "dyads.parquet", "report.json"]


def test_faults_are_counted(tmp_path: Path, library: Library) -> None:
    rows = (
        *producers.GRAVITY_ROWS,
        "x,JPN,CHN,JPN,CHN,392,156,1,1,1,1,1,1,1,0,0,NA,1,,0,",
        "2014,JPN,QQQ,JPN,QQQ,392,999,1,1,1,1,1,1,1,0,0,NA,1,,0,",
        "2014,CHN,JPN,CHN,JPN,156,392,1,1,far,1,1,1,1,0,0,NA,1,,0,",
        "2014,CHN,RUS,CHN,RUS,156,643,1,1,1,1,1,1,1,0,0,NA,1,,0,",
        "2014,CHN,RUS,CHN,RUS,156,643,1,1,2,1,1,1,1,0,0,NA,1,,0,",
        "2014,CHN,DEU",
    )
    path = producers.gravity_zip(tmp_path / "g.zip", rows)
    with pytest.raises(BadInput, match="cannot be taken"):
        brought(library, path)
    made = brought(library, path, allow_rejects=True)
    counted = reasons(made.report)
    assert (counted["accepted"], counted["not_there"]) == (6, 2)
    assert {reason: counted[reason] for reason in counted if reason not in ("accepted", "not_there")} == {
        "no_year": 1, "unknown_importer": 1, "not_a_number": 1, "conflicting": 2, "malformed": 1,
    }  # fmt: skip
    lines = [producers.GRAVITY_HEAD, *rows]
    for bad in made.report.parts[0].bad:
        if bad.text:
            assert "{3},{4}".format(*lines[bad.line - 1].split(",")) == bad.text.replace(", ", ",")


def test_covariates_stand_beside_flows(tmp_path: Path, library: Library) -> None:
    made = brought(library, producers.gravity_zip(tmp_path / "g.zip"))
    tables = open_tables(library.path(made.held))
    rows: dict[str, list[Any]] = {
        "exporter": ["Japan", "RUS", "DEU", "JPN", "nowhere"],
        "importer": ["RUS", "392", "JPN", "RUS", "JPN"],
        "year": [2014.0, 2014, 2014, 2012, 2014],
        "contig": [1.0] * 5,
    }
    found = covariates(tables, rows, ["trade ~ ln_distw_harmonic + contig + pop_o + unknown | exporter^year"])
    assert set(found) == {"ln_distw_harmonic", "pop_o"}  # contig is the reader's own
    np.testing.assert_allclose(
        found["ln_distw_harmonic"], [math.log(6035.1)] * 2 + [math.log(9000), np.nan, np.nan]
    )
    np.testing.assert_allclose(found["pop_o"], [127276, 146000, 80000, np.nan, np.nan])
    assert covariates(tables, rows, ["trade ~ contig"]) == {}
    with pytest.raises(BadInput, match="no column year"):
        covariates(tables, {"exporter": ["JPN"], "importer": ["RUS"]}, ["y ~ dist"])


def test_geodist_has_no_years(tmp_path: Path, library: Library) -> None:
    made = brought(library, table(tmp_path, producers.geodist_text(), "dist_cepii.csv"))
    assert made.held.name == "geodist"
    tables = open_tables(library.path(made.held))
    rows = {"exporter": ["JPN", "ROU"], "importer": ["RUS", "COD"]}
    found = covariates(tables, rows, ["y ~ ln_distw + dist"])
    np.testing.assert_allclose(found["dist"], [7047.1, 5000])
    np.testing.assert_allclose(found["ln_distw"], [math.log(6683.27), np.nan])


def test_a_regression_with_covariates_is_that_of_the_same_columns(tmp_path: Path, library: Library) -> None:
    rng = np.random.default_rng(7)
    codes = ("JPN", "RUS", "DEU", "CHN", "USA", "FRA")
    km = {(o, d): round(float(rng.uniform(500, 9000)), 2) for o in codes for d in codes if o < d}
    flows = ["exporter,importer,year,trade"]
    whole = ["exporter,importer,year,trade,ln_dist"]
    rows = []
    for o in codes:
        for d in codes:
            if o == d:
                continue
            far = km[min(o, d), max(o, d)]
            for year in (2013, 2014):
                usd = round(float(rng.lognormal(10 - math.log(far), 0.3)), 6)
                flows.append(f"{o},{d},{year},{usd}")
                whole.append(f"{o},{d},{year},{usd},{math.log(far)!r}")
                cells = dict.fromkeys(producers.GRAVITY_HEAD.split(","), "")
                cells |= {"year": str(year), "iso3_o": o, "iso3_d": d, "dist": str(far)}
                cells |= {"country_exists_o": "1", "country_exists_d": "1"}
                rows.append(",".join(cells.values()))
    brought(library, producers.gravity_zip(tmp_path / "g.zip", tuple(rows)))
    table(tmp_path, "\n".join(flows) + "\n", "flows.csv")
    table(tmp_path, "\n".join(whole) + "\n", "whole.csv")
    formula = "trade ~ ln_dist | exporter^year + importer^year"
    joined = command(
        library, "--data", "gravity", "gravity", "fit", str(tmp_path / "flows.csv"), formula, "--json"
    )
    alone = command(library, "gravity", "fit", str(tmp_path / "whole.csv"), formula, "--json")
    assert joined.returncode == 0, joined.stderr
    assert joined.stdout == alone.stdout
    lacking = command(library, "gravity", "fit", str(tmp_path / "flows.csv"), formula)
    assert lacking.returncode == 3
