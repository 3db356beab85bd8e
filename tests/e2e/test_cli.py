"""The command line as a person uses it: its exit codes, streams and files, by process where that matters."""

from __future__ import annotations

import csv
import io
import json
import os
import subprocess
import sys
from pathlib import Path

import duckdb
import pytest
from tests.commands import by_process, hikiwake

from hikiwake.store.catalogue import SHIPPED

FLOWS = SHIPPED / "baci_flows.parquet"


def ties(*arguments: str) -> list[dict[str, object]]:
    done = by_process("ties", *arguments, "--json")
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
    found = duckdb.execute(query, {"x": exporter, "m": importer, "k": product, "y": year})
    ((flow, bought, sold, world),) = found.fetchall()  # all, for the connection is every test's
    who = {"exporter": exporter, "importer": importer}
    assert one(facts, "trade_value", **who) == flow
    assert one(facts, "share_of_imports", **who) == pytest.approx(flow / bought, rel=1e-12)
    assert one(facts, "share_of_exports", **who) == pytest.approx(flow / sold, rel=1e-12)
    assert one(facts, "share_of_world_exports", exporter=exporter) == pytest.approx(sold / world, rel=1e-12)


def test_help_is_light() -> None:
    done = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "hikiwake", "--help"], capture_output=True, check=True
    )
    for heavy in (b"numpy", b"duckdb", b"narwhals", b"jinja2", b"vl_convert", b"typst", b"msgspec"):
        assert heavy not in done.stderr, heavy


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (("brief", "jpan", "RUS"), 2, "Did you mean Japan (JPN)"),
        (("brief", "JPN", "JPN"), 3, "itself"),
        (("brief", "JPN", "RUS", "--year", "1066"), 3, "1995"),
        (("brief", "JPN", "RUS", "--as-of", "soon"), 2, "YYYY-MM-DD"),
        (("breif", "JPN", "RUS"), 2, "Did you mean 'brief'"),
        (("jpan", "russia"), 2, "Did you mean Japan (JPN)"),
        (("qqqq",), 2, "no such country"),
        (("JPN",), 3, "Name two"),
        (("brief",), 2, "JPN RUS"),
        (("brief", "JPN", "RUS", "-o", "b.md", "-o", "b.ods"), 2, ".docx"),
        (("brief", "JPN", "RUS", "-o", "missing/b.md"), 4, "missing/b.md"),
        (("brief", "JPN", "RUS", "--from", "b.json"), 2, "--from"),
        (("brief", "--from", "b.json"), 3, "b.json"),
        (("brief", "JPN", "RUS", "--lang", "xx", "-o", "b.md"), 2, "en"),
        (("brief", "JPN", "RUS", "--yaer", "2014"), 2, "--year"),
        (("ties",), 2, "Missing argument"),
        (("ties", "JPN", "RUS", "--product", "270901"), 3, "270900"),
        (("ties", "JPN", "RUS", "--product", "crude"), 3, "270900 (crude oil)"),
        (("ties", "JPN", "RUS", "--from", "2020", "--to", "2010"), 3, "in that order"),
        (("ties", "JPN", "RUS", "--json", "--csv"), 2, "--json and --csv"),
        (("countries", "zzzzz"), 2, "no economy"),
        (("data", "quality", "jpan"), 2, "Japan"),
        (("\x1b[31mred", "JPN"), 2, "x1b[31mred"),
        (("ties", "JPN", "RUS", "-o", "x.ods"), 2, ".csv"),
        (("why", "nonsense"), 3, "nothing computed lately"),
        (("data", "show", "nothing"), 3, "baci"),
        (("methods", "share_of_import"), 3, "share_of_imports"),
        (("completion",), 2, "  bash,"),
        (("--data", "/\a\u202ebell", "ties", "JPN", "RUS"), 4, "/\\x07\\x202ebell"),
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
    # Nothing that steers a terminal or turns writing round.
    assert all(c.isprintable() or c == "\n" for c in done.stderr.decode())
    assert done.stdout == b""
    assert not list(tmp_path.glob("*.*"))


def test_a_pair_that_the_data_say_nothing_of_is_told_so() -> None:
    done = hikiwake("potential", "JPN", "VAT")
    assert done.returncode == 0
    assert b"the data do not hold one of the two" in done.stderr
    assert b"none of these numbers" in done.stdout
    assert b"hikiwake data add" in done.stdout
    assert b"none of these numbers" not in hikiwake("potential", "JPN", "RUS").stdout


