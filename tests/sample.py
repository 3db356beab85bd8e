"""A hand-made brief with every kind of block, chart, unit and doubt, and text that means harm.

Its numbers are invented. Renderers are tested on it, so that their tests need no data and hold whatever the
sections come to say. Words come in as labels: the tests own no templates.
"""

from __future__ import annotations

from hikiwake.core import provenance as p
from hikiwake.core.document import (
    Annotation,
    AnyBlock,
    Brief,
    Caveat,
    CaveatKind,
    Cell,
    Chart,
    KeyFigure,
    KeyFigures,
    Label,
    LocatorMap,
    Mark,
    Paragraph,
    Prose,
    Section,
    Series,
    Table,
)
from hikiwake.core.provenance import Dataset, Fact, Formula, Interval, Ledger, Period, Status, Unit

HOSTILE = '<script>alert(1)</script> & "quoted" | *starred* </td> {braced} =1+1 \\'
CAVEATS: tuple[CaveatKind, ...] = (
    "partial coverage",
    "not comparable",
    "provisional",
    "mirrored",
    "one-sided",
    "no data",
    "outlier",
    "contested name",
    "former economy",
    "concept",
)
TRADE = Dataset(
    id="flows",
    version="v1",
    title="Invented flows <i>of goods</i>",
    producer="Bureau of Examples & Sons",
    licence="CC BY 4.0",
    citation="Bureau of Examples (2025), Invented flows",
    coverage="74 products, 1995-2024",
    note="Made by hand.",
    first_year=1995,
    last_year=2024,
    provisional_from=2024,
)
PEOPLE = Dataset(
    id="people",
    version="2.0",
    title="Invented people",
    producer="Office of Samples",
    licence="public domain",
    citation="Office of Samples (2024), Invented people",
    coverage="all economies, one year",
)
EXPORTER, IMPORTER = Label("economy", "RUS", "Russia"), Label("economy", "JPN", "Japan")
GOODS = Label("group", "covered", "energy and minerals")


def name(text: str) -> Prose:
    """Return a sentence that is only a name."""
    return Prose("render.name", {}, {"name": Label("text", text, text)})


class Builder:
    """States the facts of the sample."""

    def __init__(self) -> None:
        self.ledger = Ledger()

    def fact(
        self,
        formula: str,
        value: float | None,
        unit: Unit = p.USD,
        *,
        year: int = 2023,
        interval: Interval | None = None,
        status: Status = "observed",
        **subject: str,
    ) -> str:
        dataset = PEOPLE if unit in (p.PERSONS, p.KM, p.SCORE) else TRADE
        fact = Fact(
            formula=formula,
            subject=subject or {"exporter": "RUS", "importer": "JPN", "group": "covered"},
            period=Period.of(year),
            value=value,
            unit=unit,
            inputs=(f"{dataset.id}@{dataset.version}#table?exporter=RUS&importer=JPN&year={year}",),
            interval=interval,
            coverage=0.97 if unit is p.TONNE else None,
            status="missing" if value is None else status,
            note="no flow is recorded <b>here</b>" if value is None else "",
        )
        described = Formula(
            id=formula,
            name=formula.replace("_", " ").capitalize(),
            expression="sum_k x_ijk / sum_i sum_k x_ijk < 2",
            unit=unit,
            range="[0, 1]",
            source="Example (1979), Journal of Samples 89:905",
            reads=("table",),
            caution="Of the covered products only.",
        )
        return self.ledger.state(fact, described, (dataset,))

    def marks(self, formula: str, values: dict[str, float | None], unit: Unit = p.SHARE) -> tuple[Mark, ...]:
        """Return marks by economy, the exporter's with emphasis."""
        return tuple(
            Mark(
                Label("economy", economy),
                self.fact(formula, value, unit, exporter=economy, importer="JPN"),
                emphasis=economy == "RUS",
            )
            for economy, value in values.items()
        )


def brief() -> Brief:
    """Return the sample."""
    made = Builder()
    levels = _levels(made)
    value = made.fact("trade_value", 5.68e9)
    bought = made.fact("share_of_imports", 0.0284, p.SHARE)
    sold = made.fact("share_of_exports", 0.99996, p.SHARE)
    labels = {"exporter": EXPORTER, "importer": IMPORTER, "scope": GOODS}
    level = Prose("ties.level", {"value": value, "bought": bought, "sold": sold}, labels)
    ties = Section(
        "ties",
        name("Economic ties"),
        Prose("ties.finding_record", {"value": value}, labels),
        (
            Paragraph((level, name(f"Hostile: {HOSTILE}.")), glance=True),
            _key_figures(made),
            levels,
            _table(made),
            *_charts(made),
            *(
                Caveat(kind, name(f"What a caveat of the kind “{kind}” says about HS 2709."), affects=(sold,))
                for kind in CAVEATS
            ),
        ),
        (level,),
    )
    where = LocatorMap(
        "where", name("Where the two economies lie"), ("JPN", "RUS"), name("Japan lies east of Russia.")
    )
    distance = KeyFigures(
        name("Far or near"), (KeyFigure(name("Between capitals"), made.fact("distance", 7480.0, p.KM)),)
    )
    blocks: tuple[AnyBlock, ...] = (where, distance)
    absent = name("The data of this section are not installed.")
    return Brief(
        pair=("JPN", "RUS"),
        year=2023,
        length="full",
        title=Prose("brief.title", {}, {"a": IMPORTER, "b": EXPORTER}),
        sections=(
            ties,
            Section("place", name("Geography"), name("Neighbours across a sea"), blocks),
            Section("absent", name("Complementarity"), absent, (Caveat("no data", absent),)),
        ),
        ledger=made.ledger,
        vintage="2026-11",
        engine="0.1.0",
        command="hikiwake brief JPN RUS --year 2023",
        as_of="2024-06-30",
    )


