"""Products of another revision, and groups of products, by files of the United Nations and WITS."""

from __future__ import annotations

import json
import re
import zipfile
from pathlib import Path

import pytest
from tests import releases
from tests.imports import PLAIN, PLAIN_TEXT, brought, command, quiet, rows, table

from hikiwake.core.errors import BadInput, BadUsage
from hikiwake.core.products import partition
from hikiwake.sources.imports.concordance import read
from hikiwake.sources.imports.converting import Request, convert
from hikiwake.sources.imports.grouping import read as groups
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

# As WITS publishes them: 870323 and 870333 become one product, 440320 may be two, 010110 is lost.
WITS = (
    "HS 2017 Product Code,HS 2017 Product Description,HS 1988/92 Product Code,"
    "HS 1988/92 Product Description\n"
    '270900,"Oils, crude",270900,"Petroleum oils, crude"\n'
    "271111,LNG,271111,LNG\n870323,Cars,870323,Cars\n870899,Parts,870323,Cars\n"
    "440320,Wood,440320,Wood\n440320,Wood,440399,Other wood\n"
)
UNITED_NATIONS = (
    "From HS 2017;To HS 1992\n2709.00;2709.00\n2711.11;2711.11\nex 4403.20;4403.20\n10110;010110\n"
)
OTHER_WAY = "HS92,HS17\n270900,270900\n440320,440320\n440320,440321\n"
ROWS: dict[int, list[releases.Row]] = {
    2014: [
        (2014, 643, 392, "270900", "10000000.000", "13500000.000"),
        (2014, 643, 392, "440320", "10.000", "1900.000"),
        (2014, 392, 643, "870323", "6000000.000", "50.000"),
        (2014, 392, 643, "870899", "1500000.500", "90000.000"),
        (2014, 842, 392, "870323", "900000.000", "40000.000"),
        (2014, 842, 392, "010110", "5.000", "1.000"),
        (2014, 251, 643, "870899", "7.000", ""),
    ],
}


def packed(path: Path, text: str) -> Path:
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("JobID-34_Concordance_H5_to_H0.CSV", text)
    return path


def test_forms_of_concordances(tmp_path: Path) -> None:
    found = read(packed(tmp_path / "c.zip", WITS), "HS17", "HS92")
    assert found.certain == {"270900": "270900", "271111": "271111", "870323": "870323", "870899": "870323"}
    assert found.ambiguous == ["440320"]
    assert found.names["270900"] == "Petroleum oils, crude"
    found = read(table(tmp_path, UNITED_NATIONS, "u.csv"), "HS17", "HS92")
    assert found.targets["440320"] == {"440320"}
    assert (found.certain["010110"], found.partial) == ("010110", 1)
    found = read(table(tmp_path, OTHER_WAY, "o.csv"), "HS17", "HS92")
    assert found.certain == {"270900": "270900", "440320": "440320", "440321": "440320"}
    with pytest.raises(BadInput, match="HS07 to HS92 is wanted"):
        read(tmp_path / "o.csv", "HS07", "HS92")
    with pytest.raises(BadInput, match="no line of it has two codes"):
        read(table(tmp_path, "HS92,HS17\na,b\n", "n.csv"), "HS17", "HS92")


CODES = ("010110", "270900", "271111", "440320", "870323", "870899")
SPELLED: dict[str, str] = {
    "below a title": "Correlation between HS 2017 and HS 1992,,\n,,\nHS 2017,HS 1992,Relationship\n{rows}",
    "without leading zeros": "HS 2017,HS 1992,Relationship\n{numbers}",
    "from and to": "From HS 2017;To HS 1992\n{semicolons}",
    "with points and apostrophes": "HS-2017,HS-1992\n{points}",
}


@pytest.mark.parametrize(
    "form", [pytest.param(n, marks=() if n == "below a title" else pytest.mark.slow) for n in SPELLED]
)
def test_concordances_without_names_as_they_are_saved(tmp_path: Path, library: Library, form: str) -> None:
    """Years that hold different products are converted alike, though nothing lists the products."""
    text = SPELLED[form].format(
        rows="".join(f"{code},{code},1 to 1\n" for code in CODES),
        numbers="".join(f"{int(code)},{int(code)},1 to 1\n" for code in CODES),
        semicolons="".join(f"{code};{code}\n" for code in CODES),
        points="".join(f"'{code[:4]}.{code[4:]},ex{code[:4]}.{code[4:]}\n" for code in CODES),
    )
    brought(library, releases.release(tmp_path / "a.zip", revision="17"))
    path = table(tmp_path, text, "c.csv")
    asked = Request(reference="baci-hs17", concordance=path, target="HS92", allow_rejects=True)
    made, found = convert(asked, library, quiet)
    assert (found.rows, found.refused) == (16, 0)
    before = rows(open_tables(library.path(library.find("baci-hs17"))))
    assert rows(open_tables(library.path(made.held))) == before


