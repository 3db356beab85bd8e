"""Hostile archives: refused at once with one error, nothing written outside, the library unchanged."""

from __future__ import annotations

import gzip
import io
import struct
import subprocess
import sys
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import pytest
from tests import releases

from hikiwake.core.errors import BadInput, BadUsage
from hikiwake.sources.imports import archive
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library

YEAR = "BACI_HS92_Y2014_V202601.csv"
TRUNCATED = tuple(range(5, 100, 10))


def with_member(name: str, content: bytes = b"x") -> Callable[[Path], None]:
    def make(path: Path) -> None:
        releases.release(path)
        with zipfile.ZipFile(path, "a", zipfile.ZIP_DEFLATED) as packed:
            info = zipfile.ZipInfo("x")
            info.filename = info.orig_filename = name
            packed.writestr(info, content)

    return make


def bomb(path: Path) -> None:
    releases.release(path, texts={YEAR: b"t,i,j,k,v,q\n" + b"0" * 2**26})


def bomb_of_rows(path: Path) -> None:
    releases.release(path, texts={YEAR: b"t,i,j,k,v,q\n" + b"2014,643,392,270900,1.0,1.0\n" * 3_000_000})


def nested(path: Path) -> None:
    inner = io.BytesIO()
    with zipfile.ZipFile(inner, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr(YEAR, b"0" * 2**24)
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr("inner.zip", inner.getvalue())


def members(count: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        with zipfile.ZipFile(path, "w") as packed:
            for n in range(count):
                packed.writestr(f"{n}", b"")

    return make


def lying_size(path: Path) -> None:
    releases.release(path)
    raw = bytearray(path.read_bytes())
    central = raw.index(b"PK\x01\x02")
    raw[central + 24 : central + 28] = struct.pack("<I", 5)
    path.write_bytes(raw)


def wrong_checksum(path: Path) -> None:
    releases.release(path)
    raw = bytearray(path.read_bytes())
    for mark, at in ((b"PK\x03\x04", 14), (b"PK\x01\x02", 16)):
        raw[raw.index(mark) + at] ^= 0xFF
    path.write_bytes(raw)


def overlapping(path: Path) -> None:
    """Let the second member's entry point at the first member's data."""
    releases.release(path)
    raw = bytearray(path.read_bytes())
    second = raw.index(b"PK\x01\x02", raw.index(b"PK\x01\x02") + 4)
    raw[second + 42 : second + 46] = struct.pack("<I", 0)
    path.write_bytes(raw)


def twice(path: Path) -> None:
    releases.release(path)
    with pytest.warns(UserWarning, match="Duplicate"), zipfile.ZipFile(path, "a") as packed:
        packed.writestr(YEAR, "t,i,j,k,v,q\n")


def encrypted(path: Path) -> None:
    releases.release(path)
    raw = bytearray(path.read_bytes())
    raw[raw.index(b"PK\x03\x04") + 6] |= 1
    raw[raw.index(b"PK\x01\x02") + 8] |= 1
    path.write_bytes(raw)


def link(path: Path) -> None:
    releases.release(path)
    with zipfile.ZipFile(path, "a") as packed:
        info = zipfile.ZipInfo("link.csv")
        info.external_attr = 0o120777 << 16
        packed.writestr(info, "/etc/passwd")


def mixed(path: Path) -> None:
    releases.release(path, texts={"BACI_HS92_Y2016_V202501.csv": "t,i,j,k,v,q\n"})


def without_products(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as packed:
        packed.writestr(YEAR, releases.csv_text(releases.ROWS[2014]))


def cut(part: int) -> Callable[[Path], None]:
    def make(path: Path) -> None:
        releases.release(path)
        raw = path.read_bytes()
        path.write_bytes(raw[: len(raw) * part // 100])

    return make


def zips_in_zips(path: Path) -> None:
    content = b"0" * 2**20
    for _ in range(6):
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
            for n in range(10):
                packed.writestr(f"{n}.zip", content)
        content = out.getvalue()
    path.write_bytes(content)


def bomb_of_another_method(path: Path) -> None:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as packed:
        packed.writestr(YEAR, b"t,i,j,k,v,q\n" + b"0" * 2**27)
        packed.writestr("product_codes_HS92_V202601.csv", releases.PRODUCTS)
        packed.writestr("country_codes_V202601.csv", releases.COUNTRIES)


UN = "reporterCode,partnerCode,flowCode,cmdCode,primaryValue,period\n"
WHOLE = gzip.compress((UN + "392,643,X,870323,5,2014\n" * 5000).encode())
PACKED: dict[str, tuple[bytes, str]] = {
    "a bomb": (
        gzip.compress(UN.encode() + b"0" * 2**21) + gzip.compress(b"0" * 2**26),
        "unpacks to more than 200 times itself",
    ),
    "no gzip at all": (UN.encode(), "cannot be read to its end"),
    "junk after its end": (WHOLE + b"junk" * 100, "cannot be read to its end"),
    **{
        f"cut at {part} %": (WHOLE[: len(WHOLE) * part // 100], "cannot be read to its end")
        for part in TRUNCATED
    },
}


@pytest.mark.parametrize("name", PACKED)
def test_hostile_gzip_is_told_as_such(tmp_path: Path, library: Library, name: str) -> None:
    content, why = PACKED[name]
    path = tmp_path / "COMTRADE-FINAL-CA392201401H4[2025-01-01].gz"
    path.write_bytes(content)
    with pytest.raises(BadInput, match=why) as refused:
        add(Wish(files=(path,)), library, lambda what, part: None)
    assert refused.value.remedy
    assert library.held() == ()


HOSTILE: dict[str, Callable[[Path], None]] = {
    "bomb": bomb,
    "bomb of rows": bomb_of_rows,
    "nested": nested,
    "zips in zips": zips_in_zips,
    "bomb of another method": bomb_of_another_method,
    "many members": members(10_001),
    "a hundred thousand members": members(100_000),
    "lying size": lying_size,
    "wrong checksum": wrong_checksum,
    "overlapping": overlapping,
    "traversal": with_member("../evil.csv"),
    "windows traversal": with_member("..\\evil.csv"),
    "absolute": with_member("/tmp/evil.csv"),
    "drive": with_member("C:\\evil.csv"),
    "nul": with_member("evil\0.csv"),
    "long name": with_member("e" * 300),
    "turned around": with_member("\u202evsc.live"),
    "duplicate": twice,
    "duplicate by case": with_member(YEAR.lower()),
    "encrypted": encrypted,
    "link": link,
    "mixed releases": mixed,
    "without products": without_products,
    **{f"cut at {part} %": cut(part) for part in TRUNCATED},
}


FEW = {"a hundred thousand members"}
"""Archives that take seconds to be made."""
SLOW = [pytest.param(n, marks=pytest.mark.slow if n in FEW else ()) for n in HOSTILE]


@pytest.mark.parametrize("name", SLOW)
def test_hostile_archives_are_refused(tmp_path: Path, name: str) -> None:
    path = tmp_path / "in" / "BACI_HS92_V202601.zip"
    path.parent.mkdir()
    HOSTILE[name](path)
    library = Library(tmp_path / "in" / "library")
    begin = time.process_time()
    with pytest.raises((BadInput, BadUsage)) as refused:
        add(Wish(files=(path,)), library, lambda what, part: None)
    assert time.process_time() - begin < 2.0
    assert refused.value.remedy
    assert library.held() == ()
    assert [p.name for p in tmp_path.iterdir()] == ["in"]
    assert {p.name for p in path.parent.iterdir()} <= {path.name, "library"}


# The allocator's room for each thread, which is set aside and not used, would count as memory.
WITHIN = """
import resource, sys, time
from pathlib import Path
from hikiwake.core.errors import BadInput, BadUsage
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.library import Library
resource.setrlimit(resource.RLIMIT_AS, (2**30, 2**30))
for folder in sorted(Path(sys.argv[1]).iterdir()):
    begin = time.process_time()
    try:
        add(Wish(files=tuple(folder.glob("*.zip"))), Library(folder / "library"), lambda what, part: None)
    except (BadInput, BadUsage) as fault:
        assert fault.remedy and Library(folder / "library").held() == ()
        print("refused" if time.process_time() - begin < 2.0 else f"late: {folder.name}")
"""


@pytest.mark.slow
def test_hostile_archives_are_refused_within_a_gibibyte(tmp_path: Path) -> None:
    for number, make in enumerate(HOSTILE.values()):
        folder = tmp_path / f"{number:02}"
        folder.mkdir()
        make(folder / "BACI_HS92_V202601.zip")
    done = subprocess.run(
        [sys.executable, "-c", WITHIN, str(tmp_path)],
        env={"PATH": "/usr/bin:/bin", "MALLOC_ARENA_MAX": "1"},
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert done.stdout.splitlines() == ["refused"] * len(HOSTILE)


def test_a_member_has_a_largest_size(
    tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = releases.release(tmp_path / "a.zip")
    monkeypatch.setattr(archive, "MEMBER_BYTES", 100)
    with pytest.raises(BadInput, match="is larger than 100 bytes"):
        add(Wish(files=(path,)), library, lambda what, part: None)


def test_there_are_at_least_twenty_five() -> None:
    assert len(HOSTILE) >= 25
