"""Entries as objects for `--format json`: facts as the catalogue has them, prose in the chosen language."""

from __future__ import annotations

from typing import Any

from sipdiag.knowledge import Entry


def entry_object(entry: Entry) -> dict[str, Any]:
    """One entry, whole."""
    told = entry._asdict()
    methods = {
        method: {name: value for name, value in part._asdict().items() if value}
        for method, part in entry.methods.items()
    }
    return {**told, "methods": methods}


def json_of(document: object) -> str:
    """An object as JSON text."""
    import json  # noqa: PLC0415  (text and Markdown do without)

    return json.dumps(document, indent=2, ensure_ascii=False) + "\n"
