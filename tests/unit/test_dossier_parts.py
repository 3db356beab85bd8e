"""What a brief shows of a dossier besides events: places, positions, projects, figures, audit, sources."""

from __future__ import annotations

import json
import re
from datetime import date
from pathlib import Path

import duckdb
import msgspec
import pytest
from tests.briefs import composed
from tests.commands import hikiwake

import hikiwake as hk
from hikiwake.audit.run import audit
from hikiwake.core.document import Brief, Cell, Section, Table, cited
from hikiwake.core.dossier import Dossier
from hikiwake.core.provenance import Fact
from hikiwake.dossier.horizon import known_by
from hikiwake.dossier.shipped import shipped
from hikiwake.dossier.validation import read
from hikiwake.render.data import read as read_brief
from hikiwake.render.language import load
from hikiwake.store.catalogue import SHIPPED
from hikiwake.store.tables import open_tables

HOSTILE = "<script>alert(1)</script> {x} \\\\input{y} $z$"
OWN = f"""\
hikiwake: 1
title: Neighbours
parties: [FRA, DEU]
places:
  - {{id: rock, names: [{{name: Zweistein, used_by: [DEU]}}, {{name: Deux-Pierres, used_by: [FRA]}}],
     claimed_by: [FRA, DEU]}}
events:
  - {{id: landing, date: "2001-02", type: visit, title: A landing on the rock,
     actors: [FRA], place: Zweistein}}
positions:
  - {{id: p1, who: European Union, says: Has no opinion., since: "2001", until: "2003", sources: [book]}}
  - {{id: p2, who: Germany, says: 'Wants talks. {HOSTILE}', sources: [book]}}
projects:
  - id: j1
    name: A bridge
    partners: [{{who: FRA, share: 30 %}}, {{who: A firm, share: more than 50 %}},
      {{who: Others}}]
facts:
  - {{id: f1, what: Length of the bridge, value: 3.7 km, sources: [book]}}
  - {{id: f2, what: Its cost, value: 12 bn JPY, in: "1999/2001", sources: [paper]}}
claims:
  - {{id: C1, says: The landing was in 2001., document: paper, quantity: date,
     event: landing, value: "2001"}}
  - {{id: C2, says: There were three landings., document: paper, quantity: count,
     events: {{type: visit}}, value: three}}
references:
  - {{id: book, type: book, title: 'A history {HOSTILE}',
     author: [{{family: Doe, given: Jane}}, {{literal: The Club}}], publisher: Press, issued: 1999}}
  - {{id: paper, type: article-newspaper, title: A landing, container: The Paper, issued: "2001-02-03",
     url: "https://example.org/a_b?c={{d}}"}}
  - {{id: unused, title: Never cited}}
"""