def test_a_workbook_is_told_as_such(tmp_path: Path) -> None:
    path = table(tmp_path, b"PK\x03\x04", "HS2017toHS1992ConversionAndCorrelationTables.xlsx")
    with pytest.raises(BadInput, match="files of Excel are not read"):
        read(path, "HS17", "HS92")


def test_a_vintage_in_another_revision(tmp_path: Path, library: Library) -> None:
    brought(library, releases.release(tmp_path / "BACI_HS17_V202601.zip", ROWS, revision="17"))
    file = packed(tmp_path / "Concordance_H5_to_H0.zip", WITS)
    asked = Request(reference="baci-hs17", concordance=file, target="HS92")
    with pytest.raises(BadInput, match="may be several products"):
        convert(asked, library, quiet)
    made, found = convert(
        Request(reference="baci-hs17", concordance=file, target="HS92", allow_rejects=True), library, quiet
    )
    assert made.held.reference == "baci-hs17-as-hs92@202601"
    assert (found.rows, found.unknown_rows, found.ambiguous_rows) == (5, 1, 1)
    assert (found.unknown_usd, found.ambiguous_usd) == (5_000, 10_000)
    assert found.usd == 10_000_000_000 + 6_000_000_000 + 1_500_000_500 + 900_000_000 + 7_000
    tables = open_tables(library.path(made.held))
    assert rows(tables) == [
        (2014, "FRA", "RUS", "870323", 7_000, None),
        (2014, "JPN", "RUS", "870323", 7_500_000_500, 90_050_000),
        (2014, "RUS", "JPN", "270900", 10_000_000_000, 13_500_000_000),
        (2014, "USA", "JPN", "870323", 900_000_000, 40_000_000),
    ]
    dataset = tables.dataset_of("baci_flows")
    assert dataset.scope == "all products"
    assert (
        "converted from HS17 to HS92 with Concordance_H5_to_H0.zip, 100.00% of the value" in dataset.citation
    )
    assert "HS92" in dataset.coverage
    again, _ = convert(
        Request(reference="baci-hs17", concordance=file, target="HS92", allow_rejects=True), library, quiet
    )
    assert again.known


def test_what_cannot_be_converted_is_told(tmp_path: Path, library: Library) -> None:
    brought(library, releases.release(tmp_path / "a.zip", ROWS))
    file = packed(tmp_path / "c.zip", WITS)
    with pytest.raises(BadUsage, match="its products are of HS92"):
        convert(Request(reference="baci-hs92", concordance=file, target="HS92"), library, quiet)
    run = command(library, "data", "convert", "baci-hs92", "--with", str(file), "--to", "HS02")
    assert run.returncode == 3
    assert "HS92 to HS02 is wanted" in run.stderr
    run = command(
        library, "data", "convert", "baci-hs92", "--with", str(file), "--to", "HS17", "--allow-rejects"
    )
    assert run.returncode == 0, run.stderr
    assert "added: baci-hs92-as-hs17@202601" in run.stdout
    again = ("--to", "HS17", "--allow-rejects", "--json")
    told = json.loads(command(library, "data", "convert", "baci-hs92", "--with", str(file), *again).stdout)
    assert told["vintage"] == "baci-hs92-as-hs17@202601"
    before = command(
        library, "--data", "baci-hs92", "data", "rows", "baci_flows", "--json", "--limit", "1000"
    )
    whole = sum(row["value"] for row in json.loads(before.stdout))
    assert told["usd"] + told["unknown_usd"] + told["ambiguous_usd"] == whole > told["usd"] > 0


SITC = (
    "HS 1988/92 Product Code,HS 1988/92 Product Description,SITC Revision 3 Product Code,"
    "SITC Revision 3 Product Description\n"
    "270900,Crude,33300,Crude\n440320,Wood,24740,Wood\n870323,Cars,78120,Cars\n870899,Parts,78439,Parts\n"
)


def test_groups_of_products(tmp_path: Path, library: Library) -> None:
    brought(library, releases.release(tmp_path / "BACI_HS92_V202601.zip"))
    file = table(tmp_path, SITC, "Concordance_H0_to_S3.csv")
    run = command(library, "--data", "baci-hs92", "ties", "JPN", "RUS", "--year", "2014", "--by", str(file))
    assert run.returncode == 0, run.stderr
    assert "Japan → Russia: machinery and transport equipment (SITC 7)" in run.stdout
    run = command(
        library, "--data", "baci-hs92", "ties", "RUS", "JPN", "--year", "2014", "--by", "hs_sections", "--csv"
    )
    lines = [line for line in run.stdout.splitlines() if "fuels" in line]
    assert lines
    later = table(tmp_path, SITC.replace("1988/92", "2017"), "Concordance_H5_to_S3.csv")
    run = command(library, "--data", "baci-hs92", "ties", "JPN", "RUS", "--year", "2014", "--by", str(later))
    assert run.returncode == 3
    assert "the data are by products of HS92, whose codes mean other goods" in run.stderr
    own = table(tmp_path, '[groups.cars]\nname = "cars"\nprefixes = ["8703"]\n', "own.toml")
    run = command(library, "--data", "baci-hs92", "ties", "JPN", "RUS", "--year", "2014", "--by", str(own))
    assert "Japan → Russia: cars" in run.stdout
    assert "Japan → Russia: other" in run.stdout
    brought(library, table(tmp_path, PLAIN_TEXT), mapping=PLAIN, name="own@1")
    run = command(library, "--data", "own", "ties", "JPN", "RUS", "--by", "hs_sections")
    assert run.returncode == 3
    assert "these data give no products" in run.stderr


