"""What a claim may mean by its time, its unit and its goods, and the rows that a verdict rests on."""

from __future__ import annotations

import json
from typing import Any

import msgspec
import pytest
from tests.commands import hikiwake

from hikiwake.audit.consistency import conflicts
from hikiwake.audit.evidence import SHOWN
from hikiwake.audit.periods import period
from hikiwake.audit.run import audit
from hikiwake.audit.verdict import Verdict
from hikiwake.core.claim.kinds import Claim
from hikiwake.core.dossier import Dossier
from hikiwake.dossier.shipped import shipped
from hikiwake.dossier.validation import read
from hikiwake.store.tables import open_tables

LNG = "AUS -> CHN: LNG by quantity"


def one(quantity: str, value: str, *, facts: Any = (), rows: bool = False, **fields: Any) -> Verdict:
    claim = {"id": "c", "quantity": quantity, "value": value, **{k.rstrip("_"): v for k, v in fields.items()}}
    content = {"hikiwake": 1, "title": "t", "parties": ["AUS", "CHN"], "claims": [claim], "facts": facts}
    return audit(msgspec.convert(content, Dossier), open_tables(), rows=rows).verdicts[0]


@pytest.mark.parametrize(
    ("when", "begins_in"),
    [
        ("2018", None), (2018, None), ("2018-01/2018-12", None), ("2018-04/2019-03", 0.75),
        ("2018-07/2019-06", 0.5), ("2018-03", 1.0), ("2018/2020", 1.0), ("2018-01/10", 1.0),
    ],
)  # fmt: skip
def test_a_period_is_told_from_a_calendar_year(when: str | int, begins_in: float | None) -> None:
    found = period(when)
    assert (found.begins_in if found else None) == begins_in


@pytest.mark.parametrize(
    ("value", "when", "judgement", "words"),
    [
        # China bought 23.46 Mt in 2018 and 27.77 Mt in 2019: half of each is 25.61 Mt.
        ("27.8 Mt", "2018-07/2019-06", "holds only under another reading", "calendar year 2019"),
        ("25.6 Mt", "2018-07/2019-06", "holds only under another reading", "in parts"),
        ("24.5 Mt", "2018-04/2019-03", "holds only under another reading", "in parts"),
        ("27.2 Mt", "2018-07/2019-06", "not checkable here", "calendar years"),
        ("70 Mt", "2018-07/2019-06", "contradicted by bounds", "excludes 70 Mt"),
        ("3 Mt", "2018-03", "not checkable here", "cannot give 2018-03"),
        ("40 Mt", "2018-03", "contradicted by bounds", "excludes 40 Mt"),
        ("more than 1 Mt", "2018-01/10", "not checkable here", "cannot give"),
        ("90 Mt", "2017/2020", "not checkable here", "cannot give"),
    ],
)
def test_no_figure_of_another_period_is_taken_for_that_of_a_year(
    value: str, when: str, judgement: str, words: str
) -> None:
    verdict = one("level", value, of=LNG, in_=when)
    assert verdict.judgement == judgement, verdict
    assert words in verdict.reason


def test_growth_between_fiscal_years_is_not_computed() -> None:
    verdict = one("growth", "rose", of=LNG, from_="2016-04/2017-03", to="2018-04/2019-03")
    assert verdict.judgement == "not checkable here"


def test_a_cited_figure_of_ten_months_does_not_stand_for_the_year() -> None:
    fact = {"id": "f", "what": "x", "value": "28 bn USD", "of": "JPN <-> RUS", "sources": ["s"]}
    claim: dict[str, Any] = {"of": "JPN <-> RUS", "in_": 2012}
    whole, part = ({**fact, "in": when} for when in ("2012", "2012-01/10"))
    assert one("level", "28 bn USD", **claim, facts=[whole]).judgement == "holds"
    assert one("level", "28 bn USD", **claim, facts=[part]).judgement == "not checkable here"


def test_another_currency_is_not_converted_and_the_verdict_says_so() -> None:
    verdict = one("level", "13.7 bn AUD", of="AUS -> CHN: coal", in_=2019)
    assert verdict.judgement == "not checkable here"
    assert verdict.reason.startswith("it is printed in AUD, and what is known of it is in USD")
    assert verdict.steps[-1].startswith("so it is 8.4")


def test_net_trade_is_a_reading_and_never_the_first_sense() -> None:
    tables = open_tables()
    # The United States sell crude oil to Canada and buy more: 2014, a year in which they do both.
    forth, back = (
        one("level", "1 t", of=f"{f}: crude oil by quantity", in_=2019) for f in ("CAN -> USA", "USA -> CAN")
    )
    assert forth.low is not None
    assert back.low is not None
    net = (forth.low - back.low) / 1e6
    verdict = one("level", f"{net:.1f} Mt", of="CAN -> USA: crude oil by quantity", in_=2019, open=["net"])
    assert verdict.judgement == "holds only under another reading"
    assert verdict.readings[0].startswith("net:")
    assert tables.vintage.name


