"""A vintage that is removed while somebody reads it: an error that says so, and no fault of ours."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests import releases

from hikiwake.core.errors import Environment
from hikiwake.sources.imports.run import Wish, add
from hikiwake.store.catalogue import Vintage
from hikiwake.store.library import Library
from hikiwake.store.tables import Tables


@pytest.mark.parametrize("resident", [False, True])
def test_a_vintage_is_removed_while_it_is_read(
    resident: bool, tmp_path: Path, library: Library, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("hikiwake.store.tables.RESIDENT_BYTES", 2**30 * resident)
    path = releases.release(tmp_path / "a.zip")
    held = add(Wish(files=(path,)), library, lambda what, part: None).held
    tables = Tables(Vintage(library.path(held)))
    frame = tables.frame("baci_flows")
    before = tables.collect(frame)
    assert len(before["value"]) == sum(map(len, releases.ROWS.values()))
    tables.vintage.paths("baci_pair_totals")  # its checksum has been compared
    library.remove(held)
    with pytest.raises(Environment, match="pair_totals"):
        tables.collect(tables.frame("baci_pair_totals"))
    if resident:
        assert (tables.collect(frame)["value"] == before["value"]).all()
    else:
        with pytest.raises(Environment, match="removed meanwhile"):
            tables.collect(frame)
