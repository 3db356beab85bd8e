# ruff: noqa: E501  (dossiers as somebody wrote them)
"""Dossiers of other pairs, written from the documentation alone, as somebody new would; and missing rows."""

from __future__ import annotations

import numpy as np
import pytest

from hikiwake.audit.amounts import Amounts
from hikiwake.audit.run import audit
from hikiwake.audit.silence import last_rows, unreported
from hikiwake.audit.verdict import Verdict
from hikiwake.dossier.validation import check_bytes
from hikiwake.store.tables import open_tables

DEU_RUS = """\
hikiwake: 1
title: Germany and Russia - energy
parties: [Germany, Russia]
references:
  - {id: bgr, type: report, title: Energiestudie 2021, publisher: BGR, issued: 2022-02}
  - {id: press, type: article-newspaper, title: Germany's dependence, container: A newspaper, issued: "2022-03-05"}
groups:
  EU: [DEU, FRA, ITA, ESP, POL, NLD, BEL, AUT, CZE, SVK, HUN, SVN, HRV, ROU, BGR, GRC, PRT, IRL, DNK, SWE, FIN, EST, LVA, LTU, LUX, MLT, CYP]
events:
  - {id: ns1, date: 2011-11-08, type: project, title: Nord Stream 1 opens, actors: [DEU, RUS], sources: [press]}
  - {id: ns2-stop, date: 2022-02-22, type: sanction, title: Germany halts the certification of Nord Stream 2, actors: [DEU], host: RUS, sources: [press]}
  - {id: coal-embargo, date: 2022-08-10, type: sanction, title: EU coal embargo takes effect, actors: [EU], host: RUS, sources: [press]}
  - {id: oil-embargo, date: 2022-12-05, type: sanction, title: EU embargo on seaborne crude oil, actors: [EU], host: RUS, sources: [press]}
claims:
  - {id: gas55, says: Russia supplied 55 % of Germany's gas imports in 2021, document: press, quantity: share, part: "RUS -> DEU: natural gas", of: "world -> DEU: natural gas", in: 2021, value: 55 %}
  - {id: oil35, says: 35 % of its crude oil, document: press, quantity: share, part: "RUS -> DEU: crude oil", of: "world -> DEU: crude oil", in: 2021, value: 35 %}
  - {id: oil-vol, says: Germany bought 27.7 million tonnes of Russian crude in 2021, document: press, quantity: level, of: "RUS -> DEU: crude oil", in: 2021, value: 27.7 million tonnes}
  - {id: coal50, says: and half of its hard coal, document: press, quantity: share, part: "RUS -> DEU: hard coal", of: "world -> DEU: hard coal", in: 2021, value: half}
  - {id: first, says: Russia is Germany's largest supplier of crude oil, document: press, quantity: rank, of: "RUS -> DEU: crude oil", among: suppliers, in: 2021, value: largest}
  - {id: fell, says: Imports of Russian coal fell by more than half in 2022, document: press, quantity: growth, of: "RUS -> DEU: coal by quantity", from: 2021, to: 2022, value: fell by more than 50 %}
  - {id: eu, says: The EU got 45 % of its gas imports from Russia, document: press, quantity: share, part: "RUS -> EU: natural gas", of: "world -> EU: natural gas", in: 2021, value: 45 %}
  - {id: bill, says: Germany paid 19.4 billion euros for Russian oil and gas in 2021, document: press, quantity: level, of: "RUS -> DEU: crude oil and natural gas", in: 2021, value: 19.4 bn EUR}
  - {id: total, says: Trade came to almost 60 billion euros in 2021, document: press, quantity: level, of: DEU <-> RUS, in: 2021, value: almost 60 bn EUR}
  - {id: nickel, says: Russia supplied 44 % of Germany's nickel, document: press, quantity: share, part: "RUS -> DEU: nickel", of: "world -> DEU: nickel", in: 2020, value: 44 %}
  - {id: embargo-date, says: The coal embargo began in August 2022, quantity: date, event: coal-embargo, value: 2022-08}
  - {id: years, says: Nord Stream ran for almost eleven years, quantity: duration, from: ns1, to: 2022-08-31, value: almost eleven years}
  - {id: sanctions, says: two sanctions in 2022, quantity: count, events: {type: sanction, actors: EU}, from: 2022, to: 2022, value: two}
"""
USA_CAN = """\
hikiwake: 1
title: US-Canada energy trade
parties: [USA, CAN]
references:
  - {id: eia, type: report, title: Petroleum Supply Annual, publisher: EIA, issued: 2023}
facts:
  - {id: trade-2022, what: Goods trade, value: "$793 billion", of: USA <-> Canada, in: 2022, basis: US Census, sources: [eia]}
  - {id: exp-2022, what: US exports, value: 356.5 bn USD, of: USA -> Canada, in: 2022, basis: US Census, sources: [eia]}
  - {id: imp-2022, what: US imports, value: 436.6 bn USD, of: Canada -> USA, in: 2022, basis: US Census, sources: [eia]}
claims:
  - {id: share60, says: Canada supplied 60 % of US crude imports in 2022, document: eia, quantity: share, part: "CAN -> USA: crude oil", of: "world -> USA: crude oil", in: 2022, value: 60 %}
  - {id: bpd, says: 3.8 million barrels a day, document: eia, quantity: level, of: "CAN -> USA: crude oil", in: 2022, value: 3.8 million barrels a day}
  - {id: record, says: a record in 2022, document: eia, quantity: record, of: "CAN -> USA: crude oil", in: 2022}
  - {id: customer, says: The US buys 97 % of Canada's crude, document: eia, quantity: share, part: "CAN -> USA: crude oil", of: "CAN -> world: crude oil", in: 2022, value: 97 %}
  - {id: doubled, says: imports doubled in ten years, document: eia, quantity: growth, of: "CAN -> USA: crude oil by quantity", from: 2010, to: 2020, value: doubled}
  - {id: deficit, says: The US has a deficit with Canada, document: eia, quantity: balance, of: USA -> CAN, in: 2022, value: deficit}
  - {id: deficit-size, says: of 80 billion, document: eia, quantity: balance, of: USA -> CAN, in: 2022, value: about -80 bn USD}
  - {id: gas, says: 99 % of US gas imports, document: eia, quantity: share, part: "CAN -> USA: pipeline gas", of: "world -> USA: natural gas", in: 2022, value: 99 %}
  - {id: aluminium, says: Canada is the top supplier of aluminum, document: eia, quantity: rank, of: "CAN -> USA: 760110", among: suppliers, in: 2022, value: first}
  - {id: uranium, says: a quarter of uranium, document: eia, quantity: share, part: "CAN -> USA: uranium", of: "world -> USA: uranium", in: 2022, value: a quarter}
  - {id: fertilisers, says: Canada supplies 85 % of fertilisers, document: eia, quantity: share, part: "CAN -> USA: fertilisers", of: "world -> USA: fertilisers", in: 2022, value: 85 %}
  - {id: times, says: Canada sells four times as much crude as Mexico, document: eia, quantity: ratio, part: "CAN -> USA: crude oil", of: "MEX -> USA: crude oil", in: 2022, value: 4 times}
  - {id: million, says: worth 117 billion dollars, document: eia, quantity: level, of: "CAN -> USA: crude oil", in: 2022, value: $117 billion}
  - {id: total, says: trade near 800 billion, document: eia, quantity: level, of: USA <-> CAN, in: 2022, value: nearly 800 billion dollars}
  - {id: total-month, says: 70 billion in May, document: eia, quantity: level, of: USA <-> CAN, in: 2022-05, value: 70 bn USD}
  - {id: partner, says: Canada is the largest customer, document: eia, quantity: rank, of: USA -> CAN, among: customers, in: 2022, value: largest}
"""
KOR_JPN = """\
hikiwake: 1
title: Korea and Japan - materials dispute
parties: [South Korea, Japan]
references:
  - {id: n, type: article-newspaper, title: Trade row, container: A paper, issued: 2019-08-03}
events:
  - {id: export-controls, date: 2019-07-04, type: sanction, title: Japan tightens export controls on three chip materials, actors: [JPN], host: KOR, sources: [n]}
  - {id: white-list, date: 2019-08-28, type: sanction, title: Japan removes Korea from its white list, actors: [JPN], host: KOR, sources: [n]}
  - {id: lifted, date: 2023-03, type: declaration, title: Controls eased, actors: [JPN], host: KOR, sources: [n]}
claims:
  - {id: hf, says: Japan supplies 44 % of hydrogen fluoride, document: n, quantity: share, part: "JPN -> KOR: 281111", of: "world -> KOR: 281111", in: 2018, value: 44 %}
  - {id: deficit, says: Korea's deficit with Japan was 24 billion dollars in 2018, document: n, quantity: balance, of: "KOR -> JPN", in: 2018, value: -24 bn USD}
  - {id: third, says: Japan is Korea's third supplier, document: n, quantity: rank, of: "JPN -> KOR", among: suppliers, in: 2018, value: third}
  - {id: share-x, says: Japan takes 5 % of Korea's exports, document: n, quantity: share, part: "KOR -> JPN", of: "exports of KOR", in: 2018, value: 5 %}
  - {id: lng, says: "Korea and Japan together buy half of the world's LNG", document: n, quantity: share, part: "world -> Both: LNG", of: "world -> world: LNG", in: 2015, value: half}
  - {id: lng-jpn, says: Japan buys twice as much LNG as Korea, document: n, quantity: ratio, part: "world -> JPN: LNG", of: "world -> KOR: LNG", in: 2018, value: twice}
  - {id: crude, says: Both get more than 70 % of their crude from the Gulf, document: n, quantity: share, part: "Gulf -> Both: crude oil", of: "world -> Both: crude oil", in: 2018, value: more than 70 %}
  - {id: gold, says: Korea sold gold worth 0.5 billion to Japan, document: n, quantity: level, of: "KOR -> JPN: gold", in: 2018, value: 0.5 bn USD}
  - {id: date, says: from July 2019, quantity: date, event: export-controls, value: 2019-07}
  - {id: years, says: lasted nearly four years, quantity: duration, from: export-controls, to: lifted, value: nearly four years}
  - {id: gdp, says: Japan's economy is three times Korea's, quantity: ratio, part: gdp of JPN, of: gdp of KOR, in: 2018, value: three times}
groups: {Both: [KOR, JPN], Gulf: [SAU, ARE, KWT, QAT, IRQ, IRN, OMN, BHR]}
"""


