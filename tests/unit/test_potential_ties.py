"""The potential with covariates of pairs that were added: CEPII's Gravity in its own form."""

from __future__ import annotations

import zipfile
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from tests.imports import brought, command

import hikiwake as hk
from hikiwake.core.document import Caveat
from hikiwake.gravity import fit
from hikiwake.measures.potential.expected import expectations, model
from hikiwake.measures.potential.specifications import Specification, ground, ratios
from hikiwake.measures.potential.square import deliveries
from hikiwake.measures.potential.tested import kept
from hikiwake.render.language import load
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables, open_tables

# The line of names of Gravity_V202211.csv.
HEAD = (
    "year country_id_o country_id_d iso3_o iso3_d iso3num_o iso3num_d country_exists_o country_exists_d"
    " gmt_offset_2020_o gmt_offset_2020_d distw_harmonic distw_arithmetic distw_harmonic_jh "
    "distw_arithmetic_jh dist main_city_source_o main_city_source_d distcap contig diplo_disagreement "
    "scaled_sci_2021 comlang_off comlang_ethno comcol col45 legal_old_o legal_old_d legal_new_o legal_new_d "
    "comleg_pretrans comleg_posttrans transition_legalchange comrelig heg_o heg_d col_dep_ever col_dep "
    "col_dep_end_year col_dep_end_conflict empire sibling_ever sibling sever_year sib_conflict pop_o pop_d "
    "gdp_o gdp_d gdpcap_o gdpcap_d pop_source_o pop_source_d gdp_source_o gdp_source_d gdp_ppp_o gdp_ppp_d "
    "gdpcap_ppp_o gdpcap_ppp_d pop_pwt_o pop_pwt_d gdp_ppp_pwt_o gdp_ppp_pwt_d gatt_o gatt_d wto_o wto_d "
    "eu_o eu_d fta_wto fta_wto_raw rta_coverage rta_type entry_cost_o entry_cost_d entry_proc_o "
    "entry_proc_d entry_time_o entry_time_d entry_tp_o entry_tp_d tradeflow_comtrade_o tradeflow_comtrade_d "
    "tradeflow_baci manuf_tradeflow_baci tradeflow_imf_o tradeflow_imf_d"
).split()
EU = "AUT BEL BGR CYP CZE DEU DNK ESP EST FIN FRA GRC HRV HUN IRL ITA LTU LUX LVA NLD POL PRT ROU SVK SVN SWE"
EMPIRE = "GBR AUS CAN IND MYS NZL NGA PAK SGP ZAF"
Cells = dict[str, object]


def gravity(
    path: Path, of: Callable[[str, str], Cells], economies: tuple[str, ...], year: int = 2021
) -> Path:
    """Write Gravity of one year between economies, with some cells of each pair."""
    lines = [",".join(HEAD)]
    for one in economies:
        for other in economies:
            cells: Cells = dict.fromkeys(HEAD, "")
            cells |= {
                "year": year,
                "country_id_o": one,
                "country_id_d": other,
                "iso3_o": one,
                "iso3_d": other,
            }
            cells |= {"country_exists_o": 1, "country_exists_d": 1, **of(one, other)}
            lines.append(",".join(str(cell) for cell in cells.values()))
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Gravity_V202211.csv", "\n".join(lines) + "\n")
        archive.writestr("Countries_V202211.csv", "country_id,iso3,country\nJPN,JPN,Japan\n")
    return path


def ties(one: str, other: str) -> Cells:
    colony = int("GBR" in (one, other) and one in EMPIRE and other in EMPIRE and one != other)
    return {
        "fta_wto": int(one in EU and other in EU),
        "col_dep_ever": colony,
        "comcol": int(one in EMPIRE and other in EMPIRE and not colony),
        # Known of a few alone.
        "comleg_posttrans": int(one == other) if one in EMPIRE else "",
    }


@pytest.fixture(scope="module")
def economies() -> tuple[str, ...]:
    return deliveries(open_tables(), 2022).economies


@pytest.fixture
def tables(tmp_path: Path, library: Library, economies: tuple[str, ...]) -> Tables:
    made = brought(library, gravity(tmp_path / "Gravity_csv_V202211.zip", ties, economies))
    return open_tables(library.path(made.held))


