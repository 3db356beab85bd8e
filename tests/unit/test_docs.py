"""The documentation says what is true: its examples run, its pages are found, nothing is left out."""

from __future__ import annotations

import doctest
import importlib.util
import re
import shlex
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from types import ModuleType

import pytest
from sybil import Example, Sybil
from sybil.example import SybilFailure
from sybil.parsers.markdown import CodeBlockParser, PythonCodeBlockParser
from tests import producers, releases
from tests.commands import hikiwake

from hikiwake.dossier import identity
from hikiwake.store.catalogue import open_vintage

ROOT = Path(__file__).resolve().parents[2]
DOCS = ROOT / "docs"
GENERATED = DOCS / "reference" / "generated"
PAGES = [ROOT / "README.md", *sorted(p for p in DOCS.rglob("*.md") if GENERATED not in p.parents)]
MEANS_THE_SAME = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def run_console(example: Example) -> str | None:
    """Run the `hikiwake` commands of a console block; what is shown of their output must come out.

    Commands of other programs (make) set up what the tests already stand in, and are passed over.
    """
    folder = example.namespace["folder"]
    # What was computed lately is remembered in the reader's cache; the tests have one of their own.
    cache, library = str(folder), str(folder / "library")
    for block in re.split(r"^\$ ", example.parsed, flags=re.MULTILINE)[1:]:
        command, _, wanted = block.partition("\n")
        words = shlex.split(command, comments=True)
        if words[0] != "hikiwake":
            continue
        run = hikiwake(*words[1:], cwd=folder, XDG_CACHE_HOME=cache, HIKIWAKE_LIBRARY=library)
        written = (run.stdout + run.stderr).decode()
        got = re.sub(r"[^\S\n]", " ", written)  # spaces that do not break are spaces
        # An example of an error shows the error; 1 says that something was found, and what is shown with it.
        if run.returncode not in {0, 1 if wanted.strip() else 0} and not wanted.startswith("hikiwake: "):
            return f"{command}\nleft with {run.returncode}:\n{written}"
        if wanted.strip() and not doctest.OutputChecker().check_output(wanted, got, MEANS_THE_SAME):
            return f"{command}\nshould have written\n{wanted}\nbut wrote\n{got}"
    return None


def write_file(example: Example) -> None:
    """Write a block that begins with a comment such as `# article.yaml` to the file it names.

    A table has no comments, so the first line of one is left out.
    """
    found = re.match(r"(?:# |<!-- )(\w[\w-]*\.(?:yaml|md|csv|toml))(?: -->)?\n", example.parsed)
    if found:
        table = found[1].endswith(".csv")
        written = example.parsed[found.end() :] if table else example.parsed
        (example.namespace["folder"] / found[1]).write_text(written, encoding="utf-8")


