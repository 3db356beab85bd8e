"""The section on ties stays true when the data turn: fell, rose, unchanged, one side, nothing."""

import tomllib
from importlib.resources import files
from pathlib import Path

import pytest
from tests.tiny import FlagRow, FlowRow, tiny_tables

from hikiwake.core.country import country
from hikiwake.core.document import Caveat, Chart, KeyFigures, Paragraph, Prose, Section, Table
from hikiwake.core.provenance import Ledger
from hikiwake.measures.statement import Statements
from hikiwake.sections import Context
from hikiwake.sections.ties.section import section

TEMPLATES = tomllib.loads(files("hikiwake").joinpath("text/en.toml").read_text(encoding="utf-8"))


def ties(folder: Path, flows: list[FlowRow], *, year: int = 2012, flags: tuple[FlagRow, ...] = ()) -> Section:
    folder.mkdir(exist_ok=True)
    tables = tiny_tables(folder, flows, flags)
    return section(Context(country("JPN"), country("RUS"), year, Statements(tables, Ledger())))


def oil(year: int, value: int, *, exporter: str = "RUS", importer: str = "JPN") -> FlowRow:
    return (year, exporter, importer, "270900", value, value * 100)


def sentences(written: Section) -> list[Prose]:
    """Every sentence of a section, wherever it stands."""
    found = [written.title, written.finding, *written.summary]
    for block in written.blocks:
        if isinstance(block, Paragraph):
            found += block.sentences
        elif isinstance(block, Caveat):
            found.append(block.text)
        elif isinstance(block, Table):
            found += [block.title, *block.columns, *([block.note] if block.note else [])]
        elif isinstance(block, KeyFigures):
            found += [block.title, *(item.label for item in block.items)]
        elif isinstance(block, Chart):
            found += [block.title, block.axis, block.alt, *([block.note] if block.note else [])]
            found += [series.label for series in block.series]
            found += [annotation.text for annotation in block.annotations]
    return found


def keys(written: Section) -> set[str]:
    """Return the keys of all sentences, each of which has a template whose slots it fills."""
    said = sentences(written)
    for sentence in said:
        table, _, name = sentence.key.partition(".")
        if table != "render":
            slots = {
                part.partition("}")[0].partition(":")[0] for part in TEMPLATES[table][name].split("{")[1:]
            }
            assert slots == set(sentence.facts) | set(sentence.labels), sentence.key
    return {sentence.key for sentence in said}


def test_nothing_at_all_is_said_and_shown_once(tmp_path: Path) -> None:
    written = ties(tmp_path, [oil(2012, 5, exporter="SAU")])
    assert written.finding.key == "ties.finding_nothing"
    assert [block.text.key for block in written.blocks if isinstance(block, Caveat)] == ["ties.nothing"]


def test_one_sided_trade_names_the_side_that_is_not_covered(tmp_path: Path) -> None:
    sold_elsewhere = (
        oil(2012, 5, exporter="JPN", importer="KOR"),
        oil(2012, 5, importer="RUS", exporter="KOR"),
    )
    written = ties(tmp_path, [*sold_elsewhere, *(oil(year, 5) for year in range(2002, 2013))])
    assert "ties.direction_not_covered" in keys(written)
    caveats = [block for block in written.blocks if isinstance(block, Caveat)]
    assert [c.text.key for c in caveats] == ["ties.direction_not_covered"]
    assert caveats[0].text.labels["exporter"].id == "JPN"
    assert "ties.surplus" not in keys(written)
    assert "ties.deficit" not in keys(written)


@pytest.mark.parametrize(
    ("last", "said", "not_said"),
    [
        (200, "ties.rose", ("ties.fell", "ties.unchanged")),
        (300, "ties.rose_times", ("ties.rose", "ties.fell", "ties.unchanged")),
        (50, "ties.fell", ("ties.rose", "ties.unchanged")),
        (101, "ties.unchanged", ("ties.rose", "ties.fell")),
    ],
)
def test_rose_fell_and_unchanged(tmp_path: Path, last: int, said: str, not_said: tuple[str, ...]) -> None:
    written = ties(tmp_path, [oil(2002, 100), oil(2007, 150), oil(2012, last)])
    assert said in keys(written)
    assert not keys(written) & set(not_said)


