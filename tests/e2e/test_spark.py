"""One expression, two engines: every number of a brief is the same on Spark as on the embedded engine."""

from __future__ import annotations

import json
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import narwhals as nw
import pytest
from tests import object_store, releases
from tests.commands import hikiwake as run
from tests.imports import brought
from tests.spark_cluster import CLOSE, SHORT_LIVED, same
from tests.turns import in_turn

import hikiwake
from hikiwake import compose
from hikiwake.core.country import pair
from hikiwake.core.errors import BadUsage, Environment
from hikiwake.core.provenance import Ledger
from hikiwake.measures.mirror import mirrored
from hikiwake.measures.revisions import revisions
from hikiwake.store import cluster, spark
from hikiwake.store.catalogue import SHIPPED, Place, open_vintage
from hikiwake.store.library import Library
from hikiwake.store.selection import rows
from hikiwake.store.tables import Engine, Tables, open_tables

# What commands say that no brief does; together with the briefs, each measure that reads tables.
COMMANDS = in_turn(
    [
        [("audit", "JPN", "RUS", "--json"), ("data", "quality", "JPN", "--all", "--json")],
        [("scenario", "run", "JPN", "RUS", "--draws", "20", "--json")],
        [("backtest", "--group", "27", "--anew", "--json")],
        [
            ("potential", "KAZ", "RUS", "--compare", "CHN", "--json"),
            ("potential", "KAZ", "RUS", "--by", "sector", "--json"),
            ("complementarity", "DEU", "CHN", "--year", "2014", "--json"),
            ("data", "rows", "baci_flows", "exporter=JPN", "product=27*", "year=2010..2014", "--json"),
        ],
    ]
)


@pytest.fixture(scope="module")
def session() -> Iterator[Any]:
    pytest.importorskip("pyspark", reason="pyspark is not installed: make .venv/.spark")
    if not shutil.which("java"):
        pytest.skip("Spark needs Java, and this machine has none")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SPARK_SUBMIT_OPTS", SHORT_LIVED)
        found = cluster.session("local[2]")
    found.sparkContext.setLogLevel("ERROR")
    yield found
    found.stop()


def ledger(tables: Tables, names: str, year: int | None = None) -> Ledger:
    return compose.brief(compose.Request(pair=pair(names), year=year), tables).ledger


