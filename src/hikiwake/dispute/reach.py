"""What several decision makers can bring about together, by the rule of legal sequences.

In a legal sequence of moves nobody moves twice in succession; somebody may move again later (Fang, Hipel &
Kilgour 1993, Interactive Decision Making, section 3.3). Instead of listing what can be reached from each
state, a property of what can be reached is carried backwards along the arcs until nothing changes. For
each state t and last mover k, what follows t is what a mover other than k can do there.
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np

from hikiwake.dispute.arcs import TOP, Arcs, Ranks


def worst_reached(movers: Sequence[Arcs], ranks: Ranks) -> Ranks:
    """Return for each state the lowest rank among the states that legal sequences reach from it.

    Parameters
    ----------
    movers : the arcs of each who may move.
    ranks : (states,).

    Returns
    -------
    (states,) int32, TOP where nothing can be reached.
    """
    after = [np.full(len(ranks), TOP, dtype=np.int32) for _ in movers]
    changed = True
    while changed:
        changed = False
        for mover, own in enumerate(movers):
            # At the end of a move of this mover: stay there, or somebody else goes on.
            outcome = ranks
            for other, theirs in enumerate(after):
                if other != mover:
                    outcome = np.minimum(outcome, theirs)
            found = own.least(outcome)
            if not np.array_equal(found, after[mover]):
                after[mover] = found
                changed = len(movers) > 1
    return np.minimum.reduce(after) if after else np.full(len(ranks), TOP, dtype=np.int32)
