"""A vintage in another revision of the Harmonised System: its flows by a concordance, brought in anew."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import msgspec

from hikiwake.core.errors import BadInput, BadUsage
from hikiwake.sources.imports import run
from hikiwake.sources.imports.concordance import Concordance, read, revision
from hikiwake.sources.imports.mapping import Mapping
from hikiwake.sources.imports.parquet import copy
from hikiwake.sources.imports.parts import TOLERATED
from hikiwake.sources.imports.quoting import quoted
from hikiwake.sources.imports.streams import Part, Stream
from hikiwake.sources.imports.vintage import FLOWS, UNITS, Identity, Plan
from hikiwake.store.catalogue import Entry, Vintage
from hikiwake.store.library import Library, checked_name

if TYPE_CHECKING:
    import duckdb


class Converted(msgspec.Struct, frozen=True):
    """What became of flows and USD: converted, without a product in the concordance, with several."""

    rows: int
    usd: int
    unknown_rows: int
    unknown_usd: int
    ambiguous_rows: int
    ambiguous_usd: int

    @property
    def refused(self) -> int:
        """Flows that could not be converted."""
        return self.unknown_rows + self.ambiguous_rows

    def told(self) -> list[str]:
        """Return it as lines of text."""
        whole = self.rows + self.refused
        all_usd = self.usd + self.unknown_usd + self.ambiguous_usd
        return [
            f"{whole:,} flows, {all_usd:,} USD",
            f"{self.rows:>12,}  converted {self.usd:>24,} USD",
            f"{self.unknown_rows:>12,}  left out  {self.unknown_usd:>24,} USD: the concordance lacks it",
            f"{self.ambiguous_rows:>12,}  left out  {self.ambiguous_usd:>24,} USD: may be several products",
        ]


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """Which vintage, with which concordance, to which revision; its new name; whether flows may be lost."""

    reference: str
    concordance: Path
    target: str
    name: str = ""
    allow_rejects: bool = False


def convert(
    asked: Request, library: Library, progress: Callable[[str, float], None]
) -> tuple[run.Added, Converted]:
    """Make a vintage of another one's flows in another revision; products that become one are added.

    Raises `BadUsage` where the vintage is not by products of one revision, `BadInput` where more than one
    flow in a hundred cannot be converted and that was not allowed.
    """
    held = library.find(asked.reference)
    vintage = Vintage(library.path(held))
    (entry,) = vintage.catalogue.datasets
    source = revision(_classification(entry))
    if not vintage.has(FLOWS) or not source or source == asked.target:
        raise BadUsage(
            where=held.reference,
            why=f"its products are of {source or 'no revision that is known'}",
            remedy="A vintage of products in one revision can be brought into another one.",
        )
    table = read(asked.concordance, source, asked.target)
    name, version = checked_name(asked.name) if asked.name else ("", "")
    with library.scratch() as folder, run.connected(folder) as connection:
        found, parts = _written(connection, vintage, table, folder, progress)
        if found.refused > TOLERATED * (found.rows + found.refused) and not asked.allow_rejects:
            raise BadInput(
                where=asked.concordance.name,
                why="; ".join(line.strip() for line in found.told()),
                remedy="Take a conversion table, which names one product each, or --allow-rejects.",
            )
        digest = hashlib.sha256(f"{held.sha256} {asked.target}".encode())
        digest.update(asked.concordance.read_bytes())
        identity = Identity(
            name or f"{held.name}-as-{asked.target.lower()}",
            version or held.version,
            f"{held.reference} and {asked.concordance.name}",
            digest.hexdigest(),
        )
        # All products that there can be, so that each year is held by the same numbers.
        goods = {code: table.names.get(code, "") for code in sorted(set(table.certain.values()))}
        plan = Plan(identity, _mapping(entry, table, asked.concordance.name, found), goods, parts)
        return run.bring(plan, library, progress, allow_rejects=True), found


def _classification(entry: Entry) -> str:
    """Return what a vintage's coverage says of its products' classification."""
    return entry.coverage.text.partition("(")[2].partition(")")[0]


def _written(
    connection: duckdb.DuckDBPyConnection,
    vintage: Vintage,
    table: Concordance,
    folder: Path,
    progress: Callable[[str, float], None],
) -> tuple[Converted, tuple[Part, ...]]:
    connection.execute("create table concordance (code varchar, target varchar, several boolean)")
    certain = table.certain
    connection.executemany(
        "insert into concordance values (?, ?, ?)",
        [(code, certain.get(code), code not in certain) for code in table.targets],
    )
    sums = [0] * 6
    parts = []
    paths = vintage.paths(FLOWS)
    for number, path in enumerate(paths):
        progress(f"converting {path.stem}", number / len(paths))
        flows = f"read_parquet({quoted(path)})"
        counted = connection.execute(
            f"""select case when target is not null then 0 when several then 2 else 1 end as kind, count(*),
              sum(value) from {flows} left join concordance on code = product group by 1"""
        ).fetchall()
        for kind, rows, usd in counted:
            sums[2 * int(kind)] += int(rows)
            sums[2 * int(kind) + 1] += int(usd)
        made = folder / f"{path.stem}.parquet"
        copy(
            connection,
            "select year, exporter, importer, target as product, cast(sum(value) as bigint) as value,"
            " cast(case when count(quantity) = count(*) then sum(quantity) end as bigint) as quantity"
            f" from {flows} join concordance on code = product where target is not null group by all"
            " order by exporter, importer, product, year",
            made,
        )
        parts.append(Part(path.stem, (Stream(made),)))
    return Converted(*sums), tuple(parts)


def _mapping(entry: Entry, table: Concordance, file: str, found: Converted) -> Mapping:
    share = found.usd / max(found.usd + found.unknown_usd + found.ambiguous_usd, 1)
    valuations: tuple[Literal["", "FOB", "CIF"], ...] = ("", "FOB", "CIF")
    valuation = next(one for one in valuations if UNITS[one] == entry.unit)
    return Mapping(
        title=f"{entry.title}, converted to {table.target}",
        producer=entry.producer,
        licence=entry.licence,
        citation=f"{entry.citation}; converted from {table.source} to {table.target} with {file},"
        f" {share:.2%} of the value",
        exporter="exporter",
        importer="importer",
        year="year",
        product="product",
        value="value",
        quantity="quantity",
        valuation=valuation,
        classification=table.target,
        scope=entry.coverage.scope,
        provisional_from=entry.coverage.provisional_from,
    )
