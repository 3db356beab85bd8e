"""Amounts, changes, balances: trade was worth 34.8 billion dollars, exports fell by a third, the surplus."""

from __future__ import annotations

from typing import NamedTuple

from hikiwake.core.claim.operand import WORLD
from hikiwake.extract.figures import Figure
from hikiwake.extract.flows import Line, Noun, Phrase, other_of
from hikiwake.extract.marks import pattern
from hikiwake.extract.scene import Scene

_UP = (
    r"(?:rose|ris(?:e|es|en|ing)|grew|grow(?:s|n|ing|th)?|increas\w+|climb\w*|gain\w*|"
    r"expand\w*|surg\w+|jump\w*|soar\w*|(?<!made )(?<!make )(?<!makes )(?<!making )up)"
)
_DOWN = (
    r"(?:fell|fall(?:s|en|ing)?|declin\w+|decreas\w+|drop\w*|shr[aiu]nk\w*|plung\w+|"
    r"slump\w*|contract\w*|collaps\w+|plummet\w*|lost|down|reduc\w+)"
)
_CHANGE_BEFORE = pattern(
    rf"\b(?:(?P<up>{_UP})|(?P<down>{_DOWN}))\s+(?:\w+ly\s+)?(?:by\s+|"
    rf"of\s+)?(?:as much as |a further |another )?$"
)
_CHANGE_AFTER = pattern(
    rf"\s*(?:higher|lower|more|less|(?:\w+ )?(?P<up>{_UP})\b|(?:\w+ )?(?P<down>{_DOWN})\b)"
)
_LOWER = pattern(r"\s*(?:lower|less)\b")
_GOODS_OF = pattern(r"{F}\s+(?:worth\s+)?(?:of|in)\s+(?:the\s+)?(?:({P}['’]s?|{A})\s+)?({G})")
_SELLS = pattern(
    r"\b(?:sells?|sold|sends?|sent|ships?|shipped|exports?|exported|supplie[sd]|supply|delivered|delivers?)\b"
)
_BUYS = pattern(r"\b(?:buys?|bought|imports?|imported|purchased?|takes?|took|received?)\b")
_TO = pattern(r"\b(?:to|for|into)\s+(?:the\s+)?({P})")
_FROM = pattern(r"\bfrom\s+(?:the\s+)?({P})|({A}|{P}['’]s?)\s+{G}")
_INDICATOR = pattern(
    r"(?:({P}['’]s?|{A})\s+)(?:(?P<gdp>GDP|gross domestic product)|population)\b"
    r"|\b(?:(?P<gdp2>GDP|gross domestic product)|population)\s+of\s+(?:the\s+)?{P}"
)
_BALANCE = pattern(r"\b(?P<sign>surplus|deficit)\b")
_RECORD = pattern(r"\b(?:record|all-time high|highest (?:level|value|point)|peak(?:ed)?)\b")
_WITH = pattern(r"\b(?:with|against|vis-à-vis)\s+(?:the\s+)?{P}")
_AND = pattern(r"\b(?:and|then|after|by)\s+(?:a further |another )?$")
_CHANGED_BY = pattern(r"\bby\s+(?:\w+ )?$")


class Amount(NamedTuple):
    """What an amount or a change is of, as a line of the claim language; empty where it is not said."""

    of: str
    sure: float
    value: str
    why: str = ""


def level(scene: Scene, figure: Figure) -> Amount:
    """Return what an amount is of."""
    place = scene.marked.place(figure)
    if _CHANGED_BY.search(scene.text, 0, place) and _CHANGE_BEFORE.search(scene.text[:place]):
        return Amount(
            "",
            0.4,
            figure.value,
            "a change by an amount; the claim language has changes in per cent and multiples",
        )
    indicator = _indicator(scene, place)
    if indicator:
        return Amount(indicator, 0.85, figure.value)
    goods = _goods(scene, place)
    if goods is not None:
        return _amount(scene, goods[0], goods[1], figure)
    for flow, sure in ((_worth(scene, place), 1.0), (scene.before(place), 0.95), (scene.after(place), 0.85)):
        if flow is not None:
            phrase, line = flow
            return _amount(
                scene, line._replace(sure=line.sure * sure), phrase.noun, figure, world=phrase.world
            )
    if scene.memory.flow is not None and scene.memory.ago <= 1:
        line = scene.memory.flow
        return Amount(str(line) if line.whole else "", 0.65 * line.sure, figure.value)
    return Amount("", 0.3, figure.value)


def _amount(scene: Scene, line: Line, noun: Noun, figure: Figure, *, world: bool = False) -> Amount:
    near = line.near(noun)
    sure = line.sure
    if not near:
        return Amount("", 0.4, figure.value)
    if not line.whole:
        named = [party for _, party in scene.marked.parties() if party != near]
        far = WORLD if world else named[0] if named else ""
        if not far:
            return Amount("", 0.4, figure.value)
        line, sure = line.filled(far, noun), sure * (0.95 if world else 0.75)
    if figure.kind == "amount" and not line.goods:
        told = scene.memory.flow
        if told is None or not told.goods or near != told.near(noun):
            return Amount("", 0.3, figure.value)
        line, sure = (
            line._replace(goods=told.goods),
            0.8 * sure,
        )  # "Shipments to China reached 736 million tonnes"
    return Amount(str(line), sure, figure.value)


