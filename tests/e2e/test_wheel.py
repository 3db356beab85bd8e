"""What is installed is whole: the wheel answers far from the clone, with a compiler or without."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from importlib.metadata import distributions
from pathlib import Path

import pytest
from tests.turns import in_turn

ROOT = Path(__file__).resolve().parents[2]
BUILD = "import sys; from setuptools import build_meta; print(getattr(build_meta, sys.argv[1])(sys.argv[2]))"


def built(what: str, source: Path, into: Path, **environment: str) -> Path:
    """Build a wheel or the source of a distribution out of a folder; return the file."""
    into.mkdir()
    command = [sys.executable, "-c", BUILD, f"build_{what}", str(into)]
    subprocess.run(command, cwd=source, check=True, capture_output=True, env={**os.environ, **environment})
    (found,) = into.iterdir()
    return found


def clone(into: Path) -> None:
    """Copy the files of the repository, so that what is built leaves nothing in it."""
    if not (ROOT / ".git").exists():
        pytest.skip("only a clone says which files are the project's")
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    for name in filter(None, listed.stdout.split("\0")):
        target = into / name
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(ROOT / name, target)


@pytest.mark.slow
@pytest.mark.parametrize("compiler", in_turn(["", "/no/such/compiler"]))
def test_the_wheel_holds_all_it_needs(tmp_path: Path, compiler: str) -> None:
    # Not loaded here: it fails where another test has loaded Python's own distutils before.
    if not any(int(found.version.split(".")[0]) >= 80 for found in distributions(name="setuptools")):
        pytest.skip("setuptools is not there, or older than 80")
    if not compiler and sysconfig.get_config_var("CC") and not shutil.which("cc"):
        pytest.skip("there is no compiler here")
    clone(tmp_path / "clone")
    with tarfile.open(built("sdist", tmp_path / "clone", tmp_path / "sdists")) as held:
        held.extractall(tmp_path / "sdist", filter="data")
    (source,) = (tmp_path / "sdist").iterdir()
    wheel = built("wheel", source, tmp_path / "wheels", **({"CC": compiler} if compiler else {}))
    place = tmp_path / "installed"
    with zipfile.ZipFile(wheel) as archived:
        archived.extractall(place)
        names = archived.namelist()
    assert any(name.endswith("licenses/DATA-LICENCES.md") for name in names)
    assert any(name.endswith("licenses/LICENSE") for name in names)
    assert not [name for name in names if name.endswith((".c", ".h"))]
    environment = {**os.environ, "PYTHONPATH": str(place), "XDG_CACHE_HOME": str(tmp_path)}

    def run(*arguments: str) -> str:
        command = [sys.executable, *arguments]
        done = subprocess.run(
            command, cwd=tmp_path, env=environment, capture_output=True, text=True, check=True
        )
        return done.stdout

    assert run("-c", "import hikiwake; print(hikiwake.__file__)").startswith(str(place))
    doctor = run("-m", "hikiwake", "doctor")
    assert "as in the catalogue" in doctor
    assert "passes over cells: " + ("NumPy" if compiler else "compiled") in doctor
    run("-m", "hikiwake", "brief", "JPN", "RUS", "-o", "brief.html", "-o", "brief.pdf")
    assert (tmp_path / "brief.html").stat().st_size > 10_000
    assert (tmp_path / "brief.pdf").read_bytes().startswith(b"%PDF")
