"""The formulas of the chronology."""

from __future__ import annotations

from hikiwake.core.provenance import CHANGE, COUNT, POINTS, YEARS, Formula
from hikiwake.measures.flows import FLOWS

AUTHORED = "the dossier's entries, each with its sources"
CAUTION = "Counts what the author of the dossier entered; another list of events gives another number."
EVENTS = "events"
RECORDED = Formula(
    id="events_recorded",
    name="Events recorded",
    expression="number of the dossier's events",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=AUTHORED,
    reads=(EVENTS,),
    caution=CAUTION,
)
ENTRIES = Formula(
    id="entries_recorded",
    name="Entries recorded",
    expression="number of the dossier's entries of a kind (places, positions, projects, figures, claims)",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=AUTHORED,
    reads=("places", "positions", "projects", "facts", "claims"),
    caution=CAUTION,
)
VISITS = Formula(
    id="visits",
    name="Visits of leaders",
    expression="number of visits at the level of state or government, by one party to the other",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=AUTHORED,
    reads=(EVENTS,),
    caution=CAUTION,
)
UNANSWERED = Formula(
    id="visits_unanswered",
    name="Visits since the last one in the other direction",
    expression="number of visits of leaders after the last visit the other way",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=AUTHORED,
    reads=(EVENTS,),
    caution=CAUTION,
)
SPELL = Formula(
    id="spell_between_contacts",
    name="Time between two contacts of leaders",
    expression="(first day of the later - last day of the earlier) / 365.2425",
    unit=YEARS,
    range="[0, inf)",
    source=AUTHORED,
    reads=(EVENTS,),
    caution="The shortest time that partial dates allow. " + CAUTION,
)
IN_FORCE = Formula(
    id="in_force",
    name="Treaties, declarations, laws and sanctions in force",
    expression="number of such events begun by the day and not ended by it",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=AUTHORED,
    reads=(EVENTS,),
    caution="Of declarations only those that say what they changed; in force as far as no end is recorded. "
    + CAUTION,
)
WINDOW_SOURCE = "difference in differences of means, MacKinlay (1997), J. Econ. Lit. 35(1), for event windows"
AROUND = Formula(
    id="change_around_event",
    name="Change of the flow around an event",
    expression="mean of x_ij over the years after / mean over those before - 1, without the event's year",
    unit=CHANGE,
    range="[-1, inf)",
    source=WINDOW_SOURCE,
    reads=(FLOWS,),
    caution="Covered products only. Prices move it as well as quantities.",
)
OTHER_SUPPLIERS = Formula(
    id="change_around_event_other_suppliers",
    name="Change of the importer's other imports around an event",
    expression="the same for sum over n other than i of x_nj",
    unit=CHANGE,
    range="[-1, inf)",
    source=WINDOW_SOURCE,
    reads=(FLOWS,),
    caution="The comparison group is the importer's imports of the covered products from all others.",
)
OTHER_CUSTOMERS = Formula(
    id="change_around_event_other_customers",
    name="Change of the exporter's other exports around an event",
    expression="the same for sum over n other than j of x_in",
    unit=CHANGE,
    range="[-1, inf)",
    source=WINDOW_SOURCE,
    reads=(FLOWS,),
    caution="The comparison group is the exporter's exports of the covered products to all others.",
)
APART = Formula(
    id="change_around_event_apart",
    name="Change around an event beyond that of the importer's other suppliers",
    expression="100 * (change of x_ij - change of the importer's imports from all others)",
    unit=POINTS,
    range="(-inf, inf)",
    source=WINDOW_SOURCE,
    reads=(FLOWS,),
    caution="A difference, not an effect: it is no proof that the event caused it, and it has no interval, "
    "since there is one flow and a handful of years. The spread of the other suppliers stands beside it.",
)
PLACEBO_SOURCE = "placebo comparison, Abadie, Diamond & Hainmueller (2010), J. Amer. Stat. Assoc. 105:493"
PLACEBO = (
    "Suppliers with at least a thousandth of the importer's purchases before, each counted once. No interval "
    "of an effect: suppliers sell different things, and the event may touch them too."
)
QUARTILE = Formula(
    id="change_around_event_quartile",
    name="Quartile of the changes of the importer's other suppliers around an event",
    expression="lower or upper quartile over n other than i of mean of x_nj after / mean before - 1",
    unit=CHANGE,
    range="[-1, inf)",
    source=PLACEBO_SOURCE,
    reads=(FLOWS,),
    caution=PLACEBO,
)
COMPARED = Formula(
    id="change_around_event_suppliers",
    name="Other suppliers whose change around an event is compared",
    expression="number of n other than i with mean of x_nj before >= 0.001 * sum over n",
    unit=COUNT,
    range="8, 9, ...",
    source=PLACEBO_SOURCE,
    reads=(FLOWS,),
    caution=PLACEBO,
)
BELOW = Formula(
    id="change_around_event_below",
    name="Other suppliers that changed by less than the flow around an event",
    expression="number of n with change of x_nj < change of x_ij",
    unit=COUNT,
    range="0, 1, 2, ...",
    source=PLACEBO_SOURCE,
    reads=(FLOWS,),
    caution=PLACEBO,
)
FORMULAS = (
    RECORDED,
    ENTRIES,
    VISITS,
    UNANSWERED,
    SPELL,
    IN_FORCE,
    AROUND,
    OTHER_SUPPLIERS,
    OTHER_CUSTOMERS,
    APART,
    QUARTILE,
    COMPARED,
    BELOW,
)