def _worth(scene: Scene, place: int) -> tuple[Phrase, Line] | None:
    """Return the flow in whose phrase the figure stands, or that follows it after "of" or "in"."""
    for phrase, line in scene.flows:
        if phrase.start < place < phrase.end:
            return phrase, line
    follows = pattern(r"{F}\s+(?:worth\s+)?(?:of|in)\s+").match(scene.text, place)
    return next(((p, ln) for p, ln in scene.flows if follows and p.start == follows.end()), None)


def _indicator(scene: Scene, place: int) -> str:
    begin = scene.marked.clause(place)[0]
    found = next(iter(reversed(list(_INDICATOR.finditer(scene.text, begin, place)))), None)
    if found is None or any(found.end() <= phrase.start < place for phrase, _ in scene.flows):
        return ""
    named = [party for _, party in scene.marked.parties(*found.span())]
    return f"{'gdp' if found['gdp'] or found['gdp2'] else 'population'} of {named[0]}"


def _goods(scene: Scene, place: int) -> tuple[Line, Noun] | None:
    """Take "34 million tonnes of Australian coal" for a flow, by the verbs and ends around it."""
    found = _GOODS_OF.match(scene.text, place)
    if not found or any(found.start() <= phrase.start <= found.end() for phrase, _ in scene.flows):
        return None
    goods = scene.marked.products(*found.span())[0][1]
    begin, end = scene.marked.clause(place)
    subject = [party for _, party in scene.marked.parties(begin, place)][-1:]
    origin = [
        p for hit in _FROM.finditer(scene.text, place, end) for _, p in scene.marked.parties(*hit.span())
    ]
    target = [p for hit in _TO.finditer(scene.text, place, end) for _, p in scene.marked.parties(*hit.span())]
    sells, buys = _SELLS.search(scene.text, begin, place), _BUYS.search(scene.text, begin, place)
    exporter = origin[0] if origin else subject[0] if subject and (sells or target) and not buys else ""
    importer = target[0] if target else subject[0] if subject and (buys or origin) else ""
    if exporter == importer or not (exporter or importer):
        return None
    line = Line(exporter, importer, both=False, goods=goods, kind="trade", sure=0.85)
    if not line.whole:
        far = other_of(exporter or importer, scene.pair)
        line = line._replace(exporter=exporter or far, importer=importer or far, sure=0.6)
    return line, "export" if exporter else "import"


def change(scene: Scene, figure: Figure) -> str:
    """Return the value of a change ("fell by 34 %") where a percentage is one; empty where it is not."""
    place = scene.marked.place(figure)
    if figure.kind == "multiple":
        return figure.value
    before = _CHANGE_BEFORE.search(scene.text[max(0, place - 60) : place])
    after = _CHANGE_AFTER.match(scene.text, place + 1)
    if before:
        falls = bool(before["down"])
    elif after:
        falls = bool(after["down"]) or bool(_LOWER.match(scene.text, place + 1))
    else:
        return ""
    value = figure.value.lstrip("-")
    return f"{'fell' if falls else 'rose'} by {value}"


def growth(scene: Scene, figure: Figure, value: str) -> Amount:
    """Return what a change is a change of."""
    place = scene.marked.place(figure)
    flow = scene.before(place) or scene.after(place)
    indicator = _indicator(scene, place)
    if indicator:
        return Amount(indicator, 0.8, value)
    if flow is None:
        line = scene.memory.flow if scene.memory.ago <= 1 else None
        return (
            Amount(str(line), 0.6 * line.sure, value)
            if line is not None and line.whole
            else Amount("", 0.3, value)
        )
    phrase, line = flow
    found = _amount(scene, line, phrase.noun, figure, world=phrase.world)
    return found._replace(value=value)


def changed_again(scene: Scene, figure: Figure) -> str:
    """Read "fell 18 % in 2022 and 29 % in 2023": a second change of the same, with the same sign."""
    place = scene.marked.place(figure)
    if not scene.changed or not _AND.search(scene.text, 0, place):
        return ""
    return f"{'fell' if scene.falls else 'rose'} by {figure.value}"


def balance(scene: Scene, figure: Figure) -> Amount | None:
    """Return the balance that an amount is, exports less imports of its owner; None where it is none."""
    place = scene.marked.place(figure)
    begin, end = scene.marked.clause(place)
    found = min(
        _BALANCE.finditer(scene.text, begin, end), key=lambda hit: abs(hit.start() - place), default=None
    )
    if found is None:
        return None
    named = list(dict.fromkeys(party for _, party in scene.marked.parties(begin, end)))
    if len(named) == 1 and _WITH.search(scene.text, begin, end):
        named = [party for party in (other_of(named[0], scene.pair),) if party] + named
    far = named[1] if len(named) > 1 else other_of(named[0], scene.pair) if named else ""
    value = figure.value if found["sign"].lower() == "surplus" else f"-{figure.value}"
    relation = not figure.value[0].isdigit()
    if not far or (relation and value.startswith("-")):
        return Amount("", 0.4, figure.value)
    return Amount(f"{named[0]} -> {far}", 0.8 if len(named) > 1 else 0.6, value)


def recorded(scene: Scene, figure: Figure) -> bool:
    """Say whether the sentence calls an amount a record."""
    begin, end = scene.marked.clause(scene.marked.place(figure))
    return bool(_RECORD.search(scene.text, begin, end))
