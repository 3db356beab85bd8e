"""Names of products: fit for a sentence, and no two alike."""

from __future__ import annotations

from hikiwake.core.products import chapter_name
from hikiwake.measures.product_names import LONGEST, product_names
from hikiwake.store.tables import open_tables


def test_every_chapter_has_a_name_of_its_own() -> None:
    # Chapters 77 and 98 are kept free.
    codes = [f"{n:02}" for n in range(1, 100) if n not in {77, 98}]
    names = [chapter_name(code) for code in codes]
    assert not [name for name in names if name.startswith("HS")]
    assert len(set(names)) == len(names)


def test_no_two_products_of_the_classification_have_one_name() -> None:
    tables = open_tables()
    codes = [str(code) for code in tables.collect(tables.frame("hs92_products").select("code"))["code"]]
    name = product_names(tables)
    names = [name(code) for code in codes]
    assert len(set(names)) == len(codes) > 5_000
    assert max(map(len, names)) <= LONGEST + len(" … (123456)")
    told = [code for code, said in zip(codes, names, strict=True) if said.endswith(f" ({code})")]
    assert 0.1 * len(codes) < len(told) < 0.4 * len(codes)
