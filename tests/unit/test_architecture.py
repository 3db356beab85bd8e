"""What the code must look like, where no tool checks it already."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
SOURCE = ROOT / "src" / "hikiwake"
MODULES = sorted(SOURCE.rglob("*.py"))
EVERYTHING = [
    *MODULES,
    *(p for folder in ("tests", "scripts", "benchmarks") for p in (ROOT / folder).rglob("*.py")),
]
TEXTS = sorted((SOURCE / "text").glob("*.toml"))

MOST_LINES = 400
MOST_FUNCTION_LINES = 60
HEAVY = {
    "numpy",
    "narwhals",
    "duckdb",
    "jinja2",
    "typst",
    "vl_convert",
    "docx",
    "pandas",
    "polars",
    "pyarrow",
}

Function = ast.FunctionDef | ast.AsyncFunctionDef


def name(path: Path) -> str:
    return str(path.relative_to(ROOT))


def test_there_is_something_to_check() -> None:
    assert len(MODULES) > 10
    assert TEXTS


@pytest.mark.parametrize("path", EVERYTHING, ids=name)
def test_a_module_has_one_idea(path: Path) -> None:
    assert len(path.read_text(encoding="utf-8").splitlines()) <= MOST_LINES


def functions(tree: ast.AST) -> Iterator[Function]:
    return (node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef))


def lines_of_code(function: Function) -> int:
    """Lines of a function without its docstring."""
    first = function.body[0]
    documented = isinstance(first, ast.Expr) and isinstance(first.value, ast.Constant)
    docstring = (first.end_lineno or first.lineno) - first.lineno + 1 if documented else 0
    return (function.end_lineno or function.lineno) - function.lineno + 1 - docstring


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_functions_are_short(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    long = {f.name: lines_of_code(f) for f in functions(tree) if lines_of_code(f) > MOST_FUNCTION_LINES}
    assert not long


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nothing_prints(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    calls = [n for n in ast.walk(tree) if isinstance(n, ast.Call) and isinstance(n.func, ast.Name)]
    assert not [call.lineno for call in calls if isinstance(call.func, ast.Name) and call.func.id == "print"]


@pytest.mark.parametrize("path", MODULES, ids=name)
def test_nobody_imports_what_is_private(path: Path) -> None:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    imports = [node for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)]
    private = re.compile(r"_(?!_)")  # dunder names are public
    assert not [alias.name for node in imports for alias in node.names if private.match(alias.name)]


@pytest.mark.parametrize("path", TEXTS, ids=name)
def test_templates_hold_no_digit(path: Path) -> None:
    slot = re.compile(r"\{[^{}]*\}")
    with path.open("rb") as stream:
        sections = tomllib.load(stream)
    assert not [key for key, text in strings(sections) if any(c.isnumeric() for c in slot.sub("", text))]


def strings(tree: object, key: str = "") -> Iterator[tuple[str, str]]:
    if isinstance(tree, dict):
        for child, value in tree.items():
            yield from strings(value, f"{key}.{child}")
    elif isinstance(tree, list):
        for value in tree:
            yield from strings(value, key)
    elif isinstance(tree, str):
        yield key, tree


def contracts() -> dict[str, dict[str, object]]:
    with (ROOT / "pyproject.toml").open("rb") as stream:
        settings = tomllib.load(stream)
    return {contract["name"]: contract for contract in settings["tool"]["importlinter"]["contracts"]}


def test_every_section_is_held_apart_from_the_others() -> None:
    folders = {path.parent.name for path in (SOURCE / "sections").glob("*/__init__.py")}
    modules = contracts()["Sections do not know each other"]["modules"]
    assert isinstance(modules, list)
    assert {f"hikiwake.sections.{folder}" for folder in folders} == set(modules)


def test_no_contract_makes_an_exception() -> None:
    assert not [contract for contract in contracts().values() if "ignore_imports" in contract]


def test_help_loads_nothing_heavy() -> None:
    run = subprocess.run(
        [sys.executable, "-X", "importtime", "-m", "hikiwake", "--help"],
        capture_output=True,
        text=True,
        check=True,
    )
    loaded = {
        line.rpartition("|")[2].strip().partition(".")[0] for line in run.stderr.splitlines() if "|" in line
    }
    assert "click" in loaded
    assert not loaded & HEAVY


def test_the_picture_of_layers_is_the_one_that_is_checked() -> None:
    contracts = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["tool"]["importlinter"][
        "contracts"
    ]
    drawn = (
        (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8").partition("```text\n")[2].partition("\n```")[0]
    )
    assert drawn.split("\n") == contracts[0]["layers"]
