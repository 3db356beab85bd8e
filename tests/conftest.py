"""Settings for all tests: the same examples on every run, no time limit that a busy machine could miss."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import settings

from hikiwake.store.library import Library

settings.register_profile("steady", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("steady")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Give a test a library of vintages of its own."""
    return Library(tmp_path / "library")
