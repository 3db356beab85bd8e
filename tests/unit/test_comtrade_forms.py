"""Comtrade's tables in each form that its page, its service, its bulk files and packages have given them."""

from __future__ import annotations

import csv
import gzip
import io
import json
from collections.abc import Callable
from pathlib import Path

import pytest
from tests.imports import brought, quiet, reasons, rows, table

from hikiwake.core.errors import BadInput
from hikiwake.sources.imports import comtrade
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library
from hikiwake.store.tables import open_tables

Row = dict[str, object]
TRADE = [(2014, "JPN", "RUS", "870323", 1001, 4), (2014, "USA", "JPN", "010110", 2000, None)]
# What all of the forms hold: two flows at six digits, and what says the same or something else.
SAID: list[Row] = [
    {"r": 392, "p": 643, "f": "X", "k": "870323", "level": 6, "kg": "3.5", "usd": "1000.5"},
    {"r": 842, "p": 392, "f": "X", "k": "010110", "level": 6, "kg": "", "usd": "2000"},
    {"r": 392, "p": 643, "f": "X", "k": "8703", "level": 4, "kg": "3.5", "usd": "1000.5"},
    {"r": 392, "p": 643, "f": "X", "k": "87", "level": 2, "kg": "3.5", "usd": "1000.5"},
    {"r": 392, "p": 643, "f": "X", "k": "TOTAL", "level": 0, "kg": "", "usd": "1000.5"},
    {"r": 392, "p": 643, "f": "M", "k": "870323", "level": 6, "kg": "1", "usd": "50"},
    {"r": 392, "p": 643, "f": "RX", "k": "870323", "level": 6, "kg": "1", "usd": "9"},
    {"r": 392, "p": 0, "f": "X", "k": "870323", "level": 6, "kg": "4", "usd": "1100"},
    {"r": 392, "p": 837, "f": "X", "k": "870323", "level": 6, "kg": "4", "usd": "40"},
    {"r": 392, "p": 899, "f": "X", "k": "870323", "level": 6, "kg": "4", "usd": "59.5"},
    {"r": 97, "p": 643, "f": "X", "k": "870323", "level": 6, "kg": "4", "usd": "77"},
]
LEFT = {"other_rows": 5, "aggregate": 4}
NUMBERED = {"M": "1", "X": "2", "RX": "3"}
NAMED = {"M": "Import", "X": "Export", "RX": "re-Export"}
PEOPLE = (
    "Classification,Year,Period,Period Desc.,Aggregate Level,Is Leaf Code,Trade Flow Code,Trade Flow,"
    "Reporter Code,Reporter,Reporter ISO,Partner Code,Partner,Partner ISO,2nd Partner Code,"
    "2nd Partner,2nd Partner ISO,Customs Proc. Code,Customs,Mode of Transport Code,Mode of Transport,"
    "Commodity Code,Commodity,Qty Unit Code,Qty Unit,Qty,Alt Qty Unit Code,Alt Qty Unit,Alt Qty,"
    "Netweight (kg),Gross weight (kg),Trade Value (US$),CIF Trade Value (US$),FOB Trade Value (US$),"
    "Flag"
).split(",")
MACHINES = (
    "pfCode,yr,period,periodDesc,aggrLevel,IsLeaf,rgCode,rgDesc,rtCode,rtTitle,rt3ISO,ptCode,ptTitle,"
    "pt3ISO,ptCode2,ptTitle2,pt3ISO2,cstCode,cstDesc,motCode,motDesc,cmdCode,cmdDescE,qtCode,qtDesc,"
    "qtAltCode,qtAltDesc,TradeQuantity,AltQuantity,NetWeight,GrossWeight,TradeValue,CIFValue,"
    "FOBValue,estCode"
).split(",")
SERVICE = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,reporterISO,reporterDesc,"
    "flowCode,flowDesc,partnerCode,partnerISO,partnerDesc,partner2Code,partner2ISO,partner2Desc,"
    "classificationCode,classificationSearchCode,isOriginalClassification,cmdCode,cmdDesc,aggrLevel,"
    "isLeaf,customsCode,customsDesc,mosCode,motCode,motDesc,qtyUnitCode,qtyUnitAbbr,qty,"
    "isQtyEstimated,altQtyUnitCode,altQtyUnitAbbr,altQty,isAltQtyEstimated,netWgt,isNetWgtEstimated,"
    "grossWgt,isGrossWgtEstimated,cifvalue,fobvalue,primaryValue,legacyEstimationFlag,isReported,"
    "isAggregate"
).split(",")
BULK = (
    "typeCode,freqCode,refPeriodId,refYear,refMonth,period,reporterCode,flowCode,partnerCode,"
    "partner2Code,classificationCode,classificationSearchCode,isOriginalClassification,cmdCode,"
    "customsCode,mosCode,motCode,qtyUnitCode,qty,isQtyEstimated,altQtyUnitCode,altQty,"
    "isAltQtyEstimated,netWgt,isNetWgtEstimated,grossWgt,isGrossWgtEstimated,CIFValue,FOBValue,"
    "primaryValue,legacyEstimationFlag,isReported,isAggregate"
).split(",")


