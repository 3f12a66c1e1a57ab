"""`sipdiag browse`: an analysis in a full-screen browser."""

from __future__ import annotations

import gc
import sys
from importlib.util import find_spec

from sipdiag.cli import EXIT_UNREADABLE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.reading import readings
from sipdiag.errors import UsageError

STANDARD = "-"


@click.command(name="browse")
@click.argument("captures", nargs=-1, required=True, metavar="CAPTURE...")
@options.lang
@options.engine
@options.knowledge
@options.narrowing
@click.option("--no-media", is_flag=True, help="Leave RTP alone: signalling only.")
def command(
    captures: tuple[str, ...],
    lang: str | None,
    knowledge: tuple[str, ...],
    no_media: bool,  # noqa: FBT001
    **narrowing: str | None,
) -> int:
    """Browse captures with the keyboard: conversations and findings, ladders, messages.

    \b
    sipdiag browse trace.pcap
    sipdiag browse trace.pcap --code 4xx --lang pt

    / filters, f shows what has findings only, Enter opens, Escape goes back, q quits. Needs the extra tui:
    pip install 'sipdiag[tui]'.
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    from sipdiag.cli.settings import settings_here  # noqa: PLC0415  (`--help` does without)

    settings = settings_here()
    catalogue = options.catalogue_for(lang or settings.lang, knowledge)
    labels: dict[str, str] = catalogue.words["browse"]
    if find_spec("textual") is None:
        raise UsageError(labels["missing"])
    if STANDARD in captures:
        raise UsageError(labels["no_standard_input"])
    if not (sys.stdin.isatty() and sys.stdout.isatty()):
        raise UsageError(labels["no_terminal"])
    traces, unreadable = readings(captures, media=not no_media)
    if not traces:
        return EXIT_UNREADABLE
    from sipdiag.cli.judging import judged  # noqa: PLC0415
    from sipdiag.report import Words  # noqa: PLC0415
    from sipdiag.tui import Browser  # noqa: PLC0415  (an extra, and slow to import)

    gc.enable()  # a browser stays open, and makes garbage all the while
    Browser(options.narrowed(judged(traces, settings), settings.filled(narrowing)), Words(catalogue)).run()
    return EXIT_UNREADABLE if unreadable else 0
