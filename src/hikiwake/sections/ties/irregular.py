"""What looks unlike the years beside it, told with its product and year: it is shown as recorded."""

from __future__ import annotations

from hikiwake.core.document import Caveat, Label
from hikiwake.measures.flows import TOTAL
from hikiwake.measures.product_names import product_names
from hikiwake.measures.ties import irregular
from hikiwake.measures.ties.levels import PairLevels, covered
from hikiwake.sections import Context
from hikiwake.sections.wording import economy, prose, scope_label, text

MOST_NAMED = 4


def caveats(
    context: Context, levels: PairLevels, exporter: str, importer: str, *, unsound: frozenset[int]
) -> list[Caveat]:
    """Say of a flow which years tower or are missing, and where a total that it is part of changes its level.

    `unsound` years are told to be not comparable already.
    """
    labels = {"exporter": economy(exporter), "importer": economy(importer)}
    flows, told = levels.flows, []
    # What is unlike the year after it shows once that year is over.
    cells = {
        "towering": irregular.towering(flows, exporter, importer),
        "missed": [cell for cell in irregular.missed(flows, exporter, importer) if cell[0] not in unsound],
        **{f"shifted_{side}": of for side, of in irregular.shifted(flows, exporter, importer).items()},
    }
    for kind, found in cells.items():
        last = context.year if kind == "towering" else context.year - 1
        past = [cell for cell in found if cell[0] <= last]
        if past:
            named = {"what": _named(context, past), **labels}
            if kind.startswith("shifted"):
                del named["importer" if kind == "shifted_exporter" else "exporter"]
            now = any(year == context.year for year, _ in past)
            told.append(Caveat("outlier", prose(f"ties.{kind}", **named), glance=now))
    return told


def _named(context: Context, cells: list[irregular.Cell]) -> Label:
    """Name products with their years, the latest first, and say how many more there are."""
    years: dict[str, list[int]] = {}
    for year, code in sorted(cells, reverse=True):
        years.setdefault(code, []).insert(0, year)
    named = product_names(context.say.tables)
    parts = [
        f"{scope_label(covered(context.say)).text if code == TOTAL else named(code)}"
        f" ({', '.join(map(str, of))})"
        for code, of in years.items()
    ]
    if len(parts) > MOST_NAMED:
        parts = [*parts[: MOST_NAMED - 1], f"and {len(parts) - MOST_NAMED + 1} more products"]
    return text(", ".join(parts))