def verdicts(text: str) -> dict[str, Verdict]:
    dossier, problems = check_bytes(text.encode(), "d.yaml")
    assert problems == ()
    assert dossier is not None
    return {verdict.claim: verdict for verdict in audit(dossier, open_tables()).verdicts}


def test_germany_and_russia_gas_that_nobody_reports_is_not_taken_for_none() -> None:
    found = verdicts(DEU_RUS)
    assert found["gas55"].judgement == "not checkable here"
    assert "may not be reported" in found["gas55"].reason
    assert found["eu"].judgement == "not checkable here"
    assert found["first"].judgement == "holds"
    assert found["coal50"].judgement == "holds only under another reading"
    assert "printed in EUR" in found["bill"].reason
    assert "may not be reported" in found["bill"].reason
    assert "HS 75" in found["nickel"].reason
    assert {found[c].judgement for c in ("embargo-date", "years", "sanctions")} == {"holds"}


def test_the_united_states_and_canada() -> None:
    found = verdicts(USA_CAN)
    assert {c for c, v in found.items() if v.judgement == "contradicted"} == {"times"}
    assert found["times"].reason == "it is 5.56 times, printed is 4 times"
    assert found["share60"].judgement == "differs"
    assert found["bpd"].reason.startswith("it is printed in barrels, and what is known of it is in t")
    assert {found[c].judgement for c in ("record", "deficit", "deficit-size", "total")} == {"holds"}
    assert found["total-month"].judgement == "not checkable here"
    assert "lists of main partners" in found["partner"].remedy