def test_a_composition_that_has_not_moved_at_all_is_told_without_a_number(tmp_path: Path) -> None:
    written = ties(tmp_path, [oil(2002, 100), oil(2012, 200)])
    assert "ties.composition_same" in keys(written)
    assert not keys(written) & {"ties.composition_moved", "ties.composition_stable"}


def test_a_record_is_a_record_and_a_stop_is_a_stop(tmp_path: Path) -> None:
    (tmp_path / "record").mkdir()
    record = ties(tmp_path / "record", [oil(2010, 1), oil(2011, 2), oil(2012, 3)])
    assert record.finding.key == "ties.finding_record"
    assert "ties.record_now" in keys(record)
    (tmp_path / "stop").mkdir()
    elsewhere = [oil(2012, 3, exporter="SAU"), oil(2012, 3, importer="KOR")]
    stopped = ties(tmp_path / "stop", [oil(2010, 1), oil(2011, 2), *elsewhere])
    assert stopped.finding.key == "ties.finding_stopped"
    assert "ties.level_none_now" in keys(stopped)


def test_a_first_year_that_was_the_highest_is_told_once(tmp_path: Path) -> None:
    written = keys(ties(tmp_path, [oil(2010, 9), oil(2011, 2), oil(2012, 3)]))
    assert "ties.record_first" in written
    assert not written & {"ties.record", "ties.record_now"}


@pytest.mark.parametrize(("back", "said"), [(2, "ties.deficit"), (9, "ties.surplus")])
def test_the_balance_has_the_right_sign(tmp_path: Path, back: int, said: str) -> None:
    written = ties(tmp_path, [oil(2012, 5), oil(2012, back, exporter="JPN", importer="RUS")])
    assert said in keys(written)


def test_a_hole_keeps_the_share_out_of_the_text(tmp_path: Path) -> None:
    flows = [
        *(oil(year, 10) for year in range(2005, 2013)),
        *(oil(year, 90, exporter="SAU") for year in range(2005, 2013)),
    ]
    written = ties(tmp_path, flows, flags=(("hole", "importer", None, "JPN", "270900", 2012),))
    # What Japan bought in all has a hole; what Russia sold in all has none.
    assert "ties.level_flagged_imports" in keys(written)
    assert "ties.fuel_flagged" in keys(written)
    assert "ties.fuel_years_flagged" in keys(written)
    assert not keys(written) & {"ties.level", "ties.fuel", "ties.rank", "ties.rank_first"}


def test_of_a_flow_that_lacks_a_part_no_share_and_no_composition_is_told(tmp_path: Path) -> None:
    tin: list[FlowRow] = [(year, "RUS", "JPN", "260900", 1, None) for year in range(2005, 2013)]
    flows = [*tin, *(oil(year, 10) for year in range(2005, 2012))]
    gap: tuple[FlagRow, ...] = (
        ("gap", "importer", None, "JPN", "270900", 2012),
        ("gap", "flow", "RUS", "JPN", "270900", 2012),
    )
    found = keys(ties(tmp_path, flows, flags=gap))
    assert {"ties.level_missing", "ties.years_flagged"} <= found
    assert not found & {"ties.level", "ties.level_flagged", "ties.composition", "ties.rose", "ties.fell"}


@pytest.mark.parametrize(("side", "other"), [("exporter", "SAU"), ("importer", "KOR")])
def test_nothing_from_or_to_anybody_is_told_as_a_missing_report(
    tmp_path: Path, side: str, other: str
) -> None:
    others = [oil(2012, 9, exporter="SAU", importer="JPN" if side == "exporter" else "KOR")]
    traded = [oil(2012, 7, exporter="RUS", importer="KOR")] if side == "importer" else []
    before = [oil(year, 5) for year in range(2002, 2012)]
    said = keys(ties(tmp_path, [*before, *others, *traded]))
    assert {f"ties.finding_silent_{side}", f"ties.level_none_silent_{side}"} <= said
    assert not said & {"ties.finding_stopped", "ties.level_none_now"}