def test_an_unexpected_fault_is_a_line_and_how_to_report_it(tmp_path: Path) -> None:
    (tmp_path / "hikiwake_breaks.py").write_text(
        "import hikiwake.api\n"
        "def broken(*names, **options): raise ZeroDivisionError('a fault\\nof two lines')\n"
        "hikiwake.api.pair = broken\n"
        "from hikiwake.__main__ import main\n"
        "main()\n",
        encoding="utf-8",
    )
    for arguments, traced in (("ties JPN RUS", False), ("ties JPN RUS --debug", True)):
        done = subprocess.run(
            [sys.executable, "hikiwake_breaks.py", *arguments.split()],
            cwd=tmp_path,
            capture_output=True,
            check=False,
        )
        assert done.returncode == 70
        assert (b"Traceback" in done.stderr) is traced
        assert done.stderr.decode().splitlines()[-2:] == [
            "hikiwake: an unexpected fault, ZeroDivisionError: a fault",
            "Please report it with the command you gave; --debug shows where it happened.",
        ]


def test_names_of_many_kinds_mean_the_same_pair(tmp_path: Path) -> None:
    outputs = {
        hikiwake("ties", *names, "--year", "2014", "--product", "270900", "--json").stdout
        for names in (("JPN", "RUS"), ("japan", "russia"), ("日本", "Россия"), ("JP-RU",))
    }
    assert len(outputs) == 1


def test_brief_is_written_asked_and_rendered_again_without_a_store(tmp_path: Path) -> None:
    done = by_process("brief", "WSM", "NZL", "-o", "b.json", "-o", "b.html", "-o", "b.pdf", cwd=tmp_path)
    assert done.returncode == 0, done.stderr
    brief = json.loads((tmp_path / "b.json").read_bytes())
    identity = next(iter(brief["ledger"]["facts"]))
    for file in ("b.json", "b.html"):
        why = by_process("why", identity, file, "--json", cwd=tmp_path)
        assert why.returncode == 0, why.stderr
        assert json.loads(why.stdout)["id"] == identity
    again = by_process("--data", "/nowhere", "brief", "--from", "b.html", "-o", "again.html", cwd=tmp_path)
    assert again.returncode == 0, again.stderr
    assert (tmp_path / "again.html").read_bytes() == (tmp_path / "b.html").read_bytes()
    assert (tmp_path / "b.pdf").read_bytes().startswith(b"%PDF")
    assert {path.name for path in tmp_path.iterdir()} == {"b.json", "b.html", "b.pdf", "again.html"}


def test_two_countries_mean_a_brief(tmp_path: Path) -> None:
    done = hikiwake("samoa", "new zealand", "--length", "glance", "--format", "md", cwd=tmp_path)
    assert (done.returncode, done.stderr) == (0, b"wrote brief-WSM-NZL.md\n")
    hikiwake("brief", "WSM", "NZL", "--length", "glance", "-o", "same.md", cwd=tmp_path)
    assert (tmp_path / "brief-WSM-NZL.md").read_bytes() == (tmp_path / "same.md").read_bytes()


def test_flags_of_the_program_stand_anywhere(tmp_path: Path) -> None:
    arguments = ("brief", "WSM", "NZL", "--length", "glance", "-o", "b.md")
    assert hikiwake(*arguments, "--quiet", cwd=tmp_path).stderr == b""
    assert hikiwake("-q", *arguments, cwd=tmp_path).stderr == b""
    said = hikiwake(*arguments, "-v", "--no-color", cwd=tmp_path).stderr.decode()
    assert "composing complementarity" in said
    assert "writing b.md" in said
    # A name that looks like a flag is a name after --.
    assert b"no economy" in hikiwake("countries", "--", "-v").stderr


def test_progress_is_for_terminals_and_for_long_work_only() -> None:
    from hikiwake.cli.app import Options
    from hikiwake.cli.progress import Progress

    class Terminal(io.StringIO):
        def isatty(self) -> bool:
            return True

    def told(stream: io.StringIO, seconds: float, *, quiet: bool = False, verbose: bool = False) -> str:
        clock = iter([0.0, seconds, seconds])
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(sys, "stderr", stream)
            patch.setattr("hikiwake.cli.progress.time.monotonic", lambda: next(clock))
            patch.setenv("TERM", "xterm")
            with Progress(Options(None, quiet=quiet, verbose=verbose)) as steps:
                steps("composing ties", 0.25)
        return stream.getvalue()

    assert told(Terminal(), 3.0) == "\r\x1b[Kcomposing ties (25%, about 9 s left)\r\x1b[K"
    assert told(Terminal(), 1.9) == ""
    assert told(Terminal(), 3.0, quiet=True) == ""
    assert told(io.StringIO(), 3.0) == ""
    assert told(io.StringIO(), 3.0, verbose=True) == "   3.00 s  composing ties\n"