def examples(page: Path, folder: Path) -> list[Example]:
    python = PythonCodeBlockParser(doctest_optionflags=MEANS_THE_SAME)
    parsed = Sybil(
        [
            python,
            CodeBlockParser("console", run_console),
            CodeBlockParser("yaml", write_file),
            CodeBlockParser("toml", write_file),
            CodeBlockParser("markdown", write_file),
            CodeBlockParser("csv", write_file),
        ]
    ).parse(page)
    parsed.namespace["folder"] = folder
    if page.name == "bring-your-own-data.md":
        releases.release(folder / "BACI_HS92_V202601.zip")
    if page.name == "add-other-sources.md":
        producers.wdi_zip(folder / "WDI_CSV.zip")
        (folder / "imts.csv").write_text(producers.SDMX, encoding="utf-8")
        producers.gravity_zip(folder / "Gravity_csv_V202211.zip")
        producers.icio_zip(folder / "ICIO_2021-2022.zip")
    return list(parsed)


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_examples_of_a_page_do_what_the_page_says(
    page: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    for example in examples(page, tmp_path):
        example.evaluate()


def test_console_examples_can_fail(tmp_path: Path) -> None:
    page = tmp_path / "page.md"
    page.write_text("```console\n$ hikiwake --version\nnot what it says\n```\n", encoding="utf-8")
    (example,) = examples(page, tmp_path)
    with pytest.raises(SybilFailure, match="should have written"):
        example.evaluate()


@pytest.mark.parametrize("page", PAGES, ids=name)
def test_links_lead_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", page.read_text(encoding="utf-8"))
    local = [link.partition("#")[0] for link in links if "://" not in link and not link.startswith("#")]
    targets = [(page.parent / link).resolve() for link in local]
    built = {GENERATED / made for made in build_docs().PAGES}
    assert not [target for target in targets if target not in built and not target.exists()]


def test_every_page_is_in_the_navigation() -> None:
    navigation = (ROOT / "mkdocs.yml").read_text(encoding="utf-8").partition("\nnav:")[2]
    listed = set(re.findall(r"([\w/-]+\.md)$", navigation, flags=re.MULTILINE))
    written = {str(page.relative_to(DOCS)) for page in PAGES if DOCS in page.parents}
    assert {page for page in written if not page.startswith("decisions/")} <= listed
    made = {page for page in build_docs().PAGES if page.endswith(".md")}
    assert {f"reference/generated/{page}" for page in made} <= listed


def build_docs() -> ModuleType:
    place = ROOT / "scripts" / "build_docs.py"
    spec = importlib.util.spec_from_file_location("build_docs", place)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def options() -> Iterator[tuple[str, str]]:
    for path, command in build_docs().commands():
        for parameter in command.params:
            if parameter.param_type_name == "option" and not parameter.hidden:
                yield " ".join(path), parameter.opts[0]


def test_every_command_and_option_is_documented() -> None:
    page = build_docs().command_line()
    found = list(options())
    assert found
    assert not [(command, option) for command, option in found if option not in page]
    undescribed = [path for path, command in build_docs().commands() if not command.help]
    assert not undescribed


def test_every_command_shows_two_examples() -> None:
    found = {" ".join(path): command for path, command in build_docs().commands()}
    assert len(found) > 20
    shown = {path: (command.epilog or "").partition("Examples:")[2] for path, command in found.items()}
    assert not [path for path, text in shown.items() if text.count("\n  hikiwake ") < 2]


def test_lists_of_commands_say_in_one_line_what_each_does() -> None:
    found = {
        " ".join(path): command.get_short_help_str(limit=56)
        for path, command in build_docs().commands()
        if path
    }
    assert not {path: line for path, line in found.items() if line.endswith("...") or len(line) > 56}


def test_formulas_are_whole_and_read_tables_that_there_are() -> None:
    found = build_docs().formulas()
    # What comes with the program, what a dossier holds, and what a user may bring.
    tables = {table.name for table in open_vintage().tables()} | set(identity.TABLES) | {"wdi", "dyads"}
    assert len(found) > 10
    for _, formula in found:
        assert formula.name
        assert formula.expression
        assert formula.range
        assert formula.source
        assert formula.reads
        assert set(formula.reads) <= tables, formula.id


def test_every_dataset_and_column_says_what_it_is() -> None:
    page = build_docs().data()
    for entry in open_vintage().entries():
        assert entry.coverage.text
        assert entry.licence
        assert entry.citation
        assert entry.title in page
        for table in entry.tables:
            assert table.columns or not table.file.endswith(".parquet"), table.name
            assert not [column for column in table.columns if not column.get("meaning")], table.name


@pytest.mark.slow
def test_the_site_builds_and_asks_no_other_machine(tmp_path: Path) -> None:
    pytest.importorskip("mkdocs")
    subprocess.run([sys.executable, "scripts/build_docs.py"], cwd=ROOT, check=True)
    build = [sys.executable, "-m", "mkdocs", "build", "--strict", "--quiet", "--site-dir", str(tmp_path)]
    subprocess.run(build, cwd=ROOT, check=True, capture_output=True)
    loaded = re.compile(r"<(?:script|img|iframe|link)[^>]*?(?:src|href)=\"?(?:https?:)?//[^\s\">]+")
    site = sorted(tmp_path.rglob("*.html"))
    assert len(site) > len(build_docs().PAGES)
    assert not [hit for page in site for hit in loaded.findall(page.read_text(encoding="utf-8"))]


RUN_NOTEBOOK = """
import sys, nbclient, nbformat
notebook = nbformat.read(sys.argv[1], as_version=4)
nbclient.NotebookClient(notebook, timeout=600, kernel_name="python3").execute()
"""


@pytest.mark.slow
@pytest.mark.parametrize("notebook", sorted(DOCS.glob("*.ipynb")), ids=name)
def test_notebooks_run(notebook: Path, tmp_path: Path) -> None:
    pytest.importorskip("nbclient")
    run = subprocess.run(
        [sys.executable, "-c", RUN_NOTEBOOK, str(notebook)],
        cwd=tmp_path,
        capture_output=True,
        text=True,
        check=False,
    )
    assert run.returncode == 0, run.stderr


def test_there_is_a_notebook() -> None:
    assert list(DOCS.glob("*.ipynb"))


def test_decisions_are_numbered_without_gaps_and_short() -> None:
    records = sorted((DOCS / "decisions").glob("*.md"))
    assert [record.name[:4] for record in records] == [f"{at:04}" for at in range(1, len(records) + 1)]
    texts = {record.name: record.read_text(encoding="utf-8") for record in records}
    assert not [name for name, text in texts.items() if not text.startswith(f"# {name[:4]} ")]
    assert not [name for name, text in texts.items() if text.count("\n") > 40]
