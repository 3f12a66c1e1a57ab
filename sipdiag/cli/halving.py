"""A large capture of SIP analysed by two processes, where there is a second processor and a format made of rows."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from sipdiag.cli import options
from sipdiag.cli.leaving import leave
from sipdiag.cli.progress import Progress
from sipdiag.cli.reading import engine_asked_for
from sipdiag.cli.writing import ROWS, is_folder, texts_in, write_parts
from sipdiag.errors import CaptureError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sipdiag.cli.settings import File
    from sipdiag.findings import Finding
    from sipdiag.knowledge import Catalogue

SMALLEST = 32 << 20
"""Bytes of a file below which nothing of this is even imported."""


class Form(NamedTuple):
    """How the report is written, and where to."""

    format_: str
    table: str | None
    output: str | None
    media: bool
    quiet: bool


def may_be_halved(captures: Sequence[str], format_: str) -> bool:
    """Whether it is one large file, and a format made of rows."""
    try:
        return len(captures) == 1 and format_ in ROWS and Path(captures[0]).stat().st_size >= SMALLEST
    except OSError:
        return False


def in_halves(path: str, settings: File, catalogue: Catalogue, form: Form) -> list[Finding] | None:
    """The findings on the capture at `path`, whose report is written; nothing where one process has to do it."""
    several = form.format_ == "csv" and form.output is not None and is_folder(form.output)
    if several:
        return None
    from datetime import UTC, datetime  # noqa: PLC0415  (most captures are small)

    from sipdiag.engine import Judging, told_in_halves  # noqa: PLC0415
    from sipdiag.report import Words  # noqa: PLC0415
    from sipdiag.trace import NATIVE  # noqa: PLC0415

    if engine_asked_for() != NATIVE:
        return None
    texts = texts_in(form.format_, form.table)
    judging = Judging(settings.thresholds, settings.policy, datetime.now(UTC).date(), Words(catalogue), texts)
    with Progress(wanted=not form.quiet and sys.stderr.isatty()) as progress:
        progress.begin(path)
        try:
            whole = told_in_halves(path, judging, media=form.media, progress=progress.told)
        except CaptureError:  # whoever reads it next says what it is
            return None
    if whole is None:
        return None
    leave(whole)
    options.have_read([path])
    write_parts(whole.parts, output=form.output, format_=form.format_, table=form.table)
    return whole.findings
