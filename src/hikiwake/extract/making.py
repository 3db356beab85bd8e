"""From a figure in its scene to a proposal: the kind of claim, its fields, and what is missing."""

from __future__ import annotations

import re
from typing import NamedTuple

from hikiwake.core.products import named
from hikiwake.extract import amounts, others, shares
from hikiwake.extract.figures import Figure
from hikiwake.extract.marks import pattern
from hikiwake.extract.proposal import Quantity
from hikiwake.extract.scene import Period, Scene, moment, stretch

Fields = dict[str, str | int | dict[str, str]]
_NEEDED = {
    "of": "the flow, indicator or fact that it is of",
    "part": "the part, as a flow",
    "in": "the year",
    "from": "the year from which",
    "to": "the year up to which",
    "event": "the event that it dates, from `events`",
    "events": "which events of `events` it counts",
    "among": "among whom",
}
_AS_MUCH = pattern(
    r"{F}\s+(?:as (?:much|many|large|big|high)|larger|bigger|higher|greater|more|the|that of)\b"
)
_SINCE_BALANCE = pattern(r"\b(?:surplus|deficit|balance)\b")


class Made(NamedTuple):
    """What was made of a figure: the fields of a claim, or the reason why there is none."""

    quantity: Quantity | None
    fields: Fields
    sure: float = 1.0
    used: tuple[Figure, ...] = ()
    open: tuple[str, ...] = ()
    missing: dict[str, str] = {}  # noqa: RUF012  (a default of a tuple is never changed)
    why: str = ""


def make(scene: Scene, figure: Figure) -> list[Made]:
    """Return the claims that a figure makes, or one entry with the reason why it makes none."""
    if figure.why and figure.kind != "date":
        return [_left(figure.why)]
    maker = _MAKERS.get(figure.kind)
    return maker(scene, figure) if maker else [_left(figure.why or "no quantity of the claim language")]


def _left(why: str) -> Made:
    return Made(None, {}, why=why)


def _made(
    quantity: Quantity, fields: Fields, sure: float, period: Period | None = None, open_: tuple[str, ...] = ()
) -> Made:
    """Put the blank fields together with what each needs."""
    missing = {name: _NEEDED[name] for name, value in fields.items() if value in ("", {}) and name in _NEEDED}
    used: tuple[Figure, ...] = ()
    if period is not None:
        used, sure = period.used, sure * period.sure
        if not fields.get(
            "of"
        ):  # the day of an event is more than the year of a figure that nothing is known of
            used = tuple(date for date in used if "-" not in date.value)
        missing |= {"in": period.why} if period.why else {}
        open_ = (*open_, "year") if period.carried else open_
    return Made(quantity, fields, round(sure, 2), used, tuple(dict.fromkeys(open_)), missing)


def _share(scene: Scene, figure: Figure) -> list[Made]:
    value = amounts.change(scene, figure) or amounts.changed_again(scene, figure)
    if value:
        scene.changed, scene.falls = value, value.startswith("fell")
        return [_growth(scene, figure, value)]
    scene.changed = ""
    found = shares.share(scene, figure)
    period = moment(scene, scene.marked.place(figure))
    goods = ":" in found.part and "investment" not in found.part
    same = goods and found.part.partition(":")[2] == found.of.partition(":")[2]
    open_ = (
        *found.open,
        *(("measure",) if same else ()),
        *(("product",) if goods and _loose(found.part) else ()),
    )
    if not (found.part or found.of) and period.carried:
        period = Period()  # a share of what is no trade has no year from the trade before
    quantity: Quantity = "ratio" if found.quantity == "ratio" else "share"
    fields: Fields = {"part": found.part, "of": found.of, "in": _when(period), "value": figure.value}
    return [_made(quantity, fields, found.sure, period, open_)]


def _loose(line: str) -> bool:
    """Say whether the goods of a flow are a term by which texts may mean another one: oil, gas, coal."""
    term = named().get(line.partition(": ")[2].lower())
    return bool(term and term.near)


def _growth(scene: Scene, figure: Figure, value: str) -> Made:
    found = amounts.growth(scene, figure, value)
    period = stretch(scene, scene.marked.place(figure))
    fields: Fields = {"of": found.of, "from": _year(period.first), "to": _year(period.last), "value": value}
    return _made("growth", fields, found.sure, period)


def _multiple(scene: Scene, figure: Figure) -> list[Made]:
    place = scene.marked.place(figure)
    if re.search(r"\btimes\b", scene.marked.sentence.text[figure.start : figure.end], re.IGNORECASE):
        if _AS_MUCH.match(scene.text, place) and not amounts.change(scene, figure._replace(kind="share")):
            return [
                _made(
                    "ratio",
                    {"part": "", "of": "", "in": _when(moment(scene, place)), "value": figure.value},
                    0.4,
                )
            ]
        if not re.search(
            r"(?:by|of|grew|grown|increased?|rose|risen|multiplied)\s+(?:\w+\s+)?$", scene.text[:place], re.I
        ):
            return [_times(scene, figure)]
    return [_growth(scene, figure, figure.value)]


