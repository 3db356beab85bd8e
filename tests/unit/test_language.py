"""Sentences: every slot filled, every name and number in its form, nothing that could hide a number."""

from __future__ import annotations

import pytest

from hikiwake.core import provenance as p
from hikiwake.core.document import Label, Prose
from hikiwake.core.errors import BadUsage
from hikiwake.core.provenance import Fact, Ledger, Period
from hikiwake.render.language import (
    FactRun,
    LabelRun,
    Language,
    PeriodRun,
    Text,
    load,
    possessive,
)

FACT = Fact("f", {"exporter": "RUS"}, Period.of(2023), 0.0759, p.SHARE, ())
LEDGER = Ledger({FACT.id: FACT})
JAPAN, NETHERLANDS = Label("economy", "JPN"), Label("economy", "NLD")


def language(**templates: str) -> Language:
    return Language("en", {"test": templates})


def said(template: str, facts: dict[str, str] | None = None, /, **labels: Label) -> str:
    return language(sentence=template).text(Prose("test.sentence", facts or {}, labels), LEDGER)


def test_a_sentence_is_a_row_of_runs() -> None:
    prose = Prose("test.s", {"share": FACT.id}, {"a": JAPAN})
    runs = language(s="{a:The} got {share} in {share:year}.").runs(prose, LEDGER)
    assert runs == (
        LabelRun("Japan", "economy", "JPN"),
        Text(" got "),
        FactRun("7.6\u202f%", FACT.id),
        Text(" in "),
        PeriodRun("2023", FACT.id),
        Text("."),
    )


@pytest.mark.parametrize(
    ("some", "of", "written"),
    [
        (71, 71, "better than those of all 71 others"),
        (70, 71, "better than those of 70 of 71 others"),
        (0, 5, "better than those of none of 5 others"),
        (1, 1, "better than those of 1 of 1 others"),
    ],
)
def test_as_many_as_there_are_is_all(some: int, of: int, written: str) -> None:
    one, all_ = (
        Fact(name, {}, Period.of(2023), float(n), p.COUNT, ()) for name, n in (("a", some), ("b", of))
    )
    ledger = Ledger({fact.id: fact for fact in (one, all_)})
    words = {
        "test": {"s": "better than those of {some} of {whole} others"},
        "counts": {"all": "all", "none": "none", "of": " of "},
    }
    prose = Prose("test.s", {"some": one.id, "whole": all_.id})
    runs = Language("en", words).runs(prose, ledger)
    assert "".join(run.text for run in runs) == written
    # Each number still leads to its fact.
    assert [run.fact for run in runs if isinstance(run, FactRun)] == [one.id, all_.id]


def test_numbers_that_a_sentence_compares_do_not_read_the_same_where_they_differ() -> None:
    later = Fact("f", {"exporter": "RUS"}, Period.of(2024), 0.0761, p.SHARE, ())
    other = Fact("f", {"exporter": "USA"}, Period.of(2024), 0.5, p.SHARE, ())
    ledger = Ledger({fact.id: fact for fact in (FACT, later, other)})
    prose = Prose("test.s", {"one": FACT.id, "two": later.id, "third": other.id})
    words = {"test": {"s": "from {one} to {two}, beside {third}"}}
    assert (
        Language("en", words).text(prose, ledger).replace("\u202f", " ")
        == "from 7.59 % to 7.61 %, beside 50.0 %"
    )
    whole = Language("en", words, 0).text(prose, ledger).replace("\u202f", " ")
    assert whole == "from 7.59 % to 7.61 %, beside 50 %"
    assert load("en", 3) is load("en", 3)
    assert load("en", 3).number(FACT) == "7.590\u202f%"


@pytest.mark.parametrize(
    ("form", "japan", "netherlands"),
    [
        ("", "Japan", "Netherlands"),
        (":the", "Japan", "the Netherlands"),
        (":The", "Japan", "The Netherlands"),
        (":poss", "Japan’s", "the Netherlands’"),
        (":Poss", "Japan’s", "The Netherlands’"),
    ],
)
def test_forms_of_names(form: str, japan: str, netherlands: str) -> None:
    template = f"{{a{form}}}"
    assert said(template, a=JAPAN) == japan
    assert said(template, a=NETHERLANDS) == netherlands


def test_forms_of_other_names() -> None:
    oil = Label("product", "270900", "crude oil")
    assert said("{a}, {a:cap}, {a:the}, {a:poss}", a=oil) == "crude oil, Crude oil, crude oil, crude oil’s"
    assert said("{a}", a=Label("product", "270900")) == "270900"
    assert possessive("the United States") == "the United States’"


@pytest.mark.parametrize("digit", ["1995", "m²", "½", "HS ٤", "Ⅳ"])
def test_a_template_with_a_digit_is_refused(digit: str) -> None:
    with pytest.raises(ValueError, match="holds a digit"):
        language(s=f"since {digit}")


@pytest.mark.parametrize("template", ["{}", "{a.b}", "{a[b]}", "{a!r}", "{a:loud}", "{a", "a}", "{a b}"])
def test_a_slot_that_cannot_be_filled_is_refused(template: str) -> None:
    with pytest.raises(ValueError, match="template test"):
        language(s=template)


def test_missing_and_unused_slots_are_refused() -> None:
    with pytest.raises(ValueError, match=r"has slots \['a'\] and was given \[\]"):
        said("{a}")
    with pytest.raises(ValueError, match=r"has slots \[\] and was given \['a'\]"):
        said("nothing", a=JAPAN)
    with pytest.raises(ValueError, match="was given"):
        said("{a}", {"a": FACT.id}, a=JAPAN)  # one slot, filled twice


def test_a_form_of_the_wrong_kind_is_refused() -> None:
    with pytest.raises(ValueError, match="names have no form 'abs'"):
        said("{a:abs}", a=JAPAN)
    with pytest.raises(ValueError, match="numbers have no form 'the'"):
        said("{a:the}", {"a": FACT.id})


def test_unknown_templates_are_refused() -> None:
    for key in ("test.other", "other.s", "plain", ""):
        with pytest.raises(ValueError, match="no template"):
            language(s="words").template(key)
    with pytest.raises(ValueError, match="slots to fill"):
        language(s="{a}").words("test.s")


def test_names_are_text_and_never_templates() -> None:
    assert said("{a}", a=Label("text", "x", "{b} {0} %s")) == "{b} {0} %s"


def test_the_shipped_language_loads_and_others_are_refused() -> None:
    assert load("en") is load("en")
    assert load("en").words("render.summary") == "Summary"
    with pytest.raises(BadUsage, match="no templates"):
        load("xx")
