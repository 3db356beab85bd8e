"""Typefaces for PDF, charts and HTML: subsets of IBM Plex Sans and Noto Sans CJK under a name of our own.

The Open Font License lets anybody subset and ship a font, but a changed font must not carry the name
its makers reserved (condition 3; "Plex" is reserved). So the families are called Hikiwake Sans and
Hikiwake Sans CJK; copyright and licence stay in the fonts and beside them.

Writes TTF and OTF for typesetting, WOFF2 for embedding in HTML, and glyphs.json, which says what each
family can write, so that a renderer can refuse text it would print as boxes.
"""

from __future__ import annotations

import io
import json
import subprocess
import tempfile
from collections.abc import Iterable
from pathlib import Path
from typing import Any

from fontTools.subset import Options, Subsetter  # type: ignore[import-untyped]
from fontTools.ttLib import TTCollection, TTFont  # type: ignore[import-untyped]

from build.fetch import Package
from build.identity import ECONOMIES
from build.package_files import member, write_beside
from build.tables import TableFile

PLEX = Package(
    "npm",
    "@ibm/plex-sans",
    "1.1.0",
    "ibm-plex-sans-1.1.0.tgz",
    "c3818979c2a2c82927ea3e7c485e389a18de0b7462887dd4f7acc9a525568962",
)
NOTO = Package(
    "deb",
    "fonts-noto-cjk",
    "1:20220127+repack1-1",
    "fonts-noto-cjk_20220127+repack1-1_all.deb",
    "4a2515eb6db3978b897fef9709ed0d2b1f4c6c4df4d83d6c4ef65f71f1b1f502",
)
PACKAGES = (PLEX, NOTO)
DATASETS: tuple[dict[str, Any], ...] = (
    {
        "id": "fonts_sans",
        "version": "1.1.0",
        "title": "Hikiwake Sans, a subset of IBM Plex Sans",
        "producer": "IBM Corp.",
        "licence": "SIL Open Font License 1.1",
        "licence_id": "OFL-1.1",
        "citation": "IBM Plex Sans 3.005, copyright 2018 IBM Corp., under the SIL Open Font License 1.1",
        "note": "Subset, hints dropped, renamed as the licence asks.",
        "unit": "",
        "coverage": {"text": "Latin, Greek and Cyrillic letters, punctuation, arrows and signs"},
        "packages": (PLEX.name,),
    },
    {
        "id": "fonts_cjk",
        "version": "20220127",
        "title": "Hikiwake Sans CJK, a subset of Noto Sans CJK",
        "producer": "Adobe and Google",
        "licence": "SIL Open Font License 1.1",
        "licence_id": "OFL-1.1",
        "citation": "Noto Sans CJK, copyright 2014-2021 Adobe, under the SIL Open Font License 1.1",
        "note": "Only the characters of the economies' Chinese, Japanese and Korean names; renamed.",
        "unit": "",
        "coverage": {"text": "names of economies in Chinese, Japanese and Korean"},
        "packages": (NOTO.name,),
    },
)

FOLDER = "render/assets/fonts"
FAMILY = "Hikiwake Sans"
CJK_FAMILY = "Hikiwake Sans CJK"
STYLES = ("Regular", "Italic", "SemiBold", "Bold")
EMBEDDED = ("Regular", "SemiBold")
TIMESTAMP = 3_786_912_000
"""1 January 2024 in seconds since 1904: a font's dates must not depend on the day of the build."""

# First and last code point of what a brief may need: Latin with its extensions, Greek, Cyrillic,
# punctuation, superscripts, currencies, letter-like signs, arrows, mathematics, shapes, ligatures.
PRINT = (
    (0x20, 0x7E), (0xA0, 0x24F), (0x2B0, 0x2FF), (0x300, 0x36F), (0x370, 0x3FF), (0x400, 0x52F),
    (0x1E00, 0x1EFF), (0x2000, 0x206F), (0x2070, 0x20CF), (0x2100, 0x22FF), (0x25A0, 0x25FF),
    (0xFB00, 0xFB04),
)  # fmt: skip
# The same for a page, where the reader's own fonts stand in for what is rare.
PAGE = (
    (0x20, 0x7E), (0xA0, 0x17F), (0x218, 0x21B), (0x400, 0x45F), (0x490, 0x491), (0x2009, 0x2011),
    (0x2013, 0x2014), (0x2018, 0x201E), (0x2020, 0x2022), (0x2026, 0x2026), (0x202F, 0x202F),
    (0x2030, 0x2030), (0x2032, 0x2033), (0x2039, 0x203A), (0x2080, 0x2084), (0x20AC, 0x20AC),
    (0x20BD, 0x20BD), (0x2190, 0x2193), (0x2212, 0x2212), (0x2248, 0x2248), (0x2260, 0x2260),
    (0x2264, 0x2265),
)  # fmt: skip
FEATURES = (
    "ccmp",
    "locl",
    "mark",
    "mkmk",
    "kern",
    "liga",
    "tnum",
    "lnum",
    "frac",
    "sups",
    "subs",
    "sinf",
    "case",
)
CJK_EXTRA = "引き分け■□▲△▼▽●○◆◇"
"""The name of the project, and marks for legends, which Plex lacks."""