def test_south_korea_and_japan() -> None:
    found = verdicts(KOR_JPN)
    assert {c for c, v in found.items() if v.judgement == "holds"} == {
        "lng",
        "lng-jpn",
        "crude",
        "date",
        "years",
    }
    assert {v.judgement for v in found.values()} == {"holds", "not checkable here"}
    assert "gdp of KOR in 2018" in found["gdp"].remedy
    assert not [v.remedy for v in found.values() if "`" in v.remedy + v.reason]
    assert all("inf" not in verdict.reason.split() for verdict in found.values())


def test_rows_that_stop_are_found() -> None:
    # Flow 0 ends after year 1, flow 1 pauses in year 2, flow 2 is small, flow 3 runs to the end.
    flow = np.array([0, 0, 1, 1, 1, 2, 3, 3, 3, 3, 3])
    year = np.array([0, 1, 0, 1, 3, 0, 0, 1, 2, 3, 4])
    value = np.where(flow == 2, 1e6, 2e8)
    shuffled = np.random.default_rng(1).permutation(len(flow))
    found = last_rows((flow * 5 + year)[shuffled], value[shuffled], 5)
    assert sorted((int(flow[shuffled][row]), at, after) for row, at, after in found) == [
        (0, 1, 5), (1, 1, 3), (1, 3, 5),
    ]  # fmt: skip


@pytest.mark.parametrize(
    ("after", "part", "silent"),
    [(60.0, 40.0, True), (79.0, 40.0, True), (95.0, 40.0, False), (60.0, 10.0, False)],
)
def test_a_supplier_that_is_replaced_has_left(after: float, part: float, silent: bool) -> None:
    line = np.array([100.0, after])
    assert unreported(part, part, line, line, 0) is silent


@pytest.mark.parametrize(
    ("exporter", "importer", "product", "year", "silent"),
    [
        ("RUS", "DEU", "271121", 2010, True),  # kept secret since 2000
        ("world", "DEU", "271121", 2010, True),
        ("SAU", "JPN", "270900", 2015, True),  # missing for one year
        ("SAU", "JPN", "270900", 2014, False),
        ("AUS", "CHN", "270112", 2021, False),  # a ban; rows remain
        ("RUS", "ITA", "270900", 2023, False),  # an embargo; others took its place
    ],
)
def test_known_silences_of_the_shipped_data(
    exporter: str, importer: str, product: str, year: int, silent: bool
) -> None:
    amounts = Amounts(open_tables(), {exporter, importer} - {"world"})
    at = amounts.at(year)
    assert at is not None
    assert bool(amounts.series(exporter, importer, (product,)).silent[at]) is silent