def test_the_expectation_rests_on_what_was_added(tables: Tables) -> None:
    held = model(tables, "intermediate", 2022)
    added = held.square.added
    assert added is not None
    # The origin of law is known of too little trade.
    assert (added.names, added.year, added.known) == (("agreement", "colony", "coloniser"), 2021, 1.0)
    one, _ = expectations(held, "DEU", "POL")
    assert {"agreement", "colony", "coloniser"} <= set(one.parts)
    assert np.prod(list(one.parts.values())) == pytest.approx(one.expected, rel=1e-9)
    plain = model(open_tables(), "intermediate", 2022)
    assert expectations(plain, "DEU", "POL")[0].expected != pytest.approx(one.expected, rel=0.01)
    # One of the specifications goes without: that of the shipped data.
    found, _ = ratios(held, ground(tables, "intermediate", 2022), ("DEU", "POL"))
    without = expectations(plain, "DEU", "POL")[0]
    assert found.found[Specification(covariates="shipped")] == pytest.approx(without.ratio, rel=1e-7)


def test_its_slopes_are_those_of_a_regression_with_the_same_columns(tables: Tables) -> None:
    held = model(tables, "intermediate", 2022)
    square = held.square
    i, j = np.nonzero(held.known)
    names = np.array(square.economies)
    data = {"y": square.total[i, j] / 1e6, "x": names[i], "m": names[j]}
    data |= {name: square.covariate(name)[i, j] for name in ("ln_dist", "border", "language")}
    for tie, column in (("agreement", "fta_wto"), ("colony", "col_dep_ever"), ("coloniser", "comcol")):
        data[tie] = np.array([float(ties(x, m)[column]) for x, m in zip(data["x"], data["m"], strict=True)])  # type: ignore[arg-type]
    found = fit(f"y ~ {' + '.join(square.main)} | x + m", data)
    np.testing.assert_allclose(held.estimated.slopes, found.coefficients, rtol=1e-8)


def test_the_brief_says_so_and_cites_the_table(
    tmp_path: Path, library: Library, economies: tuple[str, ...]
) -> None:
    def thin(one: str, other: str) -> Cells:
        return {**ties(one, other), **({"comcol": ""} if "SGP" in (one, other) else {})}

    made = brought(library, gravity(tmp_path / "Gravity_csv_V202211.zip", thin, economies))
    brief = hk.pair("DEU", "POL", data=str(library.path(made.held))).brief(2023).content
    section = next(one for one in brief.sections if one.id == "potential")
    told = [load("en").text(b.text, brief.ledger) for b in section.blocks if isinstance(b, Caveat)]
    said = next(one for one in told if "covariates of pairs that were added" in one)
    assert "agreement, colony, coloniser; 2021" in said
    share = float(said.split("left out: ")[1].split()[0])
    assert 90.0 < share < 100.0
    assert any(dataset.startswith("gravity") for dataset in brief.ledger.datasets)
    # The test of the potential is of another model, and is not told.
    assert kept(open_tables(library.path(made.held))) is None
    shown = command(library, "--data", "gravity", "potential", "DEU", "POL")
    assert shown.returncode == 0, shown.stderr
    assert "Factor of a trade agreement" in shown.stdout
    # A pair of which something is not known is not spoken of.
    silent = command(library, "--data", "gravity", "potential", "SGP", "JPN")
    assert "sells or buys nothing, or" in silent.stderr


def test_a_table_of_later_years_or_of_nothing_leaves_the_model_as_it_is(
    tmp_path: Path, library: Library, economies: tuple[str, ...]
) -> None:
    later = brought(library, gravity(tmp_path / "Gravity_csv_V202211.zip", ties, economies, 2030))
    assert model(open_tables(library.path(later.held)), "intermediate", 2022).square.added is None
    same = brought(
        library,
        gravity(tmp_path / "Gravity_csv_V202301.zip", lambda *_: {"fta_wto": 0}, economies),
        name="gravity@202301",
    )
    assert model(open_tables(library.path(same.held)), "intermediate", 2022).square.added is None
