"""The command `data convert`: a vintage of yours in another revision of the Harmonised System."""

from __future__ import annotations

from pathlib import Path

import click

from hikiwake.cli.app import Options
from hikiwake.cli.printing import print_json
from hikiwake.cli.progress import Progress

REVISIONS = ("HS92", "HS96", "HS02", "HS07", "HS12", "HS17", "HS22")


@click.command(
    "convert",
    short_help="Bring a vintage into another HS revision.",
    epilog="""\b
Examples:
  hikiwake data convert baci-hs17 --with Concordance_H5_to_H0.zip --to HS92
  hikiwake data convert un@2014 --with HS2012toHS1992.csv --to HS92 --as un-hs92@2014""",
)
@click.argument("name")
@click.option(
    "--with",
    "table",
    required=True,
    type=click.Path(path_type=Path, exists=True, dir_okay=False),
    help="A concordance as the United Nations or WITS publish it (CSV, zip).",
)
@click.option("--to", "target", required=True, type=click.Choice(REVISIONS), help="The revision to reach.")
@click.option("--as", "called", default="", help="What to call the new vintage: NAME or NAME@VERSION.")
@click.option("--allow-rejects", is_flag=True, help="Go on where more than 1 % of the flows are left out.")
@click.option("--json", "as_json", is_flag=True, help="Print what became of flows and amounts as JSON.")
@click.pass_obj
def convert(  # noqa: PLR0913, PLR0917  (one argument for each option)
    options: Options, name: str, table: Path, target: str, called: str, allow_rejects: bool, as_json: bool
) -> None:
    """Make of a vintage another one, whose products are of another revision of the Harmonised System.

    Products that become one are added. A product that may be several is left out, and counted, since nobody
    can say how much of a flow is of which: take a conversion table, which names one product each.
    """
    import msgspec

    from hikiwake.sources.imports.converting import Request
    from hikiwake.sources.imports.converting import convert as made_of
    from hikiwake.store.library import Library

    asked = Request(
        reference=name, concordance=table, target=target, name=called, allow_rejects=allow_rejects
    )
    with Progress(options) as progress:
        added, found = made_of(asked, Library(), progress)
    if as_json:
        print_json({"vintage": added.held.reference, **msgspec.to_builtins(found)})
        return
    for line in found.told():
        click.echo(line)
    told = "was there already" if added.known else "added"
    click.echo(f"{told}: {added.held.reference} ({added.held.bytes / 1e6:,.1f} MB)")
