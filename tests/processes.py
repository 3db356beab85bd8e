"""Renders the sample in fresh processes whose surroundings differ: zone, language, hash seed, folder."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
SURROUNDINGS = (
    {"TZ": "UTC", "LANG": "C", "LC_ALL": "C", "PYTHONHASHSEED": "1"},
    {"TZ": "Asia/Tokyo", "LANG": "de_DE.UTF-8", "LC_ALL": "", "PYTHONHASHSEED": "2"},
)
PROGRAM = """
import sys, hashlib, importlib
sys.path.insert(0, sys.argv[2])
from tests.sample import brief
made = importlib.import_module("hikiwake.render." + sys.argv[1]).render(brief())
sys.stdout.write(hashlib.sha256(made).hexdigest())
"""


def same_in_other_processes(form: str) -> None:
    """Fail unless a renderer writes the same bytes wherever it runs."""
    digests = set()
    for surroundings in SURROUNDINGS:
        with tempfile.TemporaryDirectory() as elsewhere:
            run = subprocess.run(
                [sys.executable, "-c", PROGRAM, form, str(ROOT)],
                env={**os.environ, **surroundings},
                cwd=elsewhere,
                capture_output=True,
                text=True,
                check=True,
            )
        digests.add(run.stdout)
    assert len(digests) == 1
    assert len(digests.pop()) == hashlib.sha256().digest_size * 2
