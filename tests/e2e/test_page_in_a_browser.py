"""A page in a real browser, by keyboard alone: a number opens its note, and whoever leaves it reads on."""

from __future__ import annotations

import re
import shutil
import subprocess
from html import unescape
from pathlib import Path

import pytest
from tests.briefs import composed

BROWSER = next(
    filter(None, map(shutil.which, ("chromium", "chromium-browser", "google-chrome", "chrome"))), ""
)

# What a person does with the keyboard. A browser moves no focus for keys that a script presses, so what is
# looked at is where our own handlers leave it.
TRIED = """
addEventListener("load", async () => {
  const told = [];
  const note = document.getElementById("origin");
  const press = (key, more) =>
    document.activeElement.dispatchEvent(
      new KeyboardEvent("keydown", { key, bubbles: true, cancelable: true, ...more }));
  const link = document.querySelector(".fact a");
  const open = async () => {
    for (let n = 0; n < 100 && note.hidden; n++) {
      link.focus();
      link.click();
      await new Promise((done) => setTimeout(done, 20));
    }
  };
  const where = () => (note.hidden ? "closed" : "open") + ", " + (document.activeElement === link ? "number" :
    note.contains(document.activeElement) ? "note" : "elsewhere");
  await open();
  told.push("opened: " + where());
  told.push("licence: " + /licence/i.test(note.innerText));
  told.push("outline: " + getComputedStyle(document.activeElement).outlineStyle);
  press("Escape");
  told.push("escape: " + where());
  await open();
  press("Tab");
  told.push("tab inside: " + where());
  note.querySelector("a").focus();
  press("Tab");
  told.push("tab out: " + where());
  await open();
  told.push("kept: " + press("Tab", { shiftKey: true }));
  told.push("back out: " + where());
  document.title = told.join("; ");
});
"""
WANTED = [
    "opened: open, note",
    "licence: true",
    "outline: solid",
    "escape: closed, number",
    "tab inside: open, note",
    "tab out: closed, number",
    "kept: false",
    "back out: closed, number",
]


@pytest.mark.slow
@pytest.mark.skipif(not BROWSER, reason="there is no browser on this machine")
def test_a_number_is_asked_and_left_by_keyboard(tmp_path: Path) -> None:
    page = composed("WSM", "NZL").render(".html").decode("utf-8")
    # The page's own policy lets no other script run.
    page = re.sub(r"<meta http-equiv=\"Content-Security-Policy\"[^>]*>", "", page)
    path = tmp_path / "page.html"
    path.write_text(page.replace("</body>", f"<script>{TRIED}</script></body>"), encoding="utf-8")
    options = ["--headless", "--no-sandbox", "--disable-gpu", f"--user-data-dir={tmp_path / 'profile'}"]
    done = subprocess.run(
        [BROWSER, *options, "--virtual-time-budget=20000", "--dump-dom", path.as_uri()],
        capture_output=True,
        check=True,
        timeout=120,
    )
    title = re.search(r"<title>(.*?)</title>", done.stdout.decode("utf-8"))
    assert title is not None
    assert unescape(title[1]).split("; ") == WANTED
