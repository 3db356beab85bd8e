"""Imports of which any one operation on the disk is refused, or is the last: Python's and the database's."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from itertools import product
from pathlib import Path
from typing import Any, NamedTuple

import pytest
from tests import releases
from tests.operations import Operations, Outcome, Try
from tests.turns import in_turn

from hikiwake.store.catalogue import Vintage
from hikiwake.store.library import Library

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE)
KILLED = 0
MOST = 5_000
LEAST = 10
FIRST, SECOND = "baci-hs92@202601", "baci-hs92@202701"


class Some(NamedTuple):
    """Each so-manieth operation of an import of some years, from one on."""

    years: tuple[int, ...]
    stride: int
    first: int


# Of one year, and of several, which also puts the flows in the order of pairs and takes twice as many.
ONE = [Some((2014,), 18, first) for first in range(18)]
THREE = [Some((2013, 2014, 2015), 36, first) for first in range(36)]


def swept(kinds: tuple[Any, ...]) -> list[Any]:
    """Return the operations of either import as parameters with each kind of end; one of each is in turn."""
    return [
        *in_turn(list(product(ONE, kinds)), "one year, "),
        *in_turn(list(product(THREE, kinds)), "three years, "),
    ]


@pytest.fixture(scope="module")
def operations(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Operations]:
    made = Operations(tmp_path_factory.mktemp("operations"))
    yield made
    made.close()


class Scene:
    """A library, of an older vintage or of none, into which a release is brought again and again."""

    def __init__(self, folder: Path, years: tuple[int, ...], operations: Operations, *, update: bool) -> None:
        self.folder, self.operations = folder, operations
        self.library, self.before = folder / "library", folder / "before"
        older = releases.release(folder / "old.zip", {2014: releases.ROWS[2014]})
        self.release = releases.release(
            folder / "new.zip", {year: releases.ROWS[year] for year in years}, version="202701"
        )
        self.held = [FIRST] * update
        self.before.mkdir()
        if update:
            assert operations(Try(("data", "add", str(older)), str(self.before), 0, 0)).code == 0
        self.whole = {*self.begun(0, 1).said.splitlines()}
        self.made = Library(self.library).find(SECOND)
        self._gone_on: set[frozenset[tuple[str, bytes]]] = set()

    def begun(self, number: int, error: int) -> Outcome:
        """Bring the release into the library as it was, with one operation refused."""
        shutil.rmtree(self.library, ignore_errors=True)
        shutil.copytree(self.before, self.library)
        return self.again(number, error)

    def again(self, number: int = 0, error: int = 1) -> Outcome:
        """Bring the release into the library as it is now."""
        return self.operations(Try(("data", "add", str(self.release)), str(self.library), number, error))

    def goes_on(self, told: str) -> None:
        """Bring the release in once more, and compare; once for each library, byte for byte, that is met.

        Most operations that are refused leave what the one before them has left.
        """
        files = (path for path in self.library.rglob("*") if path.is_file())
        left = frozenset((str(path.relative_to(self.library)), path.read_bytes()) for path in files)
        if left in self._gone_on:
            return
        again = self.again()
        assert again.code == 0, told + again.said
        assert Library(self.library).find(SECOND) == self.made, told
        assert self.parts() == [], told
        self._gone_on.add(left)

    def sound(self) -> list[str]:
        """Return the vintages, after every byte of every one has been compared."""
        held = Library(self.library).held()
        for one in held:
            assert list(Vintage(self.library / one.folder).faults()) == []
        return [one.reference for one in held]

    def parts(self) -> list[Path]:
        """Return what is half-written."""
        return [*self.library.rglob("*.part"), *self.library.rglob("spill")]


@pytest.mark.slow
@pytest.mark.parametrize("part", swept(ERRORS))
def test_any_operation_refused(tmp_path: Path, operations: Operations, part: tuple[Some, int]) -> None:
    """One clear error and the library as it was, or all of it where what was refused is of no weight."""
    some, error = part
    scene = Scene(tmp_path, some.years, operations, update=True)
    refused = 0
    for number in range(1 + some.first, MOST, some.stride):
        outcome = scene.begun(number, error)
        if not outcome.met:
            break
        refused += 1
        told = f"operation {number}: {outcome.said}"
        assert outcome.code in (0, 4), told
        assert "Traceback" not in outcome.said, told
        assert scene.sound() == ([FIRST] if outcome.code else [FIRST, SECOND]), told
        assert scene.parts() == [], told
        if outcome.code:
            assert outcome.said.count("hikiwake: ") == 1, told
            assert os.strerror(error) in outcome.said, told
            assert len(outcome.said.splitlines()) <= 2, told
        scene.goes_on(told)
    assert not outcome.met  # the last of them was met
    assert refused >= LEAST


@pytest.mark.slow
@pytest.mark.parametrize("part", swept((False, True)))
def test_killed_at_any_operation(tmp_path: Path, operations: Operations, part: tuple[Some, bool]) -> None:
    """The old vintages or all of them, whole; the next import makes what an import makes."""
    some, update = part
    scene = Scene(tmp_path, some.years, operations, update=update)
    killed = 0
    for number in range(1 + some.first, MOST, some.stride):
        outcome = scene.begun(number, KILLED)
        if not outcome.met:
            break
        killed += 1
        told = f"operation {number}"
        assert outcome.code == -signal.SIGKILL, told
        assert scene.sound() in (scene.held, [*scene.held, SECOND]), told
        scene.goes_on(told)
    assert not outcome.met
    assert killed >= LEAST
