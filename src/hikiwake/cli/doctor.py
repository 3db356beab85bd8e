"""The command `doctor`."""

from __future__ import annotations

import platform
from importlib import metadata

import click

from hikiwake.cli.app import Options

PACKAGES = (
    "duckdb",
    "narwhals",
    "numpy",
    "msgspec",
    "jinja2",
    "click",
    "vl-convert-python",
    "typst",
    "python-docx",
)


@click.command(
    epilog="""\b
Examples:
  hikiwake doctor
  hikiwake --data /some/vintage doctor"""
)
@click.pass_context
def doctor(ctx: click.Context) -> None:
    """Check every file of the data against its checksum, and the packages; 1 when something is wrong."""
    from hikiwake import __version__
    from hikiwake.store.catalogue import SHIPPED, Vintage

    options: Options = ctx.obj
    click.echo(f"hikiwake {__version__}, Python {platform.python_version()}, {platform.system()}")
    for name in PACKAGES:
        try:
            found = metadata.version(name)
        except metadata.PackageNotFoundError:
            found = "not installed (optional parts will say so)"
        click.echo(f"  {name} {found}")
    vintage = Vintage(options.data or SHIPPED)
    faults = list(vintage.faults())
    for path, fault in faults:
        click.echo(f"damaged: {path}: {fault}")
    good = len(vintage.tables()) - len(faults)
    click.echo(f"vintage {vintage.name}: {good} of {len(vintage.tables())} files as in the catalogue")
    if faults:
        click.echo("Reinstall the package to restore them; no number is taken from a damaged file.")
        ctx.exit(1)
