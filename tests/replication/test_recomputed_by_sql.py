"""Numbers of `--json` beside plain SQL on the shipped files: known truths, and flows by chance.

Nothing of ours stands between the files and the SQL, which is written from the formulas of the methods page.
"""

from __future__ import annotations

import json
import math
import random
from collections import Counter, defaultdict
from functools import lru_cache
from typing import Any

import pytest
from tests.commands import hikiwake
from tests.pairs import FIRST, LAST, flows_in_memory
from tests.turns import by_night

from hikiwake.store.catalogue import SHIPPED

NEAR = 1e-9
"""Relative, as promised; sums in another order differ by some 1e-15."""

Record = dict[str, Any]


def answered(*words: str) -> list[Record]:
    done = hikiwake(*words, "--json")
    assert done.returncode == 0, done.stderr
    # A set has the columns that its facts need.
    return [defaultdict(lambda: None, fact) for fact in json.loads(done.stdout)["facts"]]


def one(facts: list[Record], measure: str, **subject: str) -> float:
    found = [f for f in facts if f["measure"] == measure and all(f[k] == v for k, v in subject.items())]
    assert len(found) == 1, (measure, subject, found)
    return float(found[0]["value"])


def sql(text: str, **values: object) -> list[tuple[Any, ...]]:
    return flows_in_memory().execute(text, values).fetchall()


@pytest.mark.parametrize(
    ("year", "product", "measure", "ends", "printed"),
    [
        (2014, "270900", "share_of_imports", ("RUS", "JPN"), "7.60"),  # crude oil
        (2014, "271111", "share_of_imports", ("RUS", "JPN"), "7.97"),  # liquefied natural gas
        (2013, "271111", "share_of_exports", ("RUS", "JPN"), "90.9"),
    ],
)
def test_known_truths(year: int, product: str, measure: str, ends: tuple[str, str], printed: str) -> None:
    exporter, importer = ends
    facts = answered("ties", "JPN", "RUS", "--year", str(year), "--product", product)
    value = one(facts, measure, exporter=exporter, importer=importer, product=product)
    assert f"{100 * value:.{len(printed.partition('.')[2])}f}" == printed
    side = "importer" if measure == "share_of_imports" else "exporter"
    ((part, whole),) = sql(
        f"select sum(value) filter (exporter = $x and importer = $m), sum(value) filter ({side} = $whose) "
        "from flows where year = $year and product = $product",
        x=exporter, m=importer, whose=ends[side == "importer"], year=year, product=product,
    )  # fmt: skip
    assert value == pytest.approx(part / whole, rel=NEAR)


# --- ties ---------------------------------------------------------------------------------------------
TIES = """
with f as (select * from flows where year = $year and product = $k),
sellers as (select exporter, sum(value)::double v from f where importer = $m group by 1),
buyers as (select importer, sum(value)::double v from f where exporter = $x group by 1),
own as (select sum(value)::double v from f where exporter = $x and importer = $m),
before as (select sum(value)::double v from flows
           where exporter = $x and importer = $m and product = $k and year = $year - 10),
back as (select sum(value)::double v from f where exporter = $m and importer = $x)
select
  (select v from own) as trade_value,
  (select v from own) / (select sum(v) from sellers) as share_of_imports,
  (select v from own) / (select sum(v) from buyers) as share_of_exports,
  (select sum(v) from buyers) / (select sum(value) from f) as share_of_world_exports,
  1 + (select count(*) from sellers where v > (select v from own)) as rank_among_suppliers,
  1 + (select count(*) from buyers where v > (select v from own)) as rank_among_customers,
  (select count(*) from sellers where v > 0) as number_of_suppliers,
  (select count(*) from buyers where v > 0) as number_of_customers,
  (select sum((v / (select sum(v) from sellers)) ** 2) from sellers) as supplier_concentration,
  (select sum((v / (select sum(v) from buyers)) ** 2) from buyers) as customer_concentration,
  (select v from own) / (select v from before) - 1 as change_since,
  (select v from own) - (select v from back) as trade_balance
"""


