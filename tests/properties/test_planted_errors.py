"""500 true claims and 500 falsified ones from the store: what the audit catches, and what it wrongs.

The claims are computed here by an SQL query of their own and printed with the rounding that texts use.
"""

from __future__ import annotations

import random
from collections import Counter
from importlib.resources import files
from typing import Any

import duckdb
import msgspec
import pytest

from hikiwake.audit.run import audit
from hikiwake.core.dossier import Dossier
from hikiwake.store.tables import open_tables

CLAIMS = 500
CAUGHT, WRONGED = 0.97, 0.01
PRODUCTS = {
    "crude oil": ("270900",),
    "LNG": ("271111",),
    "coal": ("270111", "270112", "270119"),
    "iron ore": ("260111", "260112"),
    "copper ore": ("260300",),
    "bauxite": ("260600",),
}
FORMS = ("share of imports", "share of exports", "level", "quantity", "growth")
FALSE = ("factor", "year", "direction", "unit", "whole")


class Store:
    """The shipped flows, asked by SQL."""

    def __init__(self) -> None:
        path = files("hikiwake.data").joinpath("baci_flows.parquet")
        self.ask = duckdb.connect()
        self.ask.execute(f"CREATE TABLE f AS FROM '{path}'")

    def total(
        self, product: str, year: int, exporter: str = "", importer: str = "", column: str = "value"
    ) -> float:
        codes = ", ".join(f"'{code}'" for code in PRODUCTS[product])
        where = f"product IN ({codes}) AND year = {year}"
        where += f" AND exporter = '{exporter}'" if exporter else ""
        where += f" AND importer = '{importer}'" if importer else ""
        found = self.ask.execute(f"SELECT coalesce(sum({column}), 0) FROM f WHERE {where}").fetchone()
        assert found is not None
        return float(found[0])

    def draw(self, chance: random.Random) -> tuple[str, str, str, int]:
        """Draw a flow of at least 50 million dollars."""
        while True:
            product = chance.choice(list(PRODUCTS))
            year = chance.randint(1997, 2022)
            codes = ", ".join(f"'{code}'" for code in PRODUCTS[product])
            rows = self.ask.execute(
                "SELECT exporter, importer FROM f WHERE value > 5e7 AND year = ? "
                f"AND product IN ({codes}) ORDER BY ALL",
                [year],
            ).fetchall()
            if rows:
                exporter, importer = chance.choice(rows)
                return product, exporter, importer, year


def true_claim(store: Store, chance: random.Random, number: int) -> tuple[dict[str, Any], float] | None:
    """Return a claim that is true, with its number in the printed unit."""
    product, x, m, year = store.draw(chance)
    form = FORMS[number % len(FORMS)]
    flow = f"{x} -> {m}: {product}"
    value = store.total(product, year, x, m)
    claim: dict[str, Any] = {"id": f"c{number}", "in": year}
    number_of: tuple[dict[str, Any], float] | None
    if form.startswith("share"):
        ends = {"exporter": x} if form == "share of exports" else {"importer": m}
        whole = f"{x} -> world" if form == "share of exports" else f"world -> {m}"
        share = 100 * value / store.total(product, year, **ends)
        said = {**claim, "quantity": "share", "part": flow, "of": f"{whole}: {product}", "unit": "%"}
        number_of = (said, share) if 2 < share < 90 else None
    elif form == "level":
        number_of = {**claim, "quantity": "level", "of": flow, "unit": "bn USD"}, value / 1e9
    elif form == "quantity":
        tonnes = store.total(product, year, x, m, "quantity") / 1e9
        number_of = {**claim, "quantity": "level", "of": f"{flow} by quantity", "unit": "Mt"}, tonnes
    else:
        base = store.total(product, year - 1, x, m)
        change = 100 * (value / base - 1) if base >= 2e7 else 0.0
        said = {
            "id": claim["id"],
            "quantity": "growth",
            "of": flow,
            "from": year - 1,
            "to": year,
            "unit": "%",
        }
        number_of = (said, change) if 8 <= abs(change) <= 400 else None
    return number_of


def printed(claim: dict[str, Any], value: float) -> dict[str, Any]:
    """Print the number with two or three significant digits."""
    digits = max(0, 2 - len(str(int(abs(value)))))
    sign = "+" if claim["quantity"] == "growth" and value > 0 else ""
    text = f"{sign}{value:.{digits if abs(value) >= 1 else 3}f} {claim['unit']}"
    return {**{key: held for key, held in claim.items() if key != "unit"}, "value": text}