def test_facts_come_as_json_csv_and_files(tmp_path: Path) -> None:
    arguments = ("ties", "JPN", "RUS", "--year", "2014", "--product", "270900")
    printed = {form: hikiwake(*arguments, f"--{form}").stdout for form in ("json", "csv")}
    for form, content in printed.items():
        assert hikiwake(*arguments, "-o", f"t.{form}", cwd=tmp_path).stdout == b""
        assert (tmp_path / f"t.{form}").read_bytes() == content
    assert hikiwake(*arguments, "-o", "-").stdout == printed["json"]
    lines = list(csv.DictReader(io.StringIO(printed["csv"].decode())))
    facts = json.loads(printed["json"])["facts"]
    assert [line["id"] for line in lines] == [fact["id"] for fact in facts]
    assert [float(line["value"]) if line["value"] else None for line in lines] == [f["value"] for f in facts]
    plain = hikiwake(*arguments).stdout.decode()
    assert all(fact["id"] in plain for fact in facts)
    assert "Russia → Japan: crude oil (HS 270900), 2014" in plain


def test_why_answers_with_formula_source_licence_and_rows(tmp_path: Path) -> None:
    home = str(tmp_path)
    arguments = ("ties", "JPN", "RUS", "--year", "2014", "--product", "270900", "--json")
    facts = json.loads(hikiwake(*arguments, XDG_CACHE_HOME=home).stdout)["facts"]
    (fact,) = [f for f in facts if f["measure"] == "share_of_imports" and f["exporter"] == "RUS"]
    text = hikiwake("why", fact["id"].upper(), XDG_CACHE_HOME=home).stdout.decode()
    for part in (
        "2014",
        "sum_k x_ijk / sum_i sum_k x_ijk",
        "CEPII",
        "Etalab",
        "7.6\u202f%",
        "[0, 1]",
        "74 HS92",
        "unit      1 (share)",
        "version   HS92",
    ):
        assert part in text, part
    answer = json.loads(hikiwake("why", fact["id"], "--json", XDG_CACHE_HOME=home).stdout)
    part, whole = answer["rows"].values()
    assert len(part["rows"]) == 1
    assert len(whole["rows"]) == min(20, whole["total"])
    value = part["columns"].index("value")
    query = f"select sum(value) from '{FLOWS}' where importer = 'JPN' and product = '270900' and year = 2014"
    total = duckdb.execute(query).fetchall()[0][0]
    assert fact["value"] == pytest.approx(part["rows"][0][value] / total, rel=1e-15)
    assert answer["rows_not_here"] == {}


def test_what_was_computed_lately_is_bounded_checked_and_not_necessary(tmp_path: Path) -> None:
    home = str(tmp_path)
    kept = tmp_path / "hikiwake" / "ledgers"
    kept.mkdir(parents=True)
    for number in range(60):
        (kept / f"old{number}.json").write_bytes(b"not a ledger")
        os.utime(kept / f"old{number}.json", (number, number))
    arguments = ("ties", "JPN", "RUS", "--year", "2014", "--product", "270900", "--json")
    identity = json.loads(hikiwake(*arguments, XDG_CACHE_HOME=home).stdout)["facts"][0]["id"]
    assert len(list(kept.iterdir())) == 50
    assert hikiwake("why", identity, cwd=tmp_path, XDG_CACHE_HOME=home).returncode == 0
    # A number that was changed no longer has its id, and is not shown.
    (newest,) = [path for path in kept.iterdir() if path.stat().st_mtime > 1000]
    content = newest.read_bytes()
    newest.write_bytes(content.replace(b'"value":2436.0', b'"value":9999.0'))
    assert newest.read_bytes() != content
    assert hikiwake("why", identity, cwd=tmp_path, XDG_CACHE_HOME=home).returncode == 3


def test_the_data_are_listed_cited_and_doubted() -> None:
    listed = json.loads(hikiwake("data", "list", "--json").stdout)["datasets"]
    assert {"baci", "icio"} <= {entry["id"] for entry in listed}
    for entry in listed:
        assert (
            json.loads(hikiwake("data", "show", entry["id"], "--json").stdout)["licence"] == entry["licence"]
        )
    (item,) = json.loads(hikiwake("data", "cite", "icio", "--csl").stdout)
    assert (item["type"], item["issued"]) == ("dataset", {"date-parts": [[2025]]})
    entry = hikiwake("data", "cite", "baci", "--bibtex").stdout.decode()
    assert entry.startswith("@misc{baci-HS92-geopolrisk-2.0.1,\n  author = {{CEPII")
    cited = json.loads(hikiwake("data", "cite", "baci", "--json").stdout)
    assert cited["cite"] == hikiwake("data", "cite", "baci").stdout.decode().strip()
    assert (cited["dataset"]["id"], item["id"]) == ("baci", "icio-2025-edition")
    found = json.loads(hikiwake("data", "quality", "JPN", "--json").stdout)
    assert [one for one in found if (one["product"], one["year"]) == ("270900", 2015)]
    # Faults that somebody looked at stand among those that were detected.
    looked_at = [one for one in found if one["reason"] == "confirmed"]
    assert ("270900", 2015) in {(one["product"], one["year"]) for one in looked_at}
    assert "confirmed by hand" in hikiwake("data", "quality", "JPN").stdout.decode()
    assert Path(hikiwake("data", "path").stdout.decode().strip()) == SHIPPED
    assert json.loads(hikiwake("data", "path", "--json").stdout) == {"folder": str(SHIPPED), "over": []}


