"""Shares and ratios: 8 % of Japan's oil came from Russia; less than 4 % of its trade with China."""

from __future__ import annotations

import re
from typing import NamedTuple

from hikiwake.core.claim.operand import WORLD
from hikiwake.extract.figures import Figure
from hikiwake.extract.flows import Line, Noun, other_of
from hikiwake.extract.marks import pattern
from hikiwake.extract.scene import Scene

_OF = pattern(r"{F}(?:\s*,?\s+(?:and|to|or)\s+{F})?\s*\)?\s+(?:of|in)\s+(?:(?:all|the|what|both)\s+){0,2}")
_SHARE_OF = pattern(
    r"\b(?:share|part|portion|proportion|percentage)\s+(?:of|in)\s+(?:(?:all|the|its)\s+){0,2}"
)
_HAD_SHARE = pattern(r"({P}['’]s?|{A})\s+(?:market\s+)?share\b")
_FROM = pattern(
    r"\bfrom\s+(?:the\s+)?({P})|\b(?:supplied|provided|delivered|covered|"
    r"met) by\s+(?:the\s+)?({P})|\b({A}|{P}['’]s?) (?:suppl|deliver|origin|source|"
    r"export)"
)
_TO = pattern(
    r"\b(?:to|for|into|towards|in)\s+(?:the\s+)?({P})|\b(?:had|has|"
    r"have) ({P}) as (?:a |its |their )?(?:destination|market)|\b(?:bought|taken|"
    r"absorbed|received|purchased) by\s+(?:the\s+)?({P})"
)
_ACTS = (
    r"(?:supplie[sd]|supply|provide[sd]?|account(?:s|ed)? for|delivere?[sd]?|deliver|"
    r"b(?:uys|ought|uy)|t(?:akes|ook|ake)|absorb(?:s|ed)?|receive[sd]?|represent(?:s|"
    r"ed)?|made up|makes up|make up|constitut\w+|was|is|were|are|contribut\w+|"
    r"purchase[sd]?|s(?:ells|old|ell)|cover(?:s|ed)?|met|meets)"
)
_SUBJECT = pattern(
    rf"({{P}}|{{A}}|{{G}})(?:\s+\({{G}}\))?(?:\s+(?:exports|imports|alone|still|now|then|also|has|had|have|today|together))*\s+{_ACTS}\b"
)
_DEPENDS = pattern(
    r"\b(?:depend(?:s|ed|ent)?|rel(?:y|ies|ied|iant)|dependence|reliance)\b[^{P}]{0,20}on\s+(?:the\s+)?({P}|{A})"
)
_OWN_GOODS = pattern(
    r"(?:(its|their|{P}['’]s?|{A})\s+)?(?:(?:total|overall|entire)\s+)?({G})(?:\s+(?:needs|demand|supply|supplies|consumption|requirements|use))?"
)
_SELLS = pattern(r"\b(?:sells?|sold|sends?|sent|ships?|shipped|exports?|exported|goes|went|go|destined)\b")
_AGAIN = pattern(
    r"\b(?:against|compared (?:with|to)|(?:up |down )?from|and|then|to|after)\s+(?:just |only |about )?$"
)
_INSTEAD = pattern(r"\b(?:ahead of|followed by|before|behind|and|then)\s+(?:the\s+)?{P}[^.;]{0,12}$")
_THAT = pattern(
    r"\s+(?:that|which)\s+(?:the\s+)?({P})\s+(?:has\s+|had\s+)?(?P<verb>import\w*|b(?:uys|ought)|us\w+|burn\w*|needs?|consum\w+|export\w*|s(?:ells|old)|ship\w*)\b"
)
_GDP = pattern(
    r"\s*(?:the\s+)?(?:({P}['’]s?|{A}|its|their)\s+)?(?:GDP|gross domestic product|national income)\b"
)


class Share(NamedTuple):
    """A part of a whole, as two lines of the claim language; an empty one is not known."""

    part: str
    of: str
    quantity: str
    sure: float
    open: tuple[str, ...] = ()
    end: int = 0


class Whole(NamedTuple):
    """What a share is of."""

    line: Line
    noun: Noun
    start: int
    end: int
    sure: float = 1.0


def share(scene: Scene, figure: Figure) -> Share:
    """Return what a percentage or a fraction is a part of, and which part."""
    place = scene.marked.place(figure)
    gdp = _of_output(scene, place)
    if gdp:
        return gdp
    whole = _whole(scene, place)
    if whole is None:
        return _again(scene, place)
    found = _of_pair(scene, place, whole) if whole.line.whole else _of_world(scene, place, whole)
    if found.part and found.quantity == "share":
        scene.part, scene.of, scene.near = found.part, found.of, whole.line.near(whole.noun)
        scene.told = place
    return found


