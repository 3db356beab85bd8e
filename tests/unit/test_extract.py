"""Figures, dates and claims of single sentences; places; formats of files; what hostile files do."""

from __future__ import annotations

import time
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.turns import in_turn

from hikiwake.core.claim import kinds
from hikiwake.core.errors import BadInput, Environment
from hikiwake.dossier.validation import check_bytes
from hikiwake.extract import pdf, pdf_child
from hikiwake.extract.draft import draft
from hikiwake.extract.figures import figures
from hikiwake.extract.proposal import Extraction
from hikiwake.extract.reading import TEXT_BYTES, blocks, read
from hikiwake.extract.run import extract
from hikiwake.extract.sentences import sentences

TEXTS = Path(__file__).resolve().parents[1] / "texts"


def found(text: str | bytes, pair: tuple[str, str] | None = ("JPN", "RUS")) -> Extraction:
    content = text.encode() if isinstance(text, str) else text
    return extract(blocks(content, "a text"), "a text", pair=pair)


@pytest.mark.parametrize(
    ("text", "kind", "value"),
    [
        ("worth US$34.8 billion", "money", "34.8 bn USD"),
        ("worth US$ 312 billion", "money", "312 bn USD"),
        ("worth $1,234.5 million", "money", "1,234.5 million USD"),
        ("worth 300 billion yen", "money", "300 bn JPY"),
        ("worth between 3 and 4 billion euros", "money", "3 to 4 bn EUR"),
        ("some 3 to 4 % of it", "share", "3 to 4 %"),
        ("less than 4 % of it", "share", "less than 4 %"),
        ("eight per cent of it", "share", "8 %"),
        ("twenty-five percent of it", "share", "25 %"),
        ("one half of it", "share", "one half"),
        ("a quarter of it", "share", "a quarter"),
        ("nearly two-thirds of it", "share", "nearly two thirds"),
        ("trade quadrupled", "multiple", "quadrupled"),
        ("a twofold rise", "multiple", "twofold"),
        ("grew by a factor of four", "multiple", "4 times"),
        ("more than doubled", "multiple", "more than 2 times"),
        ("more than halved", "multiple", "less than 0.5 times"),
        ("17 000 Japanese", "amount", "17 000 persons"),
        ("40 billion cubic metres", "amount", "40 bn m3"),
        ("just a few kilometres", "amount", "a few km"),
        ("four official visits", "count", "4 official visits"),
        ("his fourth official visit", "count", "4 official visits"),
        ("for more than 70 years", "duration", "more than 70 years"),
        ("the second largest supplier", "rank", "second"),
        ("in 2013", "date", "2013"),
        ("on 15 and 16 December 2016", "date", "2016-12-15/16"),
        ("on 15-16 December 2016", "date", "2016-12-15/16"),
        ("on December 15, 2016", "date", "2016-12-15"),
        ("in October 1956", "date", "1956-10"),
        ("in 1904-05", "date", "1904/05"),
        ("in fiscal year 2013/14", "date", "2013/14"),
        ("the 1990s", "date", "1990/1999"),
        ("by 5 percentage points", "points", "5"),
        ("the G7", "label", "G7"),
        ("as before [12]", "label", "[12]"),
        ("see Table 3", "label", "Table 3"),
        ("worth 5 billion roubles", "money", "5 bn"),
        ("a 3 GW plant", "bare", "3"),
        ("number 7 of them", "bare", "7"),
    ],
)
def test_a_figure_is_read_as_it_is_printed(text: str, kind: str, value: str) -> None:
    (figure,) = figures(text)
    assert (figure.kind, figure.value) == (kind, value)


@pytest.mark.parametrize(
    "text",
    [
        "the second half of the year",
        "half a century",
        "a third party",
        "oil prices",
        "the two-way street",
        "one of them",
    ],
)
def test_what_is_no_figure_is_taken_for_none(text: str) -> None:
    assert [one for one in figures(text) if one.kind not in {"label", "bare"}] == []


