"""Same bytes in other surroundings; damage found; missing never zero; identities on many pairs."""

from __future__ import annotations

import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from functools import lru_cache
from pathlib import Path

import duckdb
import pytest

import hikiwake as hw
from hikiwake.api import BriefView, PairView
from hikiwake.compose import Request
from hikiwake.compose import brief as compose
from hikiwake.core.country import Pair, all_countries, country
from hikiwake.core.errors import DamagedStore
from hikiwake.store.catalogue import SHIPPED, Vintage, open_vintage
from hikiwake.store.tables import DuckDB, Tables

FLOWS = SHIPPED / "baci_flows.parquet"
FORMATS = (".json", ".html", ".md", ".pdf", ".csv", ".docx", ".xlsx")


def pairs(count: int, seed: int) -> list[tuple[str, str]]:
    known = [which.id for which in all_countries()]
    dice = random.Random(seed)
    return [tuple(dice.sample(known, 2)) for _ in range(count)]  # type: ignore[misc]


# Two processes that differ in all that must not matter; the second takes the pairs in the opposite order, so
# that nothing kept from one brief can show in the next.
SURROUNDINGS = (
    {"TZ": "UTC", "LANG": "C.UTF-8", "PYTHONHASHSEED": "1", "OPENBLAS_NUM_THREADS": "1", "THREADS": "1"},
    {
        "TZ": "Asia/Tokyo",
        "LANG": "C",
        "LC_ALL": "C",
        "PYTHONHASHSEED": "42",
        "HOME": "/nowhere",
        "THREADS": "7",
    },
)
HASHES = """
import hashlib, json, os, sys
from hikiwake.api import PairView
from hikiwake.core.country import Pair, country
from hikiwake.store.catalogue import open_vintage
from hikiwake.store.tables import DuckDB, Tables
names, formats = json.load(sys.stdin)
vintage = open_vintage()
tables = Tables(vintage, DuckDB(vintage.folder, threads=int(os.environ["THREADS"])))
found = {}
for a, b in names if os.environ["TZ"] == "UTC" else names[::-1]:
    brief = PairView(Pair(country(a), country(b)), tables).brief()
    found[a + b] = {form: hashlib.sha256(brief.render(form)).hexdigest() for form in formats}
with open(sys.argv[1], "w", encoding="ascii") as file:
    json.dump(found, file)
"""


def check_same_bytes(names: list[tuple[str, str]], folder: Path) -> None:
    def hashes(surroundings: dict[str, str]) -> dict[str, dict[str, str]]:
        out = folder / surroundings["THREADS"]
        done = subprocess.run(
            [sys.executable, "-c", HASHES, str(out)],
            cwd=folder,
            env={**os.environ, **surroundings},
            input=json.dumps([names, FORMATS]).encode(),
            stdout=subprocess.PIPE,
            check=True,
        )
        assert done.stdout == b""  # a library that prints would spoil what is piped on
        found: dict[str, dict[str, str]] = json.loads(out.read_bytes())
        return found

    with ThreadPoolExecutor(len(SURROUNDINGS)) as pool:
        one, other = pool.map(hashes, SURROUNDINGS)
    assert {pair: set(forms) for pair, forms in one.items()} == {a + b: set(FORMATS) for a, b in names}
    assert one == other


def test_same_bytes_in_another_time_zone_locale_and_hash_seed(tmp_path: Path) -> None:
    check_same_bytes([("TUV", "NRU")], tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize(
    "names",
    [[("DEU", "FRA"), ("JPN", "RUS"), *pairs(8, 22)], [("USA", "CAN"), ("TCD", "CHN"), *pairs(8, 23)]],
)
def test_same_bytes_of_twenty_pairs(names: list[tuple[str, str]], tmp_path: Path) -> None:
    check_same_bytes(names, tmp_path)


def test_same_content_with_one_thread_and_with_many() -> None:
    content = set()
    for threads in (1, 2, 7):
        vintage = open_vintage()
        tables = Tables(vintage, DuckDB(vintage.folder, threads=threads))
        request = Request(pair=Pair(country("JPN"), country("RUS")))
        content.add(BriefView(compose(request, tables)).render(".json"))
    assert len(content) == 1


def damaged_copies(folder: Path, count: int = 0) -> Iterator[tuple[str, Path]]:
    """Yield vintages with one flipped bit or a cut file each, restored after use.

    So many over all files; without a number, one of each file that is read from where the vintage lies.
    """
    package = folder / "package"
    shutil.copytree(SHIPPED.parent, package, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    dice = random.Random(7)
    catalogue = json.loads((package / "data" / "catalogue.json").read_bytes())
    files = [table["file"] for entry in catalogue["datasets"] for table in entry["tables"]]
    if not count:
        files = [file for file in files if not file.startswith("..")]
        count = len(files)
    for n in range(count):
        path = package / "data" / files[n % len(files)]
        good = path.read_bytes()
        if n % 10 == 9:
            path.write_bytes(good[: dice.randrange(len(good))])
        else:
            at = dice.randrange(len(good))
            path.write_bytes(good[:at] + bytes([good[at] ^ (1 << dice.randrange(8))]) + good[at + 1 :])
        yield files[n % len(files)], package / "data"
        path.write_bytes(good)


def test_every_damaged_file_is_named(tmp_path: Path) -> None:
    for file, vintage in damaged_copies(tmp_path, 220):
        faults = [path.name for path, _ in Vintage(vintage).faults()]
        assert faults == [Path(file).name]


def run(*arguments: str, cwd: Path, **environment: str) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "hikiwake", *arguments],
        cwd=cwd,
        env={**os.environ, "XDG_CACHE_HOME": str(cwd), **environment},
        capture_output=True,
        check=False,
        timeout=120,
    )