def _again(scene: Scene, place: int) -> Share:
    """Read "against 3 % in 1999" as the share told before, "ahead of Peru with 24 %" as another's."""
    if not scene.part or scene.told > place:
        return Share("", "", "share", 0.3)
    other = [party for _, party in scene.marked.parties(scene.told, place) if party not in scene.of]
    instead = _INSTEAD.search(scene.text, scene.told, place)
    if instead and other:
        ends = pattern(r"\b([A-Z]{3}) (<?->) ([A-Z]{3})").search(scene.part)
        if ends:
            far = ends[1] if ends[3] == scene.near else ends[3]
            return Share(scene.part.replace(far, other[-1], 1), scene.of, "share", 0.75)
    if _AGAIN.search(scene.text, 0, place) and not other:
        return Share(scene.part, scene.of, "share", 0.8)
    return Share("", "", "share", 0.3)


def _of_output(scene: Scene, place: int) -> Share | None:
    of = _OF.match(scene.text, place)
    found = _GDP.match(scene.text, of.end()) if of else None
    if not found:
        return None
    owners = [party for _, party in scene.marked.parties(*found.span())] or [
        p for _, p in scene.marked.parties(0, place)
    ][-1:]
    before = scene.before(place)
    part = _filled(before[1], before[0].noun) if before else ""
    return Share(part, f"gdp of {owners[0]}" if owners else "", "ratio", 0.75)


def _whole(scene: Scene, place: int) -> Whole | None:
    """Find what stands after "of", or before the figure in "share of … was"."""
    of = _OF.match(scene.text, place)
    if of is None and (joined := _joined(scene, place)) is not None:
        of = _OF.match(scene.text, joined)
    if of:
        for phrase, line in scene.flows:
            if of.end() - 1 <= phrase.start <= of.end() + 1 or (
                phrase.start <= of.end() <= phrase.end and phrase.start >= place
            ):
                return Whole(line, phrase.noun, phrase.start, phrase.end)
        return _goods(scene, place, of.end()) or _told_before(scene, place)
    return _told_before(scene, place)


def _joined(scene: Scene, place: int) -> int | None:
    """Return the figure of "F and F of" to which the figure at a place is joined."""
    found = pattern(r"{F}\s+(?:and|or)\s+({F})").match(scene.text, place)
    return found.start(1) if found else None


def _told_before(scene: Scene, place: int) -> Whole | None:
    begin = scene.marked.clause(place)[0]
    for found in _SHARE_OF.finditer(scene.text, begin, place):
        for phrase, line in scene.flows:
            if found.end() - 1 <= phrase.start <= found.end() + 1:
                return Whole(line, phrase.noun, phrase.start, phrase.end, 0.95)
    earlier = scene.before(place)
    if (
        earlier
        and _SHARE_OF.search(scene.text, 0, place)
        and not earlier[0].other
        and not scene.text[earlier[0].end : place].strip(" ") == ""
    ):
        phrase, line = earlier  # "Japan's share of Russian imports was …, while exports represented …"
        return Whole(line, phrase.noun, phrase.start, phrase.end, 0.8)
    return None


def _goods(scene: Scene, place: int, start: int) -> Whole | None:
    """Take "8 % of its oil" for a part of what is bought or, with a verb of selling, of what is sold."""
    found = _OWN_GOODS.match(scene.text, start)
    if not found:
        return None
    goods = scene.marked.products(*found.span())[0][1]
    owners = [party for _, party in scene.marked.parties(*found.span())]
    clause = scene.marked.clause(place)
    that = _THAT.match(scene.text, found.end())
    if that:
        near, sold = scene.marked.parties(*that.span())[0][1], re.match(r"export|s|ship", that["verb"], re.I)
        line = Line(
            near if sold else "", "" if sold else near, both=False, goods=goods, kind="trade", sure=0.9
        )
        return Whole(line, "export" if sold else "import", found.start(), that.end(), 0.95)
    sells = _SELLS.search(scene.text, clause[0], place) or (
        _SELLS.search(scene.text, found.end(), clause[1])
        and not _FROM.search(scene.text, found.end(), clause[1])
    )
    noun: Noun = "export" if sells else "import"
    if not owners and scene.near:
        owners = [scene.near]  # "… of German gas imports and half of its hard coal"
    if not owners:
        depends = _DEPENDS.search(scene.text, 0, place)
        on = {party for _, party in scene.marked.parties(*depends.span())} if depends else set()
        owners = [party for _, party in scene.marked.parties(0, place) if party not in on][-1:]
        if len({party for _, party in scene.marked.parties(0, place)}) > 1 and not depends:
            owners = [party for _, party in scene.marked.parties(clause[0], place)][:1] or owners
    if not owners:
        return None
    near = owners[0]
    line = (
        Line(near, "", both=False, goods=goods, kind="trade", sure=0.85)
        if sells
        else Line("", near, both=False, goods=goods, kind="trade", sure=0.85)
    )
    return Whole(line, noun, found.start(), found.end(), 0.9)