# Each sentence, and its claim: kind, then fields but the value.
SENTENCES = [
    ("In 2014, 3.6 % of Japan's imports came from Russia.", "share", "RUS -> JPN of world -> JPN in 2014"),
    (
        "In 2014 Russia supplied 8 % of Japan's crude oil.",
        "share",
        "RUS -> JPN: crude oil of world -> JPN: crude oil in 2014",
    ),
    (
        "Japan bought 8 % of its coal from Russia in 2014.",
        "share",
        "RUS -> JPN: coal of world -> JPN: coal in 2014",
    ),
    (
        "Australia sends 80 % of its iron ore to China (2014).",
        "share",
        "AUS -> CHN: iron ore of AUS -> world: iron ore in 2014",
    ),
    (
        "Japan depends on Qatar for 18 % of its LNG in 2014.",
        "share",
        "QAT -> JPN: LNG of world -> JPN: LNG in 2014",
    ),
    (
        "Coal made up 12 % of Russian exports to Japan in 2014.",
        "share",
        "RUS -> JPN: coal of RUS -> JPN in 2014",
    ),
    (
        "South Korea's share of Chinese exports was 4 % in 2014.",
        "share",
        "CHN -> KOR of CHN -> world in 2014",
    ),
    ("Exports of coal to Japan fell by 34 % in 2015.", "growth", "RUS -> JPN: coal from 2014 to 2015"),
    ("Between 2009 and 2014 Japanese imports from Russia doubled.", "growth", "RUS -> JPN from 2009 to 2014"),
    ("Bilateral trade has tripled since 2003.", "growth", "JPN <-> RUS from 2003 to None"),
    ("Its exports to Russia were worth $9 billion in 2014.", "level", "JPN -> RUS in 2014"),
    ("In 2014 Japan exported $9 billion worth of cars to Russia.", "level", "JPN -> RUS: cars in 2014"),
    ("Trade between Germany and France was worth 150 billion euros in 2014.", "level", "DEU <-> FRA in 2014"),
    (
        "In 2014 Russia was Japan's fourth largest supplier of LNG.",
        "rank",
        "RUS -> JPN: LNG among suppliers in 2014",
    ),
    (
        "China was the largest buyer of Australian coal in 2014.",
        "rank",
        "AUS -> CHN: coal among customers in 2014",
    ),
    ("Japan's deficit with Russia was $15 billion in 2014.", "balance", "JPN -> RUS in 2014"),
    ("Japanese investment in Russia reached $1.2 billion in 2014.", "level", "investment JPN -> RUS in 2014"),
    ("Russia's GDP was $2 trillion in 2014.", "level", "gdp of RUS in 2014"),
]


def told(claim: Extraction) -> tuple[str, str]:
    (one,) = claim.proposals
    fields = one.fields
    words = [f"{fields['part']} of {fields['of']}" if "part" in fields else str(fields["of"])]
    words += [f"{name} {fields[name] or None}" for name in ("among", "in", "from", "to") if name in fields]
    return one.quantity, " ".join(words)


@pytest.mark.parametrize(("text", "kind", "fields"), SENTENCES)
def test_a_sentence_becomes_the_claim_it_makes(text: str, kind: str, fields: str) -> None:
    assert told(found(text)) == (kind, fields)


def test_a_year_of_the_sentence_before_is_carried_with_less_confidence() -> None:
    text = "In 2014, trade with Russia was weak. Oil made up 40 % of Russia's exports to Japan."
    (claim,) = found(text).proposals
    own = found("Oil made up 40 % of Russia's exports to Japan in 2014.").proposals[0]
    assert claim.fields["in"] == 2014
    assert "year" in claim.open
    assert claim.confidence < own.confidence


def test_the_title_names_the_parties_that_a_sentence_leaves_out() -> None:
    text = "# China and Australia\n\nBilateral trade was worth $159 billion in 2019."
    result = found(text, None)
    assert result.parties == ("CHN", "AUS")
    assert result.proposals[0].fields["of"] == "CHN <-> AUS"


def test_a_part_of_a_year_is_left_blank_with_the_reason() -> None:
    (claim,) = found("Trade with Russia was $9 billion in the first half of 2015.").proposals
    assert claim.fields["in"] == ""
    assert "calendar years" in claim.missing["in"]


