"""Public reference data, for tests only and outside the repository; a test without them is skipped."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import numpy as np
import pytest

FOLDER = Path(os.environ.get("HIKIWAKE_SHARED", Path(__file__).resolve().parents[2] / "shared")) / "data"


def columns(name: str) -> dict[str, np.ndarray]:
    """Return the columns of a Parquet file."""
    parquet = pytest.importorskip("pyarrow.parquet", reason="pyarrow is not installed")
    read = parquet.read_table(_present(f"{name}.parquet"))
    return {column: np.asarray(read[column]) for column in read.column_names}


def document(name: str) -> Any:
    """Return a JSON file."""
    return json.loads(_present(f"{name}.json").read_text(encoding="utf-8"))


def _present(name: str) -> Path:
    path = FOLDER / name
    if not path.exists():
        pytest.skip(f"the reference data are not here: {path.name} (set HIKIWAKE_SHARED)")
    return path
