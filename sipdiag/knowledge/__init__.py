"""The catalogue: what every status code, rule, cause, warning, timer and method means and how to fix it.

The door of the room: a `Catalogue` finds an `Entry` by its key.
"""

from __future__ import annotations

from sipdiag.knowledge.entry import RE_INVITE, Entry, Part
from sipdiag.knowledge.files import data_folder
from sipdiag.knowledge.shelf import DEFAULT_LANGUAGE, SHELVES, Catalogue, class_key, languages

__all__ = [
    "DEFAULT_LANGUAGE",
    "RE_INVITE",
    "SHELVES",
    "Catalogue",
    "Entry",
    "Part",
    "class_key",
    "data_folder",
    "languages",
]
