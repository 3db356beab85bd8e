"""Names of products fit for a sentence: ours where there is one, else the producer's, cut short."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Callable
from functools import lru_cache
from typing import TYPE_CHECKING

from hikiwake.core.products import short_name

if TYPE_CHECKING:
    from hikiwake.store.tables import Tables

PRODUCTS, TOTAL = "hs92_products", "TOTAL"
LONGEST = 60


def product_names(tables: Tables) -> Callable[[str], str]:
    """Return what names a product by its code: ours, else its description in the data, else its code.

    What gives no products is of all goods.

    Tells a line of many products apart without its small print: "Vehicles; with spark-ignition engine, of a
    cylinder capacity ..." ends where a sentence can bear it; one product in four needs its code then, to be
    told from another.
    """
    described = {code: shortened(text) for code, text in _descriptions(tables).items()}
    times = Counter(described.values())

    def name(code: str) -> str:
        said = described.get(code, "")
        if said and times[said] > 1:
            said = f"{said} ({code})"
        return "all goods" if code == TOTAL else short_name(code, said)

    return name


@lru_cache(maxsize=10_000)
def shortened(description: str) -> str:
    """Return a description in small letters at its start, cut at a word where it is long.

    Examples
    --------
    >>> shortened("Wood, coniferous: in the rough")
    'wood, coniferous: in the rough'
    >>> shortened("")
    ''
    """
    text = " ".join(description.split())
    # "X-ray" and "LNG" keep their capitals.
    if re.match(r"[A-Z][a-z]", text):
        text = text[0].lower() + text[1:]
    if len(text) <= LONGEST:
        return text
    return text[:LONGEST].rsplit(" ", 1)[0].rstrip(",;:(") + " …"


def _descriptions(tables: Tables) -> dict[str, str]:
    if not tables.has(PRODUCTS):
        return {}
    rows = tables.collect_once("product names", lambda: tables.frame(PRODUCTS).select("code", "description"))
    return dict(zip(map(str, rows["code"]), map(str, rows["description"]), strict=True))
