"""The command `doctor`."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata
from typing import TYPE_CHECKING, NamedTuple

import click

from hikiwake.cli.app import Options
from hikiwake.cli.printing import print_json

if TYPE_CHECKING:
    from hikiwake.store.checking import Checked

NEEDED = ("click", "duckdb", "jinja2", "markupsafe", "msgspec", "narwhals", "numpy", "platformdirs")
OPTIONAL = {
    "typst": "PDF",
    "vl-convert-python": "figures as pixels: DOCX and PNG",
    "python-docx": "DOCX",
    "xlsxwriter": "XLSX",
    "python-calamine": "workbooks brought in",
    "pandas": "tables in pandas",
    "polars": "tables in polars",
    "pyarrow": "tables in Arrow",
}


class Checkup(NamedTuple):
    """What there is, and what is wrong with it."""

    version: str
    python: str
    system: str
    packages: dict[str, str]
    """Versions; nothing where a package is not installed."""
    fonts: int
    """Those that came with the package and are fonts."""
    damaged_fonts: list[str]
    vintages: list[Checked]
    own: list[Checked]
    leftovers: list[str]
    """Folders that unfinished imports have left, or are at work in."""
    settings: str
    kernels: str
    wrong: list[str]
    """What is set to something that it cannot be."""

    @property
    def damaged(self) -> list[str]:
        """What is not as it came: fonts, and files of vintages."""
        return [*self.damaged_fonts, *(fault for one in (*self.vintages, *self.own) for fault in one.faults)]


@click.command(
    short_help="Check data, packages and settings.",
    epilog="""\b
Examples:
  hikiwake doctor
  hikiwake --data /some/vintage doctor --json""",
)
@click.option("--json", "as_json", is_flag=True, help="Print JSON.")
@click.pass_context
def doctor(ctx: click.Context, as_json: bool) -> None:
    """Check the data against their checksums, the packages and the fonts; 1 if something is wrong."""
    found = _checkup(ctx.obj, ctx.find_root().command)
    sound = not found.damaged and not found.wrong
    if as_json:
        print_json({"sound": sound, **found._asdict()})
    else:
        for line in _told(found):
            click.echo(line)
    if not sound:
        ctx.exit(1)


def _checkup(options: Options, root: click.Command) -> Checkup:
    from hikiwake import __version__
    from hikiwake.store.catalogue import SHIPPED, folders_of
    from hikiwake.store.checking import checked, checked_own
    from hikiwake.store.library import Library

    library = Library()
    fonts, damaged_fonts = _fonts()
    settings, unset = _settings(root)
    kernels, unknown = _kernels()
    return Checkup(
        version=__version__,
        python=platform.python_version(),
        system=platform.system(),
        packages={name: _installed(name) for name in (*NEEDED, *OPTIONAL)},
        fonts=fonts,
        damaged_fonts=damaged_fonts,
        vintages=[checked(folder) for folder in folders_of(options.data or SHIPPED)],
        own=[checked_own(library, held) for held in library.held()],
        leftovers=[str(path) for path in library.leftovers()],
        settings=settings,
        kernels=kernels,
        wrong=[*unset, *unknown],
    )


def _told(found: Checkup) -> Iterator[str]:
    yield f"hikiwake {found.version}, Python {found.python}, {found.system}"
    for name, version in found.packages.items():
        purpose = OPTIONAL.get(name)
        missing = f"not installed (optional, for {purpose})" if purpose else "missing"
        yield f"  {name} {version or missing}"
    yield f"fonts: {found.fonts} of {found.fonts + len(found.damaged_fonts)} that came with the package"
    for kind, vintages in (("vintage", found.vintages), ("your own", found.own)):
        for one in vintages:
            if one.files:
                yield f"{kind} {one.reference}: {one.whole} of {one.files} files as in the catalogue"
    if found.leftovers:
        yield f"unfinished imports: {len(found.leftovers)}; `data add` again goes on, `data gc` removes them"
    if found.settings:
        yield f"settings: {found.settings}"
    if found.kernels:
        yield f"passes over cells: {found.kernels}"
    yield from (f"damaged: {fault}" for fault in found.damaged)
    yield from (f"not a setting: {fault}" for fault in found.wrong)
    if found.damaged:
        yield "Reinstall the package to restore what is damaged; no number is taken from a damaged file."


def _settings(root: click.Command) -> tuple[str, list[str]]:
    """Return how much is set, and where; and what is no setting."""
    from hikiwake.cli.settings import settings
    from hikiwake.core.errors import BadInput

    try:
        found = settings(root)
    except BadInput as fault:
        return "", [str(fault).replace("\n", " ")]
    places = dict.fromkeys(setting.origin for setting in found)
    return (f"{len(found)} ({', '.join(places)})" if found else "none"), []


def _kernels() -> tuple[str, list[str]]:
    """Return what does the work of regressions; and what is no choice."""
    from hikiwake import kernels
    from hikiwake.core.errors import BadInput

    try:
        return kernels.described(), []
    except BadInput as fault:
        return "", [str(fault).replace("\n", " ")]


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _fonts() -> tuple[int, list[str]]:
    """Return how many fonts came with the package; and those that are no fonts."""
    from importlib.resources import files

    folder = files("hikiwake.render").joinpath("assets", "fonts")
    found = [file for file in folder.iterdir() if file.name.endswith((".ttf", ".otf", ".woff2"))]
    if not found:
        return 0, ["the fonts: none came with the package"]
    good = (b"\x00\x01\x00\x00", b"OTTO", b"wOF2")
    damaged = [file.name for file in found if not file.read_bytes().startswith(good)]
    return len(found) - len(damaged), [f"{name}: it is not a font" for name in sorted(damaged)]
