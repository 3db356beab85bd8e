"""What can go wrong for a user, each with the place, the reason and the remedy."""

from __future__ import annotations


class HikiwakeError(Exception):
    """Something a user can understand and mend.

    Parameters
    ----------
    where : the place (an argument, a file and line, a table).
    why : the reason, one sentence.
    remedy : what to do about it, one sentence.

    The text is three short lines; faces print it as it is, without a traceback.
    """

    exit_code = 3
    kind = "error"

    def __init__(self, *, where: str, why: str, remedy: str) -> None:
        self.where = where
        self.why = why
        self.remedy = remedy
        super().__init__(where, why, remedy)

    def __str__(self) -> str:
        return f"{self.where}: {self.why}\n{self.remedy}"

    def __reduce__(self) -> tuple[object, ...]:
        # Keyword-only arguments do not survive Exception's own pickling.
        return (_rebuild, (type(self), self.where, self.why, self.remedy))


def _rebuild(kind: type[HikiwakeError], where: str, why: str, remedy: str) -> HikiwakeError:
    return kind(where=where, why=why, remedy=remedy)


class UnknownCountry(HikiwakeError):
    """No economy answers to this name or code; the remedy holds suggestions."""

    exit_code = 2
    kind = "unknown country"


class NoData(HikiwakeError):
    """The data hold nothing here; the remedy names the nearest year or partner that exists."""

    kind = "no data"


class BadInput(HikiwakeError):
    """A file or an argument is not of the form it must have."""

    kind = "bad input"


class BadUsage(HikiwakeError):
    """The command was called in a way that means nothing."""

    exit_code = 2
    kind = "usage"


class DamagedStore(HikiwakeError):
    """A file of the store is not what its catalogue says; no number is taken from it."""

    exit_code = 4
    kind = "damaged store"


class Environment(HikiwakeError):
    """The machine refuses: a full disk, a missing permission, a missing optional package."""

    exit_code = 4
    kind = "environment"


class NoSolution(HikiwakeError):
    """The equations have no solution that can be found to the promised precision."""

    kind = "no solution"


class NotConverged(HikiwakeError):
    """An iteration did not arrive; no number is taken from where it stopped."""

    kind = "not converged"