def people(one: Row) -> Row:
    flow = str(one["f"])
    return {
        "Classification": "H4", "Year": 2014, "Period": 2014, "Period Desc.": 2014,
        "Aggregate Level": one["level"], "Is Leaf Code": 1, "Trade Flow Code": NUMBERED[flow],
        "Trade Flow": NAMED[flow], "Reporter Code": one["r"], "Partner Code": one["p"], "Partner ISO": "",
        "Commodity Code": one["k"], "Commodity": "Vehicles; \"n.e.s.\", côté", "Qty Unit Code": 8,
        "Qty": "7", "Netweight (kg)": one["kg"], "Trade Value (US$)": one["usd"], "Flag": 0,
    }  # fmt: skip


def machines(one: Row) -> Row:
    flow = str(one["f"])
    return {
        "pfCode": "H4", "yr": 2014, "period": 2014, "aggrLevel": one["level"], "rgCode": NUMBERED[flow],
        "rgDesc": NAMED[flow], "rtCode": one["r"], "ptCode": one["p"], "cmdCode": one["k"],
        "TradeQuantity": "7", "NetWeight": one["kg"], "TradeValue": one["usd"], "estCode": 4,
    }  # fmt: skip


def service(one: Row) -> Row:
    return {
        "typeCode": "C", "freqCode": "A", "refPeriodId": 20140101, "refYear": 2014, "refMonth": 52,
        "period": 2014, "reporterCode": one["r"], "flowCode": one["f"], "partnerCode": one["p"],
        "partnerISO": "", "partner2Code": 0, "partner2ISO": "W00",
        "classificationCode": "H4",
        "cmdCode": one["k"], "aggrLevel": one["level"],
        "customsCode": "C00", "mosCode": 0, "motCode": 0, "qtyUnitCode": 8, "qty": "7",
        "netWgt": one["kg"], "primaryValue": one["usd"], "isReported": "true", "isAggregate": "false",
    }  # fmt: skip


def written(
    header: list[str],
    filled: Callable[[Row], Row],
    *,
    delimiter: str = ",",
    quoting: int = csv.QUOTE_MINIMAL,
    none: str = "",
    said: list[Row] | None = None,
) -> str:
    out = io.StringIO()
    lines = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator="\n")  # type: ignore[arg-type]
    lines.writerow(header)
    for one in SAID if said is None else said:
        cells = filled(one)
        lines.writerow([none if cells.get(name, "") == "" else cells[name] for name in header])
    return out.getvalue()


def in_r(name: str) -> str:
    """Return what R makes of a column's name."""
    dotted = "".join(sign if sign.isalnum() or sign == "." else "." for sign in name)
    return f"X{dotted}" if dotted[0].isdigit() else dotted


def snake(name: str) -> str:
    return "".join(f"_{sign.lower()}" if sign.isupper() else sign for sign in name)


def renamed(text: str, header: list[str], change: Callable[[str], str]) -> str:
    _, _, rest = text.partition("\n")
    return ",".join(map(change, header)) + "\n" + rest


