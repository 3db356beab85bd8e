"""Settings: a flag before a variable, that before the folder's file, that before the user's; all checked."""

from __future__ import annotations

import contextlib
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.commands import by_process, hikiwake

from hikiwake.cli import settings
from hikiwake.cli.app import commands
from hikiwake.core.errors import BadInput

ASKED = ("ties", "JPN", "RUS", "--product", "270900", "--json")


@pytest.fixture
def here(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a test a working folder and a home of settings of its own, and no variables."""
    for name in settings.NAMES:
        monkeypatch.delenv(f"HIKIWAKE_{name.upper().replace('-', '_')}", raising=False)
    monkeypatch.setenv("XDG_CONFIG_HOME", str(tmp_path / "settings"))
    (tmp_path / "settings" / "hikiwake").mkdir(parents=True)
    (tmp_path / "work").mkdir()
    monkeypatch.chdir(tmp_path / "work")
    return tmp_path / "work"


def written(text: str, *, own: bool = False) -> None:
    path = settings.FILE if not own else f"../settings/hikiwake/{settings.FILE}"
    Path(path).write_text(text, encoding="utf-8")


def year(*further: str, variable: str = "") -> int:
    done = hikiwake(*ASKED, *further, HIKIWAKE_YEAR=variable)
    assert done.returncode == 0, done.stderr
    return int(json.loads(done.stdout)["facts"][0]["last_year"])


def test_each_goes_before_the_next(here: Path) -> None:
    assert year() == 2023
    written("year = 2010", own=True)
    assert year() == 2010
    written("year = 2011")
    assert year() == 2011
    written("year = 2011\n[ties]\nyear = 2012")
    assert year() == 2012
    assert year(variable="2013") == 2013
    assert year("--year", "2014", variable="2013") == 2014


def test_a_table_is_for_its_command_alone(here: Path) -> None:
    written("[brief]\nyear = 2011\n[scenario.run]\ndraws = 7\n")
    assert year() == 2023
    assert settings.as_defaults(settings.settings(commands), commands) == {
        "brief": {"year": 2011},
        "scenario": {"run": {"draws": 7}},
    }


def test_a_span_of_years_and_a_saved_brief_rule_out_what_is_set(here: Path) -> None:
    done = hikiwake("brief", "TUV", "NRU", "--length", "glance", "-o", "b.json")
    assert done.returncode == 0, done.stderr
    written('year = 2011\nas-of = "2020-01-01"\ndossier = "none.yaml"\n')
    facts = json.loads(hikiwake(*ASKED, "--from", "2012", "--to", "2013").stdout)["facts"]
    assert {fact["last_year"] for fact in facts} == {2012, 2013}
    assert hikiwake("brief", "--from", "b.json", "-o", "b.md").returncode == 0
    # What was said, and is ruled out, is still refused.
    assert hikiwake("brief", "--from", "b.json", "-o", "b.md", "--year", "2011").returncode == 2


@pytest.mark.parametrize(
    ("text", "where", "remedy"),
    [
        ("yaer = 2014", "hikiwake.toml, yaer", "Did you mean 'year'?"),
        ("year = 'soon'", "hikiwake.toml, year", "whole number"),
        ("year = 2014.0", "hikiwake.toml, year", "whole number"),
        ("year = true", "hikiwake.toml, year", "whole number"),
        ("year = [2014]", "hikiwake.toml, year", "whole number"),
        ("length = 'short'", "hikiwake.toml, length", "'glance', 'full'"),
        ("lang = true", "hikiwake.toml, lang", "text in quotes"),
        ("top = 0", "hikiwake.toml, top", "1<=x<=1000"),
        ("digits = 7", "hikiwake.toml, digits", "0<=x<=6"),
        ("quiet = 'yes'", "hikiwake.toml, quiet", "true or false"),
        ("output = 'b.pdf'", "hikiwake.toml, output", "There are: as-of"),
        ("[breif]\nyear = 2014", "hikiwake.toml [breif]", "Did you mean 'brief'?"),
        ("[brief]\ndraws = 3", "hikiwake.toml [brief], draws", "There are: as-of"),
        ("[brief.deeper]\nyear = 3", "hikiwake.toml [brief.deeper]", "There are: brief, ties"),
        ("year = ", "hikiwake.toml", "It holds lines"),
        ("year = 1\nyear = 2", "hikiwake.toml", "It holds lines"),
        ("# " + "x" * 200_000, "hikiwake.toml", "It holds lines"),
    ],
)
def test_what_means_nothing_is_refused_by_its_place(here: Path, text: str, where: str, remedy: str) -> None:
    written(text)
    with pytest.raises(BadInput) as refused:
        settings.settings(commands)
    assert refused.value.where == where
    assert remedy in refused.value.remedy
    done = hikiwake(*ASKED)
    assert (done.returncode, done.stdout) == (3, b"")
    assert where in done.stderr.decode()
    # What helps a person out of it works.
    assert hikiwake("ties", "--help").returncode == 0
    assert hikiwake("--version").returncode == 0
    doctor = hikiwake("doctor")
    assert doctor.returncode == 1
    assert f"not a setting: {where}" in doctor.stdout.decode()


def test_a_variable_that_means_nothing_is_named(here: Path) -> None:
    done = hikiwake(*ASKED, HIKIWAKE_YEAR="soon")
    assert done.returncode == 3
    assert b"HIKIWAKE_YEAR" in done.stderr
    assert b"HIKIWAKE_QUIET" in hikiwake(*ASKED, HIKIWAKE_QUIET="perhaps").stderr
    assert settings.as_defaults(settings.settings(commands), commands) == {}


def test_what_is_set_is_shown_with_its_origin(here: Path) -> None:
    assert hikiwake("config").stdout.startswith(b"Nothing is set")
    written("as-of = 2020-01-31\nquiet = true")
    shown = hikiwake("config", "show", HIKIWAKE_TOP="3").stdout.decode()
    assert "as-of = 2020-01-31  (brief, audit; from hikiwake.toml)" in shown
    assert "quiet = True  (all commands; from hikiwake.toml)" in shown
    assert "top = 3  (brief, ties; from HIKIWAKE_TOP)" in shown
    records = json.loads(hikiwake("config", "--json", HIKIWAKE_TOP="3").stdout)
    assert records[-1] == {"name": "top", "commands": ["brief", "ties"], "value": 3, "origin": "HIKIWAKE_TOP"}
    assert b"settings: 2 (hikiwake.toml)" in hikiwake("doctor").stdout
    assert hikiwake("brief", "TUV", "NRU", "--length", "glance", "-o", "b.md").stderr == b""


def test_each_name_is_an_option_with_one_meaning() -> None:
    known = settings.options(commands)
    for name in settings.NAMES:
        held = [options[name] for options in known.values() if name in options]
        assert held, name
        assert len({(type(one.type), one.is_flag) for one in held if name != "dossier"}) <= 1


def test_a_process_reads_them_where_it_stands(here: Path) -> None:
    written("year = 2012")
    done = by_process(*ASKED, cwd=here)
    assert json.loads(done.stdout)["facts"][0]["last_year"] == 2012


@given(
    content=st.dictionaries(
        st.sampled_from(["year", "length", "brief", "x", "data"]),
        st.one_of(
            st.integers(), st.text(max_size=5), st.booleans(), st.dictionaries(st.text(max_size=4), st.none())
        ),
    )
)
def test_any_table_is_taken_or_refused(content: dict[str, Any]) -> None:
    with contextlib.suppress(BadInput):
        for setting in settings._of(content, "made", settings.options(commands)):
            assert setting.name in settings.NAMES


@pytest.mark.parametrize("command", ["brief", "ties", "complementarity", "potential"])
def test_another_currency_is_refused_with_the_reason(command: str, here: Path) -> None:
    done = hikiwake(command, "JPN", "RUS", "--currency", "EUR")
    assert done.returncode == 2
    assert b"no exchange rates" in done.stderr
    assert not list(here.iterdir())


def test_the_top_products_are_those_of_the_largest_value(here: Path) -> None:
    def products(*further: str) -> list[tuple[float, str]]:
        facts = json.loads(hikiwake("ties", "JPN", "RUS", "--year", "2014", "--json", *further).stdout)[
            "facts"
        ]
        sold = [f for f in facts if f["measure"] == "trade_value" and f["exporter"] == "RUS" and f["product"]]
        return sorted(((f["value"], f["product"]) for f in sold), reverse=True)

    assert products("--top", "3") == products()[:3]
    assert products("--top", "500") == products()
