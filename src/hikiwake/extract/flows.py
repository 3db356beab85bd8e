"""What is traded or invested: Russian exports of LNG to Japan, its trade with China, FDI in Russia."""

from __future__ import annotations

import re
from typing import Literal, NamedTuple

from hikiwake.extract.marks import Marked, pattern

Noun = Literal["export", "import", "trade", "investment", "inward"]

_NOUNS: dict[str, Noun] = {
    "export": "export", "shipment": "export", "sale": "export", "deliver": "export", "suppl": "export",
    "import": "import", "purchase": "import", "trade": "trade", "commerce": "trade", "turnover": "trade",
    "invest": "investment", "fdi": "investment",
}  # fmt: skip
_MODIFIERS = (
    r"(?:(?:total|overall|all|annual|goods|merchandise|commodity|bilateral|mutual|two-way|outward|inward|foreign|direct|"
    r"own|growing|rising|whole|entire|combined|gross|recorded|official|seaborne|monthly|yearly|global)\s+){0,5}"
)
_GOODS = r"{G}(?:(?:\s*[,/&]\s*(?:and\s+)?|\s+(?:and|or)\s+|\s*\()\s*{G}\)?){0,5}"
_OWNER = r"(?:{P}['’]s?|{A}\s?[-–/]\s?{A}|{P}\s?[-–/]\s?{P}|{A}|{P}|its|their)"
_TAIL = (
    rf"(?:,?\s+(?:(?:of|in)\s+(?:the\s+)?{_GOODS}|(?:of|to|into|from|with|in|towards)\s+(?:the\s+)?{{P}}(?:\s+and\s+(?:the\s+)?{{P}})?|"
    r"between\s+(?:the\s+)?{P}\s+and\s+(?:the\s+)?{P}|(?:to|with|from)\s+the\s+(?:rest\s+of\s+the\s+)?world|(?:in|during)\s+{D}|worth\s+{F})){0,5}"
)
_FLOW = pattern(
    rf"(?P<first>(?<!\w)(?:total|overall|all|annual|global|combined)\s+)?(?:(?<![\w-])(?P<owner>{_OWNER})\s+)?(?<![\w])(?P<how>{_MODIFIERS})(?:(?P<goods>{_GOODS})\s+)?"
    r"\b(?P<noun>exports?|shipments|sales|deliveries|supplies|imports?|purchases|"
    r"trade(?! (?:balance|deficit|surplus|agreement|deal|treaty|war|policy|union))|"
    r"commerce|"
    rf"turnover|(?:foreign\s+direct\s+)?investments?|FDI)\b(?:\s*\(FDI\))?(?:\s+in\s+goods\b)?(?P<tail>{_TAIL})"
)
_ENDS = pattern(
    r"\b(of|to|into|from|with|in|towards|between)\s+(?:the\s+)?({P})(?:\s+and\s+(?:the\s+)?({P}))?"
)


_INWARD = frozenset({"import", "inward"})
"""Nouns whose owner is at the receiving end: Japan's imports, investment in Russia."""


class Phrase(NamedTuple):
    """A phrase of a flow as the sentence has it.

    `owner` is whose exports or imports they are ("" where nobody is named, "its" for a pronoun), `other` the
    party after to, from, with or in; `world` says that the phrase means all partners.
    """

    start: int
    end: int
    noun: Noun
    owner: str
    other: str
    goods: tuple[str, ...]
    bilateral: bool
    world: bool


class Line(NamedTuple):
    """A flow of the claim language; an empty end is not known. `sure` is how far it can be trusted."""

    exporter: str
    importer: str
    both: bool
    goods: str
    kind: str
    sure: float

    def __str__(self) -> str:
        kind = "investment " if self.kind == "investment" else ""
        goods = f": {self.goods}" if self.goods else ""
        return f"{kind}{self.exporter} {'<->' if self.both else '->'} {self.importer}{goods}"

    @property
    def whole(self) -> bool:
        """Whether both ends are known."""
        return bool(self.exporter and self.importer)

    def near(self, noun: Noun) -> str:
        """Return the end whose exports or imports these are."""
        return self.importer if noun in _INWARD else self.exporter

    def filled(self, far: str, noun: Noun) -> Line:
        """Return the line with another party at the far end."""
        return self._replace(exporter=far) if noun in _INWARD else self._replace(importer=far)


