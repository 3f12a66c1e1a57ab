"""`sipdiag diff`: what changed between two recordings of the same test call."""

from __future__ import annotations

import sys
from importlib import import_module
from typing import TYPE_CHECKING

from sipdiag.cli import EXIT_FINDINGS, EXIT_NOTHING, EXIT_UNREADABLE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.reading import readings
from sipdiag.cli.writing import write_pieces
from sipdiag.errors import UsageError

if TYPE_CHECKING:
    from sipdiag.analysis import Analysis
    from sipdiag.cli.settings import File

FORMATS = {
    "text": "sipdiag.report.difference_text",
    "json": "sipdiag.report.difference_json",
    "markdown": "sipdiag.report.difference_markdown",
}


@click.command(name="diff")
@click.argument("first", metavar="A", required=False)
@click.argument("second", metavar="B", required=False)
@options.engine
@options.formats(*FORMATS)
@options.output
@click.option(
    "--tolerance",
    metavar="SECONDS",
    type=click.FloatRange(min=0),
    default=0.5,
    show_default=True,
    help="How much the time between two messages may differ.",
)
@options.narrowing
@options.lang
@options.knowledge
@options.color
@click.option("--no-media", is_flag=True, help="Leave RTP alone: signalling only.")
@click.option("--schema", is_flag=True, help="Print the JSON Schema of --format json and do nothing else.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
def command(  # noqa: PLR0913, PLR0917  (one parameter an option)
    first: str | None,
    second: str | None,
    format_: str,
    output: str | None,
    tolerance: float,
    lang: str | None,
    knowledge: tuple[str, ...],
    color: str,
    no_media: bool,  # noqa: FBT001
    schema: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
    **narrowing: str | None,
) -> int:
    """Show what changed from recording A to recording B of the same test call.

    \b
    sipdiag diff good.pcap bad.pcap
    sipdiag diff good.pcap bad.pcap --call 1 --tolerance 2
    sipdiag diff good.pcap bad.pcap --format markdown -o changes.md

    Messages, header fields, session descriptions, times, outcomes, media and findings. What differs in every run is
    left out: Call-IDs, tags, branches, CSeq numbers, nonces, dates, ports, keys. Exit codes: 0 nothing changed, 1
    something did, 2 a mistake in the command line, 3 a capture that cannot be read, 4 no SIP message in either.
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    if schema:
        return _print_schema()
    if first is None or second is None:
        raise click.UsageError("name two captures: sipdiag diff good.pcap bad.pcap")
    if first == second == "-":
        raise UsageError("standard input can be read once only")
    from sipdiag.cli.settings import settings_here  # noqa: PLC0415  (`--help` does without)
    from sipdiag.difference import difference_between  # noqa: PLC0415
    from sipdiag.report import Words  # noqa: PLC0415

    settings = settings_here()
    words = Words(options.catalogue_for(lang or settings.lang, knowledge))
    analyses = [_analysis(path, settings, narrowing, quiet=quiet, media=not no_media) for path in (first, second)]
    one, other = analyses
    if one is None or other is None:
        return EXIT_UNREADABLE
    difference = difference_between(one, other, tolerance_s=tolerance)
    with options.opened(output) as stream:
        if format_ == "text":
            from sipdiag.report.difference_text import print_difference  # noqa: PLC0415  (only this format draws)

            print_difference(difference, words, options.console_on(stream, color))
        else:
            write_pieces(import_module(FORMATS[format_]).pieces(difference, words), stream)
    if not one.correlation.arrivals and not other.correlation.arrivals:
        return EXIT_NOTHING
    return 0 if difference.same else EXIT_FINDINGS


def _analysis(
    path: str, settings: File, narrowing: dict[str, str | None], *, quiet: bool, media: bool
) -> Analysis | None:
    """What one recording shows; None where it cannot be read."""
    from sipdiag.analysis import conclude  # noqa: PLC0415

    traces, _ = readings([path], quiet=quiet, media=media)
    if not traces:
        return None
    return options.narrowed(conclude(traces, settings.thresholds), settings.filled(narrowing))


def _print_schema() -> int:
    import json  # noqa: PLC0415

    from sipdiag.report.difference_json import difference_schema  # noqa: PLC0415

    sys.stdout.write(json.dumps(difference_schema(), indent=2) + "\n")
    return 0