FORMS: dict[str, bytes] = {
    "the page before 2023": written(PEOPLE, people, quoting=csv.QUOTE_NONNUMERIC).encode("latin-1"),
    "the page before 2023, marked": written(PEOPLE, people).encode("utf-8-sig"),
    "the page before 2023, years as floats": written(PEOPLE, people).replace("2014", "2014.0").encode(),
    "the same through R": renamed(written(PEOPLE, people, none="NA"), PEOPLE, in_r).encode(),
    "for machines before 2023": written(MACHINES, machines).encode(),
    "the page of today": written(SERVICE, service, quoting=csv.QUOTE_ALL).encode("latin-1", "replace"),
    "the page of today, rows with a comma more": written(SERVICE, service).replace("\n", ",\n").replace(
        "isAggregate,", "isAggregate", 1).encode(),
    "the page in capitals": renamed(
        written(SERVICE, service), SERVICE, lambda name: name[0].upper() + name[1:]).encode(),
    "a package that calls columns otherwise": renamed(written(SERVICE, service), SERVICE, snake).encode(),
    "bulk": gzip.compress(written(BULK, service, delimiter="\t").encode()),
    "bulk with the line ends of Windows": gzip.compress(
        written(BULK, service, delimiter="\t").replace("\n", "\r\n").encode()),
}  # fmt: skip


FEW = ("the page before 2023", "the same through R", "the page of today", "bulk")
"""Forms that are tried in the fast tests; all are in the slow ones."""


@pytest.mark.parametrize("form", [pytest.param(n, marks=() if n in FEW else pytest.mark.slow) for n in FORMS])
def test_comtrade_in_each_form(tmp_path: Path, library: Library, form: str) -> None:
    name = "COMTRADE-FINAL-CA392201401H4[2025-01-01].gz" if form.startswith("bulk") else "TradeData.csv"
    made = brought(library, table(tmp_path, FORMS[form], name))
    assert rows(open_tables(library.path(made.held))) == TRADE
    assert reasons(made.report) == {"accepted": 2, **LEFT}
    assert made.report.usd("accepted") == 3001
    entry = open_tables(library.path(made.held)).dataset_of("baci_flows")
    assert "(H4)" in entry.coverage


@pytest.mark.slow
@pytest.mark.parametrize("form", FORMS)
def test_the_other_side_in_each_form(tmp_path: Path, library: Library, form: str) -> None:
    name = "COMTRADE-FINAL-CA392201401H4[2025-01-01].gz" if form.startswith("bulk") else "TradeData.csv"
    made = brought(library, table(tmp_path, FORMS[form], name), report="imports")
    assert rows(open_tables(library.path(made.held))) == [(2014, "RUS", "JPN", "870323", 50, 1)]


def said(*changes: Row) -> str:
    base: Row = {"r": 392, "p": 643, "f": "X", "k": "870323", "level": 6, "kg": "1", "usd": "10"}
    whole = [{**base, **change} for change in changes]

    def filled(one: Row) -> Row:
        return {**service(one), **{name: one[name] for name in one if name in SERVICE}}

    return written(SERVICE, filled, said=whole)


def test_breakdowns_repeat_the_total_and_are_left_out(tmp_path: Path, library: Library) -> None:
    text = said(
        {}, {"motCode": 2100, "usd": "6"}, {"motCode": 9000, "usd": "4"}, {"customsCode": "C01"},
        {"partner2Code": 156, "partner2ISO": "CHN"}, {"f": "DX"}, {"f": "RX"}, {"f": "XIP"}, {"f": "FM"},
    )  # fmt: skip
    made = brought(library, table(tmp_path, text))
    assert reasons(made.report) == {"accepted": 1, "other_rows": 8}
    assert made.report.usd("accepted") == 10


def test_amounts_as_statistics_packages_write_them(tmp_path: Path, library: Library) -> None:
    text = said(
        {"usd": "1.2345678901E10", "kg": "0.0"},
        {"p": 156, "usd": "80230193279.727", "kg": "2.5e6"},
        {"p": 842, "usd": "7.0", "kg": "NA", "partner2Code": "0.0", "motCode": "0.0", "aggrLevel": "6.0"},
    )
    made = brought(library, table(tmp_path, text))
    assert [row[2:] for row in rows(open_tables(library.path(made.held)))] == [
        ("CHN", "870323", 80_230_193_280, 2_500_000),
        ("RUS", "870323", 12_345_678_901, 0),
        ("USA", "870323", 7, None),
    ]