def drawn(count: int, seed: int) -> list[tuple[str, str, str, int]]:
    """Return flows by chance, so that there is something to compare: exporter, importer, product, year."""
    dice = random.Random(seed)
    ((rows,),) = sql("select count(*) from flows")
    found: list[tuple[str, str, str, int]] = []
    # The database's own samples differ from run to run where it has several threads.
    while len(found) < count:
        asked = "select exporter, importer, product, year from flows where rowid = $row and value > 0"
        found += [
            (str(x), str(m), str(k), int(year)) for x, m, k, year in sql(asked, row=dice.randrange(rows))
        ]
    return found


def compare_ties(x: str, m: str, product: str, year: int, compared: Counter[str]) -> None:
    facts = answered("ties", x, m, "--year", str(year), "--product", product)
    cursor = flows_in_memory().execute(TIES, {"x": x, "m": m, "k": product, "year": year})
    names = [column[0] for column in cursor.description or ()]
    (row,) = cursor.fetchall()
    for name, wanted in zip(names, row, strict=True):
        # What the data do not hold is no number: no balance with a direction of which there is no row.
        about = [
            f
            for f in facts
            if f["measure"] == name
            and (f["exporter"], f["importer"]) in ((x, m), (x, None), (None, m), (None, None))
            and (f["economy"], f["partner"]) in ((x, m), (None, None))
        ]
        about = [f for f in about if f["value"] is not None and f["status"] != "flagged"]
        if wanted is None:
            assert not about, (name, about)
        elif about:
            (fact,) = about
            assert fact["value"] == pytest.approx(wanted, rel=NEAR), (x, m, product, year, name)
            compared[name] += 1


@pytest.mark.parametrize("count", [6, pytest.param(30, marks=pytest.mark.slow), by_night(60)])
def test_ties_are_what_sql_says(count: int) -> None:
    compared: Counter[str] = Counter()
    for x, m, product, year in drawn(count, count):
        compare_ties(x, m, product, year, compared)
    always = (
        "trade_value",
        "share_of_imports",
        "share_of_exports",
        "rank_among_suppliers",
        "supplier_concentration",
    )
    assert all(compared[name] >= 0.9 * count for name in always), compared
    assert count < 60 or (compared["change_since"] >= 6 and compared["trade_balance"] >= 6), compared


