"""The IMF's trade by partner: each form in which it comes, both sides, and the comparison of the two."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import producers
from tests.imports import brought, command, reasons, rows, table

from hikiwake.core.errors import BadInput
from hikiwake.measures.mirror import mirrored
from hikiwake.sources.imports.economies import meaning
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

SOLD = [
    (2013, "JPN", "RUS", "TOTAL", 11_100_500_000, None),
    (2013, "RUS", "JPN", "TOTAL", 19_700_000_000, None),
    (2014, "JPN", "RUS", "TOTAL", 9_200_000_000, None),
]
BOUGHT = [
    (2013, "JPN", "RUS", "TOTAL", 13_600_000_000, None),
    (2013, "RUS", "JPN", "TOTAL", 23_000_000_000, None),
]
SITE = (
    '"DATASET","SERIES_CODE","COUNTRY","INDICATOR","COUNTERPART_COUNTRY","FREQUENCY","SCALE",'
    '"2013","2013-Q1","2014"\n'
    '"IMTS","JPN.XG_FOB_USD.RUS.A","Japan","Exports of goods, Free on board (FOB), US dollar",'
    '"Russian Federation","Annual","Millions","11100.5","","9200"\n'
    '"IMTS","JPN.XG_FOB_USD.RUS.Q","Japan","Exports of goods, Free on board (FOB), US dollar",'
    '"Russian Federation","Quarterly","Millions","","2500",""\n'
    '"IMTS","RUS.XG_FOB_USD.JPN.A","Russian Federation","Exports of goods, Free on board (FOB), US dollar",'
    '"Japan","Annual","Millions","19700","",""\n'
    '"IMTS","JPN.MG_CIF_USD.RUS.A","Japan","Imports of goods, Cost insurance freight (CIF), US dollar",'
    '"Russian Federation","Annual","Millions","23000","",""\n'
    '"IMTS","RUS.MG_CIF_USD.JPN.A","Russian Federation",'
    '"Imports of goods, Cost insurance freight (CIF), US dollar","Japan","Annual","Millions","13600","",""\n'
)
# Numbers of the IMF's own (158 is Japan there, and Taiwan in ISO's), values in USD, lines of remarks.
BULK = (
    '"Country Name","Country Code","Indicator Name","Indicator Code","Counterpart Country Name",'
    '"Counterpart Country Code","Attribute","2013","2013Q1","2014",\n'
    '"Japan","158","EXPORTS","TXG_FOB_USD","Russian Federation",'
    '"922","Value","11100500000","2","9200000000",\n'
    '"Japan","158","EXPORTS","TXG_FOB_USD","Russian Federation",'
    '"922","Status","E","","",\n'
    '"Russian Federation","922","EXPORTS","TXG_FOB_USD","Japan",'
    '"158","Value","19700000000","","",\n'
    '"Japan","158","IMPORTS","TMG_CIF_USD",'
    '"Russian Federation","922","Value","23000000000","","",\n'
    '"Russian Federation","922","IMPORTS",'
    '"TMG_CIF_USD","Japan","158","Value","13600000000","","",\n'
    '"Japan","158","EXPORTS","TXG_FOB_USD","World","001",'
    '"Value","715000000000","","690000000000",\n'
)
PANEL = (
    '"Country Name","Country Code","Counterpart Country Name","Counterpart Country Code","Time Period",'
    '"Goods, Value of Exports, Free on board (FOB), US Dollars (TXG_FOB_USD)",'
    '"Goods, Value of Imports, Cost, Insurance, Freight (CIF), US Dollars (TMG_CIF_USD)"\n'
    '"Japan","158","Russian Federation","922","2013","11100500000","23000000000"\n'
    '"Japan","158","Russian Federation","922","2014","9200000000","0"\n'
    '"Russian Federation","922","Japan","158","2013","19700000000","13600000000"\n'
)
FORMS = {"sdmx": producers.SDMX, "site": SITE, "bulk": BULK, "panel": PANEL}


@pytest.mark.parametrize("form", FORMS)
def test_each_form_gives_both_sides(tmp_path: Path, library: Library, form: str) -> None:
    path = table(tmp_path, FORMS[form], "imts.csv")
    sold = brought(library, path)
    bought = brought(library, path, report="imports")
    assert (sold.held.name, bought.held.name) == ("imts", "imts-imports")
    exports, imports = (open_tables(library.path(made.held)) for made in (sold, bought))
    assert rows(exports) == SOLD
    assert rows(imports) == BOUGHT
    assert imports.dataset_of("baci_flows").unit == "current USD, cost, insurance and freight included"
    assert exports.dataset_of("baci_flows").scope == "goods"
    found = mirrored(exports, imports, "JPN", "RUS")
    assert [(one.exporter, one.year, one.exports, one.imports) for one in found] == [
        ("JPN", 2013, 11_100_500_000, 13_600_000_000),
        ("JPN", 2014, 9_200_000_000, None),
        ("RUS", 2013, 19_700_000_000, 23_000_000_000),
    ]
    assert found[2].gap == pytest.approx(0.1548, abs=1e-4)
    run = command(library, "data", "mirror", "imts", "imts-imports", "RUS", "JPN")
    assert (
        "2013  Japan to Russia: 11,100,500,000 exported, 13,600,000,000 imported (USD), ratio 1.225"
        in run.stdout
    )
    assert "2014  Japan to Russia: 9,200,000,000 exported, not reported as imported" in run.stdout


def test_codes_of_the_imf_are_not_taken_for_iso_s() -> None:
    assert meaning("158").economy == "TWN"  # so the older files are read by name
    for name, economy in (
        ("China, P.R.: Mainland", "CHN"), ("Iran, Islamic Rep. of", "IRN"), ("Bahamas, The", "BHS"),
        ("Congo, Rep. of", "COG"), ("Congo, Dem. Rep. of the", "COD"), ("Türkiye, Rep of", "TUR"),
        ("Taiwan Province of China", "TWN"), ("Aruba, Kingdom of the Netherlands", "ABW"),
        ("Korea, Dem. People's Rep. of", "PRK"), ("Emerging and Developing Asia", "total"),
        ("Africa not specified", "total"), ("Countries & Areas not specified", "total"),
    ):  # fmt: skip
        assert meaning(name).economy == economy


def test_what_is_unclear_is_refused(tmp_path: Path, library: Library) -> None:
    small = "COUNTRY,COUNTERPART_COUNTRY,INDICATOR,FREQUENCY,TIME_PERIOD,OBS_VALUE\n"
    small += "JPN,RUS,XG_FOB_USD,A,2013,11100\n"
    path = table(tmp_path, small, "a.csv")
    with pytest.raises(BadInput, match="nothing tells its unit"):
        brought(library, path)
    made = brought(library, path, unit="million USD")
    assert rows(open_tables(library.path(made.held)))[0][4] == 11_100_000_000
    with pytest.raises(BadInput, match="it holds no imports"):
        brought(library, path, report="imports")
    with pytest.raises(BadInput, match="months and quarters"):
        brought(library, table(tmp_path, PANEL.replace('"2014"', '"2014M1"'), "b.csv"))
    with pytest.raises(BadInput, match="states its unit as 6, 7"):
        brought(library, table(tmp_path, producers.SDMX.replace("9200,6", "9200000000,7"), "c.csv"))


def test_faults_of_a_wide_table_are_counted(tmp_path: Path, library: Library) -> None:
    text = BULK + '"Atlantis","999","Goods","TXG_FOB_USD","Japan","158","Value","5","","",\n'
    text += '"Japan","158","Goods","TXG_FOB_USD","China, P.R.: Mainland","924","Value","many","","-5",\n'
    text += '"Japan","158"\n'
    made = brought(library, table(tmp_path, text, "imts.csv"), allow_rejects=True)
    counted = reasons(made.report)
    for reason in ("unknown_exporter", "not_a_number", "negative", "malformed"):
        assert counted[reason] == 1
    assert counted["aggregate"] == 2


EXPORTS = "Exports of goods, Free on board (FOB), US dollar"
PORTAL = (
    "DATASET,SERIES_CODE,OBS_MEASURE,COUNTRY{0},INDICATOR{0},COUNTERPART_COUNTRY{0},FREQUENCY{0},SCALE{0}"
)


@pytest.mark.parametrize("form", ["names, wide", "codes, wide", "codes and names, long"])
def test_the_forms_of_the_imf_s_data_portal(tmp_path: Path, library: Library, form: str) -> None:
    """A line for each series or each observation; codes, names, or both; quarters and months beside years."""
    if form == "names, wide":
        text = PORTAL.format("") + ",2013,2014,2014-Q1,2014-M01\n" + "".join(
            f'"IMF.STA:IMTS(1.0.0)","s","OBS_VALUE","{a}","{EXPORTS}","{b}","{how}","Millions",{values}\n'
            for a, b, how, values in (
                ("Japan", "China, People's Republic of", "Annual", '"2.5","3","",""'),
                ("Japan", "World", "Annual", '"90","91","",""'),
                ("Japan", "China, People's Republic of", "Quarterly", '"","","1",""'),
                ("Japan", "China, People's Republic of", "Monthly", '"","","","0.5"'),
            )
        )  # fmt: skip
        left = 2
    elif form == "codes, wide":
        text = PORTAL.format(".ID") + ",2013,2014\nx,s,v,JPN,XG_FOB_USD,CHN,A,6,2.5,3\n"
        text += "x,s,v,JPN,XG_FOB_USD,GX001,A,6,90,91\nx,s,v,JPN,TBG_USD,CHN,A,0,1,1\n"
        left = 4
    else:
        head = [f"{name}.ID,{name}" for name in ("COUNTRY", "INDICATOR", "COUNTERPART_COUNTRY", "FREQUENCY")]
        text = ",".join([*head, "TIME_PERIOD,OBS_VALUE,SCALE.ID,SCALE\n"])
        start = f'JPN,Japan,XG_FOB_USD,"{EXPORTS}",CHN,"China, People\'s Republic of"'
        text += f"{start},A,Annual,2013,2.5,6,Millions\n{start},A,Annual,2014,3,6,Millions\n"
        text += f"{start},A,Annual,2015,,6,Millions\n{start},A,Annual,,,6,Millions\n"
        text += f"{start},M,Monthly,2014-M01,0.5,6,Millions\n"
        left = 3
    path = table(tmp_path, text.encode("utf-8-sig"), "dataset_2026-04-24_IMF.STA_IMTS_1.0.0.csv")
    made = brought(library, path)
    assert rows(open_tables(library.path(made.held))) == [
        (2013, "JPN", "CHN", "TOTAL", 2_500_000, None),
        (2014, "JPN", "CHN", "TOTAL", 3_000_000, None),
    ]
    assert made.report.rows("left out") == left
    assert made.report.rows("rejected") == 0


def mixed(form: str) -> str:
    """Return a table of the IMF's in which some rows are in millions, others in thousands or in dollars."""
    if form == "wide":
        text = SITE.replace('"Millions","19700"', '"Thousands","19700000"')
        return text.replace('"Millions","13600"', '"Units","1.36e10"')
    scale, millions, thousands = (
        ("UNIT_MULT", "6", "3") if form == "long" else ("SCALE", "Millions", "Thousands")
    )
    head = f"COUNTRY,INDICATOR,COUNTERPART_COUNTRY,FREQUENCY,TIME_PERIOD,OBS_VALUE,{scale}\n"
    units = "0" if form == "long" else "Units"
    return head + (
        f"JPN,XG_FOB_USD,RUS,A,2013,11100.5,{millions}\nJPN,XG_FOB_USD,RUS,A,2014,9200000,{thousands}\n"
        f"RUS,XG_FOB_USD,JPN,A,2013,19700000000,{units}\nRUS,XG_FOB_USD,JPN,A,2014,,{units}\n"
        f"JPN,MG_CIF_USD,RUS,A,2013,23000,{millions}\nRUS,MG_CIF_USD,JPN,A,2013,13600000,{thousands}\n"
    )


