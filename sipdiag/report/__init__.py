"""The analysis told to people and machines, in the words of the catalogue.

The door of the room: `document_of` gives the JSON document, `print_report` writes for a terminal. Formats are imported when used.
"""

from __future__ import annotations

from sipdiag.report.words import Words

__all__ = ["Words"]
