"""Missing is not zero: a reason in place of a number, on many pairs, and a brief for every economy."""

from __future__ import annotations

import csv
import io
import random
import re
import zipfile
from collections.abc import Iterable

import pypdf
import pytest
from tests.briefs import composed
from tests.pairs import flows_in_memory
from tests.turns import in_turn

import hikiwake as hw
from hikiwake.core.country import all_countries
from hikiwake.core.document import Brief, Chart, KeyFigures, Length, LocatorMap, Table
from hikiwake.core.provenance import Fact
from hikiwake.render.language import load

# As a word anywhere; as Python or JavaScript spell it also inside a path or a coordinate.
NOT_A_NUMBER = re.compile(r"(?i:\b(nan|inf|infinity)\b)|NaN|Infinity|(?<![\w.])[-\u2212]0(\.0+)?(?![\d.])")
CODE = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
TEXTS = (".md", ".csv", ".json", ".html")
RANGE = re.compile(r"[\[(][-\w.]+, inf\)")  # which values a formula can take


EMPTY = re.compile(r"<(td|th|dd|p|li|h\d|figcaption|caption)\b[^>]*>\s*</\1>")


def check_no_false_number(names: tuple[str, str], suffixes: tuple[str, ...] = TEXTS) -> None:
    view = hw.pair(*names).brief()
    for suffix in suffixes:
        text = RANGE.sub("", CODE.sub("", text_of(view.render(suffix), suffix)))
        found = NOT_A_NUMBER.search(text)
        assert not found, (names, suffix, text[found.start() - 60 : found.end() + 60])
        if suffix == ".html":
            # A heading over the rows' names may be empty; nothing that could hold a number or a word.
            hollow = EMPTY.search(text)
            assert not hollow, (names, text[hollow.start() - 200 : hollow.end()])
    for section in view.content.sections:
        assert section.blocks
    check_missing(view.content.ledger.facts.values(), view.render(".csv"))


def check_missing(facts: Iterable[Fact], csv_file: bytes) -> None:
    """What is missing says why, is empty nowhere but in its own field, and has no rank."""
    flows = {}
    for fact in facts:
        assert (fact.value is None) == (fact.status == "missing"), fact
        assert fact.value is not None or fact.note, fact
        if fact.formula == "trade_value":
            flows[tuple(sorted(fact.subject.items())), fact.period] = fact.value
    for fact in facts:
        if (
            fact.unit.kind == "rank"
            and flows.get((tuple(sorted(fact.subject.items())), fact.period), 1) is None
        ):
            assert fact.value is None, fact
    for row in csv.DictReader(io.StringIO(csv_file.decode("utf-8"))):
        assert row["value"] or (row["status"] == "missing" and row["note"]), row
        assert row["unit"] or row["measure"], row


def text_of(made: bytes, suffix: str) -> str:
    """Return the words of a brief; of a package of XML files, those of all parts."""
    if suffix == ".pdf":
        told = "\n".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(made)).pages)
        return re.sub(r"\(-inf,|\binf\)", "", told)  # the ends of a range may stand on two pages
    if suffix in (".docx", ".xlsx"):
        with zipfile.ZipFile(io.BytesIO(made)) as package:
            parts = [
                package.read(name).decode("utf-8") for name in package.namelist() if name.endswith(".xml")
            ]
        return re.sub(r"<[^>]*>", " ", "\n".join(parts))
    return made.decode("utf-8")


@pytest.mark.parametrize("text", ["nan", "MNaN,3", "-inf", "-0.0", "\u22120", "-0", ">Infinity<"])
def test_a_false_number_would_be_seen(text: str) -> None:
    assert NOT_A_NUMBER.search(f"a {text} b")


def test_missing_is_not_zero_on_odd_pairs() -> None:
    for names in [
        ("TUV", "NRU"),
        ("SUN", "JPN"),
        ("BLX", "FRA"),
        ("XKX", "SRB"),
        ("PSE", "ISR"),
        ("NAM", "ZAF"),
    ]:
        check_no_false_number(names)