@pytest.mark.parametrize("form", ["wide", "long", "words"])
def test_each_row_is_read_in_its_own_scale(tmp_path: Path, library: Library, form: str) -> None:
    path = table(tmp_path, mixed(form), "imts.csv")
    made = brought(library, path)
    assert rows(open_tables(library.path(made.held))) == SOLD
    assert made.report.rows("rejected") == 0
    back = brought(library, path, report="imports")
    assert rows(open_tables(library.path(back.held))) == BOUGHT


def test_amounts_with_scales_are_rejected_at_their_lines(tmp_path: Path, library: Library) -> None:
    path = table(
        tmp_path, mixed("long").replace("9200000,", '"9,200,000",') + "\nJPN,XG_FOB_USD,Q,A,2013,1,3\n"
    )
    made = brought(library, path, allow_rejects=True)
    told = [(one.line, one.reason, one.text) for one in made.report.parts[0].bad]
    assert told == [(3, "not_a_number", "9,200,000 (scale 3)"), (9, "unknown_importer", "Q")]


@pytest.mark.parametrize("scale", ["", "9"])
def test_a_row_without_a_scale_that_is_known_is_no_guess(
    tmp_path: Path, library: Library, scale: str
) -> None:
    text = mixed("long").replace("11100.5,6", f"11100.5,{scale}")
    with pytest.raises(BadInput, match="it states its unit as") as refused:
        brought(library, table(tmp_path, text))
    assert "Each row must say its scale" in refused.value.remedy
