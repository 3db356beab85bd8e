"""How much an importer's using industries lean on inputs from the exporter."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np

from hikiwake.core.provenance import Fact
from hikiwake.measures.intermediate import formulas
from hikiwake.measures.intermediate.formulas import TOTALS, USE
from hikiwake.measures.intermediate.levels import abroad
from hikiwake.measures.intermediate.table import Industry, PairDeliveries
from hikiwake.measures.statement import Statements

# An industry below this part of its economy's output is left out of the list: its exposure moves nothing.
LEAST_SIZE = 0.001
NO_INPUTS = "the table holds no inputs to compare with"


class Exposure(NamedTuple):
    """One using industry: its inputs from the partner, their weight, and its own size."""

    industry: Industry
    inputs: Fact
    of_all: Fact
    of_foreign: Fact
    output: Fact


class Exposures:
    """States the exposure of each side's using industries to the other."""

    def __init__(self, deliveries: PairDeliveries, statements: Statements) -> None:
        self.table = deliveries
        self._say = statements

    def whole(self, exporter: str, importer: str) -> tuple[Fact, Fact]:
        """State the exporter's share in all inputs and in foreign inputs of the importer's industries."""
        every = np.arange(len(self.table.industries))
        return self._shares(exporter, importer, every, {})

    def most_exposed(self, exporter: str, importer: str, most: int) -> tuple[Exposure, ...]:
        """State the using industries with the largest share of inputs from the exporter, largest first."""
        table = self.table
        used, inputs = table.used(exporter, importer), table.use[importer].sum(axis=0)
        output = table.output[importer]
        worthy = (inputs > 0) & (used > 0) & (output >= LEAST_SIZE * output.sum())
        order = sorted(np.flatnonzero(worthy), key=lambda k: (-used[k] / inputs[k], k))
        return tuple(self._exposure(exporter, importer, int(k)) for k in order[:most])

    def _exposure(self, exporter: str, importer: str, k: int) -> Exposure:
        table, industry = self.table, self.table.industries[k]
        of = {"industry": industry.code}
        year = {"year": str(table.year)}
        of_all, of_foreign = self._shares(exporter, importer, np.array([k]), of)
        return Exposure(
            industry,
            self._say.fact(
                formulas.INPUTS,
                {"exporter": exporter, "importer": importer, "using_industry": industry.code},
                table.year,
                float(table.used(exporter, importer)[k]),
                table=USE,
                where={"exporter": exporter, "importer": importer, **of, **year},
            ),
            of_all,
            of_foreign,
            self._say.fact(
                formulas.OUTPUT,
                {"economy": importer, "industry": industry.code},
                table.year,
                float(table.output[importer][k]),
                table=TOTALS,
                where={"economy": importer, **of, **year},
            ),
        )

    def _shares(
        self,
        exporter: str,
        importer: str,
        of: np.ndarray[tuple[int], np.dtype[np.int64]],
        row: dict[str, str],
    ) -> tuple[Fact, Fact]:
        table = self.table
        part = float(table.used(exporter, importer)[of].sum())
        everything = float(table.use[importer].sum(axis=0)[of].sum())
        foreign = float(table.foreign_use(importer)[of].sum())
        subject = {"exporter": exporter, "importer": importer}
        if row:
            subject["using_industry"] = row["industry"]
        year = {"year": str(table.year)}
        pair = {"exporter": exporter, "importer": importer, **row, **year}
        stated = [
            self._say.fact(
                formula,
                subject,
                table.year,
                part / under if under > 0 else float("nan"),
                table=USE,
                where=(pair, {**total, **row}),
                note="" if under > 0 else NO_INPUTS,
            )
            for formula, under, total in (
                (formulas.EXPOSURE, everything, {"importer": importer, **year}),
                (formulas.EXPOSURE_FOREIGN, foreign, abroad("importer", importer, table.year)),
            )
        ]
        return stated[0], stated[1]