@pytest.mark.parametrize(("as_of", "told"), [("", True), ("1999-06-30", False)])
def test_an_economy_that_is_not_counted_any_more_is_said_to_be_so(as_of: str, told: bool) -> None:
    """Its brief is about its last year; before that was over, nobody knew that it was the last."""
    view = hw.pair("BLX", "FRA").brief(length="glance", as_of=as_of)
    assert view.content.year == 1998
    said = "not counted on its own after 1998; later trade stands under: Belgium, Luxembourg" in text_of(
        view.render(".md"), ".md"
    )
    assert said == told


def pairs_with_a_gap(count: int, seed: int) -> list[tuple[str, str]]:
    """Return pairs of which at least one direction holds no flow at all; each economy is in one of them."""
    traded = set(flows_in_memory().execute("select distinct exporter, importer from flows").fetchall())
    known = [which.id for which in all_countries()]
    dice = random.Random(seed)
    found = []
    for n in range(count):
        one = known[n % len(known)]
        others = [other for other in known if other != one and not {(one, other), (other, one)} <= traded]
        # Whoever trades with all in both directions has no such pair: then any partner will do.
        found.append((one, dice.choice(others or [other for other in known if other != one])))
    return found


@pytest.mark.slow
@pytest.mark.parametrize("part", in_turn(range(24)))
def test_missing_is_not_zero_on_three_hundred_pairs(part: int) -> None:
    chosen = pairs_with_a_gap(300, 5)
    assert len({a for a, _ in chosen}) == len(all_countries())
    for n, names in enumerate(chosen[part::24]):
        check_no_false_number(names, (*TEXTS, ".docx", ".xlsx", ".pdf") if n % 10 == 0 else TEXTS)


def headings(brief: Brief) -> list[str]:
    """Return the headings of sections, tables and figures as they are read."""
    said = [section.finding for section in brief.sections]
    blocks = [block for section in brief.sections for block in section.blocks]
    said += [block.title for block in blocks if isinstance(block, Table | Chart | LocatorMap | KeyFigures)]
    return [load().text(sentence, brief.ledger) for sentence in said]


@pytest.mark.parametrize("names", [("JPN", "RUS"), ("TUV", "NZL"), ("VAT", "ITA")])
def test_no_two_headings_read_the_same(names: tuple[str, str]) -> None:
    told = headings(composed(*names).content)
    assert len(told) == len(set(told))


@pytest.mark.parametrize("names", [("VAT", "PCN"), ("TUV", "NZL"), ("SUN", "JPN")])
def test_no_table_is_shown_without_a_row(names: tuple[str, str]) -> None:
    content = composed(*names).content
    blocks = [block for section in content.sections for block in section.blocks]
    assert [block.id for block in blocks if isinstance(block, Table) and not block.rows] == []


PARTNERS = ("USA", "CHN", "NRU", "RUS", "DEU", "SAU")


def check_economies(part: int, parts: int, count: int, length: Length) -> None:
    """Each has a brief with so many of the partners that says something, or one sentence why not."""
    for n, which in list(enumerate(all_countries()))[part::parts]:
        others = [partner for partner in PARTNERS[n % 6 :] + PARTNERS[: n % 6] if partner != which.id]
        for partner in others[:count]:
            view = hw.pair(which.id, partner).brief(length=length)
            assert view.render(".md").startswith(b"# ")
            if length == "full":  # the figures too
                assert view.render(".html").startswith(b"<!")
            check_missing(view.content.ledger.facts.values(), view.render(".csv"))
            told = headings(view.content)
            assert len(told) == len(set(told)), told
            for section in view.content.sections:
                spoken = [*section.summary, section.finding]
                assert all(load().text(sentence, view.content.ledger).strip() for sentence in spoken)


@pytest.mark.slow
@pytest.mark.parametrize("part", in_turn(range(20)))
def test_every_economy_has_a_brief_or_a_sentence_why_not(part: int) -> None:
    check_economies(part, 20, 1, "glance")


@pytest.mark.slow
@pytest.mark.nightly
@pytest.mark.parametrize("part", range(10))
def test_every_economy_has_a_brief_with_each_of_six_partners(part: int) -> None:
    check_economies(part, 10, 6, "full")
