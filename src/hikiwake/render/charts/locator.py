"""A map that shows where two economies lie, with disputed areas hatched."""

from __future__ import annotations

from typing import Any

from hikiwake.core.document import LocatorMap
from hikiwake.render.language import Language


def specification(block: LocatorMap, language: Language, width: int) -> dict[str, Any]:
    """Return the Vega specification of a locator map."""
    raise ValueError(block.id + language.code + str(width))
