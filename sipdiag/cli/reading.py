"""Reads the captures that a command line names: all that can be read, and what cannot is said and remembered."""

from __future__ import annotations

import os
import sys
from collections.abc import Sequence
from functools import partial
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sipdiag.cli.clicking import click
from sipdiag.cli.options import ENGINE, KEYLOG, have_read
from sipdiag.cli.progress import Progress
from sipdiag.errors import CaptureError, UsageError

if TYPE_CHECKING:
    from sipdiag.trace import Engine, Trace


class Readings(NamedTuple):
    """What came of the captures of a command line."""

    traces: list[Trace]
    unreadable: list[CaptureError]


def readings(captures: Sequence[str], *, quiet: bool = False, media: bool = True, report: str = "") -> Readings:
    """Every capture that can be read, in order, with media if wanted; for each other one a line to standard error.

    `report` names the module that writes the report, which may be imported while a second process is reading.
    """
    from sipdiag.cli.phrases import told  # noqa: PLC0415  (`--help` does without)
    from sipdiag.report.escape import shown  # noqa: PLC0415
    from sipdiag.trace import MOST_MARGINS, ROOM, eased, fitting, read_trace  # noqa: PLC0415

    if captures.count("-") > 1:
        raise UsageError("standard input can be read once only")
    have_read(captures)
    traces: list[Trace] = []
    unreadable: list[CaptureError] = []
    margins = 0
    engine = engine_asked_for()
    # Of several captures one is read while those before it are at hand.
    room = ROOM if len(captures) == 1 else ROOM // 3
    with Progress(wanted=not quiet and sys.stderr.isatty()) as progress:
        for path in captures:
            progress.begin(path)
            stream = sys.stdin.buffer if path == "-" else None
            try:
                number, done = len(traces), progress.told
                traces.append(
                    read_trace(
                        path,
                        capture=number,
                        stream=stream,
                        progress=done,
                        media=media,
                        engine=engine,
                        meanwhile=partial(_what_comes_next, report),
                        room=room,
                        alone=len(captures) == 1,
                    )
                )
                margins += sum(edge.size for edge in traces[-1].edges)
                if margins > MOST_MARGINS:
                    traces, margins = eased(traces), MOST_MARGINS
                if number:
                    traces = fitting(traces, ROOM - room)
            except CaptureError as error:
                unreadable.append(error)
                hint = f"; {told(_for_folders(path))}" if error.reason == "is a directory" else ""
                print(f"sipdiag: {shown(told(str(error)) + hint)}", file=sys.stderr)  # noqa: T201
    return Readings(traces, unreadable)


def _for_folders(path: str) -> str:
    """What to do instead, where a capture is a folder."""
    return f"'sipdiag audit {path} -o DIR' reads the captures of a folder"


def engine_asked_for() -> Engine:
    """What `--engine`, `--keylog` and the environment ask for."""
    from sipdiag.trace import Engine  # noqa: PLC0415  (`--help` does without)

    context = click.get_current_context(silent=True)
    asked = {} if context is None else context.meta
    keylog, wireshark = asked.get(KEYLOG), asked.get(ENGINE) == "wireshark"
    if keylog is not None:
        return Engine(wireshark=wireshark, keylog=keylog)
    usual = os.environ.get("SSLKEYLOGFILE", "")  # of browsers, and not meant for every capture
    if usual and Path(usual).is_file():
        return Engine(wireshark=wireshark, keylog=usual, optional=not wireshark)
    return Engine(wireshark=wireshark)


def _what_comes_next(report: str) -> None:
    """Import what is needed once the captures are read, while a second process is reading."""
    for needed in ("sipdiag.analysis", report or "sipdiag.report"):
        import_module(needed)
