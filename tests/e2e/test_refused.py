"""What cannot be done is said before the work, in two lines: where and why, and the remedy."""

from __future__ import annotations

from pathlib import Path

import pytest
from tests.commands import hikiwake


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        # Found out before the work, not after it.
        (("brief", "JPN", "RUS", "-o", "folder.html"), 4, "folder.html: it is a folder"),
        (("brief", "JPN", "RUS", "--lang", "xx"), 2, "language 'xx'"),
        (("scenario", "run", "JPN", "RUS", "--seed", "-1"), 2, "seed -1"),
        (("gravity", "fit", "nothing.csv", "trade ~ x"), 3, "there is no such file"),
        (("gravity", "fit", "folder.html", "trade ~ x"), 3, "it is a folder"),
    ],
)
def test_what_cannot_be_is_said_at_once(
    tmp_path: Path, arguments: tuple[str, ...], code: int, said: str
) -> None:
    (tmp_path / "folder.html").mkdir()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("hikiwake.api.PairView.brief", lambda *_, **__: pytest.fail("the work was begun"))
        done = hikiwake(*arguments, cwd=tmp_path)
    assert done.returncode == code, done.stderr
    assert said in done.stderr.decode()
    assert len(done.stderr.decode().splitlines()) == 2
