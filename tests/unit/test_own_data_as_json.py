"""What the commands on the user's own vintages say as JSON."""

from __future__ import annotations

import json
from pathlib import Path

from tests import releases
from tests.imports import command

from hikiwake.store.library import Library


def test_vintages_are_listed_verified_and_leftovers_named(tmp_path: Path, library: Library) -> None:
    path = releases.release(tmp_path / "BACI_HS92_V202601.zip")
    assert command(library, "data", "add", str(path)).returncode == 0
    folder = library.path(library.find("baci-hs92"))
    (own,) = json.loads(command(library, "data", "list", "--json").stdout)["own"]
    assert (own["reference"], own["folder"]) == ("baci-hs92@202601", str(folder))
    assert own["title"].startswith("BACI")
    assert own["coverage"] in command(library, "data", "list").stdout
    (told,) = json.loads(command(library, "data", "verify", "--json").stdout)
    assert (told["reference"], told["faults"]) == ("baci-hs92@202601", [])
    placed = json.loads(command(library, "--data", "baci-hs92", "data", "path", "--json").stdout)
    assert (placed["folder"], len(placed["over"])) == (str(folder), 1)
    catalogue = (folder / "catalogue.json").read_bytes()
    (folder / "catalogue.json").write_bytes(catalogue[:-9])
    assert "your own: baci-hs92@202601  damaged" in command(library, "data", "list").stdout
    (folder / "catalogue.json").write_bytes(catalogue)
    flows = folder / "2014.parquet"
    spoilt = bytearray(flows.read_bytes())
    spoilt[len(spoilt) // 2] ^= 1
    flows.write_bytes(spoilt)
    verified = command(library, "data", "verify", "--json")
    assert verified.returncode == 1
    ((fault,),) = [one["faults"] for one in json.loads(verified.stdout)]
    assert str(flows) in fault
    doctor = command(library, "doctor", "--json")
    assert doctor.returncode == 1
    assert not json.loads(doctor.stdout)["sound"]
    left = library.folder / "v0123456789abcdef"
    left.mkdir()
    assert json.loads(command(library, "doctor", "--json").stdout)["leftovers"] == [str(left)]
    assert json.loads(command(library, "data", "gc", "--json").stdout) == [str(left)]
    assert not left.exists()


def test_two_releases_have_two_keys(tmp_path: Path, library: Library) -> None:
    """A paper that cites both tells them apart."""
    names = [f"baci-hs92@{version}" for version in ("202501", "202601")]
    for name in names:
        path = releases.release(tmp_path / f"{name}.zip", version=name[-6:])
        assert command(library, "data", "add", str(path), "--as", name).returncode == 0
    entries = [command(library, "data", "cite", name, "--bibtex").stdout for name in names]
    assert [entry.splitlines()[0] for entry in entries] == [
        "@misc{baci-hs92-202501,",
        "@misc{baci-hs92-202601,",
    ]


def test_the_rows_of_a_number_are_found_in_the_vintage_that_it_names(
    tmp_path: Path, library: Library
) -> None:
    """Nobody need say `--data` again to see them."""
    path = releases.release(tmp_path / "BACI_HS92_V202601.zip")
    assert command(library, "data", "add", str(path)).returncode == 0
    page = tmp_path / "brief.json"
    words = ("--data", "baci-hs92", "brief", "JPN", "RUS", "--year", "2014", "-o", str(page))
    assert command(library, *words).returncode == 0
    facts = json.loads(page.read_bytes())["ledger"]["facts"]
    ours = [name for name, one in facts.items() if any("baci-hs92@" in source for source in one["inputs"])]
    asked = command(library, "why", ours[0], str(page), "--json")
    assert asked.returncode == 0, asked.stderr
    answer = json.loads(asked.stdout)
    assert answer["rows_not_here"] == {}
    assert all(found["total"] for found in answer["rows"].values())
    # What the page says to type asks the same data.
    told = json.dumps(json.loads(page.read_bytes())["sections"], ensure_ascii=False)
    assert "hikiwake --data baci-hs92@202601 audit JPN RUS" in told
    assert "hikiwake audit" not in told