def with_one_flipped_bit(folder: Path, file: str) -> Path:
    package = folder / "package"
    shutil.copytree(SHIPPED.parent, package, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    path = package / "data" / file
    good = path.read_bytes()
    at = len(good) // 2
    path.write_bytes(good[:at] + bytes([good[at] ^ 4]) + good[at + 1 :])
    return package / "data"


@pytest.mark.parametrize("file", ["baci_flows.parquet", "baci_flags.parquet"])
def test_no_command_prints_a_number_from_a_damaged_file(file: str, tmp_path: Path) -> None:
    healthy = run("ties", "JPN", "RUS", "--year", "2014", "--product", "270900", "--json", cwd=tmp_path)
    identity = json.loads(healthy.stdout)["facts"][0]["id"]
    vintage = str(with_one_flipped_bit(tmp_path, file))
    commands: list[tuple[str, ...]] = [("brief", "JPN", "RUS"), ("ties", "JPN", "RUS")]
    commands.append(("complementarity", "JPN", "RUS") if "flows" in file else ("data", "quality", "JPN"))
    commands += [("why", identity)] if "flows" in file else []
    for command in commands:
        done = run("--data", vintage, *command, cwd=tmp_path)
        assert (done.returncode, done.stdout) == (4, b""), command
        assert file.encode() in done.stderr
    assert not list(tmp_path.glob("brief*"))
    done = run("--data", vintage, "doctor", cwd=tmp_path)
    assert done.returncode == 1
    named = [line for line in done.stdout.decode().splitlines() if line.startswith("damaged: ")]
    assert len(named) == 1
    assert file in named[0]


@pytest.mark.slow
def test_a_brief_takes_nothing_from_any_damaged_file(tmp_path: Path) -> None:
    def brief(folder: Path) -> bytes:
        view = PairView(Pair(country("JPN"), country("RUS")), Tables(Vintage(folder)))
        return view.brief().render(".json")

    whole = brief(SHIPPED)
    refused = 0
    for file, vintage in damaged_copies(tmp_path):
        try:
            made, said = brief(vintage), ""
        except DamagedStore as fault:
            made, said = b"", str(fault)
        # Refused by the file's name, or not read at all.
        assert Path(file).name in said if said else made == whole, file
        refused += bool(said)
    assert refused >= 10


@pytest.mark.parametrize(
    "content", [b"", b"{}", b"[1]", b'{"vintage": "x", "datasets": [{}]}', b"\xff\xfe", b"[" * 9999]
)
def test_a_broken_catalogue_is_named(content: bytes, tmp_path: Path) -> None:
    (tmp_path / "catalogue.json").write_bytes(content)
    for command, code in ((("ties", "JPN", "RUS"), 4), (("--version",), 4), (("doctor",), 1)):
        done = run("--data", str(tmp_path), *command, cwd=tmp_path)
        assert done.returncode == code, done.stderr
        assert b"catalogue.json" in done.stderr + done.stdout
        assert b"Traceback" not in done.stderr


def check_identities(names: tuple[str, str], year: int) -> None:
    """One pair and year: the mirrored pair, shares against plain SQL, and no number that is none."""
    a, b = names
    facts = hw.pair(a, b).ties(year)
    mirrored = hw.pair(b, a).ties(year)
    values = {(f.formula, tuple(sorted(f.subject.items())), f.period): f.value for f in facts}
    for fact in mirrored:
        if fact.formula != "trade_balance":
            key = (fact.formula, tuple(sorted(fact.subject.items())), fact.period)
            assert values[key] == fact.value
    rows = (
        flows_in_memory()
        .execute(
            "select exporter, importer, product, value from flows where year = ? and "
            "((exporter = ? and importer = ?) or (exporter = ? and importer = ?))",
            [year, a, b, b, a],
        )
        .fetchall()
    )
    stated = {
        (f.subject["exporter"], f.subject["importer"], f.subject["product"]): f.value
        for f in facts
        if f.formula == "trade_value" and "product" in f.subject
    }
    assert stated == {(x, m, k): v for x, m, k, v in rows}
    check_shares(facts, year)
    for fact in facts:
        assert fact.value is None or math.isfinite(fact.value)
        assert (fact.value is None) == (fact.status == "missing")
        if fact.value is None:
            assert fact.note
        elif fact.unit.kind == "share":
            assert 0 <= fact.value <= 1


@lru_cache(maxsize=1)
def flows_in_memory() -> duckdb.DuckDBPyConnection:
    """Open a database of its own, so that nothing of ours stands between the file and the comparison."""
    connection = duckdb.connect()
    connection.execute(f"create table flows as select * from '{FLOWS}' order by year, exporter, importer")
    return connection


@lru_cache(maxsize=30)
def sums(year: int) -> dict[str, dict[tuple[str, str], int]]:
    """Sum the flows of a year by economy and product with plain SQL, on either side."""
    return {
        side: {
            (economy, product): value
            for economy, product, value in flows_in_memory()
            .execute(f"select {side}, product, sum(value) from flows where year = ? group by all", [year])
            .fetchall()
        }
        for side in ("exporter", "importer")
    }


def check_shares(facts: hw.FactSet, year: int) -> None:
    """Compare the shares of all products with totals that plain SQL has summed."""
    totals = sums(year)
    for formula, side in (("share_of_imports", "importer"), ("share_of_exports", "exporter")):
        for fact in facts.where(formula):
            if "product" not in fact.subject or fact.value is None:
                continue
            product = fact.subject["product"]
            ends = {"exporter": fact.subject["exporter"], "importer": fact.subject["importer"]}
            flow = facts.get("trade_value", year=year, product=product, **ends).value
            assert flow is not None
            # Sums of integers below 2**53 are exact; one division rounds once on each side.
            assert fact.value == pytest.approx(flow / totals[side][ends[side], product], rel=1e-15)


@pytest.mark.parametrize("seed", [1])
def test_identities_on_a_few_pairs(seed: int) -> None:
    dice = random.Random(seed)
    for names in [("JPN", "RUS"), ("USA", "CAN"), *pairs(10, seed)]:
        check_identities(names, dice.randint(1995, 2024))


@pytest.mark.slow
@pytest.mark.parametrize("seed", [11, 12, 13, 14])
def test_identities_on_a_thousand_pairs(seed: int) -> None:
    dice = random.Random(seed)
    for names in pairs(250, seed):
        check_identities(names, dice.randint(1995, 2024))


def test_shares_over_all_partners_sum_to_one() -> None:
    from hikiwake.core.provenance import Ledger
    from hikiwake.measures.statement import Scope, Statements
    from hikiwake.measures.ties.suppliers import Partners
    from hikiwake.store.tables import open_tables

    say = Statements(open_tables(), Ledger())
    for economy, code, year in (("JPN", "271111", 2014), ("DEU", "270900", 2003), ("NAM", "710812", 2019)):
        rows = Partners(say, economy, "importer", year).largest(Scope("product", code, code), 300)
        assert math.fsum(row.share.value or 0.0 for row in rows) == pytest.approx(1.0, abs=1e-12)


# As a word anywhere; as Python or JavaScript spell it also inside a path or a coordinate.
NOT_A_NUMBER = re.compile(r"(?i:\b(nan|inf|infinity)\b)|NaN|Infinity|(?<![\w.])[-\u2212]0(\.0+)?(?![\d.])")
CODE = re.compile(r"<(script|style)\b.*?</\1>", re.DOTALL)
RANGE = re.compile(r"[\[(][-\w.]+, inf\)")  # which values a formula can take


def check_no_false_number(names: tuple[str, str]) -> None:
    view = hw.pair(*names).brief()
    for suffix in (".md", ".csv", ".json", ".html"):
        text = RANGE.sub("", CODE.sub("", view.render(suffix).decode("utf-8")))
        found = NOT_A_NUMBER.search(text)
        assert not found, (names, suffix, text[found.start() - 60 : found.end() + 60])
    for section in view.content.sections:
        assert section.blocks


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
@pytest.mark.parametrize("part", range(6))
def test_missing_is_not_zero_on_three_hundred_pairs(part: int) -> None:
    chosen = pairs_with_a_gap(300, 5)
    assert len({a for a, _ in chosen}) == len(all_countries())
    for names in chosen[part::6]:
        check_no_false_number(names)


@pytest.mark.slow
@pytest.mark.parametrize("part", range(4))
def test_every_economy_has_a_brief_or_a_sentence_why_not(part: int) -> None:
    partners = ("USA", "CHN", "NRU", "RUS", "DEU", "SAU")
    for n, which in list(enumerate(all_countries()))[part::4]:
        partner = next(p for p in partners[n % 6 :] + partners if p != which.id)
        view = hw.pair(which.id, partner).brief(length="glance")
        assert view.render(".md").startswith(b"# ")
        assert view.render(".json").startswith(b"{")
