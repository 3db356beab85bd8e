"""The tables of verdicts: what does not hold as written, what holds, and what the data do not settle."""

from __future__ import annotations

from collections.abc import Iterable
from typing import NamedTuple

from hikiwake.audit.consistency import Conflict
from hikiwake.audit.stated import Found, Stating
from hikiwake.audit.verdict import Judgement, Verdict
from hikiwake.core.claim import kinds
from hikiwake.core.document import AnyBlock, Cell, Label, Paragraph, Prose, Table
from hikiwake.core.dossier import Dossier
from hikiwake.core.provenance import Fact
from hikiwake.measures.flows import FLOWS
from hikiwake.sections import Context
from hikiwake.sections.citing import cite
from hikiwake.sections.wording import cell, day, prose, text

AGAINST: tuple[Judgement, ...] = ("contradicted", "contradicted by bounds")
WORDS: dict[Judgement, str] = {
    "holds": "audit.judged_holds",
    "holds only under another reading": "audit.judged_reading",
    "differs": "audit.judged_differs",
    "contradicted": "audit.judged_contradicted",
    "contradicted by bounds": "audit.judged_bounds",
}
SHOWN = 6
"""Claims that hold, and claims that the data do not settle, in the section; all of them are in the annex."""
DIFFERING: tuple[Judgement, ...] = ("differs", "holds only under another reading")


class Judged(NamedTuple):
    """Claims with their verdicts, and where facts of them are stated."""

    context: Context
    dossier: Dossier
    stating: Stating
    verdicts: tuple[Verdict, ...]

    def counts(self) -> dict[str, Fact]:
        """State how many claims are judged how."""
        groups: dict[str, list[str]] = {
            "checked": [v.claim for v in self.verdicts if v.judgement in WORDS],
            "holds": self._ids("holds"),
            "reading": self._ids("holds only under another reading"),
            "differs": self._ids("differs"),
            "against": self._ids(*AGAINST),
            "open": [v.claim for v in self._open()],
            "figures": [v.claim for v in self._open() if v.printed],
            "statements": [v.claim for v in self._open() if not v.printed],
        }
        return {name: self.stating.counted(name, claims) for name, claims in groups.items()}

    def blocks(self) -> list[AnyBlock]:
        """Write the tables, worst first; what the data contradict also stands in the two-page brief."""
        against, differing, holding = (
            sorted(
                (v for v in self.verdicts if v.judgement in judgements),
                key=lambda v: judgements.index(v.judgement),
            )
            for judgements in (AGAINST, DIFFERING, ("holds",))
        )
        unsettled = [verdict for verdict in self._open() if verdict.printed]
        blocks: list[AnyBlock] = []
        if against:
            blocks.append(self._table("audit-against", against))
        elif differing or holding:
            blocks.append(Paragraph((prose("audit.nothing_against"),), glance=True))
        if differing:
            blocks.append(self._table("audit-differing", differing))
        if holding:
            blocks.append(self._table("audit-holds", holding))
        if unsettled:
            blocks.append(self._unsettled(unsettled))
        return blocks

    def conflicts(self, found: tuple[Conflict, ...]) -> list[AnyBlock]:
        """Write the table of claims that contradict each other; nothing where none do."""
        if not found:
            return []
        named = dict.fromkeys(claim for conflict in found for claim in conflict.claims)
        count = self.stating.counted("conflicts", named, len(found))
        return [
            Table(
                id="audit-conflicts",
                title=prose("audit.conflicts", {"count": count}),
                columns=(prose("audit.column_claims"), prose("audit.column_why")),
                rows=tuple(
                    (cell(text(", ".join(one.claims))), cell(text(_capital(one.reason)))) for one in found
                ),
            )
        ]

    def _ids(self, *judgements: Judgement) -> list[str]:
        return [verdict.claim for verdict in self.verdicts if verdict.judgement in judgements]

    def _open(self) -> list[Verdict]:
        return [verdict for verdict in self.verdicts if verdict.judgement not in WORDS]

    def _table(self, identity: str, rows: Iterable[Verdict]) -> Table:
        claims = {claim.id: claim for claim in self.dossier.claims}
        listed = list(rows)
        return Table(
            id=identity,
            title=prose(f"audit.{identity.removeprefix('audit-')}"),
            columns=tuple(
                prose(f"audit.column_{name}") for name in ("claim", "printed", "verdict", "found", "rests")
            ),
            rows=tuple(self._row(claims[verdict.claim], verdict) for verdict in listed),
            note=prose("audit.against_note"),
            shown=SHOWN if identity == "audit-holds" else 0,
        )

    def _row(self, claim: kinds.Claim, verdict: Verdict) -> tuple[Cell, ...]:
        found = _found(claim, verdict, self.stating.found(claim, verdict), self.stating)
        return (
            cell(_said(verdict)),
            cell(_printed(claim, verdict)),
            Cell(said=prose(WORDS[verdict.judgement])),
            Cell(said=found) if found else Cell(),
            self._rests(verdict),
        )

    def _rests(self, verdict: Verdict) -> Cell:
        """Say what a verdict rests on, with the sources of the entries among it."""
        if verdict.basis == "store":
            named = self.stating.say.tables.dataset_of(FLOWS)
            return Cell(said=prose("audit.rests_store", data=text(named.id.upper())))
        if verdict.basis not in ("cited", "reported", "bounds", "dossier"):
            return Cell()
        held = self.dossier
        entries = {
            **{f"dossier#facts.{fact.id}": fact.sources for fact in held.facts},
            **{f"dossier#events.{event.id}": event.sources for event in held.events},
            **{f"dossier#places.{place.id}": place.sources for place in held.places},
            **{f"dossier#projects.{project.id}": project.sources for project in held.projects},
        }
        marks = cite(self.context, (s for entry in verdict.inputs for s in entries.get(entry, ())))
        if verdict.basis in ("reported", "bounds"):
            return Cell(said=prose(f"audit.rests_{verdict.basis}"))
        key = f"audit.rests_{verdict.basis}"
        # Figures of two makers count at different borders and prices: a reader must know.
        key += "_mixed" if verdict.basis == "cited" and ";" in verdict.sources else ""
        return Cell(said=prose(key, marks=marks) if marks else prose(f"{key}_plain"))

    def _unsettled(self, rows: list[Verdict]) -> Table:
        claims = {claim.id: claim for claim in self.dossier.claims}
        found = {
            v.claim: _found(claims[v.claim], v, self.stating.found(claims[v.claim], v), self.stating)
            for v in rows
        }
        return Table(
            id="audit-open",
            title=prose("audit.open"),
            columns=tuple(prose(f"audit.column_{name}") for name in ("claim", "printed", "found", "settle")),
            rows=tuple(
                (
                    cell(_said(verdict)),
                    cell(text(verdict.printed)),
                    Cell(said=found[verdict.claim]),
                    cell(text(verdict.remedy) if verdict.remedy else None),
                )
                for verdict in rows
            ),
            shown=SHOWN,
        )


