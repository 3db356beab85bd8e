"""The commands `gravity fit|table`."""

from __future__ import annotations

from collections.abc import Callable
from functools import wraps
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import click

from hikiwake.cli.app import Options

if TYPE_CHECKING:
    from hikiwake.gravity import Columns, GravityFit

DATA = click.Path(path_type=Path)
BETWEEN = {",": "a comma", ";": "a semicolon", "\t": "a tab"}
MISSING = {"", ".", "NA", "N/A", "NULL", "null"}
"""What programs write for a number that is missing: R, Stata, spreadsheets and databases."""


@click.group(
    epilog="""\b
Examples:
  hikiwake gravity fit flows.csv "trade ~ ln_dist + contig | exporter^year + importer^year"
  hikiwake gravity table flows.csv "trade ~ ln_dist | exporter + importer" "trade ~ ln_dist" --latex"""
)
def gravity() -> None:
    """Estimate gravity regressions on a table of yours."""


class Chosen(NamedTuple):
    """How to estimate, and from which rows: the options that both commands have."""

    estimator: str
    errors: str | None
    small_sample: str
    weights: str | None
    keys: str | None
    offset: str | None
    where: tuple[str, ...]

    @property
    def columns(self) -> Columns:
        """The columns that play a part outside the formula."""
        from hikiwake.gravity import Columns

        named = tuple(name.strip() for name in self.keys.split(",")) if self.keys else None
        return Columns(weights=self.weights, offset=self.offset, keys=named, where=self.where)


def choices(command: Callable[..., None]) -> Callable[..., None]:
    """Add the options that both commands have; the command gets them as one argument, `chosen`."""

    @wraps(command)
    def called(*arguments: object, **given: object) -> None:
        chosen = Chosen(**{name: given.pop(name) for name in Chosen._fields})  # type: ignore[arg-type]
        command(*arguments, chosen=chosen, **given)

    options = (
        click.option(
            "--estimator",
            type=click.Choice(["ppml", "ols"]),
            default="ppml",
            show_default=True,
            help="Poisson in levels, zeros kept; or least squares of the logarithm.",
        ),
        click.option(
            "--errors",
            help="robust, pair, or columns: 'exporter^importer', 'exporter + importer + year'.  "
            "[default: by pair where the effects name exporter and importer, else robust]",
        ),
        click.option(
            "--small-sample",
            type=click.Choice(["clusters", "parameters"]),
            default="clusters",
            show_default=True,
            help="Factor on the covariance: Stata's, or fixest's.",
        ),
        click.option("--weights", help="Column of weights."),
        click.option("--keys", help="Columns that together name a row, with commas; rows alike are refused."),
        click.option("--offset", help="Column that is added to the linear predictor."),
        click.option(
            "--where",
            multiple=True,
            metavar="CONDITION",
            help="Rows to use: 'year >= 1990', 'exporter != importer', 'year in 1986, 1990'; "
            "may be repeated, all must hold.",
        ),
    )
    for option in reversed(options):
        called = option(called)
    return called


