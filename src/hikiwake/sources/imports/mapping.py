"""What the columns of a table of flows mean: a small file, written by hand or proposed from the table."""

from __future__ import annotations

import json
import tomllib
from pathlib import Path
from typing import Literal

import msgspec

from hikiwake.core.errors import BadInput

ValueUnit = Literal["USD", "thousand USD", "million USD"]
QuantityUnit = Literal["kg", "t"]
LARGEST = 65_536
FACTORS: dict[str, int] = {"USD": 0, "thousand USD": 3, "million USD": 6, "kg": 0, "t": 3}
"""Powers of ten that lead to whole USD and whole kg."""


class Mapping(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What a table's columns mean.

    Parameters
    ----------
    title, producer, licence, citation : what a reader must be told of the data.
    exporter, importer, value : names of columns. Economies are codes or names of any kind.
    year : name of a column, or the one year of the whole table.
    product : column of HS codes; without one the flows are totals over all products.
    quantity : column of quantities, if there is one.
    value_unit, quantity_unit : what one unit of the columns is.
    valuation : "FOB" (without carriage), "CIF" (with it), or not known.
    classification : the products' classification, such as "HS92".
    scope : what the flows are of, as it stands in a sentence.
    only : rows are left out unless these columns have these values.
    domestic : "leave out" where the table holds sales within economies, "keep" to have them in a matrix for
        scenarios, beside the flows; else such rows are faults.
    missing : "leave out" where rows without a value say that there is none, else such rows are faults.
    decimal, thousands : the signs of the numbers.
    provisional_from : first year that its producer calls provisional.
    """

    title: str
    producer: str = ""
    licence: str = "not stated"
    citation: str = ""
    exporter: str
    importer: str
    year: str | int
    value: str
    value_unit: ValueUnit = "USD"
    product: str = ""
    quantity: str = ""
    quantity_unit: QuantityUnit = "kg"
    valuation: Literal["", "FOB", "CIF"] = ""
    classification: str = ""
    scope: str = ""
    only: dict[str, str | list[str]] = {}
    domestic: Literal["reject", "leave out", "keep"] = "reject"
    missing: Literal["reject", "leave out"] = "reject"
    decimal: Literal[".", ","] = "."
    thousands: Literal["", ",", ".", " ", "'"] = ""
    provisional_from: int | None = None

    @property
    def columns(self) -> dict[str, str]:
        """The columns that are read, by what they are."""
        named = {
            "exporter": self.exporter,
            "importer": self.importer,
            "year": self.year if isinstance(self.year, str) else "",
            "product": self.product,
            "value": self.value,
            "quantity": self.quantity,
        }
        chosen = {f"only_{n}": column for n, column in enumerate(self.only)}
        return {role: column for role, column in {**named, **chosen}.items() if column}


def read(path: Path) -> Mapping:
    """Read a mapping file (TOML); `BadInput` says what is wrong with it."""
    try:
        raw = path.read_bytes()
        found = msgspec.convert(tomllib.loads(raw[:LARGEST].decode("utf-8")), type=Mapping)
    except (OSError, ValueError, RecursionError) as fault:
        said = fault.strerror if isinstance(fault, OSError) else str(fault)
        raise BadInput(
            where=str(path),
            why=f"it is no mapping: {said}",
            remedy="`hikiwake data map FILE` proposes one; compare the names of its entries.",
        ) from fault
    if found.year == 0:
        raise BadInput(
            where=str(path),
            why="it says no year",
            remedy="Write the one year of the table, as in year = 2014, or the name of the column of years.",
        )
    if found.thousands == found.decimal:
        raise BadInput(
            where=str(path),
            why="decimal and thousands are the same sign",
            remedy='Say which is which, for example decimal = "," and thousands = ".".',
        )
    return found


def written(mapping: Mapping, remarks: dict[str, str]) -> str:
    """Return a mapping as the text of its file, with a remark after each entry that has one."""
    lines = []
    for name, value in msgspec.to_builtins(mapping).items():
        if value is None or (name == "only" and not value):
            continue
        remark = f"  # {remarks[name]}" if name in remarks else ""
        if isinstance(value, dict):
            pairs = ", ".join(f"{_quoted(key)} = {_quoted(one)}" for key, one in value.items())
            lines.append(f"{name} = {{ {pairs} }}{remark}")
        else:
            lines.append(f"{name} = {_quoted(value)}{remark}")
    return "\n".join(lines) + "\n"


def _quoted(value: object) -> str:
    # JSON's strings, numbers and lists are TOML's as well, once DEL is escaped.
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
