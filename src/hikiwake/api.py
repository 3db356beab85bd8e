"""The Python face: `hikiwake.pair("JPN", "RUS").ties(2014)`."""

from __future__ import annotations

import html
from collections.abc import Callable, Iterable, Sequence
from functools import lru_cache, partial
from pathlib import Path
from typing import Any, Literal

from hikiwake import compose
from hikiwake.core import country as countries
from hikiwake.core.country import Country, Pair
from hikiwake.core.document import USUAL_DIGITS, Brief, Length
from hikiwake.core.dossier import Dossier
from hikiwake.core.errors import BadUsage, NoData
from hikiwake.core.factset import FactSet
from hikiwake.core.products import Partition
from hikiwake.core.provenance import Dataset, Formula, Ledger
from hikiwake.measures.flows import FLOWS
from hikiwake.measures.scenario.asking import AsksScenarios
from hikiwake.measures.statement import Statements
from hikiwake.store.atomic import write
from hikiwake.store.catalogue import SHIPPED, Place, open_vintage
from hikiwake.store.library import locate
from hikiwake.store.spark import Spark
from hikiwake.store.tables import Tables, open_tables

RENDERERS = {
    ".html": "html",
    ".pdf": "pdf",
    ".docx": "docx",
    ".md": "markdown",
    ".json": "data",
    ".csv": "table",
    ".xlsx": "xlsx",
    ".bib": "bibtex",
    ".csl.json": "csl",
    ".ris": "ris",
}


class Ties(FactSet):
    """Facts on the ties of a pair."""

    __slots__ = ()


class Complementarity(FactSet):
    """Facts on the complementarity of a pair."""

    __slots__ = ()


class Potential(FactSet):
    """Facts on what is expected of a pair's trade, and where it stands among comparable flows.

    `silent` says of which flows nothing can be said, and why.
    """

    __slots__ = ("silent",)

    def __init__(self, ledger: Ledger, title: str, silent: tuple[str, ...] = ()) -> None:
        super().__init__(ledger, title)
        self.silent = silent


class Backtest(FactSet):
    """Facts on whether the potential foretold trade, beside naive rules."""

    __slots__ = ()


