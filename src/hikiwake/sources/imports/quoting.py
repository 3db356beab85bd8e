"""Words of a user in SQL: as text or as the name of a column, never as anything else."""

from __future__ import annotations


def quoted(text: object) -> str:
    """Return a text, such as a path, as a literal of SQL."""
    return "'{}'".format(str(text).replace("'", "''"))


def named(column: str) -> str:
    """Return the name of a column as an identifier of SQL."""
    return '"{}"'.format(column.replace('"', '""'))