def test_places_lead_to_the_figure_in_the_file() -> None:
    for path in sorted(TEXTS.glob("*.*")):
        if path.suffix == ".yaml":
            continue
        text = path.read_text(encoding="utf-8")
        for number in found(text, None).numbers:
            there = text[number.place.start : number.place.end]
            assert text.count("\n", 0, number.place.start) + 1 == number.place.line
            assert there[0] == number.text[0] or there[0] == "&"  # an entity


def test_the_same_text_gives_the_same_claims_in_each_format() -> None:
    sentence = "In 2014, 3.6 % of Japan's imports came from Russia."
    plain = found(sentence).proposals[0].fields
    assert (
        found("**In [2014](x), 3.6 %** of Japan's *imports*\ncame from Russia[^1].").proposals[0].fields
        == plain
    )
    assert (
        found(f"<!doctype html><p>{sentence.replace(' %', '&nbsp;%<sup>3</sup>')}</p>").proposals[0].fields
        == plain
    )
    assert found(sentence.encode("utf-16")).proposals[0].fields == plain


def test_script_and_style_of_a_page_are_no_text() -> None:
    page = "<html><script>var x = 5</script><style>p {margin: 7px}</style><p>No number.</p></html>"
    assert found(page).numbers == ()


def test_a_table_gives_each_row_its_year_and_its_head() -> None:
    text = "| Year | German exports to Russia |\n|---|---|\n| 2012 | €38 billion |\n"
    (claim,) = found(text, ("DEU", "RUS")).proposals
    assert (claim.fields["of"], claim.fields["in"]) == ("DEU -> RUS", 2012)


def test_a_draft_is_a_dossier_and_keeps_what_is_not_complete() -> None:
    for path in sorted(TEXTS.glob("*.*")):
        if path.suffix != ".yaml":
            result = found(path.read_bytes(), None)
            text = draft(result, path.name)
            dossier, problems = check_bytes(text.encode(), "draft")
            assert problems == ()
            assert dossier
            assert [claim.id for claim in dossier.claims] == [claim.id for claim in result.complete]
            assert all(f"- id: {claim.id}\n" in text for claim in result.proposals)
            assert all(number.reason in text for number in result.left)


def test_an_incomplete_claim_is_valid_once_its_blanks_are_filled() -> None:
    result = found("In October 1956, Japan and Russia restored their relations after a long war.")
    text = draft(result, "a text").replace("claims: []", "claims:")
    lines = [line.replace("  # ", "  ", 1) for line in text.split("\n") if "# blank" not in line]
    filled = (
        "\n".join(lines)
        .replace("event:", "event: e1")
        .replace(
            "claims:", "events: [{id: e1, date: 1956-10, type: declaration, title: The declaration}]\nclaims:"
        )
    )
    dossier, problems = check_bytes(filled.encode(), "draft")
    assert problems == ()
    assert dossier
    assert isinstance(dossier.claims[0], kinds.Date)


def test_a_text_of_no_country_still_gives_a_dossier() -> None:
    result = found("Sales rose by 4 % in 2014.", None)
    _, problems = check_bytes(draft(result, "a text").encode(), "draft")
    assert problems == ()
    assert [number.role for number in result.numbers] == ["claim", "period"]


TOO_BIG = b"word " * (TEXT_BYTES // 5 + 1)


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (TOO_BIG, "larger than 1 MiB"),
        (b"\xff\x00\xfe caf\xe9", "neither UTF-8"),
        (b"%PDF-1.7 nothing", "no PDF that can be opened"),
        (b"%PDF-" + b"0" * (33 * 2**20), "larger than 32 MiB"),
    ],
    ids=["large", "latin", "broken", "large-pdf"],
)
def test_a_file_that_cannot_be_read_is_refused_with_the_reason(content: bytes, why: str) -> None:
    with pytest.raises(BadInput, match=why):
        blocks(content, "file")


def test_a_missing_file_is_refused() -> None:
    with pytest.raises(BadInput, match="cannot be read"):
        read(Path("no-such-file"))


def test_without_its_package_a_pdf_is_refused_with_the_command(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pdf, "find_spec", lambda _: None)
    with pytest.raises(Environment, match="hikiwake\\[texts\\]"):
        blocks(b"%PDF-1.7", "file")


