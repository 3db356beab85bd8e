"""What the tests of commands rest on: a command does the same in their process as in one of its own."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import by_process, hikiwake


@pytest.mark.parametrize(
    "arguments",
    [
        ("ties", "日本", "Россия", "--year", "2014", "--product", "270900"),
        ("complementarity", "FRA", "DEU", "--json"),
        ("ties", "jpan", "RUS"),
        ("brief", "--yaer", "2014"),
        ("--data", "/nowhere", "ties", "JPN", "RUS"),
        ("brief", "TUV", "NRU", "-o", "b.html"),
        (),
    ],
)
def test_a_command_does_in_the_process_of_the_tests_what_it_does_in_its_own(
    arguments: tuple[str, ...], tmp_path: Path
) -> None:
    found = []
    for name, run in (("one", by_process), ("other", hikiwake)):
        folder = tmp_path / name
        folder.mkdir()
        done = run(*arguments, cwd=folder, XDG_CACHE_HOME=str(folder / "cache"))
        files = {path.name: path.read_bytes() for path in folder.iterdir() if path.is_file()}
        found.append((done.returncode, done.stdout, done.stderr, files))
    assert found[0] == found[1]
