"""What the codes and names of statistical services mean, those of partners that are no economies too."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.imports import PLAIN, brought, reasons, rows, table

from hikiwake.sources.imports.comtrade_areas import AGGREGATE, NAMES, NUMBERS, UNNAMED
from hikiwake.sources.imports.economies import meaning
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

# As the IMF's data portal, its older tables, and Comtrade's page write them.
SPELLINGS: dict[str, str] = {
    "CHN": "China, People's Republic of|China, P.R.: Mainland|China|156",
    "HKG": "Hong Kong Special Administrative Region, People's Republic of China|China, Hong Kong SAR",
    "MAC": "Macao Special Administrative Region, People's Republic of China|China, Macao SAR",
    "TWN": "Taiwan Province of China|Other Asia, nes|490|S19",
    "KOR": "Korea, Republic of|Rep. of Korea|Korea, Rep. of",
    "PRK": "Korea, Democratic People's Republic of|Dem. People's Rep. of Korea",
    "COG": "Congo, Republic of|Congo, Rep. of|Congo",
    "COD": "Congo, Democratic Republic of the|Dem. Rep. of the Congo",
    "ETH": "Ethiopia, The Federal Democratic Republic of|Fmr Ethiopia|230",
    "VEN": "Venezuela, República Bolivariana de|Venezuela, Rep. Bolivariana de",
    "OMN": "Oman, Sultanate of",
    "AIA": "Anguilla, United Kingdom-British Overseas Territory",
    "ABW": "Aruba, Kingdom of the Netherlands",
    "STP": "São Tomé and Príncipe, Democratic Republic of|São Tomé and Príncipe, Dem. Rep. of",
    "TLS": "Timor-Leste, Democratic Republic of",
    "TCA": "Turks and Caicos Isds",
    "VGB": "Br. Virgin Isds",
    "SDN": "Fmr Sudan|736|729",
    "DEU": "Fmr Fed. Rep. of Germany|280|276",
    "DDR": "Fmr Dem. Rep. of Germany|Eastern Germany|278",
    "YMD": "Yemen, Democratic Republic of|Fmr Dem. Yemen|720",
    "USA": "USA (before 1981)|841|842|840",
    "IND": "356|699|India, excl. Sikkim",
    "VDR": "868|SVR",
    "NAM": "NA|Namibia, Republic of|516",
}
TOTALS = (
    "World|W00|0|European Union (EU)|Euro Area (EA)|Advanced Economies|Asia|Europe|APEC|97|975"
    "|EMDEs by Source of Export Earnings: Nonfuel|Middle East, North Africa, Afghanistan, and Pakistan"
    "|Western Hemisphere not specified|Areas, nes|Other Europe, nes|Oceania, nes|Bunkers|Free Zones"
    "|Special Categories|_X|X1|E19|A79|G001|GR110|EUN|UNS|Not Specified"
)


@pytest.mark.parametrize("economy", SPELLINGS)
def test_an_economy_however_a_service_writes_it(economy: str) -> None:
    assert {text: meaning(text).economy for text in SPELLINGS[economy].split("|")} == dict.fromkeys(
        SPELLINGS[economy].split("|"), economy
    )


def test_groups_and_partners_that_are_no_economies_are_totals() -> None:
    assert [text for text in TOTALS.split("|") if meaning(text).economy != AGGREGATE] == []
    assert [one for one in UNNAMED if meaning(str(one)).economy != AGGREGATE] == []


def test_all_of_comtrade_s_own_numbers_and_names_mean_something() -> None:
    assert [n for n in NUMBERS if meaning(str(n)).economy != NUMBERS[n][0]] == []
    assert [name for name in NAMES if not meaning(name).economy] == []


def test_what_means_different_things_to_two_producers_is_left_out_and_told(
    tmp_path: Path, library: Library
) -> None:
    """Comtrade's 492 is no Monaco, and North Vietnam's code is CEPII's for the South."""
    text = (
        "from,to,year,usd\n392,492,2014,5\n392,837,2014,7\nJPN,VDR,1972,8\nUSA,SVR,1972,9\n392,643,2014,1\n"
    )
    made = brought(library, table(tmp_path, text), mapping=PLAIN)
    assert reasons(made.report) == {"accepted": 2, "aggregate": 3}
    told = "\n".join(made.report.parts[0].notes)
    assert (
        "code '492' is left out: 'Europe EU, not specified' of Comtrade; it is ISO's number of Monaco" in told
    )
    assert "code 'VDR' is left out: North Vietnam to the United Nations and South Vietnam to CEPII" in told
    assert [row[:3] for row in rows(open_tables(library.path(made.held)))] == [
        (1972, "USA", "VDR"),
        (2014, "JPN", "RUS"),
    ]
