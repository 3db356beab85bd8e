"""How the Python face asks for scenarios, and what it hands out: a set of facts, and the same in order."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from hikiwake.core.country import Pair
from hikiwake.core.dossier import Dossier
from hikiwake.core.factset import FactSet
from hikiwake.core.provenance import Ledger
from hikiwake.measures.statement import Statements
from hikiwake.store.tables import Tables

if TYPE_CHECKING:
    from hikiwake.equilibrium import Closure
    from hikiwake.measures.scenario.coverage import Told
    from hikiwake.measures.scenario.sweep import Swept

Progress = Callable[[str, float], None]


class Scenarios(FactSet):
    """Facts on what scenarios would change for a pair and for all others; `told` has them in order."""

    __slots__ = ("told",)

    def __init__(self, ledger: Ledger, title: str, told: Told) -> None:
        super().__init__(ledger, title)
        self.told = told


class Sweep(FactSet):
    """Facts on a scenario over a range of one of its numbers; `swept` has them in order."""

    __slots__ = ("swept",)

    def __init__(self, ledger: Ledger, title: str, swept: Swept) -> None:
        super().__init__(ledger, title)
        self.swept = swept


class AsksScenarios(ABC):
    """The part of a pair's view that asks what would change it."""

    _pair: Pair
    _tables: Tables

    @abstractmethod
    def _dossier(self, file: str) -> Dossier | None:
        """Return the dossier of a file; without one, that which comes with the program, if there is any."""

    def scenarios(  # noqa: PLR0913  (what is asked, and how it is solved)
        self,
        names: Iterable[str] = (),
        *,
        draws: int = 200,
        seed: int = 1,
        closure: Closure | None = None,
        elasticities: str = "",
        everybody: bool = False,
        against: str | None = None,
        dossier: str | Path = "",
        progress: Progress | None = None,
    ) -> Scenarios:
        """Return what scenarios would change: those of a dossier's file, or the ready-made.

        Ready-made are cheaper-trade, comparable-pairs, no-exports, no-imports and no-trade. Intervals hold
        90 % of the draws of the trade elasticities, of what comparable pairs trade, and of what the dossier's
        shocks give a distribution. The table's latest year is the baseline.

        `closure` says what becomes of trade imbalances, `elasticities` names a set; both win over what a file
        says. With `everybody`, wages, exports, and output and prices by industry are stated of all economies.
        With `against`, the name of a scenario, the others' differences from it are stated too.
        """
        from hikiwake.measures.scenario.coverage import scenarios
        from hikiwake.measures.scenario.described import offer_in
        from hikiwake.measures.scenario.solved import Asked

        ledger = Ledger()
        told = scenarios(
            Statements(self._tables, ledger),
            self._pair.a.id,
            self._pair.b.id,
            tuple(names),
            offer=offer_in(self._dossier(str(dossier)) if dossier else None, str(dossier)),
            asked=Asked(draws, seed, closure, elasticities, everybody=everybody),
            against=against,
            progress=progress,
        )
        return Scenarios(
            ledger, f"scenarios of {self._pair.a.name} and {self._pair.b.name}, {told.base.year}", told
        )

    def sweep(  # noqa: PLR0913  (what is swept, and how it is solved)
        self,
        scenario: str,
        parameter: str,
        values: Iterable[float],
        *,
        shock: int | None = None,
        draws: int = 60,
        seed: int = 1,
        closure: Closure | None = None,
        elasticities: str = "",
        dossier: str | Path = "",
        progress: Progress | None = None,
    ) -> Sweep:
        """Return a scenario's changes at each of some values of one of its numbers.

        `parameter` is one of cost, effect, leakage, tariff, limit, productivity, transfer (in all shocks that
        have it, or in the one numbered `shock`, from 1), or elasticity, a factor on all trade elasticities.
        """
        from hikiwake.measures.scenario.described import offer_in
        from hikiwake.measures.scenario.solved import Asked
        from hikiwake.measures.scenario.sweep import sweep

        ledger = Ledger()
        swept = sweep(
            Statements(self._tables, ledger),
            self._pair.a.id,
            self._pair.b.id,
            scenario,
            parameter,
            tuple(values),
            shock=shock,
            offer=offer_in(self._dossier(str(dossier)) if dossier else None, str(dossier)),
            asked=Asked(draws, seed, closure, elasticities),
            progress=progress,
        )
        title = (
            f"{scenario} of {self._pair.a.name} and {self._pair.b.name} over {parameter}, {swept.base.year}"
        )
        return Sweep(ledger, title, swept)
