"""A ladder by itself as text: whose it is, the arrows, and what the numbers on them mean."""

from __future__ import annotations

import textwrap
from collections.abc import Iterator, Sequence

from sipdiag.report.drawing import drawn
from sipdiag.report.ladder_sheet import Sheet
from sipdiag.report.words import Words


def pieces(sheets: Sequence[Sheet], words: Words, *, width: int = 80, ascii_only: bool = False) -> Iterator[str]:
    """The sheets, one below the other."""
    for number, sheet in enumerate(sheets):
        if number:
            yield "\n"
        for line in (sheet.title, *sheet.lines):
            yield from _wrapped(line, width, "  ")
        yield "\n"
        for line in drawn(sheet.ladder, width, ascii_only=ascii_only, numbers=words.numbers):
            yield f"{line}\n"
        if sheet.marks:
            yield "\n"
        for mark in sheet.marks:
            head = f"[{mark.number}] {words.label(mark.severity).upper()} {mark.rule} ({mark.confidence}): "
            yield from _wrapped(head + mark.message, width, "    ")


def _wrapped(text: str, width: int, hang: str) -> Iterator[str]:
    lines = textwrap.wrap(text, max(width, 20), subsequent_indent=hang, break_on_hyphens=False)
    yield from (f"{line}\n" for line in lines)
