"""Producers' files as people feed them: repacked, renamed, saved by a spreadsheet; the same comes of each."""

from __future__ import annotations

import csv
import gzip
import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import pytest
from tests import producers, releases
from tests.imports import brought, quiet, rows

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports.proposing import propose
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

Members = Mapping[str, str | bytes]
YEARS = {f"BACI_HS92_Y{year}_V202601.csv": releases.csv_text(found) for year, found in releases.ROWS.items()}
CODES = {
    "country_codes_V202601.csv": releases.COUNTRIES,
    "product_codes_HS92_V202601.csv": releases.PRODUCTS,
}
RELEASE: Members = {**YEARS, **CODES, "Readme.txt": "BACI"}
LITTER = b"\x00\x05\x16\x07" + bytes(60)


def each(change: Callable[[str], str | bytes], members: Members = RELEASE) -> Members:
    return {name: change(text) for name, text in members.items() if isinstance(text, str)}


def saved(text: str) -> str:
    """Return a table with every field in quotes, as R writes it."""
    out = io.StringIO()
    csv.writer(out, quoting=csv.QUOTE_ALL, lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
    return out.getvalue()


def with_semicolons(text: str) -> str:
    out = io.StringIO()
    csv.writer(out, delimiter=";", lineterminator="\n").writerows(csv.reader(io.StringIO(text)))
    return out.getvalue()


def without_iso2(text: str) -> str:
    cells = [line for line in csv.reader(io.StringIO(text)) if line]
    return "".join(f'{row[0]},"{row[1]}",{row[3]}\n' for row in cells)


FORMS: dict[str, Members] = {
    "in a folder": {f"BACI_HS92_V202601/{name}": text for name, text in RELEASE.items()},
    "with marks of byte order": each(lambda text: "\ufeff" + text),
    "with the line ends of Windows": each(lambda text: text.replace("\n", "\r\n")),
    "with every field in quotes": each(saved),
    "packed by macOS": {
        **{f"BACI/{name}": text for name, text in RELEASE.items()},
        **{f"__MACOSX/BACI/._{name}": LITTER for name in RELEASE},
        **{f"__MACOSX/BACI/{name}": LITTER for name in RELEASE},
        "BACI/._.DS_Store": LITTER,
    },
    "packed by Windows": {f"BACI_HS92_V202601\\{name}": text for name, text in RELEASE.items()},
    "in other letters": {name.lower().replace(".csv", ".CSV"): text for name, text in RELEASE.items()},
    "with codes of no release": {
        **YEARS,
        "country_codes.csv": releases.COUNTRIES,
        "product_codes.csv": releases.PRODUCTS,
    },
    "with semicolons": each(with_semicolons),
    "in Latin-1": {
        **RELEASE,
        "product_codes_HS92_V202601.csv": releases.PRODUCTS.replace("rough", "forêt").encode("latin-1"),
        "country_codes_V202601.csv": releases.COUNTRIES.replace("USA,", "États-Unis,").encode("latin-1"),
    },
    "without codes of two letters": {
        **RELEASE,
        "country_codes_V202601.csv": without_iso2(releases.COUNTRIES),
    },
    "without leading zeros": each(lambda text: text.replace("010110", "10110")),
}


def packed(path: Path, members: Members, *, large: bool = False) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in members.items():
            info = zipfile.ZipInfo(name)
            info.filename, info.compress_type = name, zipfile.ZIP_DEFLATED  # as it is, with its backslashes
            with archive.open(info, "w", force_zip64=large) as member:
                member.write(text.encode() if isinstance(text, str) else text)
    return path


@pytest.fixture(scope="module")
def published(tmp_path_factory: pytest.TempPathFactory) -> list[tuple[object, ...]]:
    folder = tmp_path_factory.mktemp("published")
    store = Library(folder / "library")
    return rows(open_tables(store.path(brought(store, packed(folder / "a.zip", RELEASE)).held)))


@pytest.mark.parametrize("form", FORMS)
def test_a_release_however_it_was_packed(
    tmp_path: Path, library: Library, published: list[tuple[object, ...]], form: str
) -> None:
    name = "download (1).ZIP" if form == "packed by Windows" else "BACI.zip"
    made = brought(library, packed(tmp_path / name, FORMS[form], large=form == "in a folder"))
    assert made.held.reference == "baci-hs92@202601"
    assert made.report.rows("accepted") == made.report.read == 16
    assert rows(open_tables(library.path(made.held))) == published


HEADER = (
    "freqCode,refYear,period,reporterCode,flowCode,partnerCode,partnerDesc,cmdCode,aggrLevel,netWgt,"
    "primaryValue"
)
SAVED = [
    ["A", "2014", "2014", "392", "X", "643", "Russian Federation", "870323", "6", "3.5", "1000.5"],
    ["A", "2014", "2014", "842", "X", "392", "Japan", "010110", "6", "", "2000"],
    ["A", "2014", "2014", "392", "X", "0", "World, all", "870323", "6", "9", "5000"],
]
TRADE = [(2014, "JPN", "RUS", "870323", 1001, 4), (2014, "USA", "JPN", "010110", 2000, None)]


def comtrade(delimiter: str = ",", change: Callable[[int, str], str] = lambda _, cell: cell) -> str:
    out = io.StringIO()
    writer = csv.writer(out, delimiter=delimiter, lineterminator="\n")
    writer.writerow(HEADER.split(","))
    writer.writerows([change(place, cell) for place, cell in enumerate(row)] for row in SAVED)
    return out.getvalue()


def comma(place: int, cell: str) -> str:
    return cell.replace(".", ",") if place >= 9 else cell


def as_float(place: int, cell: str) -> str:
    return f"{cell}.0" if place in (3, 5) else cell


TABLES: dict[str, bytes] = {
    "COMTRADE-FINAL-CA392201401H4[2025-01-01].gz": gzip.compress(comtrade("\t").encode()),
    "bulk.txt.GZ": gzip.compress(comtrade("\t").encode()),
    "semicolons.csv": comtrade(";").encode(),
    "commas.csv": comtrade(";", comma).encode(),
    "floats.csv": comtrade(change=as_float).encode(),
    "marked.csv": b"\xef\xbb\xbf" + comtrade().encode(),
    "wide.csv": comtrade().encode("utf-16"),
    "trailing.csv": comtrade().replace("\n", ",\n").replace("primaryValue,", "primaryValue", 1).encode(),
}


@pytest.mark.parametrize("name", TABLES)
def test_comtrade_however_it_was_saved(tmp_path: Path, library: Library, name: str) -> None:
    (tmp_path / name).write_bytes(TABLES[name])
    made = brought(library, tmp_path / name)
    assert rows(open_tables(library.path(made.held))) == TRADE
    assert made.report.rows("left out") == 1


def test_months_with_decimal_commas(tmp_path: Path, library: Library) -> None:
    header = HEADER.replace(",", ";")
    lines = [f"M;2014;2014{n:02};392;X;643;Russia;870323;6;2,25;10,5" for n in range(1, 13)]
    path = tmp_path / "months.csv"
    path.write_text("\n".join([header, *lines, ""]))
    made = brought(library, path)
    assert rows(open_tables(library.path(made.held))) == [(2014, "JPN", "RUS", "870323", 126, 27)]


MADE: dict[str, Callable[[Path], Path]] = {
    "wdi": producers.wdi_zip,
    "gravity": producers.gravity_zip,
    "icio": producers.icio_zip,
}


@pytest.mark.parametrize(
    "name", ["Gravity_V202211.dta", "dist_cepii.xls", "table.ODS", "Gravity.Rds", "BACI.7z"]
)
def test_forms_that_are_not_read_are_named(tmp_path: Path, library: Library, name: str) -> None:
    (tmp_path / name).write_bytes(bytes(100))
    with pytest.raises(BadInput, match="are not read") as refused:
        brought(library, tmp_path / name)
    assert "CSV" in refused.value.remedy


INSIDE: dict[str, tuple[Members, str, str]] = {
    "Gravity_dta_V202211.zip": (
        {"Gravity_V202211.dta": LITTER, "Countries_V202211.dta": LITTER, "Readme.txt": "x"},
        "files of Stata inside it are not read",
        "Gravity_csv_V202211.zip",
    ),
    "Gravity_rds_V202211.zip": (
        {"Gravity_V202211.rds": LITTER},
        "files of R inside it",
        "Gravity_csv_V202211.zip",
    ),
    "IMTS.zip": ({"IMTS.xlsx": LITTER}, "files of Excel inside it are not read", "CSV"),
    "all.zip": ({"BACI_HS92_V202601.zip": LITTER}, "another zip file .BACI_HS92_V202601.zip.", "inner zip"),
    "papers.zip": ({"wp2010-23.pdf": LITTER}, "no table, but wp2010-23.pdf", "tables themselves"),
    "empty.zip": ({}, "no table, but nothing", "tables themselves"),
}


@pytest.mark.parametrize("name", INSIDE)
def test_zips_without_a_table_that_is_read_are_told_by_what_they_hold(
    tmp_path: Path, library: Library, name: str
) -> None:
    held, why, remedy = INSIDE[name]
    with pytest.raises(BadInput, match=why) as refused:
        brought(library, packed(tmp_path / name, held))
    assert remedy in refused.value.remedy


def test_a_folder_is_told_as_such(tmp_path: Path, library: Library) -> None:
    with pytest.raises(BadInput, match="it is a folder") as refused:
        brought(library, tmp_path)
    assert "/*.csv" in refused.value.remedy


def test_the_files_of_a_release_that_was_unpacked(
    tmp_path: Path, library: Library, published: list[tuple[object, ...]]
) -> None:
    for name, text in RELEASE.items():
        assert isinstance(text, str)
        (tmp_path / name).write_text(text)
    everything = tuple(sorted(tmp_path.glob("*.csv")))
    made = add(Wish(files=everything), library, quiet)
    assert made.held.reference == "baci-hs92@202601"
    assert rows(open_tables(library.path(made.held))) == published
    # A year alone finds the tables of codes beside it.
    year = brought(library, tmp_path / "BACI_HS92_Y2014_V202601.csv", name="baci-2014@1")
    assert rows(open_tables(library.path(year.held))) == [row for row in published if row[0] == 2014]
    (tmp_path / "product_codes_HS92_V202601.csv").unlink()
    with pytest.raises(BadInput, match="no table of products"):
        brought(library, tmp_path / "BACI_HS92_Y2014_V202601.csv", name="baci-2014@2")


def test_tables_of_an_unknown_edition_have_a_version_all_the_same(tmp_path: Path, library: Library) -> None:
    made = brought(library, producers.icio_zip(tmp_path / "a.zip"))
    assert made.held.reference == f"icio@{made.held.source[:8]}"
    entry = open_tables(library.path(made.held)).dataset_of("intercountry_flows")
    assert entry.citation.startswith("OECD, Inter-Country")


@pytest.mark.parametrize("kind", MADE)
def test_other_producers_files_repacked_on_a_mac(tmp_path: Path, library: Library, kind: str) -> None:
    plain = MADE[kind](tmp_path / "plain.zip")
    with zipfile.ZipFile(plain) as archive:
        members = {name: archive.read(name) for name in archive.namelist()}
    litter = {f"__MACOSX/._{name}": LITTER for name in members}
    repacked = packed(tmp_path / "Repacked.ZIP", {**members, **litter})
    one = brought(library, plain, name=f"{kind}@1")
    two = brought(library, repacked, name=f"{kind}@2")
    assert one.report.read == two.report.read > 0
    assert [part.tallies for part in one.report.parts] == [part.tallies for part in two.report.parts]


ALONE: dict[str, tuple[str, str, str, str]] = {
    # the list: its text, what it is, a zip beside it, and the one to take where there is none
    "country_codes_V202601.csv": (
        releases.COUNTRIES,
        "BACI's table of countries alone",
        "BACI_HS17_V202601.zip",
        "BACI_HS92_V202601.zip",
    ),
    "product_codes_HS17_V202601.csv": (
        releases.PRODUCTS,
        "BACI's table of products alone",
        "BACI_HS17_V202601.zip",
        "BACI_HS17_V202601.zip",
    ),
    "Countries_V202211.csv": (
        "country_id,iso3,country\nJPN,JPN,Japan\n",
        "Gravity's list of territories alone",
        "Gravity_csv_V202211.zip",
        "Gravity_csv_V202211.zip",
    ),
    "WDICountry.csv": (
        "Country Code,Short Name,Table Name\nJPN,Japan,Japan\n",
        "World Bank's list of countries",
        "WDI_CSV.zip",
        "WDI_CSV.zip",
    ),
}


@pytest.mark.parametrize("name", ALONE)
@pytest.mark.parametrize("zipped", [False, True])
def test_a_list_alone_is_told_with_what_is_missing(
    tmp_path: Path, library: Library, name: str, zipped: bool
) -> None:
    text, what, beside, usual = ALONE[name]
    path = packed(tmp_path / "x.zip", {name: text}) if zipped else tmp_path / name
    if not zipped:
        path.write_text(text)
    for refused_by in (lambda: brought(library, path), lambda: propose(path)):
        with pytest.raises(BadInput, match=what) as refused:
            refused_by()
        assert refused.value.remedy.endswith(f"such as {usual}.")
    (tmp_path / beside).write_bytes(b"")
    with pytest.raises(BadInput) as refused:
        brought(library, path)
    assert refused.value.remedy == f"Did you mean {beside}?"
