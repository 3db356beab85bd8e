"""Files in the forms in which producers publish their data, written for tests."""

from __future__ import annotations

import zipfile
from pathlib import Path

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
