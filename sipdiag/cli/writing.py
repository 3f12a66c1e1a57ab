"""Writes a report: which module tells it in which format, and where it goes.

A format is a line in `FORMATS`. Its module is imported when the format is asked for, and offers one function,
`pieces(analysis, words)`, which yields the report as text, piece by piece. `text` is drawn on a console instead.
"""

from __future__ import annotations

import io
from importlib import import_module
from typing import TYPE_CHECKING, TextIO

from sipdiag.cli import options

if TYPE_CHECKING:
    from collections.abc import Iterable

    from sipdiag.analysis import Analysis
    from sipdiag.report import Words

FORMATS = {
    "text": "sipdiag.report.terminal",
    "json": "sipdiag.report.json_document",
    "jsonl": "sipdiag.report.json_lines",
}
"""Name → module; the first is the default."""


def write_report(
    analysis: Analysis,
    words: Words,
    *,
    output: str | None,
    format_: str,
    color: str = "auto",
    detail: str = "normal",
) -> None:
    """Write the report to the file `output`, whole or not at all, or to standard output."""
    with options.opened(output) as stream:
        if format_ == "text":
            from sipdiag.report.terminal import print_report  # noqa: PLC0415  (only this format draws)

            print_report(analysis, words, options.console_on(stream, color), detail=detail)
        else:
            write_pieces(import_module(FORMATS[format_]).pieces(analysis, words), stream)


def write_pieces(pieces: Iterable[str], stream: TextIO) -> None:
    """Write text for programs: UTF-8 whatever the locale, and line ends as they are."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", newline="")
    stream.writelines(pieces)