# Annex II of Regulation (EU) 2024/1252, in its order, but for what shares every code with other goods.
CRITICAL = (
    "antimony arsenic aluminium baryte beryllium bismuth boron cobalt copper feldspar fluorspar germanium"
    " hafnium rare_earths lithium magnesium manganese graphite nickel niobium phosphate_rock phosphorus"
    " platinum silicon strontium titanium tungsten"
).split()


@pytest.mark.parametrize(
    ("code", "carrier"),
    [
        ("270112", "coal"),
        ("270400", "coal"),
        ("270600", "other_fuels"),
        ("270900", "oil"),
        ("271011", "oil_products"),
        ("271111", "lng"),
        ("271112", "other_gases"),
        ("271121", "pipeline_gas"),
        ("271500", "other_fuels"),
        ("271600", "electricity"),
        ("284410", "uranium"),
        ("870323", "other"),
    ],
)
def test_carriers_of_energy_go_by_the_longest_code(code: str, carrier: str) -> None:
    assert partition("energy").groups_of((code,)) == {code: carrier}


def test_critical_raw_materials_go_by_codes_of_their_own() -> None:
    groups_of = partition("critical_raw_materials")
    assert list(groups_of.groups) == [*CRITICAL, "other"]
    assert "2024/1252" in groups_of.source
    meant = {
        "811292": "other",  # gallium beside six other metals
        "280429": "other",  # helium beside neon, krypton, xenon
        "270112": "other",  # coking coal beside all other bituminous coal
        "282560": "other",  # germanium oxides beside zirconium dioxide
        "811219": "beryllium",
        "811231": "hafnium",
        "811230": "germanium",
        "280530": "rare_earths",
        "811020": "antimony",
        "261590": "niobium",
        "261100": "tungsten",
        "740110": "copper",  # mattes, as those of nickel are nickel
        "740400": "other",  # scrap is neither ore nor unwrought metal
    }
    assert groups_of.groups_of(meant) == meant


WORDS = {
    "baryte": "barytes",
    "boron": "bora(tes|x)|boron",
    "feldspar": "felspar",
    "fluorspar": "fluorspar",
    "rare_earths": "rare|cerium",
    "niobium": "niobium|tantalum|vanadium",
    "phosphate_rock": "phosphates",
    "platinum": "platinum|palladium|rhodium|iridium",
    "tungsten": "tungst",
}
LATER = {"811212", "811213", "811231", "811239"}


def test_codes_of_critical_raw_materials_name_the_material_in_the_revision_of_1992() -> None:
    """CEPII's texts of all products, which are shipped, are compared with the names of the groups."""
    tables = open_tables()
    texts = {str(row[0]): str(row[1]) for row in tables.frame("hs92_products").to_native().fetchall()}
    for identity, group in partition("critical_raw_materials").groups.items():
        for prefix in group.prefixes:
            found = [text for code, text in texts.items() if code.startswith(prefix)]
            assert bool(found) != (prefix in LATER), prefix
            assert all(re.search(WORDS.get(identity, identity), text.lower()) for text in found), found


def test_groups_that_ship_mean_the_same_in_every_revision() -> None:
    """Headings do; of codes of six digits, those below were never given to other goods (1992 to 2022)."""
    for name in ("commodities", "hs_sections"):
        codes = {code for group in partition(name).groups.values() for code in group.prefixes}
        assert {code for code in codes if len(code) > 4} <= {"271111", "271121"}


@pytest.mark.parametrize(
    ("text", "name", "why"),
    [
        ('[groups.a]\nname = "a"\nprefixes = ["44"]\n[groups.b]\nname = "b"\nprefixes = ["44"]\n', "g.toml",
         "44 stands in the groups 'a' and 'b'"),
        ('[groups.a]\nname = "a"\nprefixes = ["wood"]\n', "g.toml", "codes are digits"),
        ("not toml at all", "g.toml", "it is no table of groups"),
        ("a,b\n1,2\n", "g.csv", "names no product"),
        (SITC + "870323,Cars,53100,Dyes\n", "g.csv", "product 870323 is of SITC 7 and 5"),
    ],
)  # fmt: skip
def test_groups_that_cannot_be_read_say_why(tmp_path: Path, text: str, name: str, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        groups(table(tmp_path, text, name))