@gravity.command(
    "fit",
    short_help="Estimate one regression from a table.",
    epilog="""\b
Examples:
  hikiwake gravity fit flows.csv "trade ~ ln_dist + contig | exporter^year + importer^year"
  hikiwake gravity fit flows.csv "trade ~ rta | exporter^year + importer^year + exporter^importer" --json
  hikiwake gravity fit flows.csv "trade ~ ln_dist | exporter + importer" --tests --reference DEU
  hikiwake gravity fit flows.csv "trade ~ ln_dist | exporter + importer" --map map.svg --of exporter=JPN""",
)
@click.argument("data", type=DATA)
@click.argument("formula")
@choices
@click.option(
    "--bias", is_flag=True, help="Add three-way slopes and errors without their bias (Weidner & Zylkin 2021)."
)
@click.option(
    "--sum", "sums", multiple=True, metavar="A,B,...", help="Add the sum of these slopes with its error."
)
@click.option("--tests", is_flag=True, help="Test the mean (RESET) and the variance (Park, Gauss-Newton).")
@click.option(
    "--reference", help="Economy whose inward resistance is one: print the multilateral resistances."
)
@click.option(
    "--plot", type=click.Path(path_type=Path), help="Draw the coefficients into an .svg or .png file."
)
@click.option(
    "--scatter", type=click.Path(path_type=Path), help="Draw actual beside expected flows into such a file."
)
@click.option(
    "--mark", multiple=True, metavar="COLUMN=VALUE", help="Flows that --scatter marks; all must be met."
)
@click.option(
    "--map",
    "chart",
    type=click.Path(path_type=Path),
    help="Draw a map of actual over expected flows of one economy into such a file.",
)
@click.option("--of", "partners", default="", metavar="COLUMN=VALUE", help="Whose flows --map shows.")
@click.option("--json", "as_json", is_flag=True, help="Print coefficients, covariance and rows left out.")
@click.pass_context
def estimate(  # noqa: PLR0913, PLR0917  (one argument for each option)
    ctx: click.Context,
    data: Path,
    formula: str,
    chosen: Chosen,
    bias: bool,
    sums: tuple[str, ...],
    tests: bool,
    reference: str | None,
    plot: Path | None,
    scatter: Path | None,
    mark: tuple[str, ...],
    chart: Path | None,
    partners: str,
    as_json: bool,
) -> None:
    """Estimate one regression from a CSV, Parquet or Stata file.

    Names that the file lacks are looked for in the covariates of pairs that --data names, such as CEPII's
    Gravity: by exporter, importer and year; ln_NAME is a logarithm.
    """
    rows = _read(ctx.find_object(Options), data, (formula,))
    found = _fit(rows, formula, chosen)
    from hikiwake.cli.gravity_text import Asked, Figures, drawn, json_of, told

    drawn(found, Figures(plot, scatter, chart, mark, partners))
    asked = Asked(bias=bias, sums=sums, tests=tests, reference=reference)
    click.echo(json_of(found, asked) if as_json else "\n".join(told(found, asked)))


@gravity.command(
    "table",
    short_help="Estimate several regressions, side by side.",
    epilog="""\b
Examples:
  hikiwake gravity table flows.csv "trade ~ ln_dist | exporter + importer" "trade ~ ln_dist"
  hikiwake gravity table flows.csv "trade ~ ln_dist | exporter^year + importer^year" --latex""",
)
@click.argument("data", type=DATA)
@click.argument("formulas", nargs=-1, required=True)
@choices
@click.option("--latex", is_flag=True, help="LaTeX instead of Markdown.")
@click.option("--tests", is_flag=True, help="Add the p-values of RESET and of the Gauss-Newton test.")
@click.option("--json", "as_json", is_flag=True, help="Print a list of what `gravity fit --json` prints.")
@click.pass_context
def table(  # noqa: PLR0913, PLR0917  (one argument for each option)
    ctx: click.Context,
    data: Path,
    formulas: tuple[str, ...],
    chosen: Chosen,
    latex: bool,
    tests: bool,
    as_json: bool,
) -> None:
    """Estimate several regressions from a CSV, Parquet or Stata file and print them side by side.

    One that explains `log(trade)` is least squares, so that both estimators may stand in one table.
    """
    from hikiwake.cli.gravity_text import Asked, json_of
    from hikiwake.gravity import compare

    columns = _read(ctx.find_object(Options), data, formulas)
    fits = {f"({at})": _fit(columns, formula, chosen) for at, formula in enumerate(formulas, 1)}
    if as_json:
        click.echo("[" + ",\n".join(json_of(found, Asked(tests=tests)) for found in fits.values()) + "]")
        return
    click.echo(compare(fits, "latex" if latex else "markdown", tests=tests))


def _fit(data: object, formula: str, chosen: Chosen) -> GravityFit:
    from hikiwake.gravity import fit

    found = fit(
        formula,
        data,
        estimator="ols" if chosen.estimator == "ols" else "ppml",
        errors=chosen.errors,
        columns=chosen.columns,
    )
    return found.with_small_sample("parameters" if chosen.small_sample == "parameters" else "clusters")


