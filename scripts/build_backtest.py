"""Test the potential on the shipped data anew and keep the result with the package.

python scripts/build_backtest.py
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

from hikiwake.measures.potential import tested
from hikiwake.measures.potential.backtest import backtest
from hikiwake.store.tables import open_tables

TARGET = Path(tested.__file__).with_name(tested.RECORD)


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the record; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=TARGET, help="file to write")
    out: Path = parser.parse_args(arguments).out
    tables = open_tables()
    out.write_bytes(tested.encoded(tables, backtest(tables)))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