def phrases(marked: Marked) -> list[Phrase]:
    """Return the phrases of a sentence that name a flow."""
    return [_phrase(marked, found) for found in _FLOW.finditer(marked.text)]


def _phrase(marked: Marked, found: re.Match[str]) -> Phrase:
    noun = next(kind for stem, kind in _NOUNS.items() if stem in found["noun"].lower())
    owners = [party for _, party in marked.parties(*found.span("owner"))] if found["owner"] else []
    owner = owners[0] if owners else "its" if found["owner"] else ""
    other = owners[1] if len(owners) > 1 and noun == "trade" else ""
    for end in _ENDS.finditer(marked.text, *found.span("tail")):
        named = [party for _, party in marked.parties(*end.span())]
        word = end[1].lower()
        if len(named) > 1 and word in {"between", "with", "in"} and noun == "trade":
            owner, other = named[0], named[1]
        elif not owner and _owns(noun, word):
            owner = named[0]
        elif named[0] != owner:
            other = other or named[0]
    tail, goods = (
        found.span("tail"),
        [g for _, g in marked.products(*found.span("goods"))] if found["goods"] else [],
    )
    goods += [product for _, product in marked.products(*tail)]
    how = f"{found['first'] or ''} {found['how']}".lower()
    world = "world" in found["tail"].lower() or any(
        word in how for word in ("total", "overall", "all ", "global")
    )
    if noun == "investment" and other and not owner:
        noun, owner, other = "inward", other, ""
    bilateral = any(word in how for word in ("bilateral", "mutual", "two-way"))
    return Phrase(
        found.start(), found.end(), noun, owner, other, tuple(dict.fromkeys(goods)), bilateral, world
    )


def _owns(noun: Noun, word: str) -> bool:
    """Say whether the party after a word is the one whose exports or imports they are."""
    if word == "of":
        return True
    return {"export": word == "from", "import": word in {"to", "into"}, "investment": word == "from"}.get(
        noun, False
    )


def line(phrase: Phrase, marked: Marked, pair: tuple[str, str] | None, owner_before: str) -> Line:
    """Return the flow that a phrase means.

    Who is not named is taken from the sentence ("its exports to Russia"), from the pair of the text
    ("bilateral trade"), or from the phrase before ("Russian imports …, while exports …").
    """
    sure = 1.0
    owner, other = phrase.owner, phrase.other
    if owner == "its" or (not owner and other and not phrase.bilateral):
        owner, sure = _antecedent(phrase, marked, pair, owner_before)
    if phrase.bilateral and pair and not (owner and other):
        owner, other, sure = (*pair, 0.9)
    if not owner and not other and owner_before:
        owner, sure = owner_before, 0.8
    goods = ", ".join(phrase.goods)
    kind = "investment" if phrase.noun in {"investment", "inward"} else "trade"
    if phrase.noun in _INWARD:
        return Line(other, owner, both=False, goods=goods, kind=kind, sure=sure)
    return Line(owner, other, both=phrase.noun == "trade", goods=goods, kind=kind, sure=sure)


def _antecedent(
    phrase: Phrase, marked: Marked, pair: tuple[str, str] | None, owner_before: str
) -> tuple[str, float]:
    """Return whom a pronoun means: the nearest party before that can be meant, else the pair's other."""
    away = _AWAY_FROM if phrase.noun in _INWARD else _AWAY_TO
    earlier = [(at, party) for at, party in marked.parties(0, phrase.start) if party != phrase.other]
    near = [party for at, party in earlier if not away.search(marked.text, max(0, at - 12), at)]
    if near or earlier:
        return (near or [party for _, party in earlier])[-1], 0.9
    if owner_before and owner_before != phrase.other:
        return owner_before, 0.75
    return other_of(phrase.other, pair), 0.75


# "Germany bought gas from Russia, a third of its imports": its are not Russia's.
_AWAY_FROM = pattern(r"\b(?:from|on)\s+(?:the\s+)?$")
_AWAY_TO = pattern(r"\b(?:to|with|on|into|in)\s+(?:the\s+)?$")


def other_of(party: str, pair: tuple[str, str] | None) -> str:
    """Return the other member of the pair of the text; empty where the party is none of them."""
    if pair is None or party not in pair:
        return ""
    return pair[1] if party == pair[0] else pair[0]
