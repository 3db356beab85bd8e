"""The Python face: pairs by any name, facts by year and product, briefs in every format."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from tests.tiny import tiny_tables

import hikiwake as hw
from hikiwake.api import RENDERERS
from hikiwake.compose import Request, resolve_year
from hikiwake.core.country import Pair, country
from hikiwake.core.errors import BadUsage, Environment
from hikiwake.core.provenance import Ledger
from hikiwake.measures.statement import Statements
from hikiwake.measures.ties.profile import profile
from hikiwake.store.atomic import write
from hikiwake.store.catalogue import open_vintage

FLOWS = [
    (2001, "RUS", "JPN", "270900", 30_000, 3_000),
    (2001, "SAU", "JPN", "270900", 90_000, 9_000),
    (2001, "RUS", "CHN", "270900", 30_000, 3_000),
    (2001, "JPN", "RUS", "260300", 10_000, 1_000),
    (2002, "RUS", "JPN", "270112", 60_000, 6_000),
]


@pytest.fixture(scope="module")
def crude() -> hw.Ties:
    return hw.pair("JPN", "RUS").ties(2014, products=["270900"])


@pytest.fixture(scope="module")
def view() -> hw.BriefView:
    return hw.pair("JPN", "RUS").brief(2014, length="glance")


@pytest.mark.parametrize(
    "names", [("JPN", "RUS"), ("japan", "russia"), ("日本", "Россия"), ("jp", "643"), ("JP-RU",)]
)
def test_a_pair_has_many_names(names: tuple[str, ...]) -> None:
    pair = hw.pair(*names)
    assert (pair.a.id, pair.b.id) == ("JPN", "RUS")
    assert repr(pair) == "<Pair: Japan (JPN) and Russia (RUS)>"
    assert repr(pair.swap()) == "<Pair: Russia (RUS) and Japan (JPN)>"


@pytest.mark.parametrize(
    ("names", "kind", "remedy"),
    [
        (("jpan", "RUS"), hw.UnknownCountry, "Japan"),
        (("JPN", "japan"), hw.BadInput, "two different"),
        (("JPN",), hw.BadInput, "Name two"),
        (("", ""), hw.UnknownCountry, ""),
    ],
)
def test_what_is_no_pair(names: tuple[str, ...], kind: type[hw.HikiwakeError], remedy: str) -> None:
    with pytest.raises(kind) as refused:
        hw.pair(*names)
    assert remedy in refused.value.remedy


def test_each_direction_of_a_small_world_is_stated_in_full(tmp_path: Path) -> None:
    made = Ledger()
    profile(Statements(tiny_tables(tmp_path, FLOWS), made), "JPN", "RUS", [2001], ["270900"])
    facts = hw.FactSet(made)
    assert facts.get("trade_value", exporter="RUS", importer="JPN").value == 30_000
    assert facts.get("trade_quantity", exporter="RUS", importer="JPN").value == 3.0
    assert facts.get("share_of_imports", exporter="RUS", importer="JPN").value == 0.25
    assert facts.get("share_of_imports_quantity", exporter="RUS", importer="JPN").value == 0.25
    assert facts.get("share_of_exports", exporter="RUS", importer="JPN").value == 0.5
    assert facts.get("share_of_exports_quantity", exporter="RUS", importer="JPN").value == 0.5
    assert facts.get("share_of_world_exports", exporter="RUS").value == 60 / 150
    assert facts.get("rank_among_suppliers", exporter="RUS", importer="JPN").value == 2
    assert facts.get("number_of_suppliers", importer="JPN").value == 2
    assert facts.get("supplier_concentration", importer="JPN").value == 0.25**2 + 0.75**2
    assert facts.get("number_of_customers", exporter="RUS").value == 2
    # Nothing goes the other way: a share of it is no data, with the reason, and there is no balance.
    back = facts.get("share_of_imports", exporter="JPN", importer="RUS")
    assert (back.value, back.status) == (None, "missing")
    assert back.note
    assert not facts.where("trade_balance")


def test_without_products_groups_and_traded_products_are_stated_with_balances(tmp_path: Path) -> None:
    made = Ledger()
    profile(Statements(tiny_tables(tmp_path, FLOWS), made), "JPN", "RUS", [2001])
    facts = hw.FactSet(made)
    assert facts.get("trade_balance", economy="JPN", group="covered").value == 10_000 - 30_000
    stated = {fact.subject["product"] for fact in facts.where("trade_value") if "product" in fact.subject}
    assert stated == {"270900", "260300"}
    groups = {fact.subject["group"] for fact in facts.where("trade_value") if "group" in fact.subject}
    assert {"covered", "energy", "gas", "coal"} <= groups


@pytest.mark.parametrize(("code", "near"), [("270901", "270900"), ("27", "270"), ("abc", "26, 27")])
def test_a_product_outside_the_data_is_refused(code: str, near: str) -> None:
    with pytest.raises(hw.NoData) as refused:
        hw.pair("JPN", "RUS").ties(products=[code])
    assert near in refused.value.remedy


def test_products_are_given_once_and_a_span_has_all_its_years(crude: hw.Ties) -> None:
    span = hw.pair("JPN", "RUS").ties(first=2013, last=2015, products=["270900", "270900"])
    assert [fact.period.last for fact in span.where("share_of_imports", exporter="RUS", importer="JPN")] == [
        2013,
        2014,
        2015,
    ]
    same = span.get("share_of_imports", year=2014, exporter="RUS", importer="JPN")
    assert same.id == crude.get("share_of_imports", exporter="RUS", importer="JPN").id
    assert span.title == "ties of Japan and Russia, 2013-2015"


def test_a_swapped_pair_states_the_same_flows(crude: hw.Ties) -> None:
    other = hw.pair("JPN", "RUS").swap().ties(2014, products=["270900"])
    balances = {fact.id for fact in (*crude, *other) if fact.formula == "trade_balance"}
    assert {fact.id for fact in crude} - balances == {fact.id for fact in other} - balances


@pytest.mark.parametrize(
    ("years", "kind"),
    [
        ({"year": 1066}, hw.NoData),
        ({"first": 2015, "last": 2013}, hw.NoData),
        ({"last": 2090}, hw.NoData),
        ({"year": 2014, "first": 2013}, BadUsage),
    ],
)
def test_years_that_mean_nothing(years: dict[str, int], kind: type[hw.HikiwakeError]) -> None:
    with pytest.raises(kind):
        hw.pair("JPN", "RUS").ties(**years)  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("a", "b", "as_of", "year"),
    [
        ("JPN", "RUS", "", 2023),
        ("BLX", "FRA", "", 1998),
        ("FRA", "ANT", "2008-06-30", 2007),
        ("SUN", "JPN", "", 2023),
    ],
)
def test_the_year_that_nobody_named_is_the_last_in_which_both_were_counted(
    a: str, b: str, as_of: str, year: int
) -> None:
    """The data do not reach back to the Soviet Union: its brief says so, of the latest year."""
    request = Request(pair=Pair(country(a), country(b)), as_of=as_of)
    assert resolve_year(request, open_vintage()) == year


def test_a_year_out_of_a_table_is_a_year(crude: hw.Ties) -> None:
    year = np.int64(crude[0].period.first)
    products = sorted({fact.subject["product"] for fact in crude if "product" in fact.subject})
    assert list(hw.pair("JPN", "RUS").ties(year, products=products)) == list(  # type: ignore[arg-type]
        hw.pair("JPN", "RUS").ties(int(year), products=products)
    )


@pytest.mark.parametrize(
    ("wish", "said"), [({"length": "short"}, "glance, full"), ({"year": "2014"}, "year=2014")]
)
def test_a_length_or_year_that_is_none_is_refused(wish: dict[str, Any], said: str) -> None:
    with pytest.raises(hw.HikiwakeError, match=said):
        hw.pair("JPN", "RUS").brief(**wish)


def test_complementarity_is_a_set_of_facts() -> None:
    found = hw.pair("JPN", "RUS").complementarity(2014)
    assert isinstance(found, hw.Complementarity)
    assert len(found) > 10
    assert all(fact.value is not None or fact.note for fact in found)


def test_a_brief_is_written_in_every_format(view: hw.BriefView, tmp_path: Path) -> None:
    for suffix in RENDERERS:
        path = view.save(tmp_path / f"brief{suffix}")
        assert path.read_bytes() == view.render(suffix.upper())
    assert view.to_html().startswith("<!doctype html>")
    assert view.to_pdf().startswith(b"%PDF")
    assert view.to_pdf(paper="letter") != view.to_pdf()
    together = tmp_path / "together.html", tmp_path / "together.pdf"
    assert view.save(*together) == together[0]
    assert [path.read_bytes() for path in together] == [view.render(".html"), view.render(".pdf")]
    assert repr(view) == f"<Brief: JPN and RUS, 2014, {len(view.facts)} facts>"
    assert 'srcdoc="&lt;!doctype' in view._repr_html_()


@pytest.mark.parametrize("name", ["brief.ods", "brief"])
def test_a_format_that_is_none_is_refused_with_those_there_are(
    view: hw.BriefView, name: str, tmp_path: Path
) -> None:
    with pytest.raises(BadUsage) as refused:
        view.save(tmp_path / "brief.md", tmp_path / name)
    assert ".docx" in refused.value.remedy
    assert not list(tmp_path.iterdir())


def test_a_file_appears_whole_or_not_at_all(view: hw.BriefView, tmp_path: Path) -> None:
    with pytest.raises(Environment, match="cannot be written"):
        view.save(tmp_path / "missing" / "brief.md")
    (tmp_path / "brief.md").mkdir()
    with pytest.raises(Environment, match="cannot be written"):
        view.save(tmp_path / "brief.md")
    assert [path.name for path in tmp_path.iterdir()] == ["brief.md"]
    # A link goes on pointing where it did, and a device stays a device.
    (tmp_path / "real.json").write_bytes(b"old")
    (tmp_path / "link.json").symlink_to("real.json")
    view.save(tmp_path / "link.json")
    assert (tmp_path / "link.json").is_symlink()
    assert (tmp_path / "real.json").read_bytes() == view.render(".json")


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="the system has no named pipes")
def test_a_pipe_is_written_to_and_stays_a_pipe(tmp_path: Path) -> None:
    pipe = tmp_path / "brief.csv"
    os.mkfifo(pipe)
    reader = os.open(pipe, os.O_RDONLY | os.O_NONBLOCK)
    try:
        write(pipe, b"content")
        assert os.read(reader, 100) == b"content"
    finally:
        os.close(reader)
    assert pipe.is_fifo()


def test_progress_is_told_each_section_and_the_end() -> None:
    told: list[tuple[str, float]] = []
    hw.pair("JPN", "RUS").brief(length="glance", progress=lambda what, part: told.append((what, part)))
    assert told[0] == ("ties", 0.0)
    assert told[-1] == ("done", 1.0)
    assert [part for _, part in told] == sorted(part for _, part in told)


def test_datasets_and_methods_stand_behind_the_facts(crude: hw.Ties) -> None:
    assert set(crude.datasets) <= set(hw.datasets())
    for formula in crude.formulas:
        assert hw.methods()[formula.id] == formula
    assert hw.country("nippon").id == hw.country("392").id == "JPN"


def test_the_stub_and_the_package_name_the_same_things() -> None:
    stub = ast.parse((Path(hw.__file__).with_name("__init__.pyi")).read_text(encoding="utf-8"))
    named = {alias.asname for node in stub.body if isinstance(node, ast.ImportFrom) for alias in node.names}
    named |= {ast.unparse(node.target) for node in stub.body if isinstance(node, ast.AnnAssign)}
    assert named == set(dir(hw))
    for name in dir(hw):
        assert getattr(hw, name) is not None
    with pytest.raises(AttributeError, match="nothing"):
        hw.nothing  # type: ignore[attr-defined]  # noqa: B018


def test_importing_the_package_imports_nothing_else() -> None:
    program = (
        "import sys; before = set(sys.modules); import hikiwake; print(sorted(set(sys.modules) - before))"
    )
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    loaded = ast.literal_eval(done.stdout)
    assert (
        not {name.partition(".")[0] for name in loaded}
        - {"hikiwake", "__future__"}
        - set(sys.stdlib_module_names)
    )
