"""Penn World Table 9.1: output, population, employment and prices of 182 economies, 1950-2017.

It comes in Debian's build of the R package pwt9. R keeps data of installed packages in a pair of files:
an index (.rdx, a gzip'd R object with offset and length by name) and a heap (.rdb) of chunks, each a
length (4 bytes, big-endian), a letter for the compression, and the compressed serialised object.
"""

from __future__ import annotations

import bz2
import gzip
import io
import lzma
import math
import struct
import tarfile
import warnings
import zlib
from pathlib import Path
from typing import Any

import rdata

from build.fetch import Package
from build.tables import Column, TableFile, write_table
from hikiwake.core.country import country

PWT9 = Package(
    kind="deb",
    name="r-cran-pwt9",
    version="9.1-0-2",
    filename="r-cran-pwt9_9.1-0-2_all.deb",
    sha256="5329c54530dbf2389dee4c605405317e9d2cd54157f7594c927de551601711cc",
)
PACKAGES = (PWT9,)
HEAP = "./usr/lib/R/site-library/pwt9/data/Rdata.rdb"
INDEX = "./usr/lib/R/site-library/pwt9/data/Rdata.rdx"
ROWS_IN_PACKAGE, ECONOMIES = 12_376, 182

DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "pwt",
        "version": "9.1",
        "title": "Penn World Table, version 9.1",
        "producer": "Groningen Growth and Development Centre (Feenstra, Inklaar and Timmer)",
        "licence": "Creative Commons Attribution 4.0",
        "licence_id": "CC-BY-4.0",
        "citation": (
            "Feenstra, R. C., Inklaar, R. and Timmer, M. P. (2015), The Next Generation of the Penn World "
            "Table, American Economic Review 105(10), 3150-3182; version 9.1"
        ),
        "note": (
            "As packaged in Debian's r-cran-pwt9 9.1-0-2; the columns kept are unchanged, years without any "
            "figure are left out."
        ),
        "unit": "million USD at 2011 prices unless a column says otherwise",
        "coverage": {
            "text": "182 economies, 1950-2017; Russia from 1990, no Soviet Union",
            "first_year": 1950,
            "last_year": 2017,
            "economies": ECONOMIES,
        },
    },
)

