"""Tables as people have them: what is proposed brings them in, or says what is to be edited."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.imports import brought, rows, table

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import guessing
from hikiwake.sources.imports import mapping as mappings
from hikiwake.sources.imports.proposing import propose
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

Wanted = list[tuple[object, ...]]
JPN_RUS: Wanted = [(2014, "JPN", "RUS", "TOTAL", 5), (2014, "RUS", "JPN", "TOTAL", 6)]
TAKEN: dict[str, tuple[str | bytes, Wanted]] = {
    "semicolons, thousands with dots, in German": (
        "Exporteur;Importeur;Jahr;Wert in USD\nDeutschland;Japan;2014;1.234.567,89\n"
        "Japan;Frankreich;2014;12,5\n",
        [(2014, "DEU", "JPN", "TOTAL", 1_234_568), (2014, "JPN", "FRA", "TOTAL", 13)],
    ),
    "thousands with commas": (
        'exporter,importer,year,value\nJapan,Russia,2014,"1,234,567"\nRussia,Japan,2014,"22,000.25"\n',
        [(2014, "JPN", "RUS", "TOTAL", 1_234_567), (2014, "RUS", "JPN", "TOTAL", 22_000)],
    ),
    "thousands with blanks that do not break, in French": (
        "Exportateur;Importateur;Année;Valeur (milliers USD)\nFrance;Japon;2014;1\u00a0234\u00a0567,5\n"
        "Japon;France;2014;89\u202f000,25\n",
        [(2014, "FRA", "JPN", "TOTAL", 1_234_567_500), (2014, "JPN", "FRA", "TOTAL", 89_000_250)],
    ),
    "thousands with apostrophes": (
        "exporter;importer;year;usd\nJPN;RUS;2014;1'234'567.50\nRUS;JPN;2014;2’000.00\n",
        [(2014, "JPN", "RUS", "TOTAL", 1_234_568), (2014, "RUS", "JPN", "TOTAL", 2000)],
    ),
    "a title and a blank line": (
        "Trade\n\nexporter,importer,year,value\nJPN,RUS,2014,5\nRUS,JPN,2014,6\n",
        JPN_RUS,
    ),
    "names in full": (
        "Exporting country,Importing country,Reference year,Trade value (million USD)\n"
        "Russian Federation,Korea (Rep. of),2014,1.5\nCôte d'Ivoire,Türkiye,2014,3\n",
        [(2014, "CIV", "TUR", "TOTAL", 3_000_000), (2014, "RUS", "KOR", "TOTAL", 1_500_000)],
    ),
    "codes of two letters, Namibia among them": (
        "origin,destination,year,usd\nNA,JP,2014,6\nGB,NO,2014,7\n",
        [(2014, "GBR", "NOR", "TOTAL", 7), (2014, "NAM", "JPN", "TOTAL", 6)],
    ),
    "numbers, as BACI calls its columns": (
        "t,i,j,k,v,q\n2014,392,643,870323,5.5,1\n2014,842,251,10121,6,NA\n",
        [(2014, "JPN", "RUS", "870323", 5500), (2014, "USA", "FRA", "010121", 6000)],
    ),
    "a column for each year": (
        "exporter,importer,2013,2014\nJPN,RUS,,5\nRUS,JPN,7,6\n",
        [(2013, "RUS", "JPN", "TOTAL", 7), *JPN_RUS],
    ),
    "a column for each year, through R": ("reporter,partner,X2014\nJPN,RUS,5\nRUS,JPN,6\n", JPN_RUS),
    "millions in the header": (
        "Exporter;Importer;Year;Exports (US$ Mill.)\nJPN;RUS;2014;1.5\n",
        [(2014, "JPN", "RUS", "TOTAL", 1_500_000)],
    ),
    "a mark of order and tabs": (
        "\ufeffexporter\timporter\tyear\tvalue_usd\nJPN\tRUS\t2014\t5\nRUS\tJPN\t2014\t6\n",
        JPN_RUS,
    ),
    "Latin-1, in Spanish": (
        "país exportador,país importador,año,valor\nEspaña,México,2014,5\n".encode("latin-1"),
        [(2014, "ESP", "MEX", "TOTAL", 5)],
    ),
    "exports and imports side by side": (
        "country,partner,year,exports,imports\nJPN,RUS,2014,5,70\nRUS,JPN,2014,6,40\n",
        JPN_RUS,
    ),
    "exports and imports below each other": (
        "reporter,partner,year,flow,value\nJPN,RUS,2014,Exports,5\nJPN,RUS,2014,Imports,7\n"
        "RUS,JPN,2014,Exports,6\n",
        JPN_RUS,
    ),
    "WITS": (
        "Nomenclature,ReporterISO3,ProductCode,ReporterName,PartnerISO3,PartnerName,Year,TradeFlowName,"
        "TradeFlowCode,TradeValue in 1000 USD\nH2,JPN,870323,Japan,RUS,Russia,2014,Export,6,100.5\n"
        "H2,JPN,870323,Japan,RUS,Russia,2014,Import,5,9\nH2,JPN,870323,Japan,WLD,World,2014,Export,6,900\n",
        [(2014, "JPN", "RUS", "870323", 100_500)],
    ),
    "an atlas's": (
        "country_id,country_iso3_code,partner_id,partner_iso3_code,product_hs92_code,year,export_value\n"
        "1,JPN,2,RUS,870323,2014,5\n",
        [(2014, "JPN", "RUS", "870323", 5)],
    ),
}  # fmt: skip


FEW = ("a title and a blank line", "a column for each year", "Latin-1, in Spanish", "WITS")
"""Tables that are tried in the fast tests; all are in the slow ones."""


@pytest.mark.parametrize("form", [pytest.param(n, marks=() if n in FEW else pytest.mark.slow) for n in TAKEN])
def test_what_is_proposed_brings_the_table_in(tmp_path: Path, library: Library, form: str) -> None:
    text, wanted = TAKEN[form]
    path = table(tmp_path, text)
    file = tmp_path / "m.toml"
    file.write_text(mappings.written(*propose(path)), encoding="utf-8")
    made = brought(library, path, mapping=mappings.read(file), name="own@1")
    assert [row[:5] for row in rows(open_tables(library.path(made.held)))] == wanted
    assert made.report.rows("rejected") == 0


EDITED: dict[str, tuple[str, str, str]] = {
    "no year": ("exporter,importer,value\nJPN,RUS,5\n", "year", "write the one year of the table here"),
    "a line of units": (
        "Exporter,Importer,Year,Value\n(ISO3),(ISO3),,thousand USD\nJPN,RUS,2014,5\nRUS,JPN,2014,5\n",
        "value", "'thousand USD' among its first rows is no amount: take that line out",
    ),
    "a comma before three digits": (
        "exporter;importer;year;value\nJPN;RUS;2014;1,234\n", "decimal", "1,234 may be 1234 or a fraction",
    ),
    "a name that nobody has": (
        "exporter,importer,year,value\nJPN,Atlantis,2014,5\nJPN,RUS,2014,5\n", "importer",
        "nobody is called: Atlantis",
    ),
}  # fmt: skip


@pytest.mark.parametrize("form", EDITED)
def test_what_is_to_be_edited_is_said_at_its_entry(tmp_path: Path, form: str) -> None:
    text, entry, remark = EDITED[form]
    mapping, remarks = propose(table(tmp_path, text))
    assert remark in remarks[entry]
    if form == "a line of units":
        assert mapping.value_unit == "thousand USD"
    if form == "no year":
        (tmp_path / "m.toml").write_text(mappings.written(mapping, remarks), encoding="utf-8")
        with pytest.raises(BadInput, match="it says no year"):
            mappings.read(tmp_path / "m.toml")


@pytest.mark.parametrize(
    ("text", "why"),
    [
        ("DECLARANT,PARTNER,FLOW,PERIOD,VALUE_IN_EUROS\nDE,JP,2,2014,5000\n", "its amounts are in EUROS"),
        ("Exporter;Importer;Year;Value CHF\nCHE;DEU;2014;5\n", "its amounts are in CHF"),
        ("a,b,c\n1,2,3\n", "no column looks like the exporter"),
        ("exporter,importer,year,value\nJPN,RUS,2014,much\n", "no column looks like the value"),
    ],
)
def test_what_cannot_be_proposed_is_said_why(tmp_path: Path, text: str, why: str) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        propose(table(tmp_path, text))
    assert refused.value.remedy


@pytest.mark.parametrize(
    ("values", "delimiter", "signs"),
    [
        (["1,234", "2,5"], ";", (",", "")), (["1,234", "2.5"], ",", (".", ",")),
        (["1.234", "2,5"], ";", (",", ".")),
        (["1.234"], ",", (".", "")), (["12", "3.5"], ",", (".", "")), (["1,234"], ",", (".", ",")),
        (["1e5", "2.5E-3"], ",", (".", "")), (["12345678"], ",", (".", "")), (["0.001"], ",", (".", "")),
    ],
)  # fmt: skip
def test_signs_of_numbers(values: list[str], delimiter: str, signs: tuple[str, str]) -> None:
    assert guessing.numbers(values, delimiter)[:2] == signs
