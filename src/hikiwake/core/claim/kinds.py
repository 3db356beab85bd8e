"""The kinds of claims. Each is one statement of a text, with the value that the text prints.

The field `quantity` of a claim names its kind. Operands are lines of `hikiwake.core.claim.operand`, values
of `hikiwake.core.claim.printed`, dates of `hikiwake.core.dates`.
"""

from __future__ import annotations

from typing import Literal

import msgspec

Open = Literal["year", "product", "measure", "direction", "whole", "basis", "net"]
Among = Literal["suppliers", "customers", "partners", "products"]
Value = str | int | float
When = str | int
A_SHARE = "a share"
"""The value of a claim that a party has a part in a project, of whatever size."""


class _Claim(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True, omit_defaults=True):
    """What every claim has.

    `says` is the sentence in the researcher's own words, `document` the reference it stands in, `open` what
    the sentence leaves open (readings that change only that are tried first).
    """

    id: str
    says: str = ""
    document: str = ""
    open: tuple[Open, ...] = ()
    note: str = ""


class Level(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="level"):
    """A flow, a stock or an indicator: Russia's exports of LNG to Japan were 5.1 bn USD in 2014."""

    of: str
    value: Value
    in_: When = msgspec.field(name="in")


class Share(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="share"):
    """A part of a whole: 8 % of Japan's crude oil came from Russia."""

    part: str
    of: str
    value: Value
    in_: When = msgspec.field(name="in")


class Ratio(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="ratio"):
    """One quantity against another of which it is no part: trade with Russia against trade with China."""

    part: str
    of: str
    value: Value
    in_: When = msgspec.field(name="in")


class Growth(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="growth"):
    """A change between two years: quadrupled, fell, +12 %. With `part`, a change of the share part/of."""

    of: str
    value: Value
    from_: When = msgspec.field(name="from")
    to: When
    part: str = ""


class Balance(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="balance"):
    """Exports less imports of the first party of the flow; with `since`, its sign in every year from then."""

    of: str
    value: Value
    in_: When = msgspec.field(name="in", default="")
    since: When = ""


class Extreme(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="record"):
    """The highest (`record`) or lowest year of a flow or of a share within a span of years."""

    of: str
    in_: When = msgspec.field(name="in")
    value: Value = "record"
    within: When = ""
    part: str = ""


class Rank(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="rank"):
    """A place: Russia was Japan's third supplier of LNG; LNG the second of Russia's exports to Japan."""

    of: str
    among: Among
    value: Value
    in_: When = msgspec.field(name="in")


class Count(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="count"):
    """How many events of the dossier: four visits of one party to the other."""

    events: dict[str, str]
    value: Value
    from_: When = msgspec.field(name="from", default="")
    to: When = ""


class Date(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="date"):
    """When an event of the dossier was."""

    event: str
    value: Value


class Duration(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="duration"):
    """The time from an event or a date to another: more than 70 years without a treaty."""

    from_: When = msgspec.field(name="from")
    to: When
    value: Value


class Name(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="name"):
    """How a place of the dossier is called: printed as one of the names that are in use, or misspelt."""

    place: str
    value: str


class Partner(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="partner"):
    """A party's part in a project of the dossier: that it has one, or, with a `value`, how large it is."""

    project: str
    who: str
    value: Value = A_SHARE


class Statement(_Claim, frozen=True, kw_only=True, tag_field="quantity", tag="statement"):
    """What no data settle: a text's content, a motive, a forecast.

    `events`, `projects` and `sources` may speak to it.
    """

    about: Literal["text", "comparison", "forecast", "motive", "structure", "event"] = "comparison"
    events: tuple[str, ...] = ()
    projects: tuple[str, ...] = ()
    sources: tuple[str, ...] = ()


Claim = (
    Level
    | Share
    | Ratio
    | Growth
    | Balance
    | Extreme
    | Rank
    | Count
    | Date
    | Duration
    | Name
    | Partner
    | Statement
)
