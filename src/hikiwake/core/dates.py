"""Dates as history gives them: a year, a month, a day, or a span of these."""

from __future__ import annotations

import calendar
import re
from datetime import date

import msgspec

_SPAN = re.compile(r"(?P<first>[0-9-]+)(?:\s*/\s*(?P<last>[0-9-]+))?(?P<about>~?)")
_POINT = re.compile(r"(?P<year>\d{4})(?:-(?P<month>\d{2})(?:-(?P<day>\d{2}))?)?")
_MONTHS = {name: number for number, name in enumerate(calendar.month_name) if name}


class PartialDate(msgspec.Struct, frozen=True, order=True):
    """A date that is known to a year, a month or a day, or a span of such dates; both ends included.

    `first` and `last` are the earliest and the latest day that it may mean; `text` is its one spelling
    (ISO 8601, with the shared beginning left out after the slash); `about` says that it is approximate.

    Examples
    --------
    >>> PartialDate.parse("2016-12-15/16").last, PartialDate.parse("1956-10").first
    (datetime.date(2016, 12, 16), datetime.date(1956, 10, 1))
    """

    first: date
    last: date
    text: str
    about: bool = False

    @classmethod
    def parse(cls, given: str | int | date) -> PartialDate:
        """Read a date.

        Takes `1855`, `1956-10`, `2016-12-15`, spans `1904/1905`, `2000-07/09`, `2016-12-15/16`, and `~` at
        the end for "about". A ValueError names what is wrong.
        """
        text = str(given).strip()
        found = _SPAN.fullmatch(text)
        if found is None:
            raise ValueError(_reason(text))
        first = _point(found["first"], text)
        if found["last"] is None:
            return cls(*_days(first, text), text=text.rstrip("~").strip(), about=bool(found["about"]))
        last = _completed(found["last"], first, text)
        begins, ends = _days(first, text)[0], _days(last, text)[1]
        if ends < begins:
            raise ValueError(f"the span {text!r} ends before it begins")
        return cls(begins, ends, f"{found['first']}/{found['last'].strip()}", bool(found["about"]))

    @property
    def year(self) -> int | None:
        """The calendar year, where the date lies within one."""
        return self.first.year if self.first.year == self.last.year else None

    @property
    def whole_year(self) -> bool:
        """Whether it is one calendar year, from its first day to its last."""
        begins, ends = (self.first.month, self.first.day), (self.last.month, self.last.day)
        return self.year is not None and (begins, ends) == ((1, 1), (12, 31))

    def years(self) -> range:
        """Calendar years that it touches."""
        return range(self.first.year, self.last.year + 1)

    def within(self, other: PartialDate) -> bool:
        """Say whether every day that it may mean lies in the other."""
        return other.first <= self.first and self.last <= other.last

    def touches(self, other: PartialDate) -> bool:
        """Say whether some day may belong to both."""
        return self.first <= other.last and other.first <= self.last

    def __str__(self) -> str:
        return self.text + ("~" if self.about else "")


def over(day: date) -> int:
    """Return the last calendar year that was over at the end of a day."""
    return day.year if (day.month, day.day) == (12, 31) else day.year - 1


_Point = tuple[int, int | None, int | None]


def _point(text: str, whole: str) -> _Point:
    found = _POINT.fullmatch(text)
    if found is None:
        raise ValueError(_reason(whole))
    month, day = found["month"], found["day"]
    return int(found["year"]), int(month) if month else None, int(day) if day else None


def _completed(text: str, first: _Point, whole: str) -> _Point:
    """Give the end of a span the beginning that it shares with the start: 2016-12-15/16."""
    text = text.strip()
    if re.fullmatch(r"\d{4}(-\d{2}){0,2}", text):
        return _point(text, whole)
    if re.fullmatch(r"\d{2}-\d{2}", text) and first[2] is not None:
        return first[0], int(text[:2]), int(text[3:])
    if re.fullmatch(r"\d{2}", text):
        if first[2] is not None:
            return first[0], first[1], int(text)
        if first[1] is not None:
            return first[0], int(text), None
        return first[0] // 100 * 100 + int(text), None, None
    raise ValueError(_reason(whole))


def _days(point: _Point, whole: str) -> tuple[date, date]:
    year, month, day = point
    try:
        if month is None:
            return date(year, 1, 1), date(year, 12, 31)
        if day is None:
            return date(year, month, 1), date(year, month, calendar.monthrange(year, month)[1])
        return date(year, month, day), date(year, month, day)
    except (ValueError, calendar.IllegalMonthError) as fault:
        raise ValueError(f"{whole!r} is no day of the calendar") from fault


def _reason(text: str) -> str:
    shown = text if len(text) <= 40 else text[:40] + "…"
    for name, number in _MONTHS.items():
        if found := re.fullmatch(rf"(?:(\d{{1,2}})\s+)?{name}\s+(\d{{4}})", text, re.IGNORECASE):
            day = f"-{int(found[1]):02d}" if found[1] else ""
            return f"{shown!r} is not written as a date; write {found[2]}-{number:02d}{day}"
    return f"{shown!r} is not a date; write 1855, 1956-10, 2016-12-15 or a span such as 2016-12-15/16"
