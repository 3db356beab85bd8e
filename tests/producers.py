"""Files in the forms in which producers publish their data, written for tests."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import numpy as np

YEARS = (2011, 2012, 2013, 2014)
# economy's name, code, indicator's name, code, a value for each of YEARS
PEOPLE = "Population, total"
GDP = "GDP (current US$)"
WDI_ROWS = (
    ("Japan", "JPN", GDP, "NY.GDP.MKTP.CD", ("6.2e12", "6272362996105.03", "", "4896994405353.29")),
    ("Japan", "JPN", PEOPLE, "SP.POP.TOTL", ("127833000", "127629000", "127445000", "127276000")),
    ("Japan", "JPN", "Exports of goods and services", "NE.EXP.GNFS.CD", ("", "", "", "860000000000.5")),
    ("Russia", "RUS", GDP, "NY.GDP.MKTP.CD", ("2045925608274.37", "", "", "2059241965490.83")),
    ("Namibia", "NAM", GDP, "NY.GDP.MKTP.CD", ("1", "2", "3", "4")),
    ("Yemen, Rep.", "YEM", GDP, "NY.GDP.MKTP.CD", ("", "", "", "")),
    ("Arab World", "ARB", GDP, "NY.GDP.MKTP.CD", ("5", "6", "7", "8")),
    ("World", "WLD", PEOPLE, "SP.POP.TOTL", ("5", "6", "7", "8")),
)  # fmt: skip
ABOVE = '"Data Source","World Development Indicators",\n\n"Last Updated Date","2026-10-07",\n\n'


def wdi_text(rows: object = WDI_ROWS, *, years: tuple[int, ...] = YEARS, series: bool = False) -> str:
    """Return the table of the bulk file; with `series` as the DataBank writes it, with lines below it."""
    kind = "Series" if series else "Indicator"
    heads = [f"{year} [YR{year}]" if series else str(year) for year in years]
    header = ["Country Name", "Country Code", f"{kind} Name", f"{kind} Code", *heads]
    lines = [",".join(f'"{name}"' for name in header) + ("" if series else ",")]
    for *names, values in rows:  # type: ignore[attr-defined]
        filled = [value or ".." if series else value for value in values]
        lines.append(",".join(f'"{cell}"' for cell in (*names, *filled)) + ("" if series else ","))
    below = (
        '\n\n\n"Data from database: World Development Indicators"\n"Last Updated: 10/07/2026"'
        if series
        else ""
    )
    return "\n".join(lines) + below + "\n"


def wdi_zip(path: Path, *, form: str = "bulk", text: str | None = None) -> Path:
    """Write WDI's bulk zip, or (`form` "site") the zip that the page of an indicator saves."""
    table = wdi_text() if text is None else text
    members = {
        "WDICSV.csv": table,
        "WDICountry.csv": "Country Code,Short Name,Region\nJPN,Japan,East Asia & Pacific\nARB,Arab World,\n",
        "WDISeries.csv": "Series Code,Topic\nNY.GDP.MKTP.CD,Economy\n",
    }
    if form == "site":
        members = {
            "API_NY.GDP.MKTP.CD_DS2_en_csv_v2_34.csv": "\ufeff" + ABOVE + table,
            "Metadata_Country_API_NY.GDP.MKTP.CD_DS2_en_csv_v2_34.csv": "Country Code,Region\nJPN,Asia\n",
            "Metadata_Indicator_API_NY.GDP.MKTP.CD_DS2_en_csv_v2_34.csv": "INDICATOR_CODE\nNY.GDP.MKTP.CD\n",
        }
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(zipfile.ZipInfo(name, (2026, 10, 7, 0, 0, 0)), content)
    return path