def falsified(
    claim: dict[str, Any], value: float, kind: str, store: Store, chance: random.Random
) -> dict[str, Any] | None:
    """Make a claim false in one way; None where that way does not change what is printed."""
    if kind == "factor":
        return printed(claim, value * chance.choice((0.1, 10.0)))
    if kind == "unit":
        unit = {"bn USD": "m USD", "Mt": "kt", "%": "times"}[claim["unit"]]
        return printed({**claim, "unit": unit}, value)
    changed = dict(claim)
    if kind == "year":
        step = chance.choice((-3, -2, 2, 3))
        for field in ("in", "from", "to"):
            if field in changed:
                changed[field] += step
    elif kind == "direction":
        changed |= {field: _turned(changed[field]) for field in ("of", "part") if field in changed}
    elif kind == "whole":
        if claim["quantity"] != "share":
            return None
        changed["of"] = _other_whole(claim)
    said = printed(changed, value)
    return said if not _true(said, value, store) else None


def _turned(flow: str) -> str:
    left, _, rest = flow.partition(" -> ")
    right, colon, product = rest.partition(":")
    return f"{right} -> {left}{colon}{product}"


def _other_whole(claim: dict[str, Any]) -> str:
    x, _, rest = claim["part"].partition(" -> ")
    m, _, product = rest.partition(": ")
    return f"{x} -> world: {product}" if claim["of"].startswith("world") else f"world -> {m}: {product}"


def _true(said: dict[str, Any], value: float, store: Store) -> bool:
    """Say whether a falsified claim came out true by chance: the figure is within 2 % of the right one."""
    flow = said.get("part", said["of"])
    x, _, rest = flow.partition(" -> ")
    m, _, tail = rest.partition(": ")
    product = tail.removesuffix(" by quantity")
    if not 1995 <= said.get("in", said.get("to", 0)) - ("from" in said) <= 2024 or said.get("to", 0) > 2024:
        return True
    if said["quantity"] == "growth":
        base, last = (store.total(product, said[field], x, m) for field in ("from", "to"))
        right = 100 * (last / base - 1) if base else 0.0
    elif said["quantity"] == "share":
        ends = {"exporter": x} if said["of"].startswith(x) else {"importer": m}
        whole = store.total(product, said["in"], **ends)
        right = 100 * store.total(product, said["in"], x, m) / whole if whole else 0.0
    else:
        column = "quantity" if tail.endswith("quantity") else "value"
        right = store.total(product, said["in"], x, m, column) / 1e9
    return abs(value - right) <= 0.06 * abs(right)


@pytest.fixture(scope="module")
def claims() -> tuple[list[dict[str, Any]], list[tuple[str, dict[str, Any]]]]:
    store, chance = Store(), random.Random(20261124)
    true: list[dict[str, Any]] = []
    false: list[tuple[str, dict[str, Any]]] = []
    number = 0
    while len(true) < CLAIMS or len(false) < CLAIMS:
        number += 1
        found = true_claim(store, chance, number)
        if found is None or (found[1] < 0.05 and found[0]["quantity"] != "growth"):
            continue
        claim, value = found
        if len(true) < CLAIMS:
            true.append(printed(claim, value))
        kind = FALSE[number % len(FALSE)]
        wrong = falsified(claim, value, kind, store, chance)
        if wrong is not None and len(false) < CLAIMS:
            false.append((kind, {**wrong, "id": f"f{number}"}))
    return true, false


def judged(claims: list[dict[str, Any]]) -> dict[str, str]:
    dossier = msgspec.convert({"hikiwake": 1, "title": "t", "parties": ["JPN"], "claims": claims}, Dossier)
    return {verdict.claim: verdict.judgement for verdict in audit(dossier, open_tables()).verdicts}


def test_planted_errors_are_caught_and_the_truth_is_left_alone(
    claims: tuple[list[dict[str, Any]], list[tuple[str, dict[str, Any]]]], capsys: pytest.CaptureFixture[str]
) -> None:
    true, false = claims
    of_true = Counter(judged(true).values())
    verdicts = judged([claim for _, claim in false])
    of_false = Counter(verdicts.values())
    missed = Counter(kind for kind, claim in false if verdicts[claim["id"]] == "holds")
    silent = of_false["not checkable here"]
    with capsys.disabled():
        print(f"\ntrue: {dict(of_true)}\nfalse: {dict(of_false)}; held: {dict(missed)}")  # noqa: T201
    wronged = of_true["contradicted"] + of_true["contradicted by bounds"]
    assert wronged <= WRONGED * len(true)
    assert of_false["holds"] + silent <= (1 - CAUGHT) * len(false)