@pytest.mark.parametrize(
    ("program", "why"),
    [
        ("import time; time.sleep(9)", "not over after"),
        ("import os; os.kill(os.getpid(), 9)", "exhausts memory or time"),
    ],
)
def test_a_pdf_that_hangs_or_crashes_the_library_ends_its_own_process_only(
    program: str, why: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    child = tmp_path / "child.py"
    child.write_text(program, encoding="utf-8")
    monkeypatch.setattr(pdf_child, "__file__", str(child))
    monkeypatch.setattr(pdf, "SECONDS", 1)
    with pytest.raises(BadInput, match=why):
        blocks(b"%PDF-1.7", "file")


HOSTILE = {
    "brackets": "[" * 200_000,
    "links": "[a](" * 100_000,
    "tags": "<!doctype html>" + "<p <" * 100_000,
    "nested": "<html>" + "<div>" * 100_000 + "5 %",
    "declarations": "<html>" + "<![" * 100_000,
    "comments": "<html>" + "<!--" * 100_000,
    "digits": "7" * 500_000,
    "groups": "1 000" * 100_000,
    "decimals": "1.1" * 200_000,
    "minus": "-" * 500_000,
    "countries": "Japan's Russian " * 30_000,
    "goods": "oil and " * 60_000,
    "flows": "exports to Japan from Russia of oil " * 14_000,
    "percent": "5 % of Japanese exports to Russia and " * 13_000,
    "dates": "2014 and " * 55_000,
    "capitals": "South North New " * 30_000,
    "ends": "A. B. " * 80_000,
    "spaces": " " * 500_000 + "x",
    "points": "." * 500_000,
    "raised": "¹" * 300_000,
    "bars": "|" * 500_000,
    "emphasis": "*a_" * 150_000,
    "one word": "a" * 900_000,
    "at": "a@" * 250_000,
}


@pytest.mark.slow
@pytest.mark.parametrize("names", in_turn([list(HOSTILE)[part::6] for part in range(6)]))
def test_hostile_texts_are_read_in_bounded_time(names: list[str]) -> None:
    for name in names:
        begin = time.process_time()
        found(HOSTILE[name][:TEXT_BYTES])
        assert time.process_time() - begin < 60, name  # a report of this size takes about 10 s


PIECES = st.sampled_from(
    [
        "Japan", "Russian", "China's", "its", "the", "exports", "imports of oil", "trade with", "to", "from",
        "in", "of", "2013", "since 2012", "October 1956", "15-16 December 2016", "34.8 billion", "US$", "€",
        "8 %", "3 to 4 %", "one half", "a quarter", "quadrupled", "fell by 34 %", "less than", "four visits",
        "LNG", "was", "largest", "supplier", "surplus", "[1]", "respectively", ",", ".", ";", "(", ")", "|",
        "\n", "\n\n", "# ", "G7", "12:30", "nine", "99999999999999999999", "1,234,567.8", "0.", "-", "–",
        "٣٤", "²", "GDP", "against", "and", "%", "that China imported", "which", "half of 2015", "FY2013/14",
        "1e400", "9999", "0000", "12/34", "p. 5", "km", "years",
    ]
)  # fmt: skip
SPACED = st.lists(PIECES, max_size=40).map(" ".join)
RUN_TOGETHER = st.lists(PIECES, max_size=25).map("".join)


@given(SPACED | RUN_TOGETHER | st.text(max_size=300))
def test_every_number_of_any_text_has_one_place_in_the_result(text: str) -> None:
    held = blocks(text.encode("utf-8", "replace"), "a text")
    result = extract(held, "a text")
    digits = [
        sentence.place(place, place + 1)
        for block in held
        for sentence in sentences(block)
        for place, letter in enumerate(sentence.text)
        if letter.isdecimal()
    ]
    spans = sorted((one.place.start, one.place.end) for one in result.numbers)
    assert all(sum(start <= digit.start < end for start, end in spans) == 1 for digit in digits)
    claimed = [identity for one in result.numbers if one.role == "claim" for identity in one.claims]
    ranks = [one.id for one in result.proposals if one.quantity == "rank"]
    assert len(claimed) == len(set(claimed))
    assert set(claimed) | set(ranks) == {one.id for one in result.proposals}
    assert all(one.reason for one in result.left)
    _, problems = check_bytes(draft(result, "a text").encode(), "draft")
    assert problems == ()