@pytest.mark.parametrize(("side", "elsewhere"), [("exporter", ("KOR", "RUS")), ("importer", ("JPN", "KOR"))])
def test_a_direction_is_empty_where_one_end_trades_with_nobody_in_any_year(
    tmp_path: Path, side: str, elsewhere: tuple[str, str]
) -> None:
    other = oil(2012, 5, exporter=elsewhere[0], importer=elsewhere[1])
    said = keys(ties(tmp_path, [other, *(oil(year, 5) for year in range(2002, 2013))]))
    assert f"ties.direction_silent_{side}" in said
    assert "ties.direction_not_covered" not in said


def test_nothing_beside_a_hole_in_a_total_is_told_with_it(tmp_path: Path) -> None:
    flows = [oil(year, 5) for year in range(2002, 2014) if year != 2012]
    flows += [oil(2012, 1, exporter="RUS", importer="KOR"), oil(2012, 1, exporter="SAU")]
    flags: list[FlagRow] = [("hole", "exporter", "RUS", None, "270900", 2012)]
    assert "ties.level_none_hole" in keys(ties(tmp_path, flows, flags=tuple(flags)))
    assert "ties.level_none_now" in keys(ties(tmp_path / "sound", flows))


def test_a_year_that_towers_is_told_with_its_product_up_to_the_year_of_the_brief(tmp_path: Path) -> None:
    flows = [oil(year, 5 if year != 2010 else 5000) for year in range(2002, 2014)]
    flags: tuple[FlagRow, ...] = (("spike", "flow", "RUS", "JPN", "270900", 2010),)
    found = [block for block in ties(tmp_path, flows, flags=flags).blocks if isinstance(block, Caveat)]
    (towering,) = (block for block in found if block.text.key == "ties.towering")
    assert (towering.kind, towering.text.labels["what"].text) == ("outlier", "crude oil (2010)")
    assert "ties.towering" not in keys(ties(tmp_path / "before", flows, year=2009, flags=flags))
    assert "ties.towering" not in keys(ties(tmp_path / "sound", flows))


def told(written: Section, kind: str) -> list[str]:
    """Return what caveats of a kind name."""
    found = [block.text for block in written.blocks if isinstance(block, Caveat)]
    return [text.labels["what"].text for text in found if text.key == f"ties.{kind}"]


def test_a_year_that_is_missing_between_two_is_told_once_the_year_after_is_over(tmp_path: Path) -> None:
    flows = [oil(year, 5) for year in range(2002, 2014) if year != 2010]
    flows += [(year, "RUS", "JPN", "260300", 5, 500) for year in range(2002, 2014)]
    flags: tuple[FlagRow, ...] = (("hole", "flow", "RUS", "JPN", "270900", 2010),)
    assert told(ties(tmp_path / "a", flows, flags=flags), "missed") == ["crude oil (2010)"]
    assert told(ties(tmp_path / "b", flows, year=2010, flags=flags), "missed") == []
    # Beside what the pair trades otherwise it is nothing to speak of.
    much: list[FlowRow] = [(year, "RUS", "JPN", "260300", 500, 500) for year in range(2002, 2014)]
    assert told(ties(tmp_path / "c", [*flows[:11], *much], flags=flags), "missed") == []


