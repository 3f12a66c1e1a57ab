"""What `sipdiag explain` does once its arguments are known; it imports next to nothing, for an answer at once."""

from __future__ import annotations

import os
import sys
from collections.abc import Iterable, Sequence
from typing import TextIO

from sipdiag.knowledge import Catalogue
from sipdiag.report.entry_answers import Unknown, answer, answer_blocks, answers_object, not_found
from sipdiag.report.entry_blocks import Block

FORMATS = ("text", "markdown", "json")


def explain(names: Sequence[str], catalogue: Catalogue, stream: TextIO, format_: str, color: str) -> list[str]:
    """Write what the catalogue has on each name; gives one line for each that it has nothing on."""
    answers = [answer(catalogue, name) for name in names]
    if format_ == "json":
        write_object(answers_object(answers, catalogue), stream)
    else:
        write((block for each in answers for block in answer_blocks(each, catalogue)), stream, format_, color)
    return [not_found(each, catalogue) for each in answers if isinstance(each, Unknown)]


def write(blocks: Iterable[Block], stream: TextIO, format_: str, color: str) -> None:
    """Write blocks as `text` or `markdown`."""
    listed = list(blocks)
    if not listed:
        return
    if format_ == "markdown":
        from sipdiag.report.entry_markdown import markdown_of  # noqa: PLC0415  (most ask for text)

        _write(markdown_of(listed), stream)
    else:
        from sipdiag.report.entry_text import text_of  # noqa: PLC0415

        flat = not (stream.isatty() or os.environ.get("COLUMNS"))
        _write(text_of(listed, _width(stream), colour=_coloured(stream, color), flat=flat), stream)


def write_object(document: object, stream: TextIO) -> None:
    """Write an object as JSON."""
    from sipdiag.report.entry_json import json_of  # noqa: PLC0415

    _write(json_of(document), stream)


def tell(lines: Iterable[str]) -> None:
    """Write lines to standard error, each with the program's name."""
    for line in lines:
        from sipdiag.report.escape import shown  # noqa: PLC0415  (there is seldom anything to tell)

        print(f"sipdiag: {shown(line)}", file=sys.stderr)  # noqa: T201


def _write(text: str, stream: TextIO) -> None:
    encoding = stream.encoding or "utf-8"
    stream.write(text.encode(encoding, "backslashreplace").decode(encoding))  # a terminal that has no "ç" gets \xe7


def _width(stream: TextIO) -> int:
    """The columns of a terminal; 80 for a pipe or file; COLUMNS goes before both."""
    if (columns := os.environ.get("COLUMNS", "")).isdigit():
        return int(columns)
    try:
        return os.get_terminal_size(stream.fileno()).columns or 80
    except (OSError, ValueError):
        return 80


def _coloured(stream: TextIO, color: str) -> bool:
    """Whether to use colour; `auto` means on a terminal, unless NO_COLOR or a dumb terminal forbids."""
    if color != "auto":
        return color == "always"
    return stream.isatty() and not os.environ.get("NO_COLOR") and os.environ.get("TERM") != "dumb"