def _of_pair(scene: Scene, place: int, whole: Whole) -> Share:
    """Read a share of the flow between two: some product of it, or another flow set against it."""
    line = whole.line
    goods = [] if line.goods else _subjects(scene, place, whole)
    if goods:
        part = line._replace(goods=goods[0])
        return Share(str(part), str(line), "share", 0.9 * line.sure * whole.sure, ("product",), whole.end)
    earlier = next(
        (flow for flow in reversed(scene.flows) if flow[0].start < place and flow[0].start != whole.start),
        None,
    )
    against = earlier[1] if earlier else scene.memory.flow if scene.memory.ago <= 1 else None
    if against is not None and against.whole and str(against) != str(line):
        return Share(
            str(against),
            str(line),
            "ratio",
            (0.85 if earlier else 0.7) * line.sure * against.sure,
            (),
            whole.end,
        )
    return Share("", str(line), "share", 0.4, (), whole.end)


def _of_world(scene: Scene, place: int, whole: Whole) -> Share:
    """Read a share of all that one party sells or buys: a partner's, or a product's."""
    line, noun = whole.line, whole.noun
    near = line.near(noun)
    if not near:
        return Share("", "", "share", 0.3, (), whole.end)
    world = line.filled(WORLD, noun)
    partner, sure = _partner(scene, place, whole, near)
    goods = [] if line.goods else _subjects(scene, place, whole)
    if goods and (not partner or sure < 0.85):
        part = world._replace(goods=goods[0])
        return Share(str(part), str(world), "share", 0.8 * line.sure * whole.sure, ("product",), whole.end)
    if goods and partner:  # "Russian gas made up 40 % of Germany's imports": of its imports of gas
        line, world = line._replace(goods=goods[0]), world._replace(goods=goods[0])
        sure *= 0.8
    if not partner:
        return Share("", str(world), "share", 0.4 * line.sure, (), whole.end)
    part = line.filled(partner, noun)
    return Share(str(part), str(world), "share", sure * line.sure * whole.sure, (), whole.end)


def _partner(scene: Scene, place: int, whole: Whole, near: str) -> tuple[str, float]:
    """Find whose share it is, from the surest sign to the weakest."""
    marked = scene.marked
    clause = marked.clause(place)
    ends = _FROM if whole.noun == "import" else _TO
    signs = [
        (_DEPENDS, 0, place, 0.95),
        (ends, max(place, whole.end), clause[1], 1.0),
        (ends, clause[0], place, 0.9),
    ]
    if whole.noun in {"trade", "investment"}:
        signs = [(_FROM, max(place, whole.end), clause[1], 1.0), (_TO, max(place, whole.end), clause[1], 1.0)]
    signs += [(_HAD_SHARE, 0, place, 0.95), (_SUBJECT, clause[0], place, 0.9)]
    for sign, start, end, sure in signs:
        for found in reversed(list(sign.finditer(scene.text, start, end))):
            named = [party for _, party in marked.parties(*found.span()) if party != near]
            if named:
                return named[-1], sure
    for start, end, sure in ((*clause, 0.8), (0, len(scene.text), 0.7)):
        around = [(abs(at - place), party) for at, party in marked.parties(start, end) if party != near]
        if around:
            return min(around)[1], sure
    return other_of(near, scene.pair), 0.6


def _subjects(scene: Scene, place: int, whole: Whole) -> list[str]:
    """Return the goods that the sentence is about, each for its own of several figures ("respectively")."""
    named = [
        (at, product) for at, product in scene.marked.products(0, place) if not whole.start <= at < whole.end
    ]
    goods = list(dict.fromkeys(product for _, product in named))
    figures = [at for at in scene.marked.at if scene.text[at] == scene.text[place] and _is_share(scene, at)]
    if "respectively" in scene.text.lower() and len(goods) >= len(figures) > 1:
        return [goods[-len(figures) :][figures.index(place)]]
    return goods[-1:]


def _is_share(scene: Scene, at: int) -> bool:
    mark = scene.marked.at[at]
    return isinstance(mark, Figure) and mark.kind == "share"


def _filled(line: Line, noun: Noun) -> str:
    """Return a line with the world at an end that is not named."""
    if not line.near(noun):
        return ""
    return str(line if line.whole else line.filled(WORLD, noun))
