"""Releases in the form of CEPII's BACI, written for tests: a zip of yearly files and tables of codes."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable, Mapping
from pathlib import Path

# country_code, country_name, country_iso2, country_iso3; Namibia's ISO2 is missing, as in copies that passed
# through pandas.
COUNTRIES = """country_code,country_name,country_iso2,country_iso3
56,Belgium,BE,BEL
58,Belgium-Luxembourg (...1998),BX,BEL
156,China,CN,CHN
251,France,FR,FRA
276,Germany,DE,DEU
280,Fed. Rep. of Germany (...1990),DD,DEU
380,Italy,IT,ITA
392,Japan,JP,JPN
490,"Other Asia, nes",N/A,S19
516,Namibia,,NAM
579,Norway,NO,NOR
643,Russian Federation,RU,RUS
699,India,IN,IND
757,Switzerland,CH,CHE
842,USA,US,USA
"""
PRODUCTS = """code,description
010110,"Horses, asses, mules and hinnies: live, pure-bred breeding animals"
270900,Oils: petroleum oils and oils obtained from bituminous minerals
271111,"Petroleum gases, liquefied: natural gas"
440320,"Wood, coniferous: in the rough"
870323,"Vehicles: spark-ignition engine, 1500 to 3000cc"
870899,Vehicle parts and accessories
"""
Row = tuple[int, int | str, int | str, str, str, str]
ROWS: dict[int, list[Row]] = {
    2013: [
        (2013, 643, 392, "270900", "11000000.125", "14000000.000"),
        (2013, 643, 392, "271111", "4800000.000", "8500000.000"),
        (2013, 392, 643, "870323", "7000000.001", "          NA"),
        (2013, 643, 156, "270900", "20000000.000", "25000000.000"),
        (2013, 842, 392, "010110", "12.500", "0.250"),
    ],
    2014: [
        (2014, 643, 392, "270900", "10000000.000", "13500000.000"),
        (2014, 643, 392, "440320", "300000.000", "1900000.000"),
        (2014, 392, 643, "870323", "6000000.000", ""),
        (2014, 392, 643, "870899", "1500000.500", "90000.000"),
        (2014, 842, 392, "870323", "900000.000", "40000.000"),
        (2014, 490, 516, "870899", "5.000", "0.300"),
        (2014, 643, 156, "270900", "22000000.000", "30000000.000"),
        (2014, 251, 643, "870323", "800000.000", "30000.000"),
    ],
    2015: [
        (2015, 643, 392, "270900", "6000000.000", "13000000.000"),
        (2015, 392, 643, "870323", "3000000.000", "NA"),
        (2015, 699, 757, "010110", "3.000", "0.010"),
    ],
}


def csv_text(rows: Iterable[Row], header: str = "t,i,j,k,v,q") -> str:
    return "\n".join([header, *(",".join(map(str, row)) for row in rows)]) + "\n"


def release(
    path: Path,
    rows: Mapping[int, Iterable[Row]] | None = None,
    *,
    revision: str = "92",
    version: str = "202601",
    folder: str = "",
    countries: str = COUNTRIES,
    products: str = PRODUCTS,
    texts: Mapping[str, str | bytes] | None = None,
) -> Path:
    """Write a release; `texts` replaces members or adds some."""
    members: dict[str, str | bytes] = {
        f"BACI_HS{revision}_Y{year}_V{version}.csv": csv_text(found)
        for year, found in (ROWS if rows is None else rows).items()
    }
    members[f"country_codes_V{version}.csv"] = countries
    members[f"product_codes_HS{revision}_V{version}.csv"] = products
    members["Readme.txt"] = "BACI"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in {**members, **(texts or {})}.items():
            archive.writestr(folder + name, content)
    return path
