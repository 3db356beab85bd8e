"""Odd but real tables: the flows that were meant, or one error or remark, and no other numbers."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.imports import brought, reasons, rows, table

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import mapping as mappings
from hikiwake.sources.imports.economies import meaning
from hikiwake.sources.imports.proposing import propose
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

HEAD = "exporter,importer,year,value\n"
GOODS = "exporter,importer,year,hs6,value_usd,"
Wanted = list[tuple[object, ...]]
BOTH: Wanted = [(2014, "JPN", "RUS", "TOTAL", 5, None), (2014, "RUS", "JPN", "TOTAL", 6, None)]
ONE: Wanted = [BOTH[0]]
CAR: tuple[object, ...] = (2014, "JPN", "RUS", "870323", 5)
TAKEN: dict[str, tuple[str | bytes, Wanted, dict[str, int]]] = {
    "Excel's Unicode text": (
        "Exporter\tImporter\tYear\tValue\r\nJPN\tRUS\t2014\t5\r\nRUS\tJPN\t2014\t6\r\n".encode("utf-16"),
        BOTH,
        {},
    ),
    "German, semicolons, a mark of order, names in full": (
        "\ufeffExportland;Importland;Jahr;Wert (Tsd. USD)\nDeutschland;Russische Föderation;2014;1.234,5\n"
        "Japan;Deutschland;2014;12.345,0\n",
        [(2014, "DEU", "RUS", "TOTAL", 1_234_500, None), (2014, "JPN", "DEU", "TOTAL", 12_345_000, None)],
        {},
    ),
    "Spanish, names in full": (
        "país exportador;país importador;año;valor FOB (USD)\n"
        "Federación de Rusia;Estados Unidos de América;2014;5\n"
        "Irán (República Islámica del);Países Bajos;2014;6\n",
        [(2014, "IRN", "NLD", "TOTAL", 6, None), (2014, "RUS", "USA", "TOTAL", 5, None)],
        {},
    ),
    "Russian": (
        "Экспортер;Импортер;Год;Стоимость, тыс. долл.\nЯпония;Россия;2014;5,5\n",
        [(2014, "JPN", "RUS", "TOTAL", 5500, None)],
        {},
    ),
    "Chinese": ("出口国,进口国,年份,金额\n日本,俄罗斯,2014,5\n", ONE, {}),
    "rows of totals, one without its year": (
        HEAD + "JPN,RUS,2014,5\nRUS,JPN,2014,6\nJPN,World,2014,5\nGrand total,,,11\nInsgesamt,,,11\n",
        BOTH,
        {"aggregate": 3},
    ),
    "groups as partners": (
        HEAD
        + "JPN,RUS,2014,5\n"
        + "".join(
            f"JPN,{name},2014,9\n"
            for name in ("EU28", "EU-27", "Extra-EU", "OECD", "Other", "ASEAN", "G20", "Welt")
        ),
        ONE,
        {"aggregate": 8},
    ),
    "a source below": (HEAD + "JPN,RUS,2014,5\nSource: the ministry,,,\n,,,\n", ONE, {"remark": 2}),
    "marks of footnotes": (
        HEAD + 'JPN,RUS,2014,"1,234 p"\nRUS,JPN,2014,"5,600*"\nDEU,JPN,2014,"7,100.5¹"\n',
        [
            (2014, "DEU", "JPN", "TOTAL", 7101, None),
            (2014, "JPN", "RUS", "TOTAL", 1234, None),
            (2014, "RUS", "JPN", "TOTAL", 5600, None),
        ],
        {},
    ),
    "signs of dollars": (
        HEAD + 'JPN,RUS,2014,"$1,234.00"\nRUS,JPN,2014,US$6\n',
        [(2014, "JPN", "RUS", "TOTAL", 1234, None), (2014, "RUS", "JPN", "TOTAL", 6, None)],
        {},
    ),
    "confidential and unknown cells": (
        HEAD + "JPN,RUS,2014,5\nRUS,JPN,2014,c\nDEU,JPN,2014,:\nDEU,RUS,2014,n.a.\nFRA,JPN,2014,…\n",
        ONE,
        {"blank": 4},
    ),
    "flows in Spanish": (
        "reporter;partner;año;flujo;valor\nJPN;RUS;2014;Exportación;5\nJPN;RUS;2014;Importación;7\n",
        ONE,
        {"other_rows": 1},
    ),
    "flows in German": (
        "Land;Partnerland;Jahr;Richtung;Wert USD\n"
        "Japan;Russland;2014;Ausfuhr;5\nJapan;Russland;2014;Einfuhr;7\n",
        ONE,
        {"other_rows": 1},
    ),
    "flows by number": (
        "declarant,partner,flow,period,value_usd\nJPN,RUS,1,2014,7\nJPN,RUS,2,2014,5\n",
        ONE,
        {"other_rows": 1},
    ),
    "imports alone": ("reporter,partner,year,flow,value\nRUS,JPN,2014,Import,5\n", ONE, {}),
    "exports, of them from home and through": (
        "reporter,partner,year,trade flow,value\nJPN,RUS,2014,Total Exports,5\n"
        "JPN,RUS,2014,Domestic Exports,3\n"
        "JPN,RUS,2014,Re-exports,2\n",
        ONE,
        {"other_rows": 2},
    ),
    "modes of transport with their total": (
        "exporter,importer,year,transport,value\nJPN,RUS,2014,Total,5\n"
        "JPN,RUS,2014,Sea,4\nJPN,RUS,2014,Air,1\n",
        ONE,
        {"other_rows": 2},
    ),
    "dollars and euros below each other": (
        "exporter,importer,year,unit,value\nJPN,RUS,2014,USD,5\nJPN,RUS,2014,EUR,4\n",
        ONE,
        {"other_rows": 1},
    ),
    "dollars and euros beside each other": (
        "exporter,importer,year,value_eur,value_usd\nJPN,RUS,2014,4,5\n",
        ONE,
        {},
    ),
    "growth before the value": ("exporter,importer,year,value growth,value\nJPN,RUS,2014,9,5\n", ONE, {}),
    "the unit in a column": (
        "exporter,importer,year,value,unit\nJPN,RUS,2014,5,USD million\n",
        [(*ONE[0][:4], 5_000_000, None)],
        {},
    ),
    "the scale in a column": (
        "exporter,importer,year,value,scale\nJPN,RUS,2014,5,Millions\n",
        [(*ONE[0][:4], 5_000_000, None)],
        {},
    ),
    "the unit in a title": (
        "Trade, in thousand US dollars\n\nexporter,importer,year,value\nJPN,RUS,2014,5\nRUS,JPN,2014,6\n",
        [(*row[:4], int(str(row[4])) * 1000, None) for row in BOTH],
        {},
    ),
    "a unit among words, in English": (
        "Reporter,Partner,Indicator,2014\nJPN,RUS,Trade (US$ Mil)-All,5\n",
        [(*ONE[0][:4], 5_000_000, None)],
        {},
    ),
    "a unit among words, in Portuguese": (
        "País exportador;País importador;Ano;Valor FOB (US$ mil)\nJPN;RUS;2014;5\n",
        [(*ONE[0][:4], 5_000, None)],
        {},
    ),
    "values called flows": ("origin,destination,year,flow\nJPN,RUS,2014,5\nRUS,JPN,2014,6\n", BOTH, {}),
    "with carriage beside without": (
        "exporter,importer,year,value_cif,value_fob\nJPN,RUS,2014,6,5\n",
        ONE,
        {},
    ),
    "codes with apostrophes": (GOODS + "x\nJPN,RUS,2014,'870323,5,\n", [CAR], {}),
    "unit values and other amounts beside": (
        'exporter,importer,year,value,unit value,tax\nJPN,RUS,2014,5,1000,"$1,000"\n',
        ONE,
        {},
    ),
    "the power of ten in a column": (
        "exporter,importer,year,value,unit_mult\nJPN,RUS,2014,5,6\n",
        [(*ONE[0][:4], 5_000_000, None)],
        {},
    ),
    "a rate of tariff": ("exporter,importer,year,tariff,value\nJPN,RUS,2014,3.5,5\n", ONE, {}),
    "points between thousands, as the quantity tells": (
        "exporter;importer;year;hs6;value;kg\nJPN;RUS;2014;870323;1.234;2,5\n",
        [(*CAR[:4], 1234, 3)],
        {},
    ),
    "US$m": ("exporter,importer,year,US$m\nJPN,RUS,2014,1.5\n", [(*ONE[0][:4], 1_500_000, None)], {}),
    "tonnes": (GOODS + "quantity_tonnes\nJPN,RUS,2014,870323,5,2.5\n", [(*CAR, 2500)], {}),
    "weight (t)": (GOODS + "Net weight (t)\nJPN,RUS,2014,870323,5,2.5\n", [(*CAR, 2500)], {}),
    "1000 kg": (GOODS + "quantity (1000 kg)\nJPN,RUS,2014,870323,5,2.5\n", [(*CAR, 2500)], {}),
    "thousand tonnes": (GOODS + "quantity (1000 t)\nJPN,RUS,2014,870323,5,2.5\n", [(*CAR, None)], {}),
    "pieces": (GOODS + "quantity (number)\nJPN,RUS,2014,870323,5,2\n", [(*CAR, None)], {}),
    "kilograms": (GOODS + "net_weight_kg\nJPN,RUS,2014,870323,5,2\n", [(*CAR, 2)], {}),
    "quantities in several units": (
        GOODS + "qty,qty unit\nJPN,RUS,2014,870323,5,2,u\nJPN,RUS,2013,870323,5,2,kg\n",
        [(2013, *CAR[1:], None), (*CAR, None)],
        {},
    ),
    "codes with points": (
        GOODS + "x\nJPN,RUS,2014,87.03.23,5,\nRUS,JPN,2014,2709.00,6,\n"
        "RUS,JPN,2014,8703.2,7,\nRUS,JPN,2014,10121.0,8,\n",
        [
            CAR,
            (2014, "RUS", "JPN", "010121", 8),
            (2014, "RUS", "JPN", "270900", 6),
            (2014, "RUS", "JPN", "870320", 7),
        ],
        {},
    ),
    "levels mixed": (
        GOODS + "x\nJPN,RUS,2014,TOTAL,5,\nJPN,RUS,2014,87,5,\nJPN,RUS,2014,8703,5,\n"
        "JPN,RUS,2014,870323,5,\n",
        [CAR],
        {"unknown_product": 3},
    ),
    "years as days": (
        "exporter,importer,date,value\nJPN,RUS,2014-01-01,5\nRUS,JPN,31.12.2014,6\n",
        BOTH,
        {},
    ),
    "names beside codes": (
        HEAD + "392 Japan,Russian Federation (RUS),2014,5\nRussia [RU],JP - Japan,2014,6\n",
        BOTH,
        {},
    ),
    "a column for each year, as Stata's users call them": (
        "exporter,importer,y2013,y2014\nJPN,RUS,,5\nRUS,JPN,,6\n",
        BOTH,
        {},
    ),
    "a column for each year and the total": ("Exporter;Importer;2013;2014;Total\nJPN;RUS;;5;5\n", ONE, {}),
    "below zero, in two ways": (
        HEAD + "JPN,RUS,2014,5\nJPN,RUS,2013,-5\nJPN,RUS,2012,(6)\n",
        ONE,
        {"negative": 1, "not_a_number": 1},
    ),
    "the same row again": (HEAD + "JPN,RUS,2014,5\nJPN,RUS,2014,5\n", ONE, {"repeated": 1}),
}
FEW = (
    "Russian",
    "rows of totals, one without its year",
    "tonnes",
    "codes with points",
    "marks of footnotes",
    "dollars and euros below each other",
    "a source below",
    "flows by number",
)
"""Tables that are tried in the fast tests; all are in the slow ones."""


@pytest.mark.parametrize("form", [pytest.param(n, marks=() if n in FEW else pytest.mark.slow) for n in TAKEN])
def test_the_flows_that_were_meant(tmp_path: Path, library: Library, form: str) -> None:
    text, wanted, fates = TAKEN[form]
    path, file = table(tmp_path, text), tmp_path / "m.toml"
    file.write_text(mappings.written(*propose(path)), encoding="utf-8")
    made = brought(library, path, mapping=mappings.read(file), name="own@1", allow_rejects=True)
    found = rows(open_tables(library.path(made.held)))
    assert [row[: len(wanted[0])] for row in found] == wanted
    assert {reason: n for reason, n in reasons(made.report).items() if reason != "accepted"} == fates


REFUSED: dict[str, tuple[str, str]] = {
    "euros in a column": (
        "exporter,importer,year,value,currency\nJPN,RUS,2014,5,EUR\n",
        "'currency': .*in EUR",
    ),
    "euros in a title": ("Handel in Mio. EUR\n\nexporter,importer,year,value\nJPN,RUS,2014,5\n", "in EUR"),
    "a sign of euros": ("exporter,importer,year,value (€)\nJPN,RUS,2014,5\n", "in €"),
    "units of several sizes": (
        "exporter,importer,year,value,unit\nJPN,RUS,2014,5,USD million\nJPN,RUS,2013,5,USD\n",
        "several units",
    ),
    "weights in the column of values": (
        "exporter,importer,year,value,unit\nJPN,RUS,2014,5,tonnes\n",
        "in tonnes",
    ),
    "shares": ("exporter,importer,year,value,unit\nJPN,RUS,2014,5,Percent of GDP\n", "in Percent of GDP"),
    "barrels": ("exporter,importer,year,trade (1000 barrels)\nJPN,RUS,2014,5\n", "no US dollars of the year"),
    "constant prices": ("exporter,importer,year,value (constant USD)\nJPN,RUS,2014,5\n", "no US dollars of"),
    "balances": ("exporter,importer,year,trade balance\nJPN,RUS,2014,5\n", "no column looks like the value"),
    "billions": ("exporter,importer,year,value (bn USD)\nJPN,RUS,2014,1.5\n", "in billions"),
    "thousands of millions": (
        "exportador,importador,año,valor (miles de millones USD)\nJPN,RUS,2014,1\n",
        "in billions",
    ),
    "years of two years": (HEAD + "JPN,RUS,2018/19,5\n", "column 'year': '2018/19' is no calendar year"),
    "fiscal years": (HEAD + "JPN,RUS,FY2019,5\n", "'FY2019' is no calendar year"),
    "months": ("exporter,importer,period,value\nJPN,RUS,2014-02,5\n", "'2014-02' is no calendar year"),
    "months as numbers": (
        "exporter,importer,period,value\nJPN,RUS,201402,5\n",
        "'201402' is no calendar year",
    ),
    "days": ("exporter,importer,date,value\nJPN,RUS,2014-02-28,5\n", "'2014-02-28' is no calendar year"),
    "months beside years": (
        "exporter,importer,year,month,value\nJPN,RUS,2014,1,5\nJPN,RUS,2014,2,5\n",
        "'month': it holds months",
    ),
    "ten digits": (GOODS.replace("hs6", "hts") + "x\nJPN,RUS,2014,8703230010,5,\n", "of a national list"),
    "eight digits": (GOODS.replace("hs6", "hs8") + "x\nJPN,RUS,2014,87032310,5,\n", "of a national list"),
    "headings": (GOODS.replace("hs6", "hs4") + "x\nJPN,RUS,2014,8703,5,\n", "of chapters or headings"),
    "SITC": (GOODS.replace("hs6", "sitc") + "x\nJPN,RUS,2014,78120,5,\n", "of another list"),
    "names of products": (
        GOODS.replace("hs6", "product") + "x\nJPN,RUS,2014,Cars,5,\nJPN,RUS,2014,Oil,6,\n",
        "no codes of six digits",
    ),
    "no exporter, and imports": (
        "Partner,Year,Exports,Imports\nRussia,2014,5,8\n",
        "no column looks like the exporter",
    ),
    "values of several years": (
        "exporter,importer,value 2013,value 2014\nJPN,RUS,5,6\n",
        "each year seems to have",
    ),
}


@pytest.mark.parametrize("form", REFUSED)
def test_what_cannot_be_told_is_refused_with_its_place(tmp_path: Path, form: str) -> None:
    text, why = REFUSED[form]
    with pytest.raises(BadInput, match=why) as refused:
        propose(table(tmp_path, text))
    assert "t.csv" in refused.value.where
    assert refused.value.remedy


REMARKED: dict[str, tuple[str, str, str]] = {
    "parts without their total": (
        "exporter,importer,year,transport,value\nJPN,RUS,2014,Sea,500\nJPN,RUS,2014,Air,40\n",
        "value",
        "differ by 'transport' (Sea, Air)",
    ),
    "levels mixed": (
        GOODS + "x\nJPN,RUS,2014,87,5,\nJPN,RUS,2014,870323,5,\n",
        "product",
        "other levels repeat those of six digits",
    ),
    "pieces": (GOODS + "quantity (number)\nJPN,RUS,2014,870323,5,2\n", "quantity", "neither in kg nor in t"),
    "a quantity of what": (
        GOODS + "quantity\nJPN,RUS,2014,870323,5,2\n",
        "quantity_unit",
        "kg or t; look it up",
    ),
    "no year, and a revision by its year": (
        "exporter,importer,HS2012 code,HS2012 text,value\nJPN,RUS,870323,Cars of 2012,5\n",
        "year",
        "write the one year of the table here",
    ),
    "one product": (
        "exporter,importer,year,product,value\nJPN,RUS,2014,Tea,5\n",
        "scope",
        "what the flows are of",
    ),
}


@pytest.mark.parametrize("form", REMARKED)
def test_what_remains_to_be_told_is_remarked_at_its_entry(tmp_path: Path, form: str) -> None:
    text, entry, remark = REMARKED[form]
    mapping, remarks = propose(table(tmp_path, text))
    assert remark in remarks[entry]
    if form == "one product":
        assert (mapping.product, mapping.scope) == ("", "Tea")


def test_why_no_row_can_be_taken_is_told(tmp_path: Path, library: Library) -> None:
    path = table(tmp_path, "exporter,importer,year,mode,value\nJPN,RUS,2014,Sea,5\nJPN,RUS,2014,Air,4\n")
    with pytest.raises(BadInput, match="2 rows: another row has the same key and another amount"):
        brought(library, path, mapping=propose(path)[0], allow_rejects=True)


@pytest.mark.parametrize(
    ("name", "economy"),
    [
        ("République de Corée", "KOR"),
        ("Corea, República Popular Democrática de", "PRK"),
        ("Kongo, Dem. Republik", "COD"),
        ("República del Congo", "COG"),
        ("Congo (RDC)", "COD"),
        ("Yemen, República del", ""),
        ("Germany [JP]", ""),
        ("Holland", "NLD"),
        ("399 Japão", "JPN"),
        ("Total general", "total"),
        ("European Union", "total"),
    ],
)
def test_names_in_full_and_beside_codes(name: str, economy: str) -> None:
    assert meaning(name).economy == economy
