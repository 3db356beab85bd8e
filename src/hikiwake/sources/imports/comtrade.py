"""UN Comtrade's tables as its page and its service save them: known by their header; exports as reported.

A table can hold the same trade many times: by second partner, customs procedure and mode of transport, and
at several levels of the classification. Only rows that are totals of the first three are taken, and one
level: six digits where there are any, else the total.
"""

from __future__ import annotations

from pathlib import Path

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.streams import layout, table_of

NEEDED = frozenset({"reporterCode", "partnerCode", "flowCode", "cmdCode", "primaryValue", "refYear"})
# Column: the values that mark a total; a blank is what older files hold.
TOTALS: dict[str, list[str]] = {
    "partner2Code": ["0", ""],
    "motCode": ["0", ""],
    "customsCode": ["C00", ""],
    "mosCode": ["0", ""],
    "freqCode": ["A"],
}
LICENCE = "United Nations, Policy on use and re-dissemination of UN Comtrade data: not to be passed on"


def recognise(path: Path) -> Mapping | None:
    """Return what the columns of a Comtrade table mean; None where the table is something else."""
    if path.suffix in (".parquet", ".pq"):
        return None
    try:
        found = layout(table_of(path))
    except BadInput:
        return None
    header = set(found.header)
    if not header >= NEEDED:
        return None
    place = found.header.index("cmdCode")
    codes = {row[place].strip() for row in found.sample if place < len(row)}
    by_product = any(code.isdigit() and len(code) >= 5 for code in codes)
    only: dict[str, str | list[str]] = {
        "flowCode": "X",
        **{column: values for column, values in TOTALS.items() if column in header},
    }
    if by_product and "aggrLevel" in header:
        only["aggrLevel"] = "6"
    elif not by_product:
        only["cmdCode"] = "TOTAL"
    return Mapping(
        title="UN Comtrade, exports as their reporters state them",
        producer="United Nations Statistics Division",
        licence=LICENCE,
        citation="United Nations Statistics Division, UN Comtrade Database (comtradeplus.un.org)",
        exporter="reporterCode",
        importer="partnerCode",
        year="refYear",
        product="cmdCode" if by_product else "",
        value="primaryValue",
        quantity="netWgt" if "netWgt" in header and by_product else "",
        valuation="FOB",
        classification="HS" if by_product else "",
        scope="all products" if by_product else "total trade",
        only=only,
        domestic="leave out",
    )
