"""Same bytes in other surroundings; damage found; missing never zero; identities on many pairs."""

from __future__ import annotations

import hashlib
import json
import math
import os
import random
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import duckdb
import pytest

import hikiwake as hw
from hikiwake.core.country import all_countries
from hikiwake.store.catalogue import SHIPPED

FLOWS = SHIPPED / "baci_flows.parquet"
FORMATS = (".json", ".html", ".md", ".pdf", ".csv", ".docx")


def brief_hashes(folder: Path, names: tuple[str, str], **environment: str) -> dict[str, str]:
    folder.mkdir()
    outputs = [part for suffix in FORMATS for part in ("-o", f"b{suffix}")]
    subprocess.run(
        [sys.executable, "-m", "hikiwake", "brief", *names, *outputs],
        cwd=folder,
        env={**os.environ, **environment},
        check=True,
        capture_output=True,
        timeout=120,
    )
    return {suffix: hashlib.sha256((folder / f"b{suffix}").read_bytes()).hexdigest() for suffix in FORMATS}


@pytest.mark.parametrize(
    "names",
    [
        ("JPN", "RUS"),
        *(
            pytest.param(names, marks=pytest.mark.slow)
            for names in (("DEU", "FRA"), ("USA", "CAN"), ("TUV", "NRU"), ("TCD", "CHN"), ("MLT", "LBY"))
        ),
    ],
)
def test_same_bytes_in_another_time_zone_locale_and_hash_seed(names: tuple[str, str], tmp_path: Path) -> None:
    one = brief_hashes(tmp_path / "one", names, TZ="UTC", LANG="C.UTF-8", PYTHONHASHSEED="1")
    other = brief_hashes(
        tmp_path / "other",
        names,
        TZ="Asia/Tokyo",
        LANG="C",
        LC_ALL="C",
        PYTHONHASHSEED="4242",
        HOME="/nowhere",
    )
    assert one == other


def damaged_copies(folder: Path, count: int) -> Iterator[tuple[str, Path]]:
    """Yield vintages with one flipped bit or a cut file each, restored after use."""
    package = folder / "package"
    shutil.copytree(SHIPPED.parent, package, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    dice = random.Random(7)
    catalogue = json.loads((package / "data" / "catalogue.json").read_bytes())
    files = [table["file"] for entry in catalogue["datasets"] for table in entry["tables"]]
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
    from hikiwake.store.catalogue import Vintage

    for file, vintage in damaged_copies(tmp_path, 220):
        faults = [path.name for path, _ in Vintage(vintage).faults()]
        assert faults == [Path(file).name]


def test_no_number_is_printed_from_a_damaged_file(tmp_path: Path) -> None:
    for file, vintage in damaged_copies(tmp_path, 40):
        if Path(file).name not in ("baci_flows.parquet", "baci_flags.parquet"):
            continue
        done = subprocess.run(
            [sys.executable, "-m", "hikiwake", "--data", str(vintage), "ties", "JPN", "RUS"],
            capture_output=True,
            check=False,
            timeout=60,
        )
        assert done.returncode == 4
        assert done.stdout == b""
        assert Path(file).name.encode() in done.stderr


def pairs(count: int, seed: int) -> list[tuple[str, str]]:
    known = [which.id for which in all_countries()]
    dice = random.Random(seed)
    return [tuple(dice.sample(known, 2)) for _ in range(count)]  # type: ignore[misc]


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
    rows = duckdb.execute(
        f"select exporter, importer, product, value from '{FLOWS}' where year = ? and "
        "((exporter = ? and importer = ?) or (exporter = ? and importer = ?))",
        [year, a, b, b, a],
    ).fetchall()
    stated = {
        (f.subject["exporter"], f.subject["importer"], f.subject["product"]): f.value
        for f in facts
        if f.formula == "trade_value" and "product" in f.subject
    }
    assert stated == {(x, m, k): v for x, m, k, v in rows}
    for fact in facts:
        assert fact.value is None or math.isfinite(fact.value)
        assert (fact.value is None) == (fact.status == "missing")
        if fact.value is None:
            assert fact.note
        elif fact.unit.kind == "share":
            assert 0 <= fact.value <= 1


@pytest.mark.parametrize("seed", [1])
def test_identities_on_a_few_pairs(seed: int) -> None:
    dice = random.Random(seed)
    for names in [("JPN", "RUS"), ("USA", "CAN"), *pairs(10, seed)]:
        check_identities(names, dice.randint(1995, 2024))


@pytest.mark.slow
def test_identities_on_a_thousand_pairs() -> None:
    dice = random.Random(11)
    for names in pairs(1000, 11):
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


NOT_A_NUMBER = re.compile(rb"\b(nan|inf|infinity)\b|-0\.0\b", re.IGNORECASE)


def check_no_false_number(names: tuple[str, str]) -> None:
    view = hw.pair(*names).brief()
    for suffix in (".md", ".csv"):
        assert not NOT_A_NUMBER.search(view.render(suffix)), (names, suffix)
    for section in view.content.sections:
        assert section.blocks


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


@pytest.mark.slow
def test_missing_is_not_zero_on_three_hundred_pairs() -> None:
    for names in pairs(300, 5):
        check_no_false_number(names)


@pytest.mark.slow
def test_every_economy_has_a_brief_or_a_sentence_why_not() -> None:
    partners = ("USA", "CHN", "NRU", "RUS", "DEU", "SAU")
    for n, which in enumerate(all_countries()):
        partner = next(p for p in partners[n % 6 :] + partners if p != which.id)
        view = hw.pair(which.id, partner).brief()
        assert view.render(".md").startswith(b"# ")
        assert view.render(".json").startswith(b"{")


@pytest.mark.parametrize(
    ("environment", "options"),
    [
        ({"HOME": "/nowhere", "XDG_CACHE_HOME": "/nowhere"}, ()),
        ({"LC_ALL": "C", "LANG": "C", "PYTHONUTF8": "0"}, ()),
        ({"PYTHONOPTIMIZE": "1"}, ()),
        ({"COLUMNS": "80", "TERM": "dumb", "NO_COLOR": "1"}, ()),
        ({}, ("-O",)),
    ],
)
def test_odd_surroundings(environment: dict[str, str], options: tuple[str, ...], tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, *options, "-m", "hikiwake", "ties", "JPN", "RUS", "--year", "2014"],
        cwd=tmp_path,
        env={**os.environ, **environment},
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr
    assert "Russia → Japan" in done.stdout.decode("utf-8")
    assert done.stderr == b""
