"""Equilibria of world trade after a shock: arrays in, frozen results out.

Nothing here knows a table or a file. All changes are ratios of new to old; all errors that a user can cause
are kinds of HikiwakeError.
"""

from hikiwake.equilibrium.batch import Many, solve_many
from hikiwake.equilibrium.closure import MEANING, Closure, purged
from hikiwake.equilibrium.conditional import Conditional, balance, conditional, first_round
from hikiwake.equilibrium.many_sectors import (
    SectorCheck,
    SectorOutcome,
    first_round_sectors,
    solve_sectors,
    without_deficits,
)
from hikiwake.equilibrium.moves import Move, SectorShock
from hikiwake.equilibrium.one_sector import Check, Outcome, solve
from hikiwake.equilibrium.sector_draws import SectorDraws, first_round_draws, solve_draws
from hikiwake.equilibrium.sectors import Sectors, sectors
from hikiwake.equilibrium.shock import Shock, no_shock
from hikiwake.equilibrium.world import World, world

__all__ = [
    "MEANING",
    "Check",
    "Closure",
    "Conditional",
    "Many",
    "Move",
    "Outcome",
    "SectorCheck",
    "SectorDraws",
    "SectorOutcome",
    "SectorShock",
    "Sectors",
    "Shock",
    "World",
    "balance",
    "conditional",
    "first_round",
    "first_round_draws",
    "first_round_sectors",
    "no_shock",
    "purged",
    "sectors",
    "solve",
    "solve_draws",
    "solve_many",
    "solve_sectors",
    "without_deficits",
    "world",
]