@pytest.fixture(scope="module")
def own(tmp_path_factory: pytest.TempPathFactory) -> Path:
    path = tmp_path_factory.mktemp("dossier") / "own.yaml"
    path.write_text(OWN, encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def mine(own: Path) -> Brief:
    return hk.pair("FRA", "DEU").brief(dossier=own).content


@pytest.fixture(scope="module")
def japan_russia() -> Brief:
    return composed("JPN", "RUS").content


def dossier() -> Dossier:
    path = shipped("JPN", "RUS")
    assert path is not None
    return read(path)


def section(brief: Brief, identity: str) -> Section:
    return next(section for section in brief.sections if section.id == identity)


def table(brief: Brief, identity: str) -> list[list[str]]:
    """Return the rows of a table as they are written."""
    blocks = (block for section in brief.sections for block in section.blocks)
    found = next(block for block in blocks if isinstance(block, Table) and block.id == identity)
    return [[_written(brief, cell) for cell in row] for row in found.rows]


def _written(brief: Brief, cell: Cell) -> str:
    language = load()
    if cell.said:
        return language.text(cell.said, brief.ledger)
    if cell.label:
        return language.label(cell.label, "cap")
    return language.number(brief.ledger[cell.fact]) if cell.fact else "–"


def test_a_disputed_place_is_named_in_both_forms_wherever_it_is_spoken_of(mine: Brief) -> None:
    assert table(mine, "places")[0][0] == "Deux-Pierres (France) / Zweistein (Germany)"
    assert "Deux-Pierres / Zweistein" in table(mine, "chronology")[0][2]


def test_positions_begin_with_the_pair_and_say_how_long(mine: Brief) -> None:
    rows = table(mine, "positions")
    assert [row[0] for row in rows] == ["Germany", "European Union"]
    assert rows[1][3] == "2001–2003"


def test_shares_and_figures_are_shown_as_printed_and_held_as_numbers(mine: Brief) -> None:
    assert [row[2] for row in table(mine, "projects")] == ["30 %", "More than 50 %", "–"]
    assert [row[1] for row in table(mine, "cited-figures")] == ["3.7 km", "12 bn JPY"]
    quoted = {f.subject.get("fact", f.subject.get("partner")): f for f in _facts(mine, "cited_figure")}
    assert (quoted["FRA"].value, quoted["FRA"].status) == (0.3, "quoted")
    assert quoted["A firm"].value is None
    assert (quoted["f2"].value, quoted["f2"].period.first, quoted["f2"].period.last) == (12e9, 1999, 2001)
    interval = quoted["f1"].interval
    assert interval is not None
    assert (interval.low, interval.high) == pytest.approx((3.65, 3.75))


def _facts(brief: Brief, formula: str) -> list[Fact]:
    return [fact for fact in brief.ledger.facts.values() if fact.formula == formula]


def test_why_shows_the_project_behind_a_share(mine: Brief, own: Path, tmp_path: Path) -> None:
    (share,) = [fact for fact in _facts(mine, "cited_figure") if fact.subject.get("partner") == "FRA"]
    saved = hk.BriefView(mine).save(tmp_path / "brief-FRA-DEU.json")
    told = hikiwake("why", share.id, saved, "--dossier", own).stdout.decode()
    assert "FRA 30 %, A firm more than 50 %, Others" in told


def test_the_audit_in_the_brief_is_the_audit(japan_russia: Brief) -> None:
    result = audit(dossier(), open_tables())
    counts = result.counts()
    shown = {
        fact.subject["verdict"]: round(fact.value or 0) for fact in _facts(japan_russia, "claims_judged")
    }
    assert shown["holds"] == counts["holds"]
    assert shown["against"] == counts["contradicted"] + counts["contradicted by bounds"] > 0
    assert shown["open"] == counts["not checkable here"] == shown["figures"] + shown["statements"]
    assert shown["entered"] == len(result.verdicts) == sum(counts.values())
    written = [
        row
        for name in ("audit-against", "audit-differing", "audit-holds", "audit-open")
        for row in table(japan_russia, name)
    ]
    assert len(written) + shown["statements"] == len(result.verdicts)
    for verdict in result.verdicts:
        if verdict.printed:
            (row,) = [row for row in written if row[0].endswith(f"({verdict.claim})")]
            assert row[2] == verdict.judgement or verdict.judgement == "not checkable here"


def test_every_recomputed_number_names_its_claim_and_its_rows(japan_russia: Brief) -> None:
    verdicts = {verdict.claim: verdict for verdict in audit(dossier(), open_tables()).verdicts}
    found = _facts(japan_russia, "audited_figure")
    assert len(found) > 25
    for fact in found:
        verdict = verdicts[fact.subject["claim"]]
        assert verdict.low is not None or verdict.high is not None
        low = verdict.low if verdict.low is not None else verdict.high
        high = verdict.high if verdict.high is not None else verdict.low
        assert low is not None
        assert high is not None
        assert fact.value is not None
        assert low <= fact.value <= high
        assert f"#claims?id={verdict.claim}" in fact.inputs[0]
        assert not any(source.startswith("dossier#") for source in fact.inputs)
    (lng,) = [fact for fact in found if fact.subject["claim"] == "T12"]
    assert any("exporter=RUS&importer=JPN&product=271111" in source for source in lng.inputs)


def test_the_famous_error_stands_first_and_in_the_summary(japan_russia: Brief) -> None:
    first = table(japan_russia, "audit-against")[0]
    assert "(T3)" in first[0]
    assert first[1:4] == ["Less than 4 %", "contradicted", "10.6\u202f%"]
    assert first[4].startswith("cited figures of different makers [")
    said = load().text(section(japan_russia, "audit").summary[0], japan_russia.ledger)
    against = [fact for fact in _facts(japan_russia, "claims_judged") if fact.subject["verdict"] == "against"]
    assert f" {against[0].value:.0f} contradicted" in said
    assert section(japan_russia, "audit").summary in japan_russia.summary


def test_a_short_brief_says_how_many_fail(japan_russia: Brief) -> None:
    short = composed("JPN", "RUS", length="glance").content
    assert section(short, "audit").finding == section(japan_russia, "audit").finding
    assert section(short, "audit").finding.key == "audit.finding_against"
    # Two pages have no room for the table; sources that only it cites are left out with it.
    assert not [block for block in section(short, "audit").blocks if isinstance(block, Table)]
    assert not short.sources
    # What is only quoted has no sentence of its own on two pages.
    assert "standpoints" not in [one.id for one in short.sections]


def test_without_claims_there_is_no_audit_and_without_entries_no_standpoints(tmp_path: Path) -> None:
    path = tmp_path / "bare.yaml"
    path.write_text("hikiwake: 1\ntitle: Bare\nparties: [WSM, NZL]\n", encoding="utf-8")
    content = hk.pair("WSM", "NZL").brief(dossier=path).content
    assert not {one.id for one in content.sections} & {"audit", "standpoints"}


def test_as_of_a_date_no_part_knows_the_future() -> None:
    early = composed("JPN", "RUS", "2016-12-01").content
    late = composed("JPN", "RUS").content
    assert "16.4 bn USD" in {row[1] for row in table(late, "cited-figures")}
    assert "16.4 bn USD" not in {row[1] for row in table(early, "cited-figures")}
    years = [fact.period.last for fact in early.ledger.facts.values() if fact.formula == "audited_figure"]
    assert max(years) <= 2016
    rows = [s for f in early.ledger.facts.values() for s in f.inputs if s.startswith(("baci@", "factbook@"))]
    assert max(int(year) for row in rows for year in re.findall(r"(?:year=|\.\.)(\d{4})", row)) <= 2015
    # The visit of December 2016 had not been: nobody could date it.
    (visit,) = [row for row in table(late, "audit-holds") if row[0].endswith("(H32)")]
    assert visit[2] == "holds"
    assert [row[2:4] for row in table(early, "audit-open") if row[0].endswith("(H32)")]


def test_readings_do_not_look_past_the_as_of_date() -> None:
    """A text of 2016 prints for 2015 what was traded in 2016: nobody could know yet whose year it is."""
    summed = duckdb.sql(
        f"select sum(value) from '{SHIPPED / 'baci_flows.parquet'}' where exporter = 'RUS' "
        "and importer = 'JPN' and product = '271111' and year = 2016"
    )
    assert summed is not None
    value = f"{summed.fetchall()[0][0] / 1e9:.2f} bn USD"
    claim = {"quantity": "level", "of": "RUS -> JPN: LNG", "value": value, "open": ["year"]}
    made = msgspec.convert(
        {
            "hikiwake": 1,
            "title": "A slip of a year",
            "parties": ["JPN", "RUS"],
            "claims": [{**claim, "id": "slip", "in": 2015}, {**claim, "id": "right", "in": 2016}],
        },
        Dossier,
    )
    now = {v.claim: v for v in audit(made, open_tables()).verdicts}
    assert now["slip"].readings[0] == "year: 2016"
    assert now["right"].judgement == "holds"
    early = {v.claim: v for v in audit(made, open_tables(), as_of=date(2016, 12, 1)).verdicts}
    assert early["slip"].judgement in ("differs", "contradicted")
    assert early["right"].judgement == "not checkable here"


def test_claims_of_a_text_that_could_not_be_out_are_not_known() -> None:
    assert known_by(dossier(), date(2016, 12, 1)).claims
    assert known_by(dossier(), date(2016, 11, 30)).claims == ()


def test_the_source_line_says_as_of_when() -> None:
    page = composed("JPN", "RUS", "2016-12-01").to_html()
    lines = re.findall(r'<p class="source ref">(Source:[^<]*)', page)
    assert len(lines) > 10
    assert all(line.endswith("; as of 1 December 2016") for line in lines)


def test_sources_are_numbered_without_gaps_and_each_is_cited(japan_russia: Brief, mine: Brief) -> None:
    assert [source.number for source in japan_russia.sources] == list(range(1, len(japan_russia.sources) + 1))
    assert [source.reference.id for source in mine.sources] == ["book", "paper"]
    page = hk.BriefView(japan_russia).to_html()
    anchors = set(re.findall(r'id="(r-\d+)"', page))
    assert (
        anchors
        == set(re.findall(r'href="#(r-\d+)"', page))
        == {f"r-{s.number}" for s in japan_russia.sources}
    )


def test_sources_are_written_as_chicago_has_them(mine: Brief) -> None:
    page = hk.BriefView(mine).render(".md").decode()
    assert "Doe, Jane, and The Club. *A history " in page
    assert "“A landing.” *The Paper*, 3 February 2001. https://example.org/a" in page


def test_bibtex_and_csl_hold_datasets_and_sources(mine: Brief) -> None:
    view = hk.BriefView(mine)
    entries = view.render(".bib").decode()
    assert "@book{book," in entries
    assert "author = {Doe, Jane and {The Club}}" in entries
    assert "url = {https://example.org/a_b?c=%7Bd%7D}" in entries
    assert "month = feb" in entries
    for entry in entries.split("\n\n"):
        assert entry.count("{") == entry.count("}")
    items = {item["id"]: item for item in json.loads(view.render(".csl.json"))}
    assert items["paper"]["issued"] == {"date-parts": [[2001, 2, 3]]}
    assert items["paper"]["container-title"] == "The Paper"
    assert items["baci-HS92-geopolrisk-2.0.1"]["type"] == "dataset"


def test_ris_holds_the_same_and_nothing_hidden_in_a_title(mine: Brief) -> None:
    first = mine.sources[0]
    sly = msgspec.structs.replace(first.reference, title="A title\r\nER  - \r\nTY  - BOOK")
    made = msgspec.structs.replace(
        mine, sources=(msgspec.structs.replace(first, reference=sly), *mine.sources[1:])
    )
    text = hk.BriefView(made).render(".ris").decode()
    entries = [
        dict(line.split("  - ", 1) for line in entry.splitlines()) for entry in text.split("ER  - \r\n")
    ]
    items = json.loads(hk.BriefView(made).render(".csl.json"))
    assert [entry.get("ID") for entry in entries] == [*(item["id"] for item in items), None]
    by_id = {entry["ID"]: entry for entry in entries[:-1]}
    assert by_id["baci-HS92-geopolrisk-2.0.1"]["TY"] == "DATA"
    assert (by_id["paper"]["T2"], by_id["paper"]["PY"], by_id["paper"]["DA"]) == (
        "The Paper", "2001", "2001/02/03/",
    )  # fmt: skip
    assert by_id[first.reference.id]["TI"] == "A title ER - TY - BOOK"


def test_the_format_of_a_file_is_its_longest_suffix(mine: Brief, tmp_path: Path) -> None:
    view = hk.BriefView(mine)
    assert json.loads(view.save(tmp_path / "b.csl.json").read_bytes())[0]["type"] == "dataset"
    assert json.loads(view.save(tmp_path / "b.v2.json").read_bytes())["pair"] == ["FRA", "DEU"]
    assert view.save(tmp_path / "b.bib").read_text().startswith("@misc{")


@pytest.mark.parametrize("suffix", [".html", ".md", ".docx", ".pdf", ".json"])
def test_every_format_is_made_and_the_brief_reads_back(mine: Brief, suffix: str) -> None:
    made = hk.BriefView(mine).render(suffix)
    assert made
    if suffix == ".html":
        assert "<script>alert" not in made.decode()
    if suffix in (".html", ".json"):
        assert read_brief(made) == mine


def test_a_saved_brief_with_a_source_that_is_none_is_refused(mine: Brief) -> None:
    made = hk.BriefView(mine).render(".json").decode()
    with pytest.raises(hk.BadInput, match="source 2"):
        read_brief(made.replace('"2001-02-03"', '"never"').encode())


def test_everything_the_new_parts_show_is_in_the_ledger(mine: Brief) -> None:
    assert set(cited(mine.sections)) <= set(mine.ledger.facts)
