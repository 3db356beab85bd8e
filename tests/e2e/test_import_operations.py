"""Imports of which any one operation on the disk is refused, or is the last: Python's and the database's."""

from __future__ import annotations

import errno
import os
import shutil
import signal
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests import releases
from tests.operations import Operations, Outcome, Try
from tests.turns import in_turn

from hikiwake.store.catalogue import Vintage
from hikiwake.store.library import Library

ERRORS = (errno.ENOSPC, errno.EIO, errno.EACCES, errno.EMFILE)
KILLED = 0
STRIDE = 9
"""Of so many operations, a run that is not the night's takes one."""
MOST = 5_000
FIRST, SECOND = "baci-hs92@202601", "baci-hs92@202701"
# Of one year, and of several, which also puts the flows in the order of pairs.
YEARS = [pytest.param((2014,), id="one"), pytest.param((2013, 2014, 2015), id="three")]


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

    def begun(self, number: int, error: int) -> Outcome:
        """Bring the release into the library as it was, with one operation refused."""
        shutil.rmtree(self.library, ignore_errors=True)
        shutil.copytree(self.before, self.library)
        return self.again(number, error)

    def again(self, number: int = 0, error: int = 1) -> Outcome:
        """Bring the release into the library as it is now."""
        return self.operations(Try(("data", "add", str(self.release)), str(self.library), number, error))

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
@pytest.mark.parametrize("some", in_turn([(first, error) for first in range(STRIDE) for error in ERRORS]))
@pytest.mark.parametrize("years", YEARS)
def test_any_operation_refused(
    tmp_path: Path, operations: Operations, years: tuple[int, ...], some: tuple[int, int]
) -> None:
    """One clear error and the library as it was, or all of it where what was refused is of no weight."""
    first, error = some
    scene = Scene(tmp_path, years, operations, update=True)
    refused = 0
    for number in range(1 + first, MOST, STRIDE):
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
        again = scene.again()
        assert again.code == 0, told + again.said
        assert Library(scene.library).find(SECOND) == scene.made, told
    assert not outcome.met  # the last of them was met
    assert refused >= 20


@pytest.mark.slow
@pytest.mark.parametrize(
    "some", in_turn([(first, update) for first in range(STRIDE) for update in (False, True)])
)
@pytest.mark.parametrize("years", YEARS)
def test_killed_at_any_operation(
    tmp_path: Path, operations: Operations, years: tuple[int, ...], some: tuple[int, bool]
) -> None:
    """The old vintages or all of them, whole; the next import makes what an import makes."""
    first, update = some
    scene = Scene(tmp_path, years, operations, update=update)
    killed = 0
    for number in range(1 + first, MOST, STRIDE):
        outcome = scene.begun(number, KILLED)
        if not outcome.met:
            break
        killed += 1
        told = f"operation {number}"
        assert outcome.code == -signal.SIGKILL, told
        assert scene.sound() in (scene.held, [*scene.held, SECOND]), told
        again = scene.again()
        assert again.code == 0, told + again.said
        assert Library(scene.library).find(SECOND) == scene.made, told
        assert scene.parts() == [], told
    assert not outcome.met
    assert killed >= 20
