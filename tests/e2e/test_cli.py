"""The command line as a person uses it: by process, with its exit codes, streams and files."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import duckdb
import pytest

from hikiwake.store.catalogue import SHIPPED

FLOWS = SHIPPED / "baci_flows.parquet"


def hikiwake(
    *arguments: str, cwd: Path | None = None, **environment: str
) -> subprocess.CompletedProcess[bytes]:
    return subprocess.run(
        [sys.executable, "-m", "hikiwake", *arguments],
        capture_output=True,
        cwd=cwd,
        env={**os.environ, **environment},
        timeout=120,
        check=False,
    )


def ties(*arguments: str) -> list[dict[str, object]]:
    done = hikiwake("ties", *arguments, "--json")
    assert done.returncode == 0, done.stderr
    facts: list[dict[str, object]] = json.loads(done.stdout)["facts"]
    return facts


def one(facts: list[dict[str, object]], measure: str, **subject: object) -> float:
    found = [
        fact
        for fact in facts
        if fact["measure"] == measure and all(fact[name] == value for name, value in subject.items())
    ]
    assert len(found) == 1, (measure, subject, found)
    return float(str(found[0]["value"]))


def test_known_truths_by_value() -> None:
    facts = ties("JPN", "RUS", "--year", "2014")
    sold = {"exporter": "RUS", "importer": "JPN"}
    # Rounded in the statement of the truth, so compared at half its last digit.
    assert one(facts, "share_of_imports", product="270900", **sold) == pytest.approx(0.0760, abs=5e-5)
    assert one(facts, "share_of_imports", product="271111", **sold) == pytest.approx(0.0797, abs=5e-5)
    facts = ties("JPN", "RUS", "--year", "2013", "--product", "271111")
    assert one(facts, "share_of_exports", product="271111", **sold) == pytest.approx(0.909, abs=5e-4)


@pytest.mark.parametrize(
    ("exporter", "importer", "product", "year"),
    [("RUS", "DEU", "270900", 2019), ("AUS", "CHN", "260111", 2022), ("CHL", "JPN", "260300", 1998)],
)
def test_shares_equal_an_independent_query(exporter: str, importer: str, product: str, year: int) -> None:
    facts = ties(exporter, importer, "--year", str(year), "--product", product)
    query = f"""
        select sum(value) filter (exporter = $x and importer = $m),
               sum(value) filter (importer = $m), sum(value) filter (exporter = $x), sum(value)
        from '{FLOWS}' where product = $k and year = $y
    """
    row = duckdb.execute(query, {"x": exporter, "m": importer, "k": product, "y": year}).fetchone()
    assert row is not None
    flow, bought, sold, world = row
    who = {"exporter": exporter, "importer": importer}
    assert one(facts, "trade_value", **who) == flow
    assert one(facts, "share_of_imports", **who) == pytest.approx(flow / bought, rel=1e-12)
    assert one(facts, "share_of_exports", **who) == pytest.approx(flow / sold, rel=1e-12)
    assert one(facts, "share_of_world_exports", exporter=exporter) == pytest.approx(sold / world, rel=1e-12)


def test_help_is_light_and_shows_two_examples() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "hikiwake", "--help"], capture_output=True, check=True
    )
    for heavy in (b"numpy", b"duckdb", b"narwhals", b"jinja2", b"vl_convert", b"typst", b"msgspec"):
        assert heavy not in done.stderr, heavy
    for command in ("brief", "ties", "complementarity", "why", "data", "methods", "doctor", "completion"):
        text = hikiwake(command, "--help").stdout.decode()
        assert text.partition("Examples:")[2].count("hikiwake ") >= 2, command


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("brief", "jpan", "RUS"), 2, "Did you mean Japan (JPN)"),
        (("brief", "JPN", "JPN"), 3, "itself"),
        (("brief", "JPN", "RUS", "--year", "1066"), 3, "1995"),
        (("brief", "JPN", "RUS", "--as-of", "soon"), 2, "YYYY-MM-DD"),
        (("breif", "JPN", "RUS"), 2, "brief"),
        (("ties",), 2, "Missing argument"),
        (("ties", "JPN", "RUS", "-o", "x.xlsx"), 2, ".csv"),
        (("why", "nonsense"), 3, "nothing computed lately"),
        (("data", "show", "nothing"), 3, "baci"),
        (("methods", "share_of_import"), 3, "share_of_imports"),
        (("--data", "/nowhere", "ties", "JPN", "RUS"), 4, "catalogue"),
    ],
)
def test_what_goes_wrong_is_said_in_lines_and_exit_codes(
    arguments: tuple[str, ...], code: int, said: str, tmp_path: Path
) -> None:
    done = hikiwake(*arguments, cwd=tmp_path, XDG_CACHE_HOME=str(tmp_path))
    assert done.returncode == code, done.stderr
    assert said in done.stderr.decode()
    assert b"Traceback" not in done.stderr
    assert done.stdout == b""


def test_names_of_many_kinds_mean_the_same_pair(tmp_path: Path) -> None:
    outputs = {
        hikiwake("ties", *names, "--year", "2014", "--product", "270900", "--json").stdout
        for names in (("JPN", "RUS"), ("japan", "russia"), ("日本", "Россия"), ("JP-RU",))
    }
    assert len(outputs) == 1


def test_brief_is_written_asked_and_rendered_again_without_a_store(tmp_path: Path) -> None:
    done = hikiwake("brief", "JPN", "RUS", "-o", "b.json", "-o", "b.html", "-o", "b.pdf", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    brief = json.loads((tmp_path / "b.json").read_bytes())
    identity = next(iter(brief["ledger"]["facts"]))
    for file in ("b.json", "b.html"):
        why = hikiwake("why", identity, file, "--json", cwd=tmp_path)
        assert why.returncode == 0, why.stderr
        assert json.loads(why.stdout)["id"] == identity
    again = hikiwake("--data", "/nowhere", "brief", "--from", "b.html", "-o", "again.html", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")
    assert {path.name for path in tmp_path.iterdir()} == {"b.json", "b.html", "b.pdf", "again.html"}


def test_results_go_to_stdout_and_the_rest_to_stderr(tmp_path: Path) -> None:
    done = hikiwake("brief", "JPN", "RUS", "-o", "-", "--format", "md", cwd=tmp_path)
    assert done.stdout.startswith(b"# Japan and Russia")
    assert list(tmp_path.iterdir()) == []
    written = hikiwake("brief", "JPN", "RUS", "-o", "x.md", cwd=tmp_path)
    assert written.stdout == b""
    assert b"wrote x.md" in written.stderr


def test_an_interrupt_leaves_no_file_and_no_traceback(tmp_path: Path) -> None:
    command = [sys.executable, "-m", "hikiwake", "brief", "JPN", "RUS"]
    for delay in (0.2, 0.5, 0.9):
        running = subprocess.Popen(command, cwd=tmp_path, stderr=subprocess.PIPE)
        time.sleep(delay)
        running.send_signal(signal.SIGINT)
        _, said = running.communicate(timeout=20)
        if running.returncode == 0:
            continue  # faster than the interrupt
        # Before our first line runs, Python itself reports the interrupt; after it, we do.
        assert running.returncode in (130, -signal.SIGINT), said
        assert not list(tmp_path.glob(".brief*"))
        if running.returncode == 130:
            assert b"Traceback" not in said


def test_doctor_finds_the_shipped_data_whole() -> None:
    done = hikiwake("doctor")
    assert done.returncode == 0, done.stdout
    assert b"files as in the catalogue" in done.stdout


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    assert b"_HIKIWAKE_COMPLETE" in hikiwake("completion", shell).stdout