class PairView(AsksScenarios):
    """Two economies, as seen from the first; made by `pair`."""

    def __init__(self, pair: Pair, tables: Tables) -> None:
        self._pair = pair
        self._tables = tables

    @property
    def a(self) -> Country:
        """The economy from whose side the pair is seen."""
        return self._pair.a

    @property
    def b(self) -> Country:
        """The other economy."""
        return self._pair.b

    def swap(self) -> PairView:
        """Return the same pair seen from the other side."""
        return PairView(self._pair.flip(), self._tables)

    def ties(
        self,
        year: int | None = None,
        *,
        first: int | None = None,
        last: int | None = None,
        products: Iterable[str] = (),
        top: int | None = None,
        by: Partition | None = None,
    ) -> Ties:
        """Return levels, shares, ranks, concentration, balance and change of the covered trade.

        Of one year (by default the latest that is not provisional), or of all years from `first` to `last`.
        Of the named products, or of all that the pair trades: with `top`, of so many of each direction, those
        of the largest value.
        With `by` (groups that share out all products), what each sends the other by group instead.
        """
        from hikiwake.measures.ties.profile import grouped, profile

        ledger = Ledger()
        years = self._years(year, first, last)
        if by is not None:
            from hikiwake.sources.imports.grouping import fit

            fit(by, self._tables.dataset_of("baci_flows").coverage)
            grouped(Statements(self._tables, ledger), self.a.id, self.b.id, years, by)
            return Ties(ledger, f"ties of {self.a.name} and {self.b.name} by group, {_span(years)}")
        profile(Statements(self._tables, ledger), self.a.id, self.b.id, years, tuple(products), top)
        return Ties(ledger, f"ties of {self.a.name} and {self.b.name}, {_span(years)}")

    def complementarity(self, year: int | None = None) -> Complementarity:
        """Return complementarity, advantage, intensity and similarity of the pair."""
        from hikiwake.sections import Context
        from hikiwake.sections.complementarity.section import section

        ledger = Ledger()
        at = self._years(year, None, None)[0]
        section(Context(self.a, self.b, at, Statements(self._tables, ledger)))
        return Complementarity(ledger, f"complementarity of {self.a.name} and {self.b.name}, {at}")

    def potential(
        self,
        year: int | None = None,
        *,
        by_sector: bool = False,
        compare: Iterable[str] = (),
        sensitivity: Literal["alone", "full"] = "alone",
    ) -> Potential:
        """Return what is expected of the pair's trade by structural gravity, estimated without the pair.

        Of the covered goods in a year (by default the latest that is not provisional), and of intermediate
        trade in the year of its table. Directions of which nothing can be said have no facts.

        Parameters
        ----------
        by_sector : each chapter of products and group of industries too, from a model of its own.
        compare : other pairs ("KOR-RUS"), of which the same is told; a single name is a partner of the first
            economy.
        sensitivity : the ratio with each choice of covariates, estimator, sample and years made otherwise
            alone, or under all combinations of them.
        """
        from hikiwake.measures.potential.profile import profile

        ledger = Ledger()
        years = self._years(year, None, None)
        pairs = [(self.a.id, self.b.id), *(self._other(name) for name in compare)]
        silent = profile(
            Statements(self._tables, ledger),
            pairs,
            years[-1],
            by_sector=by_sector,
            full=sensitivity == "full",
        )
        return Potential(ledger, f"potential of {self.a.name} and {self.b.name}, {_span(years)}", silent)

    def _other(self, name: str) -> tuple[str, str]:
        """Return the economies of another pair, or of the first economy with another partner."""
        if "-" not in name:
            return self.a.id, countries.resolve(name).id
        other = countries.pair(name)
        return other.a.id, other.b.id

    def brief(  # noqa: PLR0913  (one argument for each wish)
        self,
        year: int | None = None,
        *,
        length: Length = "full",
        as_of: str = "",
        dossier: str | Path = "",
        top: int | None = None,
        digits: int = USUAL_DIGITS,
        progress: compose.Progress | None = None,
    ) -> BriefView:
        """Compose the brief of the pair; `progress` is told each section, and the part that is over.

        `dossier` is the file of a dossier of your own, in place of the one that comes with the program. `top`
        is how many products, partners or industries tables and figures show. `digits` is how many decimals
        percentages are written with, and other numbers as finely; facts keep all of theirs.
        """
        request = compose.Request(
            pair=self._pair,
            year=year,
            as_of=as_of,
            length=length,
            dossier=self._dossier(str(dossier)),
            dossier_file=str(dossier),
            top=top,
            digits=digits,
        )
        return BriefView(compose.brief(request, self._tables, progress))

    def _dossier(self, file: str) -> Dossier | None:
        """Return the dossier of a file; without one, that which comes with the program, if there is any."""
        from hikiwake.dossier.own import own
        from hikiwake.dossier.shipped import shipped

        if file:
            return own(Path(file), self._pair)
        found = shipped(self._pair.a.id, self._pair.b.id)
        return _read_once(found) if found else None

    def _years(self, year: int | None, first: int | None, last: int | None) -> tuple[int, ...]:
        if first is None and last is None:
            return (compose.resolve_year(compose.Request(pair=self._pair, year=year), self._tables.vintage),)
        if year is not None:
            raise BadUsage(
                where="years",
                why="a year and a span of years were both given",
                remedy="Give either the year, or the first and last year.",
            )
        held = self._tables.vintage.years_of(FLOWS)
        low, high = held[0], held[-1]
        begin, end = first if first is not None else low, last if last is not None else high
        if not low <= begin <= end <= high:
            raise NoData(
                where=f"years {begin} to {end}",
                why=f"the data cover {low} to {high}",
                remedy=f"Choose a first and a last year from {low} to {high}, in that order.",
            )
        return tuple(year for year in held if begin <= year <= end)

    def __repr__(self) -> str:
        return f"<Pair: {self.a.name} ({self.a.id}) and {self.b.name} ({self.b.id})>"


