"""How a partial date is written in English: 7 February 1855, October 1956, about 2014."""

from __future__ import annotations

import calendar

from hikiwake.core.dates import PartialDate

_PARTS = {4: "year", 7: "month", 10: "day"}


def spoken(text: str) -> str:
    """Write a date; what is none is written as it stands."""
    try:
        held = PartialDate.parse(text)
    except ValueError:
        return text
    first = held.text.partition("/")[0]
    if "/" not in held.text:
        written = _written(held, _PARTS[len(first)])
    else:
        written = _span(held, _PARTS[len(first)])
    return f"about {written}" if held.about else written


def _written(held: PartialDate, fine: str, *, last: bool = False) -> str:
    at = held.last if last else held.first
    month = calendar.month_name[at.month]
    return {"year": f"{at.year}", "month": f"{month} {at.year}", "day": f"{at.day} {month} {at.year}"}[fine]


def _span(held: PartialDate, fine: str) -> str:
    begins, ends = held.first, held.last
    closed = _written(held, fine, last=True)
    if fine == "year":
        return f"{begins.year}–{ends.year}"
    if begins.year != ends.year:
        return f"{_written(held, fine)} – {closed}"
    month = calendar.month_name[begins.month]
    if fine == "month":
        return f"{month}–{closed}"
    if begins.month == ends.month:
        return f"{begins.day}–{closed}"
    return f"{begins.day} {month} – {closed}"
