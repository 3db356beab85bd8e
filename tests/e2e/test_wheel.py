"""What is installed is whole: the wheel answers with its own data, far from the clone."""

from __future__ import annotations

import os
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]


@pytest.mark.slow
def test_the_wheel_holds_all_it_needs(tmp_path: Path) -> None:
    pytest.importorskip("hatchling")
    build = [sys.executable, "-m", "hatchling", "build", "-t", "wheel", "-d", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    (wheel,) = tmp_path.glob("*.whl")
    place = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archive:
        archive.extractall(place)
        names = archive.namelist()
    assert any(name.endswith("licenses/DATA-LICENCES.md") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    environment = {**os.environ, "PYTHONPATH": str(place), "XDG_CACHE_HOME": str(tmp_path)}

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert run("-c", "import hikiwake; print(hikiwake.__file__)").startswith(str(place))
    assert "as in the catalogue" in run("-m", "hikiwake", "doctor")
    run("-m", "hikiwake", "brief", "JPN", "RUS", "-o", "brief.html", "-o", "brief.pdf")
    assert (tmp_path / "brief.html").stat().st_size > 10_000
    assert (tmp_path / "brief.pdf").read_bytes().startswith(b"%PDF")