def test_what_is_not_specified_of_products_is_one_product(tmp_path: Path, library: Library) -> None:
    made = brought(library, table(tmp_path, said({"k": "9999AA"}, {"k": "999999", "p": 156})))
    assert [row[3] for row in rows(open_tables(library.path(made.held)))] == ["999999", "999999"]


def test_two_codes_of_what_is_not_specified_are_added(tmp_path: Path, library: Library) -> None:
    """They are different lines of a table: neither the same again nor a contradiction."""
    text = said({"k": "9999AA", "usd": "30"}, {"k": "999999", "usd": "30"}, {"p": 156})
    made = brought(library, table(tmp_path, text))
    assert [row[2:5] for row in rows(open_tables(library.path(made.held)))] == [
        ("CHN", "870323", 10),
        ("RUS", "999999", 60),
    ]
    assert made.report.parts[0].added == 1


def test_sitc_beside_hs_is_left_out_and_alone_gives_totals(tmp_path: Path, library: Library) -> None:
    sitc = {"classificationCode": "S4", "k": "78120", "aggrLevel": 5}
    both = brought(library, table(tmp_path, said({}, sitc), "both.csv"))
    assert rows(open_tables(library.path(both.held))) == [(2014, "JPN", "RUS", "870323", 10, 1)]
    total = {**sitc, "k": "TOTAL", "aggrLevel": 0, "usd": "99"}
    alone = brought(library, table(tmp_path, said(sitc, total), "alone.csv"))
    assert rows(open_tables(library.path(alone.held))) == [(2014, "JPN", "RUS", "TOTAL", 99, None)]
    with pytest.raises(BadInput, match=r"neither totals .* but 78120 of S4") as refused:
        brought(library, table(tmp_path, said(sitc), "none.csv"))
    assert "AG6" in refused.value.remedy
    with pytest.raises(BadInput, match=r"neither totals .* but 87, 8703"):
        brought(library, table(tmp_path, said({"k": "87"}, {"k": "8703"}), "chapters.csv"))


def test_bulk_files_of_sitc_have_no_levels(tmp_path: Path, library: Library) -> None:
    """Five digits of SITC are not six of HS that lost a zero."""

    def filled(one: Row) -> Row:
        return {**service(one), "classificationCode": "S2"}

    lines: list[Row] = [
        {"r": 392, "p": 643, "f": "X", "k": code, "level": "", "kg": "", "usd": usd}
        for code, usd in (("TOTAL", 90), ("33301", 50), ("3330", 50))
    ]
    text = written(BULK, filled, delimiter="\t", said=lines)
    path = table(tmp_path, gzip.compress(text.encode()), "COMTRADE-FINAL-CA392201401S2[2025-01-01].gz")
    made = brought(library, path)
    assert rows(open_tables(library.path(made.held))) == [(2014, "JPN", "RUS", "TOTAL", 90, None)]


def test_services_are_refused(tmp_path: Path, library: Library) -> None:
    with pytest.raises(BadInput, match="it holds services"):
        brought(library, table(tmp_path, said({"typeCode": "S", "classificationCode": "EB10", "k": "S"})))


def test_a_reporter_in_two_classifications_is_refused_over_all_files(
    tmp_path: Path, library: Library
) -> None:
    files = tuple(
        table(tmp_path, said({"classificationCode": revision}), f"{revision}.csv")
        for revision in ("H3", "H4")
    )
    with pytest.raises(BadInput, match=r"reporter 392, 2014.*two classifications of one year .H3, H4"):
        add(Wish(files=files), library, quiet)


def test_reporters_in_different_revisions_are_taken_and_told(tmp_path: Path, library: Library) -> None:
    text = said({}, {"r": 643, "p": 392, "classificationCode": "H3"})
    made = brought(library, table(tmp_path, text), name="un@1")
    assert made.report.rows("accepted") == 2
    told = "reporters use different revisions in 2014 (H3, H4): not all of their products can be compared"
    assert told in made.report.parts[0].notes
    assert "HS as reported: H3 from 2014, H4 from 2014" in open_tables(
        library.path(made.held)
    ).dataset_of("baci_flows").coverage  # fmt: skip


