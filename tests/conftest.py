"""Settings for all tests: the same examples on every run, no time limit that a busy machine could miss."""

from __future__ import annotations

import os
import signal
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from hikiwake.store.library import Library

# As the command line has it: threads of linear algebra that wait for each other cost a fifth of the processor
# time of two workers on two cores. It is read when NumPy is loaded, so nothing above may load it.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

# A shell that starts tests in the background lets them ignore Ctrl-C, and what they start would, too.
if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    signal.signal(signal.SIGINT, signal.default_int_handler)

settings.register_profile("steady", deadline=None, derandomize=True, print_blob=True)
settings.load_profile("steady")


@pytest.fixture
def library(tmp_path: Path) -> Library:
    """Give a test a library of vintages of its own."""
    from hikiwake.store.library import Library

    return Library(tmp_path / "library")
