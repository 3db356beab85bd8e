"""The import report: what became of every row, with counts and amounts that add up."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable

import msgspec

from hikiwake.sources.imports.comtrade_areas import AGGREGATE

REASONS: dict[str, tuple[str, str, str]] = {
    # reason: (what becomes of the row, the column at fault, in words)
    "accepted": ("accepted", "", "accepted"),
    "other_rows": ("left out", "only_0", "about something else than the mapping asks for"),
    "aggregate": (
        "left out",
        "exporter",
        "a total over economies or an unnamed partner, not a flow between two",
    ),
    "domestic": ("left out", "importer", "a sale within one economy"),
    "blank": ("left out", "value", "no value, where the table says so for what it does not know"),
    "remark": ("left out", "", "a line on the data that tells no flow"),
    "not_there": ("left out", "", "of a territory that did not exist in the year"),
    "zero": ("left out", "value", "a flow of nothing"),
    "repeated": ("merged", "", "the same row again; counted once"),
    "malformed": ("rejected", "", "not as many fields as the header, or text that cannot be read"),
    "no_year": ("rejected", "year", "the year is no whole number"),
    "year_range": ("rejected", "year", "the year is outside 1900 to 2100, or not the file's"),
    "unknown_exporter": ("rejected", "exporter", "no economy answers to the exporter's code"),
    "unknown_importer": ("rejected", "importer", "no economy answers to the importer's code"),
    "self_trade": ("rejected", "importer", "exporter and importer are the same"),
    "unknown_economy": ("rejected", "economy", "no economy answers to the code"),
    "unknown_product": ("rejected", "product", "the product is not in the classification"),
    "no_value": ("rejected", "value", "the value is missing"),
    "not_a_number": ("rejected", "value", "the value is no number that can be held"),
    "negative": ("rejected", "value", "the value is negative"),
    "bad_quantity": ("rejected", "quantity", "the quantity is negative or no number"),
    "conflicting": ("rejected", "value", "another row has the same key and another amount"),
    "not_finite": ("rejected", "value", "the value is infinite"),
}
MARKS = {
    "hole": "holes",
    "edge_hole": "holes in a first or last year",
    "gap": "suppliers absent together",
    "quantity_gap": "gaps in quantities",
    "edge_quantity_gap": "gaps in quantities of a first or last year",
    "break": "breaks of level",
    "spike": "years that tower",
    "unit_value": "quantities that cannot be believed",
}
"""What the detectors mark, by kind, in words."""
KEYS = tuple(REASONS)
FATES = ("accepted", "merged", "left out", "rejected")


class Tally(msgspec.Struct, frozen=True):
    """Rows that met one fate for one reason, and the USD that they state."""

    reason: str
    rows: int
    usd: int


class Bad(msgspec.Struct, frozen=True):
    """One rejected row: where it stands, in which column the fault is, and the text there.

    `cell` is what a sheet of a workbook calls the place, such as B17.
    """

    source: str
    line: int
    column: str
    reason: str
    text: str
    cell: str = ""


class PartReport(msgspec.Struct, frozen=True):
    """What became of the rows of one part (a year's file, or a whole table)."""

    name: str
    read: int
    tallies: list[Tally]
    bad: list[Bad]
    notes: list[str]
    codes: dict[str, str]
    flows: int
    first_year: int | None
    last_year: int | None
    years: list[int]
    products: list[str]
    with_quantity: int
    lost_zeros: int = 0
    added: int = 0

    def rows(self, fate: str) -> int:
        """Return how many rows met a fate."""
        return sum(tally.rows for tally in self.tallies if REASONS[tally.reason][0] == fate)

    def usd(self, fate: str) -> int:
        """Return the USD of the rows that met a fate."""
        return sum(tally.usd for tally in self.tallies if REASONS[tally.reason][0] == fate)


class Report(msgspec.Struct, frozen=True):
    """The report of a whole import, kept with the vintage; `unit` is what amounts are in (empty: no sums).

    `marks` counts what the detectors of faults have marked, by kind; `notes` are of the whole.
    """

    source: str
    sha256: str
    parts: list[PartReport]
    unit: str = "USD"
    marks: dict[str, int] = {}
    notes: list[str] = []

    def rows(self, fate: str) -> int:
        """Return how many rows of all parts met a fate."""
        return sum(part.rows(fate) for part in self.parts)

    def usd(self, fate: str) -> int:
        """Return the USD of the rows of all parts that met a fate."""
        return sum(part.usd(fate) for part in self.parts)

    @property
    def read(self) -> int:
        """Rows that were read."""
        return sum(part.read for part in self.parts)

    def summary(self) -> str:
        """Return in a sentence what the data were made from and what became of the rows."""
        fates = ", ".join(f"{self.rows(fate):,} {fate}" for fate in FATES)
        why = "; ".join(f"{fate}, {words}: {count:,}" for fate, words, count in self.reasons())
        return (
            f"Brought in by the user from {self.source} (SHA-256 {self.sha256[:16]}): "
            f"{self.read:,} rows read, {fates}{f' ({why})' if why else ''}."
        )

    def reasons(self) -> list[tuple[str, str, int]]:
        """Return why rows were not accepted as they stand: what became of them, the reason and how many."""
        counts = Counter[str]()
        for tally in (tally for part in self.parts for tally in part.tallies):
            counts[tally.reason] += tally.rows
        told = [(fate, words, counts[reason]) for reason, (fate, _, words) in REASONS.items()]
        return [one for one in told if one[0] != "accepted" and one[2]]


def lines(report: Report, shown: int = 10) -> list[str]:
    """Return the report as lines of text."""
    said = [f"{report.read:,} rows read"]
    for fate in (*FATES, "in all"):
        of = FATES if fate == "in all" else (fate,)
        if count := sum(map(report.rows, of)):
            amount = f" {sum(map(report.usd, of)):>24,} {report.unit}" if report.unit else ""
            said.append(f"{count:>12,}  {fate:<9}{amount}".rstrip())
    added = sum(part.added for part in report.parts)
    if added:
        said.append(
            f"{added:,} of the accepted rows were added to another code of the same economy or product"
        )
    said += [f"{fate}: {count:,} rows: {words}" for fate, words, count in report.reasons()]
    bad = [one for part in report.parts for one in part.bad]
    said += [told(one) for one in bad[:shown]]
    if len(bad) > shown:
        said.append("(more stand in the report: `hikiwake data show NAME --json`)")
    said += [*sorted({note for part in report.parts for note in part.notes}), *report.notes]
    marked = [f"{report.marks[kind]:,} {words}" for kind, words in MARKS.items() if kind in report.marks]
    if marked:
        said.append(f"marked, as `hikiwake data quality ECONOMY` tells: {', '.join(marked)}")
    return said


def told(one: Bad) -> str:
    """Return one rejected row in words."""
    column = f", column {one.column}" if one.column else ""
    if one.cell:
        column = f", cell {one.cell} ({one.column})"
    text = f": {one.text[:60]!r}" if one.text else ""
    return f"  {one.source}, line {one.line}{column}{text}: {REASONS[one.reason][2]}"


def notes_of(codes: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return what a reader must know of (code, economy, note), where there is something."""
    return [
        f"code {code!r} is {'left out' if economy == AGGREGATE else f'read as {economy}'}: {note}"
        for code, economy, note in codes
        if note
    ]
