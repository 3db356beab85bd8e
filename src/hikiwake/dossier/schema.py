"""The form of dossiers as JSON Schema, for editors and other programs; made from the types themselves.

What a schema can say of single fields is said here too (ids, dates, sources of figures). What it cannot, such
as whether a reference exists or a value can be read, `hikiwake dossier validate` checks.
"""

from __future__ import annotations

import json
from typing import Any

import msgspec

from hikiwake.core.dossier import FORM, Dossier
from hikiwake.dispute import GraphForm, OptionForm
from hikiwake.dossier.disputes import Question
from hikiwake.dossier.meaning import ID
from hikiwake.dossier.scenarios import Described

DIALECT = "https://json-schema.org/draft/2020-12/schema"
DATE = r"^\s*\d{4}(-\d{2}){0,2}(\s*/\s*\d{2,4}(-\d{2}){0,2})?\s*~?\s*$"
LONGEST_VALUE = 80
_RENAMED = {
    "hikiwake.core.claim.kinds.Name": "ClaimedName",
    "hikiwake.core.dossier.Name": "PersonName",
    "hikiwake.core.claim.kinds.Statement": "Statement",
    "hikiwake.dispute.form.Statement": "WantedStatement",
}
_DATES = ("date", "until", "known", "since", "issued", "as_of", "in", "within")
_EVENT_OR_DATE = ("Duration", "Shock")
"""Kinds whose `from` and `to` may name an event, or economies."""


def schema() -> dict[str, Any]:
    """Return the JSON Schema (2020-12) of a dossier."""
    types = (Dossier, OptionForm, GraphForm, Question, Described)
    (root, *_), parts = msgspec.json.schema_components(types, ref_template="#/$defs/{name}")
    text = json.dumps({**root, "$defs": parts})
    for long, short in _RENAMED.items():
        text = text.replace(long, short)
    made: dict[str, Any] = json.loads(text)
    beside = made["$defs"].pop("Question")
    for name in ("OptionForm", "GraphForm"):
        # What is asked stands beside the model, in one mapping.
        made["$defs"][name]["properties"] |= beside["properties"]
    for name, form in made["$defs"].items():
        form["description"] = " ".join(form.get("description", name).split())
        fields: dict[str, Any] = form["properties"]
        if "id" in fields:
            fields["id"]["pattern"] = f"^{ID}$"
        for field in (*_DATES, *(() if name in _EVENT_OR_DATE else ("from", "to"))):
            if field in fields:
                fields[field] |= _date(optional="default" in fields[field])
        if "value" in fields and "anyOf" in fields["value"]:
            fields["value"]["anyOf"][0] |= {"minLength": 1, "maxLength": LONGEST_VALUE}
    whole = made["$defs"]["Dossier"]["properties"]
    whole["hikiwake"]["const"] = FORM
    whole["parties"]["minItems"] = 2
    whole["dispute"]["anyOf"] = [
        {"$ref": "#/$defs/OptionForm"}, {"$ref": "#/$defs/GraphForm"}, {"type": "null"}
    ]  # fmt: skip
    whole["scenarios"]["anyOf"] = [
        {"type": "object", "additionalProperties": {"$ref": "#/$defs/Described"}}, {"type": "null"}
    ]  # fmt: skip
    made["$defs"]["CitedFact"]["properties"]["sources"]["minItems"] = 1
    return {"$schema": DIALECT, "title": "A dossier of hikiwake", **made}


def _date(*, optional: bool) -> dict[str, Any]:
    text = f"{DATE}|^$" if optional else DATE
    return {
        "anyOf": [{"type": "string", "pattern": text}, {"type": "integer", "minimum": 1000, "maximum": 9999}]
    }


def text() -> str:
    """Return the schema as it is published: indented, in a fixed order."""
    return json.dumps(schema(), indent=1, ensure_ascii=False) + "\n"
