"""What is known when a sentence is read: its marks and flows, the text's parties, the sentence before."""

from __future__ import annotations

import msgspec

from hikiwake.extract.figures import Figure
from hikiwake.extract.flows import Line, Phrase, line, phrases
from hikiwake.extract.marks import Marked, pattern

Pair = tuple[str, str] | None


class Memory(msgspec.Struct):
    """What a later sentence may refer to: the flow and the year told last, and how many sentences ago."""

    flow: Line | None = None
    owner: str = ""
    year: str = ""
    ago: int = 0


class Scene:
    """A sentence with its flows, each as a line of the claim language."""

    # What was last said of a share or a place in this sentence: "81 % of …, against 3 % in 1999".
    part = of = near = placed = placed_line = changed = ""
    falls = False
    told = 0

    def __init__(self, marked: Marked, pair: Pair, memory: Memory) -> None:
        self.marked = marked
        self.text = marked.text
        self.pair = pair
        self.memory = memory
        self.flows: list[tuple[Phrase, Line]] = []
        owner = memory.owner if memory.ago <= 1 else ""
        for phrase in phrases(marked):
            found = line(phrase, marked, pair, owner)
            self.flows.append((phrase, found))
            owner = found.near(phrase.noun) or owner
        self.owner = owner

    def after(self, place: int) -> tuple[Phrase, Line] | None:
        """Return the first flow that begins at or after a place of its clause."""
        end = self.marked.clause(place)[1]
        return next((flow for flow in self.flows if place <= flow[0].start < end), None)

    def before(self, place: int) -> tuple[Phrase, Line] | None:
        """Return the last flow that begins before a place of the sentence."""
        return next((flow for flow in reversed(self.flows) if flow[0].start < place), None)


class Period(msgspec.Struct, frozen=True):
    """When a figure is of: years as the claim language writes them; empty where the text does not say.

    `used` are the dates that say it; `sure` is how much that can be trusted, `why` what is wrong with it.
    """

    last: str = ""
    first: str = ""
    used: tuple[Figure, ...] = ()
    sure: float = 1.0
    why: str = ""
    carried: bool = False


_DIRECT = pattern(r"{F}\s*,?\s+(?:in|for|during|by)\s+({D})")
_DECADE = pattern(r"\b(?:in|over|during|within) (?:the (?:past|last|previous)|a) decade\b")
_YEARLY = pattern(
    r"\b(?:year[- ]on[- ]year|(?:on|from|over|than|compared (?:with|to)) (?:the|"
    r"a) (?:previous )?year(?: (?:before|earlier))?|annually)\b"
)
_FROM_TO = pattern(r"\b(?:between|from)\s+{D}\s+(?:and|to)\s+({D})|{D}\s+(?:to|and)\s+({D})")
_SINCE = pattern(
    r"\b(?:since|from|after|compared with|compared to|relative to|against|than in|"
    r"up from|down from)(?: (?:the|a|its))?(?: \w+){0,3}? ({D})"
)


def moment(scene: Scene, place: int) -> Period:
    """Return the year of a figure: of the date nearest to it, in its clause, its sentence, or before."""
    dates = [(at, date) for at, date in scene.marked.dates() if date.value]
    direct = _DIRECT.match(scene.text, place)
    if direct:
        dates = [one for one in dates if one[0] == direct.start(1)] or dates
    clause = scene.marked.clause(place)
    within = [one for one in dates if clause[0] <= one[0] < clause[1]]
    for near, sure in ((within, 1.0), (dates, 0.95)):
        if near:
            _, date = min(near, key=lambda one: (abs(one[0] - place), one[0]))
            if date.why:
                return Period(
                    used=(date,), why=f"the text speaks of {date.why}, the data are of calendar years"
                )
            return Period(last=_year(date.value), used=(date,), sure=sure)
    memory = scene.memory
    if memory.year:
        return Period(last=memory.year, sure=0.8 if memory.ago <= 1 else 0.65, carried=True)
    return Period(sure=0.5)


def stretch(scene: Scene, place: int) -> Period:
    """Return from when to when a change ran; what the sentence does not say is blank."""
    dates = {at: date for at, date in scene.marked.dates() if date.value}
    return _named(scene, place, dates) or _since(scene, dates) or _until(scene, place)


def _named(scene: Scene, place: int, dates: dict[int, Figure]) -> Period | None:
    """Read "between 2009 and 2014", "2009-2014", or the only two years of the sentence."""
    for found in _FROM_TO.finditer(scene.text):
        ends = [dates[at] for at in range(*found.span()) if at in dates]
        if len(ends) == 2 and ends[0].value < ends[1].value:
            return Period(_year(ends[1].value), _year(ends[0].value), tuple(ends))
    spans = [date for date in dates.values() if len(_year(date.value)) == 9]
    if spans:
        return Period(spans[0].value[5:], spans[0].value[:4], (spans[0],))
    years = sorted({_year(date.value) for date in dates.values() if not date.why})
    if len(years) == 2 and not _DIRECT.match(scene.text, place):
        return Period(years[1], years[0], tuple(dates.values()), sure=0.85)
    return None


def _since(scene: Scene, dates: dict[int, Figure]) -> Period | None:
    since = next((dates[hit.start(1)] for hit in _SINCE.finditer(scene.text) if hit.start(1) in dates), None)
    if since is None:
        return None
    later = [date for date in dates.values() if date is not since and date.value > since.value]
    return Period(_year(later[0].value) if later else "", _year(since.value), (since, *later[:1]), sure=0.9)


def _until(scene: Scene, place: int) -> Period:
    """Take a change that is told with one year for one from the year before, or within a decade."""
    now = moment(scene, place)
    if len(now.last) != 4 or now.why:
        return now
    if _DECADE.search(scene.text):
        return Period(now.last, str(int(now.last) - 10), now.used, sure=0.8 * now.sure, carried=True)
    sure = 0.95 if _YEARLY.search(scene.text) else 0.75
    first = str(int(now.last) - 1)
    return Period(now.last, first, now.used, sure * now.sure, carried=now.carried or sure < 0.9)


def _year(value: str) -> str:
    """Return the year of a date; of a span of years the span."""
    return value if len(value) == 9 and value[4] == "/" and "-" not in value else value[:4]