def wdi_reply(rows: object = WDI_ROWS, *, page: int = 1, pages: int = 1, **about: object) -> bytes:
    """Return a reply of the World Bank's service: a page of the figures of the indicators' rows."""
    found = [
        {
            "indicator": {"id": code, "value": indicator},
            "country": {"id": economy[:2], "value": name},
            "countryiso3code": economy,
            "date": str(year),
            "value": float(value) if value else None,
            "unit": "",
            "obs_status": "",
            "decimal": 0,
        }
        for name, economy, indicator, code, values in rows  # type: ignore[attr-defined]
        for year, value in zip(YEARS, values, strict=True)
    ]
    size = -(-len(found) // pages)
    head = {"page": page, "pages": pages, "per_page": size, "total": len(found), "sourceid": "2",
            "sourcename": "World Development Indicators", "lastupdated": "2026-10-07"}  # fmt: skip
    return json.dumps([head | about, found[(page - 1) * size : page * size] or None]).encode()


ICIO_ECONOMIES = ("CHN", "DEU", "JPN", "MEX", "RUS", "ROW")
ICIO_INDUSTRIES = ("A01", "B06", "C17_18", "C29", "G")
FINAL = ("HFCE", "NPISH", "GGFC", "GFCF", "INVNT", "DPABR")
PARTS = {"CHN": ("CN1", "CN2"), "MEX": ("MX1", "MX2")}


def icio_text(year: int, *, extended: bool = False, blanks: bool = False) -> str:
    """Return a table of a year in the OECD's form; the extended one adds up to the small one."""
    rng = np.random.default_rng(year)
    sellers = [(e, k) for e in ICIO_ECONOMIES for k in ICIO_INDUSTRIES]
    users = [*sellers, *((e, f) for e in ICIO_ECONOMIES for f in FINAL)]
    size = (len(sellers), len(users))
    # Units of 1e-4 million USD; what is sold at home is most of it, and some cells are empty.
    units = rng.integers(0, 3 * 10**8, size) * (rng.random(size) < 0.7)
    home = np.array([[s[0] == u[0] for u in users] for s in sellers])
    units = units * np.where(home, 40, 1)
    stocks = np.array([u[1] == "INVNT" for u in users])
    units[:, stocks] -= 6 * 10**7
    if extended:
        users = [(part, k) for e, k in users for part in (PARTS.get(e, (e,)) if k not in FINAL else (e,))]
        sellers_of = [(part, k) for e, k in sellers for part in PARTS.get(e, (e,))]
        units = _split(_split(units, sellers, 0), [u for u in _whole(users)], 1)
        sellers = sellers_of
    output = units.sum(axis=1)
    inputs = units[:, : len(sellers)].sum(axis=0)
    value_added = output - inputs
    pad = "  " if blanks else ""
    lines = [",".join(["V1", *(f"{e}_{k}{pad}" for e, k in users), "OUT"])]
    for (e, k), row, total in zip(sellers, units.tolist(), output.tolist(), strict=True):
        lines.append(",".join([f"{e}_{k}{pad}", *map(_money, row), _money(total)]))
    rest = len(users) - len(sellers)
    for name, row in (("TLS", [0] * len(sellers)), ("VA", value_added.tolist()), ("OUT", output.tolist())):
        lines.append(",".join([name, *map(_money, row), *["0"] * rest, "0"]))
    return "\n".join(lines) + "\n"


def _money(units: int) -> str:
    return f"{units / 1e4:.4f}"


def _whole(users: list[tuple[str, str]]) -> list[tuple[str, str]]:
    whole = {part: e for e, parts in PARTS.items() for part in parts}
    return list(dict.fromkeys((whole.get(e, e), k) for e, k in users))


def _split(units: np.ndarray, labels: list[tuple[str, str]], axis: int) -> np.ndarray:
    """Share rows (or columns) of economies with parts out between two parts, a third and the rest."""
    rows = []
    for (economy, industry), row in zip(labels, units if axis == 0 else units.T, strict=True):
        third = row // 3
        rows += [third, row - third] if economy in PARTS and industry not in FINAL else [row]
    return np.array(rows) if axis == 0 else np.array(rows).T


def icio_zip(path: Path, years: tuple[int, ...] = (2021, 2022), *, extended: bool = False) -> Path:
    """Write a zip of some years."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for year in years:
            name = f"{year}.csv" if extended else f"{year}_SML.csv"
            archive.writestr(name, icio_text(year, extended=extended))
        archive.writestr("ReadMe_ICIO.xlsx", b"PK")
    return path


GRAVITY_HEAD = (
    "year,country_id_o,country_id_d,iso3_o,iso3_d,iso3num_o,iso3num_d,country_exists_o,country_exists_d,"
    "distw_harmonic,distw_arithmetic,dist,main_city_source_o,distcap,contig,comlang_off,empire,pop_o,gdp_o,"
    "fta_wto,tradeflow_baci"
)
GRAVITY_ROWS = (
    "2013,JPN,RUS,JPN,RUS,392,643,1,1,6035.1,6683.27,7047,1,7482,0,0,NA,127445,5212328181.6,0,",
    "2014,JPN,RUS,JPN,RUS,392,643,1,1,6035.1,6683.27,7047,1,7482,0,0,,127276,4896994405.3,0,9000000.5",
    "2014,RUS,JPN,RUS,JPN,643,392,1,1,6035.1,6683.27,7047,1,7482,0,0,NA,146000,2059241965.5,0,NA",
    "2014,JPN,RUS.1,JPN,RUS,392,643,1,0,6035.1,6683.27,7047,1,7482,0,0,NA,127276,,0,",
    "2014,JPN,JPN,JPN,JPN,392,392,1,1,300.5,392.0,1,1,1,0,1,NA,127276,,0,",
    "2014,DEU.1,JPN,DEU,JPN,276,392,0,1,9000,9100,9050,1,9060,0,0,NA,,,0,",
    "2014,DEU.2,JPN,DEU,JPN,276,392,1,1,9000,9100,9050,1,9060,0,0,NA,80000,,0,",
    "2014,NAM,JPN,NAM,JPN,516,392,1,1,13000,13100,13050,1,13060,0,0,GBR,2400,,0,",
)


def gravity_zip(path: Path, rows: tuple[str, ...] = GRAVITY_ROWS) -> Path:
    """Write Gravity as CEPII publishes it, with fewer columns."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("Gravity_V202211.csv", "\n".join([GRAVITY_HEAD, *rows]) + "\n")
        archive.writestr("Countries_V202211.csv", "country_id,iso3,country\nJPN,JPN,Japan\n")
    return path


def geodist_text() -> str:
    """Return GeoDist's table, with the codes and missing values of its copies."""
    return (
        "iso_o;iso_d;contig;comlang_off;comlang_ethno;colony;comcol;curcol;col45;smctry;dist;distcap;distw;distwces\n"
        "JPN;RUS;0;0;0;0;0;0;0;0;7047.1;7482.2;6683.27;6035.1\n"
        "ROM;ZAR;0;0;0;0;0;0;0;0;5000;5100;.;.\n"
    )


# The CSV that the service of IMTS sends.
SDMX = (
    "STRUCTURE,STRUCTURE_ID,ACTION,COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,SCALE\n"
    "dataflow,IMF.STA:IMTS(1.0.0),I,JPN,XG_FOB_USD,RUS,A,2013,11100.5,6\n"
    "dataflow,IMF.STA:IMTS(1.0.0),I,JPN,XG_FOB_USD,RUS,A,2014,9200,6\n"
    "dataflow,IMF.STA:IMTS(1.0.0),I,JPN,XG_FOB_USD,RUS,M,2014-M01,700,6\n"
    "dataflow,IMF.STA:IMTS(1.0.0),I,JPN,XG_FOB_USD,G001,A,2013,715000,6\n"
    "dataflow,IMF.STA:IMTS(1.0.0),I,RUS,XG_FOB_USD,JPN,A,2013,19700,6\n"
    "dataflow,IMF.STA:IMTS(1.0.0),I,JPN,MG_CIF_USD,RUS,A,2013,23000,6\n"
    "dataflow,IMF.STA:IMTS(1.0.0),I,RUS,MG_CIF_USD,JPN,A,2013,13600,6\n"
    "dataflow,IMF.STA:IMTS(1.0.0),I,JPN,TBG_USD,RUS,A,2013,-11900,6\n"
)