def build(downloads: Path, out: Path) -> list[TableFile]:
    """Write all fonts, their licences and glyphs.json."""
    written: list[TableFile] = []
    covered: dict[str, set[int]] = {FAMILY: set()}
    plex = downloads / PLEX.filename
    for style in STYLES:
        raw = member(plex, f"fonts/complete/woff/IBMPlexSans-{style}.woff")
        font = _subset(TTFont(io.BytesIO(raw), recalcTimestamp=False), PRINT)
        points = set(font.getBestCmap())
        covered[FAMILY] = covered[FAMILY] & points if covered[FAMILY] else points
        content = _renamed(font, FAMILY, style, "IBM Plex Sans")
        written.append(write_beside(out, "fonts_sans", f"font_{style}", _path(style, "ttf"), content))
    for style in EMBEDDED:
        raw = member(plex, f"fonts/complete/woff/IBMPlexSans-{style}.woff")
        font = _subset(TTFont(io.BytesIO(raw), recalcTimestamp=False), PAGE)
        content = _renamed(font, FAMILY, style, "IBM Plex Sans", flavor="woff2")
        written.append(write_beside(out, "fonts_sans", f"font_{style}_page", _path(style, "woff2"), content))
    licence = member(plex, "LICENSE.txt")
    written.append(write_beside(out, "fonts_sans", "font_licence", f"{FOLDER}/OFL-IBM-Plex.txt", licence))
    cjk = _noto(downloads / NOTO.filename)
    # One licence, two makers: the first line of its text is the copyright notice.
    notice = cjk["name"].getDebugName(0).encode() + b"\n" + licence.partition(b"\n")[2]
    covered[CJK_FAMILY] = set(cjk.getBestCmap())
    content = _renamed(cjk, CJK_FAMILY, "Regular", "Noto Sans CJK JP")
    name = f"{FOLDER}/HikiwakeSansCJK-Regular.otf"
    written.append(write_beside(out, "fonts_cjk", "font_cjk", name, content))
    written.append(write_beside(out, "fonts_cjk", "font_cjk_licence", f"{FOLDER}/OFL-Noto-CJK.txt", notice))
    ranges = {family: _ranges(points) for family, points in covered.items()}
    text = (json.dumps(ranges, separators=(",", ":")) + "\n").encode()
    written.append(write_beside(out, "fonts_sans", "glyphs", f"{FOLDER}/glyphs.json", text))
    return written


def _path(style: str, kind: str) -> str:
    return f"{FOLDER}/{FAMILY.replace(' ', '')}-{style}.{kind}"


def _subset(font: TTFont, ranges: Iterable[tuple[int, int]]) -> TTFont:
    return _keep(font, {point for first, last in ranges for point in range(first, last + 1)})


def _keep(font: TTFont, points: set[int]) -> TTFont:
    options = Options(
        hinting=False, layout_features=list(FEATURES), name_IDs=[0, 13, 14], notdef_outline=True
    )
    options.drop_tables += ["DSIG", "BASE", "VORG", "vhea", "vmtx"]  # no vertical setting
    subsetter = Subsetter(options)
    subsetter.populate(unicodes=points)
    subsetter.subset(font)
    return font


def _renamed(font: TTFont, family: str, style: str, origin: str, *, flavor: str | None = None) -> bytes:
    """Return the font under our family name, keeping copyright and licence, without the day of the build."""
    table = font["name"]
    grouped = style in ("Regular", "Italic", "Bold")
    texts = {
        1: family if grouped else f"{family} {style}",
        2: style if grouped else "Regular",
        3: f"{family} {style} 1.0",
        4: f"{family} {style}",
        5: "Version 1.000",
        6: f"{family.replace(' ', '')}-{style}",
        10: f"Subset of {origin}, made for hikiwake.",
    }
    if not grouped:
        texts |= {16: family, 17: style}
    for number, text in texts.items():
        table.setName(text, number, 3, 1, 0x409)
    if "CFF " in font:
        top = font["CFF "].cff
        top.fontNames = [texts[6]]
        top.topDictIndex[0].FullName = texts[4]
        top.topDictIndex[0].FamilyName = family
    font["head"].created = font["head"].modified = TIMESTAMP
    font.flavor = flavor
    stream = io.BytesIO()
    font.save(stream, reorderTables=True)
    return stream.getvalue()


def _noto(package: Path) -> TTFont:
    """Return the CJK subset."""
    with tempfile.TemporaryDirectory() as folder:
        subprocess.run(["dpkg-deb", "--extract", str(package), folder], check=True)
        collection = TTCollection(
            Path(folder, "usr/share/fonts/opentype/noto/NotoSansCJK-Regular.ttc"), recalcTimestamp=False
        )
        # The first face has Japanese forms; `locl` turns them into Chinese or Korean ones by language.
        return _keep(collection.fonts[0], {ord(character) for character in _cjk_text()})


def _cjk_text() -> str:
    rows = json.loads(ECONOMIES.read_text(encoding="utf-8"))["economies"]
    names = [row["names"].get(language, "") for row in rows for language in ("ja", "ko", "zh")]
    return "".join(sorted({c for c in "".join(names) if ord(c) > 0x2E80} | set(CJK_EXTRA)))


def _ranges(points: set[int]) -> list[list[int]]:
    """Return code points as [first, last] runs."""
    runs: list[list[int]] = []
    for point in sorted(points):
        if runs and point == runs[-1][1] + 1:
            runs[-1][1] = point
        else:
            runs.append([point, point])
    return runs