def _read(options: Options | None, path: Path, formulas: tuple[str, ...]) -> object:
    """Read a table, with the covariates of pairs that it lacks where a vintage of the reader's has them."""
    read = _table(path)
    if options is None or options.data is None:
        return read
    from hikiwake.measures.covariates import DYADS, covariates
    from hikiwake.store.tables import open_tables

    tables = open_tables(options.data)
    if not tables.has(DYADS):
        return read
    rows = read if isinstance(read, dict) else read.to_pydict()  # type: ignore[attr-defined]
    return {**rows, **covariates(tables, rows, formulas)}


def _table(path: Path) -> object:
    """Read a table: Parquet and Stata through their packages, anything else as CSV with a line of names."""
    from importlib import import_module

    from hikiwake.core.errors import BadInput, Environment

    if path.is_dir() or not path.exists():  # a pipe is as good as a file
        why = "it is a folder" if path.is_dir() else "there is no such file"
        raise BadInput(where=str(path), why=why, remedy="Give the path of a file.")
    if path.suffix == ".dta":
        return _stata(path)
    if path.suffix != ".parquet":
        return _csv(path)
    try:
        parquet = import_module("pyarrow.parquet")
    except ImportError:
        raise Environment(
            where=str(path),
            why="Parquet needs the package pyarrow, which is not installed",
            remedy='Install it with `pip install "hikiwake[frames]"`, or give a CSV file.',
        ) from None
    try:
        table: object = parquet.read_table(path)
    except OSError:
        raise
    except Exception as fault:
        said = next(iter(str(fault).splitlines()), type(fault).__name__)
        raise BadInput(where=str(path), why=said, remedy="Give a whole Parquet or CSV file.") from None
    return table


def _stata(path: Path) -> object:
    from importlib import import_module

    from hikiwake.core.errors import BadInput, Environment

    try:
        pandas = import_module("pandas")
    except ImportError:
        raise Environment(
            where=str(path),
            why="Stata files need the package pandas, which is not installed",
            remedy='Install it with `pip install "hikiwake[frames]"`, or give a CSV file.',
        ) from None
    try:
        table: object = pandas.read_stata(path, convert_categoricals=False, convert_dates=False)
    except OSError:
        raise
    except Exception as fault:
        said = next(iter(str(fault).splitlines()), type(fault).__name__)
        raise BadInput(where=str(path), why=said, remedy="Give a whole Stata file, or CSV.") from None
    return table


def _csv(path: Path) -> dict[str, list[float | None] | list[str]]:
    import csv
    from itertools import chain

    from hikiwake.core.errors import BadInput

    with path.open(encoding="utf-8-sig", newline="") as stream:
        try:
            first = stream.readline()
            # Where commas are for decimals, tables have semicolons between cells.
            between = next((sign for sign in ",;\t" if sign in first), ",")
            reader = csv.reader(chain([first], stream), delimiter=between)
            names = next(reader, [])
            rows = [row for row in reader if row]
        except (csv.Error, UnicodeDecodeError) as fault:
            remedy = "Give a CSV file in UTF-8 with a line of names."
            raise BadInput(where=str(path), why=str(fault), remedy=remedy) from None
    if len(set(names)) < len(names) or not names:
        why = "the first line must hold the names of the columns, each once"
        raise BadInput(where=f"{path}, line 1", why=why, remedy="Name the columns in the first line.")
    for at, row in enumerate(rows, 2):
        if len(row) != len(names):
            raise BadInput(
                where=f"{path}, row {at}",
                why=f"it has {len(row)} cells, and the first line names {len(names)}",
                remedy=f"Quote cells that hold {BETWEEN[between]}.",
            )
    return {name: _column([row[at] for row in rows]) for at, name in enumerate(names)}


def _column(cells: list[str]) -> list[float | None] | list[str]:
    """Return numbers where all cells are numbers or missing, else the text: there NA is Namibia."""
    try:
        return [None if cell.strip() in MISSING else float(cell) for cell in cells]
    except ValueError:
        return cells
