"""The same bytes in other surroundings: time zone, locale, hash seed, home, threads, order."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pytest
from tests.pairs import pairs
from tests.turns import in_turn

from hikiwake.api import BriefView
from hikiwake.compose import Request
from hikiwake.compose import brief as compose
from hikiwake.core.country import Pair, country
from hikiwake.store.catalogue import open_vintage
from hikiwake.store.tables import DuckDB, Tables

FORMATS = (".json", ".html", ".md", ".pdf", ".csv", ".docx", ".xlsx")


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
        "OPENBLAS_NUM_THREADS": "7",
        "THREADS": "7",
    },
)
HASHES = """
import hashlib, json, os, sys
from hikiwake.api import PairView
from hikiwake.core.country import Pair, country
from hikiwake.core.document import Chart, LocatorMap
from hikiwake.render.charts import svg
from hikiwake.render.language import load
from hikiwake.store.catalogue import open_vintage
from hikiwake.store.tables import DuckDB, Tables
names, formats = json.load(sys.stdin)
vintage = open_vintage()
tables = Tables(vintage, DuckDB(vintage.folder, threads=int(os.environ["THREADS"])))
found = {}
for a, b in names if os.environ["TZ"] == "UTC" else names[::-1]:
    brief = PairView(Pair(country(a), country(b)), tables).brief()
    made = {form: brief.render(form) for form in formats}
    blocks = [block for section in brief.content.sections for block in section.blocks]
    figures = [block for block in blocks if isinstance(block, Chart | LocatorMap)]
    drawn = [svg(figure, brief.content.ledger, load(), width=500) for figure in figures]
    made[".svg"] = "".join(drawn).encode()
    found[a + b] = {form: hashlib.sha256(bytes).hexdigest() for form, bytes in made.items()}
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
    assert {pair: set(forms) for pair, forms in one.items()} == {a + b: {*FORMATS, ".svg"} for a, b in names}
    assert one == other


def test_same_bytes_in_another_time_zone_locale_and_hash_seed(tmp_path: Path) -> None:
    check_same_bytes([("TUV", "NRU")], tmp_path)


TWENTY = [("DEU", "FRA"), ("USA", "CAN"), ("JPN", "RUS"), ("TCD", "CHN"), *pairs(8, 22), *pairs(8, 23)]


@pytest.mark.slow
@pytest.mark.parametrize("names", in_turn([TWENTY[part::10] for part in range(10)]))
def test_same_bytes_of_twenty_pairs(names: list[tuple[str, str]], tmp_path: Path) -> None:
    check_same_bytes(names, tmp_path)


def test_same_content_with_one_thread_and_with_many() -> None:
    content = set()
    for threads in (1, 7):
        vintage = open_vintage()
        tables = Tables(vintage, DuckDB(vintage.folder, threads=threads))
        request = Request(pair=Pair(country("JPN"), country("RUS")))
        content.add(BriefView(compose(request, tables)).render(".json"))
    assert len(content) == 1