_MONEY = "million USD at 2011 prices"
FIGURES = (
    Column("rgdpe", "DOUBLE", _MONEY, "real GDP by expenditure, at chained purchasing power parities"),
    Column("rgdpo", "DOUBLE", _MONEY, "real GDP by output, at chained purchasing power parities"),
    Column("cgdpe", "DOUBLE", _MONEY, "real GDP by expenditure, at current purchasing power parities"),
    Column("cgdpo", "DOUBLE", _MONEY, "real GDP by output, at current purchasing power parities"),
    Column("rgdpna", "DOUBLE", _MONEY, "real GDP at constant national prices"),
    Column("pop", "DOUBLE", "million persons", "population"),
    Column("emp", "DOUBLE", "million persons", "persons engaged"),
    Column("avh", "DOUBLE", "hours a year", "average hours worked by a person engaged"),
    Column("hc", "DOUBLE", "index", "human capital, from years of schooling and returns to education"),
    Column("cn", "DOUBLE", _MONEY, "capital stock at current purchasing power parities"),
    Column("ctfp", "DOUBLE", "USA=1", "total factor productivity at current purchasing power parities"),
    Column("labsh", "DOUBLE", "1", "share of labour compensation in GDP"),
    Column("xr", "DOUBLE", "national currency per USD", "exchange rate"),
    Column(
        "pl_gdpo",
        "DOUBLE",
        "USA GDPo in 2011=1",
        "price level of cgdpo; cgdpo * pl_gdpo is GDP in current USD",
    ),
    Column("csh_x", "DOUBLE", "1", "share of merchandise exports in cgdpo, at current parities"),
    Column("csh_m", "DOUBLE", "1", "share of merchandise imports in cgdpo, at current parities; negative"),
)
FLAGS = (
    Column("i_cig", "STRING", "", "source of relative prices: benchmark, interpolated or extrapolated"),
    Column("i_outlier", "STRING", "", "whether the producer marks the observation as an outlier"),
)
COLUMNS = (
    Column("year", "INT16", "", "calendar year"),
    Column("economy", "STRING", "", "economy"),
    *FIGURES,
    *FLAGS,
)


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write pwt."""
    files = deb_members(downloads / PWT9.filename, (INDEX, HEAP))
    frame = lazy_load(files[INDEX], files[HEAP], "pwt9.1")
    economies = sorted({str(code) for code in frame["isocode"]})
    if (len(frame), len(economies)) != (ROWS_IN_PACKAGE, ECONOMIES):
        raise ValueError(f"PWT: {len(frame)} rows of {len(economies)} economies")
    for code in economies:
        country(code)
    figures = {column.name: [_figure(cell) for cell in frame[column.name]] for column in FIGURES}
    kept = [any(column[row] is not None for column in figures.values()) for row in range(len(frame))]
    columns: dict[str, list[Any]] = {
        "year": [int(year) for year in frame["year"]],
        "economy": [str(code) for code in frame["isocode"]],
        **figures,
        **{column.name: [_word(cell) for cell in frame[column.name]] for column in FLAGS},
    }
    data = {
        name: [cell for cell, keep in zip(column, kept, strict=True) if keep]
        for name, column in columns.items()
    }
    return [write_table(out, "pwt", "pwt", COLUMNS, data, sort=("economy", "year"))]


def deb_members(path: Path, names: tuple[str, ...]) -> dict[str, bytes]:
    """Return files of a Debian package: an `ar` archive whose data.tar.* holds the tree.

    Raises
    ------
    ValueError : the file is no Debian package, or lacks one of the files.
    """
    raw = path.read_bytes()
    if not raw.startswith(b"!<arch>\n"):
        raise ValueError(f"{path.name} is not a Debian package")
    place = 8
    while place + 60 <= len(raw):
        header = raw[place : place + 60]
        name, size = header[:16].decode().strip(" /"), int(header[48:58])
        body = raw[place + 60 : place + 60 + size]
        if name.startswith("data.tar"):
            with tarfile.open(fileobj=io.BytesIO(body)) as archive:
                found = {member: archive.extractfile(member) for member in names}
                return {member: stream.read() for member, stream in found.items() if stream is not None}
        place += 60 + size + size % 2
    raise ValueError(f"{path.name} has no data")


def lazy_load(index: bytes, heap: bytes, name: str) -> Any:
    """Return one object of R's pair of index and heap, a data frame as a pandas frame."""
    offset, length = (int(number) for number in _unserialised(gzip.decompress(index))["variables"][name])
    return _unserialised(unpacked(heap[offset : offset + length]))


def unpacked(chunk: bytes) -> bytes:
    """Return the content of one chunk of a heap: length, letter of the compression, compressed bytes.

    Raises
    ------
    ValueError : the content has not the length that the chunk states.
    """
    (length,) = struct.unpack(">I", chunk[:4])
    letter, body = chunk[4:5], chunk[5:]
    if letter == b"Z":
        content = lzma.decompress(body, format=lzma.FORMAT_RAW, filters=[{"id": lzma.FILTER_LZMA2}])
    elif letter == b"2":
        content = bz2.decompress(body)
    else:
        content = zlib.decompress(chunk[4:])
    if len(content) != length:
        raise ValueError(f"chunk of {len(content)} bytes, stated {length}")
    return content


def _unserialised(content: bytes) -> Any:
    with warnings.catch_warnings():
        # The reader expects a file with a magic number and says so for a bare object.
        warnings.filterwarnings("ignore", message="Unknown file type", category=UserWarning)
        return rdata.conversion.convert(rdata.parser.parse_data(content))


def _figure(cell: Any) -> float | None:
    number = float(cell)
    return None if math.isnan(number) else number


def _word(cell: Any) -> str | None:
    return cell if isinstance(cell, str) else None