def _found(claim: kinds.Claim, verdict: Verdict, found: Found, stating: Stating) -> Prose | None:
    """Say what was found of a claim, and the reading under which the printed figure comes out."""
    reading = {"reading": text(verdict.readings[0])} if verdict.readings else {}
    if found.value is not None:
        value = {"value": found.value}
        if not reading:
            key = "found_change" if isinstance(claim, kinds.Growth) else "found_value"
            return prose(f"audit.{key}", value)
        # A gap is known where the claim was recomputed as it is written; counts and balances always are.
        as_written = verdict.gap is not None or isinstance(claim, kinds.Count | kinds.Balance)
        return prose("audit.found_reading" if as_written else "audit.found_only_reading", value, **reading)
    ends = {name: fact for name, fact in (("low", found.low), ("high", found.high)) if fact is not None}
    if ends:
        name = "between" if len(ends) > 1 else next(iter(ends))
        return prose(f"audit.found_{name}{'_reading' if reading else ''}", ends, **reading)
    if isinstance(claim, kinds.Date) and claim.event in stating.events:
        date = day(stating.events[claim.event].date)
        return prose("audit.found_date_reading" if reading else "audit.found_date", date=date, **reading)
    if reading:
        return prose("audit.found_reading_alone", **reading)
    # What names of places and partners of projects were found to be has no number: the verdict says it.
    said = isinstance(claim, kinds.Name | kinds.Partner) and verdict.judgement in WORDS
    return prose("audit.found_words", words=text(_capital(verdict.reason))) if said else None


def _capital(reason: str) -> str:
    return reason[:1].upper() + reason[1:]


def _said(verdict: Verdict) -> Label:
    said = verdict.says or verdict.claim
    return text(f"{said} ({verdict.claim})" if verdict.says else said)


def _printed(claim: kinds.Claim, verdict: Verdict) -> Label:
    return day(verdict.printed) if isinstance(claim, kinds.Date) else text(verdict.printed)