def test_versions_and_other_vintages(tmp_path: Path) -> None:
    import shutil

    package = tmp_path / "package"
    shutil.copytree(SHIPPED.parent, package, ignore=shutil.ignore_patterns("__pycache__", "*.py"))
    catalogue = package / "data" / "catalogue.json"
    content = json.loads(catalogue.read_bytes())
    del content["sealed"]  # else it would be one that was changed after it was written
    assert f"data vintage {content['vintage']}" in by_process("--version").stdout.decode()
    catalogue.write_text(json.dumps({**content, "vintage": "another"}), encoding="utf-8")
    folder = str(package / "data")
    for done in (by_process("--data", folder, "--version"), by_process("--version", HIKIWAKE_DATA=folder)):
        assert done.stdout.decode().strip().endswith("data vintage another")


def test_results_go_to_stdout_and_the_rest_to_stderr(tmp_path: Path) -> None:
    arguments = ("brief", "WSM", "NZL", "--length", "glance")
    done = by_process(*arguments, "-o", "-", "--format", "md", cwd=tmp_path)
    assert done.stdout.startswith(b"# Samoa and New Zealand")
    assert list(tmp_path.iterdir()) == []
    written = by_process(*arguments, "-o", "x.md", cwd=tmp_path)
    assert written.stdout == b""
    assert b"wrote x.md" in written.stderr


def test_doctor_finds_the_shipped_data_whole() -> None:
    done = by_process("doctor")
    assert done.returncode == 0, done.stdout
    assert b"files as in the catalogue" in done.stdout
    record = json.loads(hikiwake("doctor", "--json").stdout)
    assert record["sound"]
    assert [one["faults"] for one in record["vintages"]] == [[]]
    assert record["packages"]["duckdb"] == duckdb.__version__


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish"])
def test_completion_scripts(shell: str) -> None:
    assert b"_HIKIWAKE_COMPLETE" in hikiwake("completion", shell).stdout


@pytest.mark.parametrize(
    ("words", "offered"),
    [
        ("hikiwake bri", "brief"),
        ("hikiwake brief south-k", "south-korea"),
        ("hikiwake ties JPN ru", "RUS"),
        ("hikiwake data quality jap", "japan"),
        ("hikiwake data cite ic", "icio"),
        ("hikiwake brief JPN RUS --le", "--length"),
    ],
)
def test_a_shell_completes(words: str, offered: str) -> None:
    place = str(len(words.split()) - 1)
    done = hikiwake(_HIKIWAKE_COMPLETE="bash_complete", COMP_WORDS=words, COMP_CWORD=place)
    assert f"plain,{offered}" in done.stdout.decode().splitlines()


def test_every_name_that_completion_offers_is_found() -> None:
    import click

    from hikiwake.cli.brief import brief
    from hikiwake.cli.completion import economies
    from hikiwake.core.country import resolve

    parameter = brief.params[0]
    assert isinstance(parameter, click.Argument)
    for item in economies(click.Context(brief), parameter, ""):
        code = item.value if item.value.isupper() else item.help
        assert resolve(item.value).id == code, item.value


@pytest.mark.parametrize(
    ("typed", "offered"),
    [
        ("hikiwake brie", ["plain,brief"]),
        ("hikiwake jap", ["plain,japan"]),
        ("hikiwake japan rus", ["plain,RUS", "plain,russia"]),
        ("hikiwake scenario run south-k", ["plain,south-korea"]),
        ("hikiwake brief JPN RUS --dig", ["plain,--digits"]),
    ],
)
def test_the_shell_is_told_what_may_follow(typed: str, offered: list[str]) -> None:
    words = typed.split()
    done = by_process(COMP_WORDS=typed, COMP_CWORD=str(len(words) - 1), _HIKIWAKE_COMPLETE="bash_complete")
    assert done.stdout.decode().split() == offered