def _levels(made: Builder) -> Chart:
    years = {2018: 7.2e9, 2019: 8.1e9, 2020: None, 2021: 12.3e9, 2022: 9.9e9, 2023: 5.68e9, 2024: 4.4e9}
    forth, back = (
        tuple(
            Mark(
                Label("year", str(year), str(year)),
                made.fact(
                    "trade_value",
                    None if value is None else value * part,
                    year=year,
                    status="provisional" if year == 2024 else "observed",
                    exporter=seller,
                    importer=buyer,
                ),
                doubtful=year == 2024,
            )
            for year, value in years.items()
        )
        for seller, buyer, part in (("RUS", "JPN", 1.0), ("JPN", "RUS", 1e-5))
    )
    peak = Annotation(Label("year", "2021", "2021"), name(HOSTILE))
    return Chart(
        id="trade-over-time",
        kind="lines",
        title=name("Trade peaked in 2021"),
        axis=name("Exports"),
        series=(Series(name("Russia to Japan"), forth), Series(name("Japan <to> Russia"), back)),
        alt=name("A line that rises to 2021 and falls & stays."),
        annotations=(peak,),
        note=name("Hollow points are provisional."),
        glance=True,
    )


def _key_figures(made: Builder) -> KeyFigures:
    units: list[tuple[str, float | None, Unit]] = [
        ("Sales", 5.68e9, p.USD),
        ("Quantity", 6.13e6, p.TONNE),
        ("Trace", 0.0000031, p.SHARE),
        ("Growth", -0.685, p.CHANGE),
        ("Moved", 1.3, p.POINTS),
        ("Complementarity", 62.44, p.INDEX_100),
        ("Concentration", 0.23, p.INDEX_1),
        ("Intensity", 1.84, p.RATIO),
        ("Suppliers", 97.0, p.COUNT),
        ("Rank", 3.0, p.RANK),
        ("People", 125.1e6, p.PERSONS),
        ("Unknown", None, p.USD),
    ]
    items = [
        KeyFigure(name(title), made.fact(f"figure_{title.lower()}", value, unit))
        for title, value, unit in units
    ]
    error = Interval(-1.13, -0.67, 0.68, "standard error")
    items.append(
        KeyFigure(name("Stability"), made.fact("figure_score", -0.9, p.SCORE, interval=error, economy="RUS"))
    )
    return KeyFigures(name("Key figures"), tuple(items))


def _table(made: Builder) -> Table:
    lines: tuple[tuple[str, float, float | None, Status], ...] = (
        ("liquefied natural gas", 4.17e9, 0.09, "observed"),
        (HOSTILE, 8.05e8, 0.0205, "flagged"),
        ("crude oil", 4.93e7, None, "observed"),
    )
    rows = [
        (
            Cell(label=Label("product", "270900", product)),
            Cell(fact=made.fact("trade_value", worth, product=product)),
            Cell(fact=made.fact("share_of_imports", share, p.SHARE, status=status, product=product)),
            Cell(label=Label("economy", "USA")) if share else Cell(),
        )
        for product, worth, share, status in lines
    ]
    return Table(
        id="fuels",
        title=name("What Japan buys"),
        columns=(name("Fuel"), name("Value"), name("Share in Japan’s imports"), name("Largest other")),
        rows=tuple(rows),
        note=name("A dash: nothing else is recorded in 2023."),
        emphasis=(0,),
        glance=True,
    )


def _charts(made: Builder) -> tuple[Chart, ...]:
    suppliers: dict[str, float | None] = {"AUS": 0.269, "SAU": 0.163, "USA": 0.045, "RUS": 0.028, "QAT": 0.0}
    first, second = (
        tuple(
            Mark(Label("group", identity, text), made.fact(formula, value, unit, group=identity))
            for (identity, text), value in zip(
                (("coal", "coal and lignite"), ("ores", "ores & <others>")), values, strict=True
            )
        )
        for formula, unit, values in (
            ("share_of_imports", p.SHARE, (0.021, 0.2)),
            ("share_of_exports", p.SHARE, (0.05, 0.04)),
        )
    )
    two = (Series(name("bought"), first), Series(name("sold"), second))
    one = (Series(name("Suppliers"), made.marks("share_of_imports", suppliers)),)

    def chart(identity: str, kind: str, series: tuple[Series, ...]) -> Chart:
        title = name(f"A finding drawn as {kind}")
        return Chart(identity, kind, title, name("Share"), series, name(f"Drawn as {kind}."))  # type: ignore[arg-type]

    return (
        chart("suppliers", "bars", one),
        chart("composition", "diverging", two),
        chart("dependence", "dumbbell", two),
        chart("standing", "strip", one),
    )
