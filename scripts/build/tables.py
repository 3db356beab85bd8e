"""The files of a vintage: Parquet with the same bytes on every run, and the catalogue over them.

Determinism rests on sorted rows, one row order per table, fixed writer settings, one thread, and the
exactly pinned pyarrow of the `data` dependency group (its version is written into each file).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa  # type: ignore[import-untyped]
import pyarrow.parquet as pq  # type: ignore[import-untyped]

from build.fetch import Package
from hikiwake.store.seal import sealed

ZSTD_LEVEL = 19
ROW_GROUP = 131_072
"""Rows per group: small enough to skip by statistics, large enough to compress."""

TYPES: dict[str, pa.DataType] = {
    "BOOL": pa.bool_(),
    "INT16": pa.int16(),
    "INT32": pa.int32(),
    "INT64": pa.int64(),
    "DOUBLE": pa.float64(),
    "STRING": pa.string(),
}


@dataclass(frozen=True)
class Column:
    """One column: name, type (a key of `TYPES`), unit ("" where there is none), meaning."""

    name: str
    type: str
    unit: str
    meaning: str


@dataclass(frozen=True)
class TableFile:
    """One written file: the dataset it belongs to, what it holds, its size and SHA-256."""

    dataset: str
    name: str
    file: str
    rows: int
    bytes: int
    sha256: str
    columns: tuple[Column, ...] = field(default=())


def write_table(
    out: Path,
    dataset: str,
    name: str,
    columns: Sequence[Column],
    data: Mapping[str, Any],
    *,
    sort: Sequence[str],
) -> TableFile:
    """Write `name`.parquet into `out` and return its record.

    Parameters
    ----------
    columns : the columns in file order; each must be a key of `data`.
    data : a sequence or array per column, all of one length; None (or a masked value) is missing.
    sort : columns that order the rows, ascending; together they must identify a row.

    Raises
    ------
    ValueError : two rows share the sort key (their order would be left to chance).
    """
    schema = pa.schema([(column.name, TYPES[column.type]) for column in columns])
    arrays = [pa.array(data[column.name], type=TYPES[column.type]) for column in columns]
    table = pa.Table.from_arrays(arrays, schema=schema).combine_chunks()
    if table.select(list(sort)).group_by(list(sort), use_threads=False).aggregate([]).num_rows != len(table):
        raise ValueError(f"{name}: rows are not unique by {', '.join(sort)}")
    table = table.sort_by([(key, "ascending") for key in sort])
    path = out / f"{name}.parquet"
    _write(table, path, columns)
    return record(out, dataset, name, path.name, rows=len(table), columns=columns)


def _write(table: pa.Table, path: Path, columns: Sequence[Column]) -> None:
    text = [column.name for column in columns if column.type == "STRING"]
    # Sorted whole numbers shrink most as differences; amounts and codes by value compress better plain.
    pq.write_table(
        table,
        path,
        row_group_size=ROW_GROUP,
        compression="zstd",
        compression_level=ZSTD_LEVEL,
        use_dictionary=text,
        write_statistics=True,
        store_schema=False,
        version="2.6",
        data_page_version="1.0",
    )


def write_file(out: Path, dataset: str, name: str, file: str, content: bytes) -> TableFile:
    """Write a file that is not a table (shapes, fonts, JSON) into `out` and return its record."""
    path = out / file
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return record(out, dataset, name, file)


def record(
    out: Path, dataset: str, name: str, file: str, *, rows: int = 0, columns: Iterable[Column] = ()
) -> TableFile:
    """Return the record of a file that stands in `out`."""
    content = (out / file).read_bytes()
    digest = hashlib.sha256(content).hexdigest()
    return TableFile(dataset, name, file, rows, len(content), digest, tuple(columns))


def catalogue(
    vintage: str,
    datasets: Iterable[Mapping[str, Any]],
    packages: Mapping[str, Sequence[Package]],
    files: Iterable[TableFile],
) -> bytes:
    """Return catalogue.json: every dataset with its packages and files, in the order given.

    Parameters
    ----------
    datasets : entries without `packages` and `tables`.
    packages : by dataset id, the packages that carried it.
    files : the records of all written files.

    Raises
    ------
    ValueError : a file belongs to no dataset, or a dataset has no file.
    """
    by_dataset: dict[str, list[TableFile]] = {}
    for file in files:
        by_dataset.setdefault(file.dataset, []).append(file)
    entries = []
    for dataset in datasets:
        identity = str(dataset["id"])
        if identity not in by_dataset:
            raise ValueError(f"dataset {identity} has no file")
        entries.append(
            {
                **dataset,
                "packages": [_package(package) for package in packages[identity]],
                "tables": [_table(file) for file in by_dataset.pop(identity)],
            }
        )
    if by_dataset:
        raise ValueError(f"files of unknown datasets: {', '.join(sorted(by_dataset))}")
    content = {"vintage": vintage, "datasets": entries}
    return sealed(json.dumps(content, indent=1, ensure_ascii=False).encode())


def _package(package: Package) -> dict[str, str]:
    return {
        "name": package.name,
        "version": package.version,
        "filename": package.filename,
        "sha256": package.sha256,
    }


def _table(file: TableFile) -> dict[str, Any]:
    return {
        "name": file.name,
        "file": file.file,
        "rows": file.rows,
        "bytes": file.bytes,
        "sha256": file.sha256,
        "columns": [
            {"name": column.name, "type": column.type, "unit": column.unit, "meaning": column.meaning}
            for column in file.columns
        ],
    }
