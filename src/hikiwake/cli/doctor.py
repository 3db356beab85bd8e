"""The command `doctor`."""

from __future__ import annotations

import platform
from collections.abc import Iterator
from importlib import metadata

import click

from hikiwake.cli.app import Options

NEEDED = ("click", "duckdb", "jinja2", "markupsafe", "msgspec", "narwhals", "numpy", "platformdirs")
OPTIONAL = {
    "typst": "PDF",
    "vl-convert-python": "figures",
    "python-docx": "DOCX",
    "xlsxwriter": "XLSX",
    "pandas": "tables in pandas",
    "polars": "tables in polars",
    "pyarrow": "tables in Arrow",
}


@click.command(
    short_help="Check data, packages and settings.",
    epilog="""\b
Examples:
  hikiwake doctor
  hikiwake --data /some/vintage doctor""",
)
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Check the data against their checksums, the packages and the fonts; 1 if something is wrong."""
    from hikiwake import __version__

    options: Options = ctx.obj
    click.echo(f"hikiwake {__version__}, Python {platform.python_version()}, {platform.system()}")
    for name in NEEDED:
        click.echo(f"  {name} {_installed(name) or 'missing'}")
    for name, purpose in OPTIONAL.items():
        click.echo(f"  {name} {_installed(name) or f'not installed (optional, for {purpose})'}")
    faults = [*_fonts(), *_data(options), *_own()]
    unset = [*_settings(ctx.find_root().command), *_kernels()]
    for fault in faults:
        click.echo(f"damaged: {fault}")
    for fault in unset:
        click.echo(f"not a setting: {fault}")
    if faults:
        click.echo(
            "Reinstall the package to restore what is damaged; no number is taken from a damaged file."
        )
    if faults or unset:
        ctx.exit(1)


def _settings(root: click.Command) -> list[str]:
    """Say how much is set, and where; return what is no setting."""
    from hikiwake.cli.settings import settings
    from hikiwake.core.errors import BadInput

    try:
        found = settings(root)
    except BadInput as fault:
        return [str(fault).replace("\n", " ")]
    places = dict.fromkeys(setting.origin for setting in found)
    click.echo(f"settings: {len(found)} ({', '.join(places)})" if found else "settings: none")
    return []


def _kernels() -> Iterator[str]:
    """Say what does the work of regressions; yield what is no choice."""
    from hikiwake import kernels
    from hikiwake.core.errors import BadInput

    try:
        click.echo(f"passes over cells: {kernels.described()}")
    except BadInput as fault:
        yield str(fault).replace("\n", " ")


def _installed(package: str) -> str:
    try:
        return metadata.version(package)
    except metadata.PackageNotFoundError:
        return ""


def _fonts() -> Iterator[str]:
    """Say how many fonts came with the package; yield those that are no fonts."""
    from importlib.resources import files

    folder = files("hikiwake.render").joinpath("assets", "fonts")
    found = [file for file in folder.iterdir() if file.name.endswith((".ttf", ".otf", ".woff2"))]
    good = (b"\x00\x01\x00\x00", b"OTTO", b"wOF2")
    damaged = [file.name for file in found if not file.read_bytes().startswith(good)]
    click.echo(f"fonts: {len(found) - len(damaged)} of {len(found)} that came with the package")
    yield from (f"{name}: it is not a font" for name in sorted(damaged))
    if not found:
        yield "the fonts: none came with the package"


def _data(options: Options) -> Iterator[str]:
    """Say which vintage is whole; yield each file that is not what the catalogue says."""
    from hikiwake.core.errors import DamagedStore
    from hikiwake.store.catalogue import SHIPPED, Vintage, folders_of

    for folder in folders_of(options.data or SHIPPED):
        try:
            vintage = Vintage(folder)
        except DamagedStore as fault:
            yield f"{fault.where}: {fault.why}"
            continue
        faults = list(vintage.faults())
        whole = len(vintage.tables()) - len(faults)
        click.echo(f"vintage {vintage.name}: {whole} of {len(vintage.tables())} files as in the catalogue")
        yield from (f"{path}: {fault}" for path, fault in faults)


def _own() -> Iterator[str]:
    """Say which vintages the user has added; yield what is damaged in them."""
    from hikiwake.core.errors import DamagedStore
    from hikiwake.store.catalogue import Vintage
    from hikiwake.store.library import Library

    library = Library()
    for held in library.held():
        try:
            vintage = Vintage(library.path(held))
        except DamagedStore as fault:
            yield f"{fault.where}: {fault.why}"
            continue
        faults = list(vintage.faults())
        count = len(vintage.tables())
        click.echo(f"your own {held.reference}: {count - len(faults)} of {count} files as in the catalogue")
        yield from (f"{path}: {fault}" for path, fault in faults)
