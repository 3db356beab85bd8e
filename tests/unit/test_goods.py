"""Which groups of goods have an expectation of their own: chapters, or sections where there are many."""

from __future__ import annotations

from pathlib import Path

import narwhals as nw
import numpy as np
import pytest
from tests import releases
from tests.imports import brought

import hikiwake as hk
from hikiwake.core.document import Paragraph
from hikiwake.core.products import chapter_name, partition
from hikiwake.measures.places import positions
from hikiwake.measures.potential import goods
from hikiwake.measures.potential.square import trade
from hikiwake.sources.baci_codes import baci_codes
from hikiwake.store.catalogue import open_vintage
from hikiwake.store.library import Library
from hikiwake.store.selection import rows
from hikiwake.store.tables import Tables

PRODUCTS = [f"{chapter}0000" for chapter in goods.CHAPTERS]
SECTIONS = partition("hs_sections")


def test_few_chapters_are_groups_and_many_are_told_by_section() -> None:
    assert goods.groups_of(["270900", "271111", "260300"]) == ("26", "27")
    assert goods.groups_of(PRODUCTS) == tuple(SECTIONS.groups)
    assert goods.name_of("fuels") == "mineral fuels"
    assert goods.name_of("27") == chapter_name("27")


def test_the_data_of_all_goods_are_told_apart_by_section(tmp_path: Path, library: Library) -> None:
    """Each dollar is in the section that the partition says, and the selector of a section finds it again."""
    worth = {product: 1000.0 + number for number, product in enumerate(PRODUCTS)}
    made = {2014: [(2014, 643, 392, product, f"{usd:.3f}", "1") for product, usd in worth.items()]}
    names = "code,description\n" + "".join(f"{product},Goods {product}\n" for product in PRODUCTS)
    path = releases.release(tmp_path / "r.zip", made, products=names)
    place = library.path(brought(library, path).held)
    tables = Tables(open_vintage(place))
    square = trade(tables, 2014)
    sums = dict.fromkeys(SECTIONS.groups, 0.0)
    for product, section in SECTIONS.groups_of(worth).items():
        sums[section] += worth[product] * 1000.0
    assert square.groups == tuple(SECTIONS.groups)
    found = dict(zip(square.groups, square.flows.sum(axis=(1, 2)).tolist(), strict=True))
    assert found == sums
    dataset = tables.dataset_of("baci_flows")
    for section, usd in sums.items():
        selector = f"{dataset.id}@{dataset.version}#baci_flows?product={goods.selected(section)}&year=2014"
        told = rows(tables, selector, 100)
        at = told.columns.index("value")
        assert sum(float(row[at]) for row in told.rows) == usd


def test_chapters_are_told_apart_whatever_their_number() -> None:
    frame = nw.from_dict({"product": ["270900", "269999", "280110", "TOTAL"]}, backend="pandas")
    groups = goods.groups_of(frame["product"].to_list())
    found = frame.select(place=goods.place(nw.col("product"), groups))["place"].to_numpy()
    assert groups == ("26", "27", "28", "TO")
    assert np.array(groups)[found].tolist() == ["27", "26", "28", "TO"]


def test_places_of_numbers_and_of_text() -> None:
    years, names = np.array([2014, 2012, 2014]), (2014, 2013, 2012)
    assert positions(years, names).tolist() == positions(years.astype(object), names).tolist() == [0, 2, 0]
    for column in (np.array([2011, 2014]), np.array([2015])):
        with pytest.raises(KeyError):
            positions(column, names)


def test_all_goods_of_the_world_come_before_intermediate_trade(tmp_path: Path, library: Library) -> None:
    """Whoever brings in all trade is told of all trade first, in the headings and on the front page."""
    codes = [one.code for one in baci_codes().values() if one.first is None and one.last is None]
    codes = [*[code for code in codes if code not in {392, 643}][:118], 392, 643]
    flows = [
        (2014, i, codes[(n + step) % len(codes)], product, f"{(n % 7 + 1) * 1000.0 * step:.3f}", "1")
        for n, i in enumerate(codes)
        for step in range(1, 60)
        for product in ("270900", "870323", "440320")
        if (n + step) % 3 or product == "270900"
    ]
    place = library.path(brought(library, releases.release(tmp_path / "r.zip", {2014: flows})).held)
    sections = {one.id: one for one in hk.pair("JPN", "RUS", data=place).brief(2014).content.sections}
    for name in ("complementarity", "potential"):
        section = sections[name]
        said = [one.labels["scope"].text for one in section.summary if "scope" in one.labels]
        assert {*said} == {"all products"}, name
        paragraphs = [block for block in section.blocks if isinstance(block, Paragraph)]
        scopes = [
            one.labels["scope"].text
            for block in paragraphs
            for one in block.sentences
            if "scope" in one.labels
        ]
        assert scopes[0] == "all products", name
        assert "intermediate trade" in scopes, name
    for finding in (sections["ties"].finding, sections["complementarity"].finding):
        assert finding.labels["scope"].text == "all products"
