"""Reads the captures that a command line names: all that can be read, and what cannot is said and remembered."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from sipdiag.cli.progress import Progress
from sipdiag.errors import CaptureError, UsageError

if TYPE_CHECKING:
    from sipdiag.trace import Trace


class Readings(NamedTuple):
    """What came of the captures of a command line."""

    traces: list[Trace]
    unreadable: list[CaptureError]


def readings(captures: Sequence[str], *, quiet: bool = False, media: bool = True) -> Readings:
    """Every capture that can be read, in order, with media if wanted; of each other one a line to standard error."""
    from sipdiag.analysis import read  # noqa: PLC0415  (`--help` does without)
    from sipdiag.report.escape import shown  # noqa: PLC0415

    if captures.count("-") > 1:
        raise UsageError("standard input can be read once only")
    traces: list[Trace] = []
    unreadable: list[CaptureError] = []
    with Progress(wanted=not quiet and sys.stderr.isatty()) as progress:
        for path in captures:
            progress.begin(path)
            stream = sys.stdin.buffer if path == "-" else None
            try:
                traces.append(read(path, capture=len(traces), stream=stream, progress=progress.told, media=media))
            except CaptureError as error:
                unreadable.append(error)
                print(f"sipdiag: {shown(str(error))}", file=sys.stderr)  # noqa: T201
    return Readings(traces, unreadable)
