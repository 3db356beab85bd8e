"""Years of an importer's line in which several of its suppliers are absent together.

One supplier that stops and returns may be an embargo, a strike or a fire. Several that stop after one year
and return in one year, and were a large part of the line before and after, are an importer that gave no
report: what remains are the sellers that report their own exports. India's crude oil is the example: Saudi
Arabia, Kuwait, the Emirates, Iran and Iraq sold it half of its imports in 2000, two thirds in 2006, and
nothing on record between. Exporters are not looked at so: their customers' reports would remain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec
import narwhals as nw

if TYPE_CHECKING:
    Frame = nw.LazyFrame[Any]

LINE = ("importer", "product")
FLOW = ("exporter", *LINE)
SPAN = ("year_last", "year_again")


class Together(msgspec.Struct, frozen=True):
    """What counts as an absence of several suppliers together.

    Parameters
    ----------
    trace : part of the line below which a supplier counts as absent.
    suppliers, share, value : how many must be absent over the same years, and the part of the line and the
        USD that they must make up together in the year before and in the year after. In BACI's minerals
        1995-2024 thirteen lines of importers show it.
    longest : years in a row that are taken for a gap in reports; what stays away longer has left.
    towers : a year whose line is so many times that of both years beside the gap lacks nobody: one flow
        towers in it, and beside that flow the others only look absent.
    """

    trace: float = 0.01
    suppliers: int = 3
    share: float = 0.3
    value: float = 1e8
    longest: int = 7
    towers: float = 3.0


USUAL = Together()


def least(limits: Together = USUAL) -> float:
    """Return the USD below which no flow of a year counts as there."""
    return limits.value * limits.trace


def absences(
    flows: Frame, importer_totals: Frame, traded: Frame, limits: Together = USUAL
) -> tuple[Frame, Frame]:
    """Return years without several suppliers: one row for each line and year, and one for each flow and year.

    `flows` have exporter, importer, product, year and value (USD), `importer_totals` economy, product, year
    and value; `traded` are the years in which anybody trades a product. The columns are exporter (missing for
    lines), importer, product, year and `ratio`: the part of the line that the absent ones do not make up, in
    the lesser of the two years beside the gap; 0 for a flow.
    """
    totals = importer_totals.select("product", "year", importer=nw.col("economy"), whole=nw.col("value"))
    # Lines that never reach the amount can show no gap, and in a full release they are nearly all.
    large = totals.filter(nw.col("whole") >= limits.value).select(*LINE).unique()
    whole = totals.join(large, on=list(LINE), how="semi")
    there = (
        flows.filter(nw.col("value") >= least(limits))
        .join(whole, on=[*LINE, "year"], how="inner")
        .filter(nw.col("value") >= nw.col("whole") * limits.trace)
    )
    returned = {f"{what}_again": nw.col(what).shift(-1) for what in ("year", "value", "whole")}
    gone = (
        there.with_columns(**{name: to.over(*FLOW, order_by="year") for name, to in returned.items()})
        .with_columns(away=nw.col("year_again") - nw.col("year") - 1)
        .filter((nw.col("away") > 0) & (nw.col("away") <= limits.longest))
        .rename({"year": "year_last"})
    )
    lines = _apart(gone, limits)
    between = (nw.col("year") > nw.col("year_last")) & (nw.col("year") < nw.col("year_again"))
    of_lines = (
        lines.join(traded, on="product", how="inner")
        .filter(between)
        .join(whole.rename({"whole": "now"}), on=[*LINE, "year"], how="left")
        .filter(nw.col("now").is_null() | (nw.col("now") <= nw.col("most")))
    )
    of_flows = gone.select(*FLOW, *SPAN).join(of_lines, on=[*LINE, *SPAN], how="inner")
    return (
        of_lines.select(*LINE, "year", "ratio", exporter=nw.lit(None).cast(nw.String)),
        of_flows.select(*FLOW, "year", ratio=nw.lit(0.0)),
    )


def _apart(gone: Frame, limits: Together) -> Frame:
    """Return the lines and spans in which enough of the suppliers that are gone are gone together."""
    return (
        gone.group_by(*LINE, *SPAN)
        .agg(
            suppliers=nw.len(),
            value=nw.col("value").sum(),
            value_again=nw.col("value_again").sum(),
            whole=nw.col("whole").max(),
            whole_again=nw.col("whole_again").max(),
        )
        .with_columns(
            made=nw.min_horizontal(
                nw.col("value") / nw.col("whole"), nw.col("value_again") / nw.col("whole_again")
            )
        )
        .filter(
            (nw.col("suppliers") >= limits.suppliers)
            & (nw.col("made") >= limits.share)
            & (nw.min_horizontal("value", "value_again") >= limits.value)
        )
        .select(
            *LINE,
            *SPAN,
            ratio=1.0 - nw.col("made"),
            most=limits.towers * nw.max_horizontal("whole", "whole_again").cast(nw.Float64),
        )
    )
