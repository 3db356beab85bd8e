"""Whether a cluster is at work on what it was asked: a question may take long, but not for ever."""

from __future__ import annotations

import os
from abc import ABC, abstractmethod
from time import monotonic
from types import TracebackType
from typing import Any, Self

from hikiwake.core.errors import BadUsage, Environment

WAIT = "HIKIWAKE_ENGINE_WAIT"
LONGEST = 120.0
"""Seconds without any progress that are waited for; a cluster may take a minute to find room."""


def patience() -> float:
    """Return how many seconds a cluster may stand still; `BadUsage` where that is set to no number."""
    said = os.environ.get(WAIT, "").strip()
    try:
        seconds = float(said or LONGEST)
    except ValueError:
        seconds = 0.0
    if not 1 <= seconds <= 1e6:
        raise BadUsage(
            where=f"{WAIT}={said[:40]!r}",
            why="it is no number of seconds from 1 to 1,000,000",
            remedy=f"For example: {WAIT}=600; without it, {LONGEST:.0f} seconds.",
        )
    return seconds


class Progress(ABC):
    """Looks at a cluster while it is asked, and gives up when it has stood still for too long."""

    def __init__(self, name: str) -> None:
        self._name = name
        self._longest = patience()
        self._since = monotonic()

    def __enter__(self) -> Self:
        self._since = monotonic()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Nothing is left behind, but by those who say so."""
        return

    def look(self) -> None:
        """Raise `Environment` when nothing has gone on for too long."""
        if self.moves():
            self._since = monotonic()
        elif monotonic() - self._since > self._longest:
            raise Environment(
                where=f"engine {self._name}",
                why=f"the cluster has done nothing for {self._longest:.0f} seconds",
                remedy="See that it has cores and memory free (an application holds what it was given until "
                f"it ends) and that its workers reach this machine, or wait longer with {WAIT}.",
            )

    @abstractmethod
    def moves(self) -> bool:
        """Tell whether the cluster has been at work since the last look."""


class Stages(Progress):
    """Looks at the stages of a session whose driver runs beside us."""

    def __init__(self, session: Any, name: str) -> None:
        super().__init__(name)
        self._tracker = session.sparkContext.statusTracker()
        self._seen: set[tuple[int, int]] = set()

    def moves(self) -> bool:
        """Tell whether tasks run, or stages have come, gone or got on."""
        infos = [self._tracker.getStageInfo(stage) for stage in self._tracker.getActiveStageIds()]
        now = {(info.stageId, info.numCompletedTasks) for info in infos if info}
        running = any(info.numActiveTasks for info in infos if info)
        before, self._seen = self._seen, now
        return running or now != before


class Reports(Progress):
    """Hears what a server reports of our work (Spark Connect)."""

    def __init__(self, session: Any, name: str) -> None:
        super().__init__(name)
        self._session = session
        self._heard = False
        self._done = -1

    def __enter__(self) -> Self:
        self._session.registerProgressHandler(self._hear)
        return super().__enter__()

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Hear no more."""
        self._session.removeProgressHandler(self._hear)

    def _hear(self, stages: Any, inflight_tasks: int, operation_id: Any, done: bool) -> None:
        del operation_id, done
        finished = sum(stage.num_completed_tasks for stage in stages or ())
        if inflight_tasks or finished != self._done:
            self._heard = True
        self._done = finished

    def moves(self) -> bool:
        """Tell whether a report of work has come."""
        heard, self._heard = self._heard, False
        return heard


def progress_of(session: Any, name: str, *, remote: bool) -> Progress:
    """Return what looks at a session."""
    return Reports(session, name) if remote else Stages(session, name)
