"""A text's claims: every sentence read in its order, with what was said before in mind."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable

from hikiwake.extract.blocks import Block, Place
from hikiwake.extract.figures import Figure
from hikiwake.extract.making import Made, make
from hikiwake.extract.marks import Marked
from hikiwake.extract.names import mentions
from hikiwake.extract.proposal import Extraction, Number, Proposal, Quantity
from hikiwake.extract.scene import Memory, Pair, Scene
from hikiwake.extract.sentences import Sentence, sentences

Progress = Callable[[str, float], None]
SAID = 300
"""Letters of a sentence that are quoted; the place leads to the rest."""
STEPS = 20


def extract(
    blocks: list[Block], name: str, *, pair: Pair = None, progress: Progress | None = None
) -> Extraction:
    """Propose the claims of a text.

    Parameters
    ----------
    blocks : of `hikiwake.extract.reading.blocks`.
    name : what the text is called where it has no heading.
    pair : the two economies it is about; else the two of its title, or those most often named.
    progress : told what is being done and the part that is over.
    """
    read = [sentence for block in blocks for sentence in sentences(block)]
    title = _title(blocks) or name
    counted = Counter(m.means for s in read for m in mentions(s.text) if m.kind != "product")
    parties = pair or _pair(title, counted)
    collected = _Collected()
    memory = Memory()
    every = max(1, len(read) // STEPS)
    for number, sentence in enumerate(read):
        if progress and number % every == 0:
            progress("reading sentences", number / len(read))
        memory = _read(Scene(Marked(sentence, frozenset(counted)), parties, memory), collected)
    about = parties or tuple(party for party, _ in counted.most_common(2))
    return Extraction(
        title=title,
        parties=tuple(about),
        proposals=tuple(collected.proposals),
        numbers=tuple(collected.numbers),
        words=sum(len(sentence.text.split()) for sentence in read),
    )


def _title(blocks: list[Block]) -> str:
    """Return the first heading, or a first line that is short and no sentence."""
    first = next((block.text for block in blocks if block.kind == "heading"), "")
    if not first and blocks and len(blocks[0].text) <= 120 and not blocks[0].text.endswith("."):
        first = blocks[0].text
    return first[:200]


def _pair(title: str, counted: Counter[str]) -> Pair:
    """Return the two economies of the title, or the two that are named most often and more than once."""
    named = list(dict.fromkeys(m.means for m in mentions(title) if m.kind != "product"))
    if len(named) == 2:
        return named[0], named[1]
    often = [party for party, times in counted.most_common(2) if times > 1]
    return (often[0], often[1]) if len(often) == 2 else None


class _Collected:
    """Proposals and numbers so far."""

    def __init__(self) -> None:
        self.proposals: list[Proposal] = []
        self.numbers: list[Number] = []

    def propose(self, quantity: Quantity, made: Made, place: Place, sentence: Sentence) -> str:
        """Keep a proposal, and return its id."""
        identity = f"c{len(self.proposals) + 1}"
        text = sentence.text
        self.proposals.append(
            Proposal(
                id=identity,
                quantity=quantity,
                fields=made.fields,
                says=text if len(text) <= SAID else text[: SAID - 1].rstrip() + "…",
                confidence=made.sure,
                place=place,
                sentence=sentence.place(0, len(text)),
                open=made.open,
                missing=made.missing,
            )
        )
        return identity


def _read(scene: Scene, collected: _Collected) -> Memory:
    """Make the claims of a sentence; return what the next may refer to."""
    sentence = scene.marked.sentence
    ids: dict[Figure, tuple[str, ...]] = {}
    periods: dict[Figure, list[str]] = {}
    reasons: dict[Figure, str] = {}
    figures = scene.marked.figures
    # Dates last: one that tells when a figure is of makes no claim of its own.
    for figure in sorted(figures, key=lambda one: (one.kind == "date", one.start)):
        said = next(
            (f for f in ids if f.kind == "date" and (f.kind, f.value) == (figure.kind, figure.value)), None
        )
        if figure in periods or said:
            reasons[figure] = "said already in this sentence" if figure not in periods else ""
            continue
        place = sentence.place(figure.start, figure.end)
        for made in make(scene, figure):
            if made.quantity is None:
                reasons[figure] = made.why
                continue
            identity = collected.propose(made.quantity, made, place, sentence)
            ids[figure] = (*ids.get(figure, ()), identity)
            for date in made.used:
                periods.setdefault(date, []).append(identity)
    for figure in figures:
        if figure.kind == "rank" and figure not in ids and figure.value == "first":
            continue  # "largest" without a trade is no number
        collected.numbers.append(_number(sentence, figure, ids, periods, reasons))
    return _memory(scene, periods)


def _number(
    sentence: Sentence,
    figure: Figure,
    ids: dict[Figure, tuple[str, ...]],
    periods: dict[Figure, list[str]],
    reasons: dict[Figure, str],
) -> Number:
    text = sentence.text[figure.start : figure.end]
    place = sentence.place(figure.start, figure.end)
    if figure in ids:
        return Number(text=text, role="claim", place=place, claims=ids[figure])
    if figure in periods:
        return Number(text=text, role="period", place=place, claims=tuple(periods[figure]))
    return Number(text=text, role="left", place=place, reason=reasons[figure])


def _memory(scene: Scene, periods: dict[Figure, list[str]]) -> Memory:
    old = scene.memory
    block = scene.marked.sentence.block
    dates = [
        date
        for place, date in scene.marked.dates()
        if date.value and not date.why and not scene.text[:place].lower().endswith("since ")
    ]
    used = [date for date in dates if date in periods] or dates
    whole = [line for _, line in scene.flows if line.whole]
    if block.kind == "heading":
        return Memory()
    ago = 1 if used or whole else old.ago + 1
    return Memory(
        flow=whole[-1] if whole else old.flow,
        owner=scene.owner,
        year=used[-1].value[:4] if used else old.year if ago <= 3 else "",
        ago=ago,
    )
