"""Draw the picture of a brief that stands in the README, from the brief itself.

python scripts/build_picture.py
"""

from __future__ import annotations

import argparse
from collections.abc import Sequence
from pathlib import Path

import pypdfium2  # type: ignore[import-untyped]
from PIL import Image, ImageOps

import hikiwake

ROOT = Path(__file__).resolve().parent.parent
TARGET = ROOT / "docs" / "images" / "brief.png"
PAGES = (0, 2)  # the front page, and the first page of charts
SCALE = 1.1  # pixels per point
FRAME, GAP = 1, 14  # pixels


def main(arguments: Sequence[str] | None = None) -> int:
    """Write the brief on Japan and Russia and place two of its pages side by side; return 0."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--out", type=Path, default=TARGET, help="picture to write")
    out: Path = parser.parse_args(arguments).out
    document = pypdfium2.PdfDocument(hikiwake.pair("JPN", "RUS").brief().render(".pdf"))
    pages = [
        ImageOps.expand(document[number].render(scale=SCALE).to_pil().convert("RGB"), FRAME, "#c8ccd4")
        for number in PAGES
    ]
    width = sum(page.width for page in pages) + GAP * (len(pages) - 1)
    sheet = Image.new("RGB", (width, pages[0].height), "white")
    for number, page in enumerate(pages):
        sheet.paste(page, (number * (page.width + GAP), 0))
    # A palette: text and charts look the same, and the repository stays small.
    sheet.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(out, optimize=True)
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