def test_goods_that_the_data_lack_are_named() -> None:
    verdict = one("share", "20 %", part="RUS -> JPN: oil", of="world -> JPN: oil", in_=2014)
    assert "HS 2710" in verdict.reason


def test_a_list_of_main_partners_bounds_the_flow_itself() -> None:
    # The list of Russia ends at 4.1 % of 323.9 bn USD of imports: at most 2.2 % of what Japan exports.
    share: dict[str, Any] = {"part": "JPN -> RUS", "of": "JPN -> world", "in_": 2014}
    assert one("share", "2.5 %", **share).judgement == "contradicted by bounds"
    verdict = one("share", "1.3 %", **share)
    assert verdict.judgement == "not checkable here"
    assert verdict.high is not None
    assert verdict.high < 1.15 * 0.0415 * 324.1e9 / 690e9
    assert len(set(verdict.steps)) == len(verdict.steps)


def test_a_cited_total_of_both_ways_bounds_each() -> None:
    fact = {"id": "f", "what": "x", "value": "30 bn USD", "of": "CHL <-> CIV", "in": 2005, "sources": ["s"]}
    level: dict[str, Any] = {"of": "CHL -> CIV", "in_": 2005, "facts": [fact]}
    assert one("level", "40 bn USD", **level).judgement == "contradicted by bounds"
    assert one("level", "20 bn USD", **level).judgement == "not checkable here"


def test_a_verdict_carries_its_rows_and_their_sum_is_its_figure() -> None:
    verdict = one("level", "23.46 Mt", of=LNG, in_=2018, rows=True)
    (source,) = verdict.evidence
    tonnes = sum(row[source.columns.index("quantity")] for row in source.rows) / 1000
    assert source.total == len(source.rows)
    assert tonnes == pytest.approx(verdict.low, rel=1e-12)
    share = one("share", "47 %", part="AUS -> CHN: LNG", of="world -> CHN: LNG", in_=2019, rows=True)
    whole = share.evidence[1]
    assert whole.total > SHOWN == len(whole.rows)
    values = [row[whole.columns.index("value")] for row in whole.rows]
    assert values == sorted(values, reverse=True)


@pytest.mark.parametrize("pair", [("AUS", "CHN"), ("JPN", "RUS")])
def test_each_figure_of_a_shipped_dossier_has_rows(pair: tuple[str, str]) -> None:
    path = shipped(*pair)
    assert path is not None
    for verdict in audit(read(path), open_tables(), rows=True).verdicts:
        if verdict.basis and verdict.judgement != "not checkable here" and verdict.steps:
            assert verdict.evidence, verdict.claim
            assert all(source.total >= 1 for source in verdict.evidence), verdict.claim


def test_the_shipped_article_claims_get_these_verdicts() -> None:
    path = shipped("CHN", "AUS")
    assert path is not None
    found = audit(read(path), open_tables())
    verdicts = {verdict.claim: verdict.judgement for verdict in found.verdicts}
    assert verdicts["coal-299"] == "contradicted"
    assert verdicts["lng-42"] == "contradicted"
    assert verdicts["coal-rank-2019"] == "holds only under another reading"
    assert verdicts["coal-fell"] == "holds"
    assert verdicts["iron-record"] == "holds"
    assert verdicts["lng-fiscal"] == "not checkable here"
    assert verdicts["copper-2020"] == "differs"
    assert found.conflicts == ()
    assert 15 <= sum(bool(v.basis in {"store", "bounds"}) for v in found.verdicts) <= 40


def test_a_group_and_its_member_do_not_add_up() -> None:
    share = {"quantity": "share", "of": "world -> CHN: iron ore", "in": 2020}
    claims = msgspec.convert(
        [
            {"id": "a", **share, "part": "AUS -> CHN: iron ore", "value": "60 %"},
            {"id": "b", **share, "part": "Two -> CHN: iron ore", "value": "81 %"},
            {"id": "c", **share, "part": "ZAF -> CHN: iron ore", "value": "45 %"},
        ],
        list[Claim],
    )
    found = conflicts(claims, {"Two": ("AUS", "BRA")})
    assert [conflict.claims for conflict in found] == [("a", "c")]


def test_the_command_shows_rows_on_request() -> None:
    command = ("audit", "AUS", "CHN", "--claim", "iron-share-2010")
    text = hikiwake(*command, "--rows").stdout.decode()
    assert "exporter AUS, importer CHN, product 260111" in text
    assert "the 20 largest" in text
    found = json.loads(hikiwake(*command, "--json").stdout)
    assert found["verdicts"][0]["evidence"][0]["rows"]
