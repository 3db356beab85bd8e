"""Tests of facts printed as text."""

from __future__ import annotations

import re

from hikiwake.api import pair
from hikiwake.cli.listing import NOTHING, listed
from hikiwake.core.factset import FactSet
from hikiwake.core.provenance import Ledger


def test_a_heading_stands_once_and_names_stand_for_letters() -> None:
    text = listed(pair("JPN", "RUS").complementarity(2014))
    headings = [line for line in text.splitlines()[1:] if line and not line.startswith(" ")]
    assert len(headings) == len(set(headings))
    assert "Japan → Russia: commodities, 72 by product, 2014" in headings
    assert "Trade complementarity of Russia’s exports with Japan’s imports" in text
    assert not re.search(r"\b[ij]['’]s\b", text)


def test_every_number_is_there_with_its_id_and_its_interval() -> None:
    found = pair("JPN", "RUS").potential()
    text = listed(found)
    for fact in found:
        (line,) = (line for line in text.splitlines() if line.endswith(f"  {fact.id}"))
        assert ("(" in line and " to " in line) == (fact.interval is not None), line


def test_no_numbers_are_told_not_left_blank() -> None:
    assert NOTHING in listed(FactSet(Ledger(), "nothing"))