@pytest.mark.parametrize(("side", "who"), [("exporter", ("RUS", None)), ("importer", (None, "JPN"))])
def test_another_level_of_a_total_is_told_where_the_pair_has_a_part_in_it(
    tmp_path: Path, side: str, who: tuple[str | None, str | None]
) -> None:
    flows = [oil(year, 500 if year < 2009 else 5000) for year in range(2002, 2014)]
    flags: tuple[FlagRow, ...] = (("break", side, *who, "270900", 2009),)
    key = f"shifted_{side}"
    assert told(ties(tmp_path / "a", flows, flags=flags), key) == ["crude oil (2009)"]
    assert told(ties(tmp_path / "b", flows, year=2009, flags=flags), key) == []
    # A trickle of the total that moved says nothing of the pair.
    others = [
        oil(year, 200_000, exporter=exporter, importer=importer)
        for year in range(2002, 2014)
        for exporter, importer in (("SAU", "JPN"), ("RUS", "KOR"))
    ]
    assert told(ties(tmp_path / "c", [*flows, *others], flags=flags), key) == []
    # Nor does a product that is next to nothing in what the pair trades.
    metals: list[FlowRow] = [(year, "RUS", "JPN", "260300", 200_000, 500) for year in range(2002, 2014)]
    assert told(ties(tmp_path / "d", [*flows, *metals], flags=flags), key) == []


def test_no_more_than_four_products_are_named(tmp_path: Path) -> None:
    codes = ("260111", "260112", "260300", "270112", "270900", "271111")
    flows: list[FlowRow] = [
        (year, "RUS", "JPN", code, 5, 500) for year in range(2002, 2014) for code in codes
    ]
    flags: tuple[FlagRow, ...] = tuple(("spike", "flow", "RUS", "JPN", code, 2010) for code in codes)
    (named,) = told(ties(tmp_path / "a", flows, flags=flags), "towering")
    assert named.endswith("(2010), and 3 more products")


def test_a_hole_on_both_sides_keeps_both_shares_out_of_the_text(tmp_path: Path) -> None:
    years = range(2005, 2013)
    flows = [*(oil(year, 10) for year in years), *(oil(year, 90, exporter="SAU") for year in years)]
    holes: tuple[FlagRow, ...] = (
        ("hole", "importer", None, "JPN", "270900", 2012),
        ("hole", "exporter", "RUS", None, "270900", 2012),
    )
    found = keys(ties(tmp_path, flows, flags=holes))
    assert "ties.level_flagged" in found
    assert not found & {"ties.level", "ties.level_flagged_imports", "ties.level_flagged_exports"}


@pytest.mark.parametrize(("oils", "told", "key"), [(100, True, True), (5, True, False), (0.5, False, False)])
def test_fuels_that_are_next_to_nothing_get_no_sentence(
    oils: float, told: bool, key: bool, tmp_path: Path
) -> None:
    years = range(2005, 2013)
    flows = [
        *(oil(year, round(oils * 1000)) for year in years),
        *((year, "RUS", "JPN", "710812", 10**6, 100) for year in years),
    ]
    written = ties(tmp_path, flows)
    assert ("ties.fuel" in keys(written)) is told
    assert ("ties.key_fuel" in keys(written)) is key


def test_the_chart_of_fuels_speaks_of_the_line_that_stands_out(tmp_path: Path) -> None:
    years = range(2005, 2013)
    flows = [
        *(oil(year, 1) for year in years),
        *(oil(year, 99, exporter="SAU") for year in years),
        *((year, "RUS", "JPN", "271121", 50, 50) for year in years if year < 2012),
        *((year, "NOR", "JPN", "271121", 50, 50) for year in years),
    ]
    (chart,) = (b for b in ties(tmp_path, flows).blocks if isinstance(b, Chart) and b.id.startswith("fuel-"))
    # Crude oil is all that comes in the last year, with a share of a per cent; of gas it was a half.
    assert chart.title.labels["product"].id == chart.alt.labels["product"].id == "271121"


def test_every_sentence_has_a_template_whose_slots_it_fills(tmp_path: Path) -> None:
    flows = [
        *(oil(year, year - 1990) for year in range(1996, 2013)),
        *(oil(year, 40, exporter="SAU") for year in range(1996, 2013)),
        *(oil(year, 12, exporter="JPN", importer="RUS") for year in range(1996, 2013)),
        *((2012, "RUS", "JPN", code, 7, 7) for code in ("271111", "710812", "760110")),
    ]
    assert len(keys(ties(tmp_path, flows))) > 20