def test_files_of_some_products_are_not_called_all_products(tmp_path: Path) -> None:
    def scope(codes: list[str]) -> str:
        changes: list[Row] = [{"k": code} for code in codes]
        known = comtrade.recognise((table(tmp_path, said(*changes)),))
        assert known is not None
        return known.mapping.scope

    assert scope(["870323"]) == "the listed products"
    assert scope([f"{chapter:02}0110" for chapter in range(1, 98)]) == "all products"
    assert scope(["870323", "TOTAL"]) == "all products"


def test_months_without_a_column_for_the_frequency_are_no_years(tmp_path: Path, library: Library) -> None:
    def filled(one: Row) -> Row:
        return {**people(one), "Period": one["month"]}

    months: list[Row] = [{**SAID[0], "month": f"2014{n:02}"} for n in range(1, 13)]
    made = brought(library, table(tmp_path, written(PEOPLE, filled, said=months), "whole.csv"))
    assert rows(open_tables(library.path(made.held))) == [(2014, "JPN", "RUS", "870323", 12006, 42)]
    with pytest.raises(BadInput, match="months alone"):
        brought(library, table(tmp_path, written(PEOPLE, filled, said=months[:3]), "part.csv"))


def test_as_many_rows_as_the_service_sends_are_told(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(comtrade, "MOST", (2,))
    made = brought(library, table(tmp_path, said({}, {"p": 156}), "cut.csv"))
    assert any("cut.csv has 2 rows, as many as the service sends" in n for n in made.report.parts[0].notes)


def reply(*given: Row, **more: object) -> dict[str, object]:
    data = [
        {**service(SAID[0]), "netWgt": 3.5, "primaryValue": 1000.5, "cifvalue": None, **one} for one in given
    ]
    return {"elapsedTime": "0.05 secs", "count": len(data), "data": data, "error": "", **more}


MANY: list[Row] = [{"partnerCode": n} for n in range(500)]


def test_replies_that_were_saved_are_taken(tmp_path: Path, library: Library) -> None:
    whole = reply({}, {"partnerCode": 0, "partnerISO": "W00"}, {"partnerCode": 156, "primaryValue": 2.0e10})
    texts = {
        "reply.json": json.dumps(whole).encode(),
        "marked.json": b"\xef\xbb\xbf" + json.dumps(whole, indent=2).encode(),
        "records.json": json.dumps(whole["data"]).encode(),
        "reply.json.gz": gzip.compress(json.dumps(whole).encode()),
    }
    for number, (name, content) in enumerate(texts.items()):
        if name.endswith(".gz"):
            assert comtrade.recognise((table(tmp_path, content, name),)) is not None
            continue
        made = brought(library, table(tmp_path, content, name), name=f"un@{number}")
        assert rows(open_tables(library.path(made.held))) == [
            (2014, "JPN", "CHN", "870323", 20_000_000_000, 4),
            (2014, "JPN", "RUS", "870323", 1001, 4),
        ]
    odd = json.dumps(reply({}, {"partnerCode": 9999})).encode()
    made = brought(library, table(tmp_path, odd, "odd.json"), allow_rejects=True)
    assert [(one.source, one.line) for one in made.report.parts[0].bad] == [
        ("odd.json, its rows as lines", 3)
    ]


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (json.dumps(reply({}, count=2)), "it counts 2 rows and holds 1"),
        (json.dumps(reply({}))[:-30], "it is no JSON"),
        (json.dumps(reply({}, error="quota exceeded")), "it tells an error: quota exceeded"),
        (json.dumps(reply()), "it holds no rows"),
        (json.dumps({"count": 1, "data": [{"a": 1}]}), "it is no reply of a service that is known"),
        (json.dumps({"statusCode": 429, "message": "Rate limit"}), "it is no reply of a service that is"),
        (json.dumps(reply(*MANY)), "500 rows, as many as the service sends at most"),
    ],
)  # fmt: skip
def test_replies_that_are_not_whole_are_refused(
    tmp_path: Path, library: Library, content: str, why: str
) -> None:
    with pytest.raises(BadInput, match=why) as refused:
        brought(library, table(tmp_path, content, "reply.json"))
    assert refused.value.remedy
    assert library.held() == ()
