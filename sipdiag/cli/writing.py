"""Writes a report: which module tells it in which format, and where it goes.

A format is a line in `FORMATS`. Its module is imported when the format is asked for, and offers one function,
`pieces(analysis, words)`, which yields the report as text, piece by piece. `text` is drawn on a console instead.
"""

from __future__ import annotations

import io
import os
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any, TextIO

from sipdiag.cli import options
from sipdiag.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from sipdiag.analysis import Analysis
    from sipdiag.report import Words

FORMATS = {
    "text": "sipdiag.report.terminal",
    "json": "sipdiag.report.json_document",
    "jsonl": "sipdiag.report.json_lines",
    "csv": "sipdiag.report.csv_table",
    "markdown": "sipdiag.report.markdown",
    "html": "sipdiag.report.page",
    "sarif": "sipdiag.report.sarif",
    "junit": "sipdiag.report.junit",
    "github": "sipdiag.report.github",
}
"""Name → module; the first is the default."""
TABLES = ("calls", "responses", "requests", "registrations", "subscriptions", "streams", "findings", "peers")
"""What `--table` takes; the first is the default."""
WHOLE = ("html",)
"""Formats that show whole messages, in which secrets are masked unless `--show-secrets` is given."""


def write_report(
    analysis: Analysis,
    words: Words,
    *,
    output: str | None,
    format_: str,
    color: str = "auto",
    detail: str = "normal",
    table: str | None = None,
    show_secrets: bool = False,
) -> None:
    """Write the report to the file `output`, whole or not at all, or to standard output.

    Of CSV one `table`, or all of them where `output` is a folder.
    """
    if table is not None and format_ != "csv":
        raise UsageError("--table goes with --format csv")
    if show_secrets and format_ not in WHOLE:
        raise UsageError(f"--show-secrets goes with --format {' or '.join(WHOLE)}")
    if format_ == "csv":
        _write_tables(analysis, words, output, table)
        return
    with options.opened(output) as stream:
        if format_ == "text":
            from sipdiag.report.terminal import print_report  # noqa: PLC0415  (only this format draws)

            print_report(analysis, words, options.console_on(stream, color), detail=detail)
        else:
            chosen = {"show_secrets": True} if show_secrets else {}
            write_pieces(import_module(FORMATS[format_]).pieces(analysis, words, **chosen), stream)


ROWS = ("json", "jsonl", "csv")
"""Formats made of rows, which can be encoded in parts."""


def texts_in(format_: str, table: str | None) -> Callable[[Iterable[Any], str], Iterator[str]]:
    """The function that writes rows as text in a format; in CSV rows of other tables become empty."""
    texts: Callable[[Iterable[Any], str], Iterator[str]] = import_module(FORMATS[format_]).texts
    if format_ != "csv":
        return texts
    wanted = table or TABLES[0]
    return lambda rows, part: texts(rows, part) if part == wanted else ("" for _ in rows)


def write_parts(parts: Iterator[tuple[str, Any]], *, output: str | None, format_: str, table: str | None) -> None:
    """Write a document that is given part by part, in a format made of rows."""
    about = (table or TABLES[0],) if format_ == "csv" else ()
    with options.opened(output) as stream:
        write_pieces(import_module(FORMATS[format_]).assembled(parts, *about), stream)


def _write_tables(analysis: Analysis, words: Words, output: str | None, table: str | None) -> None:
    from sipdiag.report.csv_table import pieces  # noqa: PLC0415

    if output is None or not is_folder(output):
        with options.opened(output) as stream:
            write_pieces(pieces(analysis, words, table or TABLES[0]), stream)
        return
    folder = options.folder(output)
    for name in TABLES if table is None else (table,):
        with options.opened(str(folder / f"{name}.csv")) as stream:
            write_pieces(pieces(analysis, words, name), stream)


def is_folder(output: str) -> bool:
    """Whether several files are to be written: `DIR/`, or a folder that is there."""
    return output.endswith(("/", os.sep)) or Path(output).is_dir()


def write_pieces(pieces: Iterable[str], stream: TextIO) -> None:
    """Write text for programs: UTF-8 whatever the locale, and line ends as they are."""
    if isinstance(stream, io.TextIOWrapper):
        stream.reconfigure(encoding="utf-8", newline="")
    stream.writelines(pieces)
