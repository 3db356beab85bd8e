"""The commands `dispute draw|export|new`: a dispute as a picture, as tables, and an empty one."""

from __future__ import annotations

from pathlib import Path

import click

from hikiwake.cli.app import Options, new_file
from hikiwake.cli.dispute_model import Asked, model_of, opened, suffix_of, written
from hikiwake.cli.printing import json_bytes, print_json


@click.command(
    "draw",
    short_help="Draw the states that matter, and the moves.",
    epilog="""\b
Examples:
  hikiwake dispute draw JPN RUS -o moves.svg
  hikiwake dispute draw my-dispute.yaml -o moves.png""",
)
@model_of
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Ends with .svg or .png.")
@click.option("--json", "as_json", is_flag=True, help="Print what would be drawn as JSON.")
@click.pass_obj
def draw(options: Options, asked: Asked, output: Path | None, as_json: bool) -> None:
    """Draw the states that matter, and who would move from which to which."""
    from hikiwake.cli import dispute_files
    from hikiwake.core.errors import BadUsage
    from hikiwake.render.movegraph import svg

    if output is None and not as_json:
        raise BadUsage(
            where="dispute draw", why="no file is named", remedy="Add -o moves.svg, or --json to print."
        )
    held, game = opened(options, asked)
    picture = dispute_files.picture(held, game)
    if as_json:
        print_json(dispute_files.picture_json(picture))
    if output is None:
        return
    if suffix_of(output, (".svg", ".png")) == ".png":
        from hikiwake.render.charts import raster

        written(options, output, raster(svg(picture)))
    else:
        written(options, output, svg(picture).encode())


@click.command(
    "export",
    short_help="Write states, moves or the model for other programs.",
    epilog="""\b
Examples:
  hikiwake dispute export JPN RUS -o states.csv
  hikiwake dispute export JPN RUS -o moves.graphml""",
)
@model_of
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(path_type=Path),
    help="Ends with .csv, .graphml or .json.",
)
@click.pass_obj
def export(options: Options, asked: Asked, output: Path) -> None:
    """Write all states (CSV), all moves (GraphML), or the model itself (JSON) for other programs."""
    import msgspec

    from hikiwake.cli import dispute_files

    held, game = opened(options, asked)
    match suffix_of(output, (".csv", ".graphml", ".json")):
        case ".csv":
            content = dispute_files.table(game).encode()
        case ".graphml":
            content = dispute_files.graphml(game).encode()
        case _:
            tree = {**msgspec.to_builtins(held.asked), **msgspec.to_builtins(held.form)}
            content = json_bytes(tree)
    written(options, output, content)


@click.command(
    "new",
    short_help="Print a small dispute to begin with.",
    epilog="""\b
Examples:
  hikiwake dispute new
  hikiwake dispute new -o my-dispute.yaml""",
)
@click.option("-o", "--output", type=click.Path(path_type=Path), help="Write a file instead of printing.")
@click.pass_obj
def new(options: Options, output: Path | None) -> None:
    """Print a small dispute to begin with, explained in comments."""
    from hikiwake.dossier.blank_dispute import FORM

    new_file(options, output, FORM)