def _times(scene: Scene, figure: Figure) -> Made:
    """Read "met three times in 2023" as a count of meetings."""
    text = scene.marked.sentence.text
    verb = re.search(r"\b(met|meet|meets|visit\w*|went|travel\w*)\b", text, re.IGNORECASE)
    if not verb:
        return _left("it says how often, which no flow tells")
    kind = "meeting" if verb[0].lower().startswith("me") else "visit"
    dates = [date for _, date in scene.marked.dates() if date.value and not date.why]
    fields: Fields = {"events": {"type": kind}, "value": figure.value.replace("times", f"{kind}s")}
    if dates:
        fields = {
            **fields,
            "from": min(date.value for date in dates)[:4],
            "to": max(date.value for date in dates)[:4],
        }
    return Made("count", fields, 0.5, tuple(dates), missing={"events": _NEEDED["events"]})


def _money(scene: Scene, figure: Figure) -> list[Made]:
    place = scene.marked.place(figure)
    period = moment(scene, place)
    surplus = amounts.balance(scene, figure)
    if surplus is not None:
        fields: Fields = {"of": surplus.of, "in": _when(period), "value": surplus.value}
        return [_made("balance", fields, surplus.sure, period)]
    found = amounts.level(scene, figure)
    if found.why:
        return [_left(found.why)]
    made = [_made("level", {"of": found.of, "in": _when(period), "value": figure.value}, found.sure, period)]
    if found.of and amounts.recorded(scene, figure):
        made.append(
            _made(
                "record", {"of": found.of, "in": _when(period), "value": "record"}, 0.9 * found.sure, period
            )
        )
    return made


def _amount(scene: Scene, figure: Figure) -> list[Made]:
    if figure.noun in {"persons", "km", "km2"}:
        found = amounts.level(scene, figure)
        of = found.of if found.of.startswith("population") else ""
        period = moment(scene, scene.marked.place(figure))
        told = any(
            re.search(r"\bin $", scene.text[:at]) for at, date in scene.marked.dates() if date in period.used
        )
        period = period if told and not period.carried else Period()
        return [_made("level", {"of": of, "in": _when(period), "value": figure.value}, 0.7, period)]
    return _money(scene, figure)


def _rank(scene: Scene, figure: Figure) -> list[Made]:
    found = others.rank(scene, figure)
    if found is None:
        return [_left("a place among others, but not in trade")]
    period = moment(scene, scene.marked.place(figure))
    fields: Fields = {"of": found.of, "among": found.among, "in": _when(period), "value": figure.value}
    return [_made("rank", fields, found.sure, period)]


def _count(scene: Scene, figure: Figure) -> list[Made]:
    kind = others.event_type(figure.noun)
    if others.refers_back(scene, figure) or (
        not kind and not scene.marked.sentence.text[figure.end - 1].isdigit()
    ):
        return [_left("it counts what the text speaks of, and no events")]
    made = _made("count", {"events": {"type": kind} if kind else {}, "value": figure.value}, 0.5)
    return [made._replace(missing={"events": _NEEDED["events"]})]


def _duration(scene: Scene, figure: Figure) -> list[Made]:
    if re.match(r"\s+(?:later|earlier|ago|old)\b", scene.marked.sentence.text[figure.end :]):
        return [_left("it leads from one date of the text to another")]
    return [_made("duration", {"from": "", "to": "", "value": figure.value}, 0.4)]


def _date(scene: Scene, figure: Figure) -> list[Made]:
    since = re.search(r"\bsince\s+$", scene.marked.sentence.text[: figure.start], re.IGNORECASE)
    if since and _SINCE_BALANCE.search(scene.text):
        return [_since(scene, figure)]
    if not others.dates_something(scene, figure):
        return [_left(figure.why or "a date of the document or of a part of it, not of an event")]
    if len(figure.value) == 4 and any(f.why and f.kind in {"money", "points"} for f in scene.marked.figures):
        return [_left("the time of a figure that is left over")]
    if len(figure.value) == 4 and scene.flows:
        return [_left("the time of what the sentence says of trade")]
    return [_made("date", {"event": "", "value": figure.value}, 0.5)]


def _since(scene: Scene, figure: Figure) -> Made:
    named = list(dict.fromkeys(party for _, party in scene.marked.parties()))
    far = named[1] if len(named) > 1 else ""
    sign = "deficit" if re.search(r"\bdeficit\b", scene.text) else "surplus"
    of = f"{named[0]} -> {far}" if far else ""
    return _made("balance", {"of": of, "since": _year(figure.value[:4]), "value": sign}, 0.8)


def _when(period: Period) -> str | int:
    """Return the year for a field; a span of years is no single one, and the field stays blank."""
    return _year(period.last) if len(period.last) == 4 and not period.why else ""


def _year(text: str) -> str | int:
    return int(text) if text.isdigit() else ""


_MAKERS = {
    "share": _share,
    "multiple": _multiple,
    "money": _money,
    "amount": _amount,
    "rank": _rank,
    "count": _count,
    "duration": _duration,
    "date": _date,
}