# --- complementarity ----------------------------------------------------------------------------------
# Both universes have one shape: x exporter, m importer, k line, v value; no trade within an economy.
COMPOSED = """
with f as (select exporter x, importer m, {line} k, sum(value)::double v from {table}
           where year = $year and exporter <> importer group by all),
sold as (select x, k, sum(v) v from f group by all),
bought as (select m, k, sum(v) v from f group by all),
world as (select k, sum(v) v from f group by all),
lines as (select k from world where v > 0),
s as (select k, coalesce((select v from sold where x = $i and sold.k = lines.k), 0)
         / (select sum(v) from sold where x = $i) s from lines),
t as (select k, coalesce((select v from sold where x = $j and sold.k = lines.k), 0)
         / (select sum(v) from sold where x = $j) s from lines),
d as (select k, coalesce((select v from bought where m = $j and bought.k = lines.k), 0)
         / (select sum(v) from bought where m = $j) d from lines),
own as (select k, coalesce((select v from bought where m = $i and bought.k = lines.k), 0) v from lines),
there as (select k, v from f where x = $i and m = $j),
back as (select k, v from f where x = $j and m = $i),
both_ways as (select coalesce(there.v, 0) a, coalesce(back.v, 0) b
              from there full join back on there.k = back.k),
rca as (select k, s / (w.v / (select sum(v) from world)) r from s join world w using (k)),
e as (select sum(so.v * bo.v / (w.v - own.v)) e
      from (select k, v from sold where x = $i) so join (select k, v from bought where m = $j) bo using (k)
      join world w using (k) join own using (k)),
totals as (select (select sum(v) from there) xij, (select sum(v) from sold where x = $i) xi,
           (select sum(v) from bought where m = $j) mj, (select sum(v) from bought where m = $i) mi,
           (select sum(v) from world) w)
select
  (select 100 * (1 - sum(abs(d - s)) / 2) from s join d using (k)) as trade_complementarity,
  (select sum(s * d) / (sqrt(sum(s * s)) * sqrt(sum(d * d))) from s join d using (k))
    as cosine_complementarity,
  (select 100 * sum(least(s.s, t.s)) from s join t using (k)) as export_similarity,
  (select 1 - sum(abs(a - b)) / sum(a + b) from both_ways) as grubel_lloyd,
  (select count(*) from rca where r > 1) as number_of_advantages,
  (select coalesce(sum(d), 0) from d join rca using (k) where r > 1) as share_of_imports_met_by_advantage,
  (select count(*) from lines) as number_of_lines,
  (select (xij / xi) / (mj / w) from totals) as trade_intensity_simple,
  (select (xij / xi) / (mj / (w - mi)) from totals) as trade_intensity,
  (select e / (xi * mj / (w - mi)) from e, totals) as trade_intensity_complementarity,
  (select xij / e from e, totals) as trade_intensity_bias
"""
BY_LINE = """
with f as (select exporter x, importer m, {line} k, sum(value)::double v from {table}
           where year = $year and exporter <> importer group by all),
whole as (select sum(v) w, sum(v) filter (x = $i) xi, sum(v) filter (m = $j) mj from f)
select k,
  (coalesce(sum(v) filter (x = $i), 0) / any_value(xi)) / (sum(v) / any_value(w)),
  sum(v) filter (m = $j),
  sum(v) filter (m = $j) / any_value(mj),
  coalesce(sum(v) filter (x = $i and m = $j), 0) / sum(v) filter (m = $j),
  coalesce(sum(v) filter (x = $i and m <> $j), 0) / sum(v) filter (m <> $i and m <> $j)
from f, whole group by k
"""
LINE_MEASURES = (
    "revealed_comparative_advantage",
    "imports_of_line",
    "share_of_line_in_imports",
    "share_of_supplier_in_line",
    "share_of_supplier_elsewhere",
)
UNIVERSES = {
    "commodities": ("flows", "product"),
    "intermediate": (f"'{SHIPPED / 'icio_flows.parquet'}'", "industry"),
}


@lru_cache(maxsize=1)
def in_the_table() -> list[str]:
    """Return the economies of the inter-country table."""
    return [
        str(row[0])
        for row in sql(f"select distinct economy from '{SHIPPED / 'icio_totals.parquet'}' order by 1")
    ]


@lru_cache(maxsize=64)
def whole_of(universe: str, i: str, j: str, year: int) -> dict[str, float | None]:
    table, line = UNIVERSES[universe]
    text = COMPOSED.format(table=table, line=line)
    cursor = flows_in_memory().execute(text, {"i": i, "j": j, "year": year})
    names = [column[0] for column in cursor.description or ()]
    (row,) = cursor.fetchall()
    return dict(zip(names, row, strict=True))


@lru_cache(maxsize=64)
def lines_of(universe: str, i: str, j: str, year: int) -> dict[str, dict[str, float | None]]:
    table, line = UNIVERSES[universe]
    rows = sql(BY_LINE.format(table=table, line=line), i=i, j=j, year=year)
    return {str(row[0]): dict(zip(LINE_MEASURES, row[1:], strict=True)) for row in rows}