def compared(place: Place, session: Any, names: str, year: int | None = None) -> int:
    """Compare every fact of a brief; return how many numbers there are."""
    here = list(ledger(Tables(open_vintage(place)), names, year).facts.values())
    there = list(ledger(Tables(open_vintage(place), spark.Spark(session)), names, year).facts.values())
    assert len(here) == len(there)
    numbers = 0
    for one, other in zip(here, there, strict=True):
        assert (one.formula, one.subject, one.period) == (other.formula, other.subject, other.period)
        ends = [(fact.interval.low, fact.interval.high) if fact.interval else () for fact in (one, other)]
        for wanted, found in zip((one.value, *ends[0]), (other.value, *ends[1]), strict=True):
            assert found == (wanted if wanted is None else pytest.approx(wanted, rel=CLOSE, abs=CLOSE)), one
            numbers += wanted is not None
    return numbers


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize(
    "asked", in_turn([("JPN RUS", 500, ""), ("DEU CHN", 300, ""), ("JPN RUS", 20, "own")])
)
def test_every_number_of_a_brief_is_the_same(
    session: Any, tmp_path: Path, library: Library, asked: tuple[str, int, str]
) -> None:
    """On the shipped data, and on data of one's own."""
    names, least, own = asked
    if own:
        made = brought(library, releases.release(tmp_path / "BACI_HS92_V202601.zip"))
        assert compared(library.path(made.held), session, names, 2014) >= least
    else:
        assert compared(SHIPPED, session, names) >= least


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("commands", COMMANDS)
def test_what_commands_say_is_the_same(session: Any, commands: list[tuple[str, ...]], tmp_path: Path) -> None:
    del session
    for words in commands:
        found = []
        for engine in ("", "local[2]"):
            open_tables.cache_clear()
            cache = tmp_path / (engine or "embedded")  # a result kept by one must not be the other's
            done = run(*words, HIKIWAKE_ENGINE=engine, XDG_CACHE_HOME=str(cache))
            assert done.returncode in (0, 1), done.stderr  # an audit that contradicts
            found.append(json.loads(done.stdout))
        open_tables.cache_clear()
        assert same(*found) > 10


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_mirrored_reports_and_what_a_release_changed_are_the_same(
    session: Any, tmp_path: Path, library: Library
) -> None:
    """What `data mirror` and `data diff` print, of two vintages that differ, and with the shipped data."""
    changed = {
        year: [(*row[:4], "7.5", row[5]) for row in found[1:]] for year, found in releases.ROWS.items()
    }
    first, second = (
        library.path(brought(library, releases.release(tmp_path / f"{name}.zip", rows, version=name)).held)
        for name, rows in (("202601", releases.ROWS), ("202602", changed))
    )
    for one, other in ((first, second), (SHIPPED, first)):
        found = []
        for engine in (None, spark.Spark(session)):
            before, after = (Tables(open_vintage(place), engine) for place in (one, other))
            found.append((mirrored(before, after, "JPN", "RUS"), revisions(before, after, "JPN", "RUS")))
        assert found[0] == found[1]
        assert all(found[0])


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_workers_read_from_a_store_over_the_network(
    session: Any, tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = library.path(brought(library, releases.release(tmp_path / "BACI_HS92_V202601.zip")).held)

    def exports(engine: Engine | None) -> list[tuple[str, int]]:
        tables = Tables(open_vintage(place), engine)
        sums = tables.frame("baci_flows").group_by("exporter").agg(nw.col("value").sum()).sort("exporter")
        found = tables.collect(sums)
        return list(zip(found["exporter"].tolist(), found["value"].tolist(), strict=True))

    here = exports(None)
    shutil.copytree(place, tmp_path / "bucket" / "vintages" / place.name)
    with object_store.served(tmp_path / "bucket") as (address, sent):
        monkeypatch.setenv(spark.FILES, f"{address}/vintages/")
        assert exports(spark.Spark(session)) == here
    assert "2014.parquet" in sent


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_the_rows_behind_a_number_are_the_same(session: Any) -> None:
    """What `why` shows."""
    made = hikiwake.pair("JPN", "RUS").ties(2014).to_dicts()
    selectors = sorted({word for fact in made for word in str(fact["inputs"]).split("; ") if "#" in word})[
        ::7
    ]
    here, there = (Tables(open_vintage(SHIPPED), engine) for engine in (None, spark.Spark(session)))
    for selector in selectors:
        assert rows(here, selector) == rows(there, selector), selector
    assert len(selectors) > 3


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_a_session_is_handed_over_in_python(session: Any) -> None:
    here = hikiwake.pair("JPN", "RUS").ties(2020).to_dicts()
    assert here == hikiwake.pair("JPN", "RUS", spark=session).ties(2020).to_dicts()


@pytest.mark.slow
@pytest.mark.filterwarnings("ignore")
def test_files_are_read_where_the_environment_says(
    session: Any, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shutil.copytree(SHIPPED, tmp_path / SHIPPED.name)
    monkeypatch.setenv(spark.FILES, tmp_path.as_uri())
    tables = Tables(open_vintage(SHIPPED), spark.Spark(session))
    (path,) = tables.frame("baci_flows").to_native().inputFiles()
    assert path == f"{tmp_path.as_uri()}/{SHIPPED.name}/baci_flows.parquet"


def test_an_engine_that_is_none_is_named(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HIKIWAKE_ENGINE", "postgres://here")
    with pytest.raises(BadUsage, match="neither duckdb nor the name of a Spark cluster") as refused:
        open_tables.__wrapped__()
    assert "local[2]" in refused.value.remedy


def test_an_engine_without_its_package_says_what_to_install(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(__import__("sys").modules, "pyspark.sql", None)
    monkeypatch.setenv("HIKIWAKE_ENGINE", "local[2]")
    with pytest.raises(Environment, match="pyspark is not installed") as refused:
        open_tables.__wrapped__()
    assert "Java 17" in refused.value.remedy