class BriefView:
    """A composed brief, to be written in any of the formats."""

    def __init__(self, brief: Brief) -> None:
        self.content = brief

    def with_digits(self, digits: int) -> BriefView:
        """Return the brief with its numbers written with so many decimals; the facts are the same."""
        return BriefView(compose.with_digits(self.content, digits))

    @property
    def facts(self) -> FactSet:
        """Every fact the brief shows."""
        return FactSet(self.content.ledger, f"brief on {' and '.join(self.content.pair)}")

    def render(self, suffix: str, *, paper: str = "a4", lang: str = "en") -> bytes:
        """Return the brief in the format of a file suffix, one of `RENDERERS`."""
        from importlib import import_module

        name = renderer(suffix)
        options = {"paper": "us-letter" if paper == "letter" else paper} if name == "pdf" else {}
        rendered: bytes = import_module(f"hikiwake.render.{name}").render(self.content, lang=lang, **options)
        return rendered

    def start(
        self, suffixes: Sequence[str], *, paper: str = "a4", lang: str = "en"
    ) -> list[Callable[[], bytes]]:
        """Begin to write the brief in some formats, PDFs first; each answer waits for its own."""
        pdfs_first = sorted(enumerate(suffixes), key=lambda one: one[1].lower() != ".pdf")
        begun = {at: self._started(suffix, paper, lang) for at, suffix in pdfs_first}
        return [begun[at] for at in range(len(suffixes))]

    def _started(self, suffix: str, paper: str, lang: str) -> Callable[[], bytes]:
        """Begin one; a PDF is set in a process of its own, beside other work."""
        if renderer(suffix) != "pdf":
            return partial(self.render, suffix, lang=lang)
        from concurrent.futures import ThreadPoolExecutor

        from hikiwake.render import pdf

        typeset = pdf.laid_out(self.content, lang=lang, paper="us-letter" if paper == "letter" else "a4")
        pool = ThreadPoolExecutor(1)
        made = pool.submit(typeset)
        pool.shutdown(wait=False)
        return made.result

    def to_html(self, *, lang: str = "en") -> str:
        """Return the brief as one HTML page."""
        return self.render(".html", lang=lang).decode("utf-8")

    def to_pdf(self, *, paper: str = "a4", lang: str = "en") -> bytes:
        """Return the brief as PDF, on A4 or letter paper."""
        return self.render(".pdf", paper=paper, lang=lang)

    def save(self, path: str | Path, *others: str | Path, paper: str = "a4", lang: str = "en") -> Path:
        """Write the brief, each file at once and in the format of its suffix; return the first path."""
        targets = [Path(one) for one in (path, *others)]
        for target in targets:
            renderer(suffix(target))
        begun = self.start([suffix(target) for target in targets], paper=paper, lang=lang)
        for target, made in zip(targets, begun, strict=True):
            write(target, made())
        return targets[0]

    def _repr_html_(self) -> str:
        page = html.escape(self.to_html(), quote=True)
        return f'<iframe srcdoc="{page}" width="100%" height="700" title="brief"></iframe>'

    def __repr__(self) -> str:
        brief = self.content
        return f"<Brief: {' and '.join(brief.pair)}, {brief.year}, {len(brief.ledger.facts)} facts>"


def suffix(path: str | Path) -> str:
    """Return the suffix of a file that names its format: the longest that is one."""
    target = Path(path)
    double = "".join(target.suffixes[-2:]).lower()
    return double if double in RENDERERS else target.suffix


def renderer(suffix: str) -> str:
    """Return the module that writes a format; `BadUsage` names those there are."""
    name = RENDERERS.get(suffix.lower())
    if name is None:
        raise BadUsage(
            where=f"format {suffix!r}" if suffix else "a file name without a suffix",
            why="a brief cannot be written in it",
            remedy=f"Choose one of: {', '.join(RENDERERS)}.",
        )
    return name


def pair(a: str, b: str = "", *, data: str | Place | None = None, spark: Any = None) -> PairView:
    """Open a pair by any names or codes: pair("JPN", "RUS"), pair("japan", "Россия"), pair("JP-RU").

    `data` is another vintage than the shipped one: NAME or NAME@VERSION of one you added, several with
    commas (the first lies over the others), or a folder. `spark` is a Spark session that takes the place of
    the embedded engine; its workers must find the data at the paths at which this machine does, or where
    `HIKIWAKE_ENGINE_FILES` says.
    """
    chosen = Pair(countries.resolve(a), countries.resolve(b)) if b else countries.pair(a)
    if spark is not None:
        return PairView(chosen, Tables(open_vintage(_folder(data)), Spark(spark)))
    return PairView(chosen, open_tables(_folder(data)))


def country(name: str) -> Country:
    """Return an economy by any of its names or codes."""
    return countries.resolve(name)


def datasets(data: str | Place | None = None) -> tuple[Dataset, ...]:
    """Return what the vintage holds."""
    return tuple(entry.dataset() for entry in open_vintage(_folder(data)).entries())


def backtest(
    groups: Iterable[str] = (),
    *,
    anew: bool = False,
    data: str | Place | None = None,
    progress: compose.Progress | None = None,
) -> Backtest:
    """Return whether the potential foretold trade five and ten years on, over all pairs and base years.

    With the shipped data this is the test that comes with the package, unless `anew`; else it is computed,
    which takes some seconds. `groups` are chapters of products ("27"), or "all" for all goods together.
    """
    from hikiwake.measures.potential import tested
    from hikiwake.measures.potential.backtest import backtest as test

    tables, chosen = open_tables(_folder(data)), tuple(groups)
    found = None if anew else tested.kept(tables)
    found = found.only(chosen) if found else test(tables, chosen, progress)
    ledger = Ledger()
    tested.stated(Statements(tables, ledger), found)
    return Backtest(ledger, "does a gap foretell growth")


def methods() -> dict[str, Formula]:
    """Return the formulas of all measures by id."""
    from hikiwake.measures.formulas import all_formulas

    return all_formulas()


@lru_cache(maxsize=16)
def _read_once(path: Path) -> Dossier:
    """Read a dossier that comes with the program: its file stays as it is while the program runs."""
    from hikiwake.dossier.validation import read

    return read(path)


def _folder(data: str | Place | None) -> Place:
    return locate(data) if data else SHIPPED


def _span(years: tuple[int, ...]) -> str:
    return str(years[0]) if len(years) == 1 else f"{years[0]}-{years[-1]}"