def compare_complementarity(a: str, b: str, year: int, compared: Counter[str]) -> None:
    facts = answered("complementarity", a, b, "--year", str(year))
    fine = [f for f in facts if f["detail"] and not f["detail"].endswith("group") and f["value"] is not None]
    for fact in fine:
        name, universe = fact["measure"], fact["universe"]
        other = {a: b, b: a}
        i, j = fact["exporter"] or fact["economy"], fact["importer"] or fact["partner"]
        i, j = i or other.get(j, a), j or other.get(i, b)
        line = fact["product"] or fact["industry"]
        if {i, j} != {a, b}:
            continue
        # A measure of one side alone does not depend on who is put for the other.
        found = whole_of if line is None else lines_of
        of_all: dict[str, Any] = found(universe, i, j, fact["last_year"])
        wanted = (of_all if line is None else of_all[line]).get(name)
        if wanted is not None:
            assert fact["value"] == pytest.approx(wanted, rel=NEAR, abs=1e-12), fact
            compared[f"{name}, {universe}"] += 1


@pytest.mark.parametrize("count", [2, pytest.param(10, marks=pytest.mark.slow), by_night(24)])
def test_complementarity_is_what_sql_says(count: int) -> None:
    compared: Counter[str] = Counter()
    dice = random.Random(count)
    chosen = [tuple(dice.sample(in_the_table(), 2)) for _ in range(count // 2)]
    chosen += [(x, m) for x, m, _, _ in drawn(count - count // 2, count + 1)]
    for a, b in chosen:
        compare_complementarity(a, b, dice.randint(FIRST, LAST - 1), compared)
    for name in (
        "trade_complementarity",
        "revealed_comparative_advantage",
        "export_similarity",
        "trade_intensity",
    ):
        for universe in UNIVERSES:
            assert compared[f"{name}, {universe}"] >= count // 2, compared
    assert compared["grubel_lloyd, intermediate"] >= count // 2


# --- exposure and growth, which stand in the brief alone ----------------------------------------------
EXPOSED = f"""
select sum(value) filter (exporter = $x) / sum(value),
       sum(value) filter (exporter = $x) / sum(value) filter (exporter <> importer)
from '{SHIPPED / "icio_input_use.parquet"}' where importer = $m and ($k = '' or industry = $k)
"""
TREND = """
select exp(regr_slope(ln(v), year)) - 1, count(*) from (
  select year, sum(value)::double v from flows
  where exporter = $x and importer = $m and year between $first and $last group by year)
"""


def compare_brief(a: str, b: str, year: int, compared: Counter[str]) -> None:
    done = hikiwake("brief", a, b, "--year", str(year), "-o", "-", "--format", "json")
    assert done.returncode == 0, done.stderr
    for fact in json.loads(done.stdout)["ledger"]["facts"].values():
        name, of, period = fact["formula"], fact["subject"], fact["period"]
        if name in ("exposure_of_inputs", "exposure_of_foreign_inputs"):
            industry = of.get("using_industry", "")
            ((all_, foreign),) = sql(EXPOSED, x=of["exporter"], m=of["importer"], k=industry)
            wanted = all_ if name == "exposure_of_inputs" else foreign
        elif name == "trend_growth" and fact.get("coverage") == 1.0 and of.get("group") == "covered":
            ends = {"first": period["first"], "last": period["last"]}
            ((wanted, years),) = sql(TREND, x=of["exporter"], m=of["importer"], **ends)
            if years != period["last"] - period["first"] + 1 or fact.get("note"):
                continue
        else:
            continue
        assert math.isclose(fact["value"], wanted, rel_tol=NEAR), fact
        compared[name] += 1


@pytest.mark.slow
def test_exposure_and_growth_are_what_sql_says() -> None:
    compared: Counter[str] = Counter()
    dice = random.Random(9)
    for _ in range(4):
        a, b = dice.sample(in_the_table(), 2)
        compare_brief(a, b, dice.randint(2006, LAST - 1), compared)
    assert compared["exposure_of_inputs"] >= 8, compared
    assert compared["exposure_of_foreign_inputs"] == compared["exposure_of_inputs"]
    assert compared["trend_growth"]
