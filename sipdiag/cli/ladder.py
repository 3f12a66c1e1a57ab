"""`sipdiag ladder`: the sequence diagram of a call."""

from __future__ import annotations

import os
import sys
from importlib import import_module
from typing import TYPE_CHECKING

from sipdiag.cli import EXIT_UNREADABLE, EXIT_USAGE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.reading import readings
from sipdiag.cli.writing import is_folder, write_pieces

if TYPE_CHECKING:
    from sipdiag.report import Words
    from sipdiag.report.ladder_sheet import Sheet

FORMATS = {
    "text": "sipdiag.report.ladder_text",
    "svg": "sipdiag.report.ladder_svg",
    "mermaid": "sipdiag.report.ladder_mermaid",
}
ENDINGS = {"text": "txt", "svg": "svg", "mermaid": "mmd"}
MOST_NAMED, LONGEST_NAME = 10, 150


@click.command(name="ladder")
@click.argument("captures", nargs=-1, required=True, metavar="CAPTURE...")
@options.engine
@options.formats(*FORMATS)
@options.output
@options.lang
@options.knowledge
@options.narrowing
@click.option("--no-media", is_flag=True, help="Leave RTP alone: signalling only.")
@click.option("-q", "--quiet", is_flag=True, help="No progress bar.")
def command(  # noqa: PLR0917  (one parameter an option)
    captures: tuple[str, ...],
    format_: str,
    output: str | None,
    lang: str | None,
    knowledge: tuple[str, ...],
    no_media: bool,  # noqa: FBT001
    quiet: bool,  # noqa: FBT001
    **narrowing: str | None,
) -> int:
    """Draw who sent what to whom, and when: the ladder of a call, a registration, or whatever has a Call-ID.

    \b
    sipdiag ladder trace.pcap --call 1
    sipdiag ladder trace.pcap --call 3848276298@192.0.2.10 --format svg -o call.svg
    sipdiag ladder trace.pcap --format mermaid -o ladders/

    Without --call, text draws every ladder; the other formats take one call, or write all of them into a folder.
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    from sipdiag.cli.judging import judged  # noqa: PLC0415  (`--help` does without)
    from sipdiag.cli.settings import settings_here  # noqa: PLC0415
    from sipdiag.report import Words  # noqa: PLC0415
    from sipdiag.report.ladder_sheet import sheets_of  # noqa: PLC0415

    traces, unreadable = readings(captures, quiet=quiet, media=not no_media)
    if not traces:
        return EXIT_UNREADABLE
    settings = settings_here()
    words = Words(options.catalogue_for(lang or settings.lang, knowledge))
    sheets = sheets_of(options.narrowed(judged(traces, settings), settings.filled(narrowing)), words)
    if not sheets:
        click.echo(f"sipdiag: {words.label('no_such_call')}", err=True)
        return EXIT_USAGE
    if output is not None and is_folder(output):
        folder = options.folder(output)
        for number, sheet in enumerate(sheets, 1):
            _write([sheet], words, format_, str(folder / f"ladder-{number}.{ENDINGS[format_]}"))
    elif format_ == "text" or len(sheets) == 1:
        _write(sheets, words, format_, output)
    else:
        click.echo("\n  ".join([f"sipdiag: {words.label('name_one_call')}", *_named(sheets)]), err=True)
        return EXIT_USAGE
    return EXIT_UNREADABLE if unreadable else 0


def _write(sheets: list[Sheet], words: Words, format_: str, output: str | None) -> None:
    pieces = import_module(FORMATS[format_]).pieces
    with options.opened(output) as stream:
        if format_ == "text":
            ascii_only = not (stream.encoding or "utf-8").lower().startswith("utf")
            stream.writelines(pieces(sheets, words, width=_width(output), ascii_only=ascii_only))
        else:
            write_pieces(pieces(sheets, words), stream)


def _width(output: str | None) -> int:
    """The columns of the terminal; COLUMNS goes before; 80 for a pipe or file."""
    if (columns := os.environ.get("COLUMNS", "")).isdigit():
        return max(int(columns), 40)
    try:
        return 80 if output is not None else max(os.get_terminal_size(sys.stdout.fileno()).columns, 40)
    except (OSError, ValueError):
        return 80


def _named(sheets: list[Sheet]) -> list[str]:
    more = [f"… {len(sheets) - MOST_NAMED}"] if len(sheets) > MOST_NAMED else []
    return [_shortened(f"{sheet.title} ({sheet.lines[1]})") for sheet in sheets[:MOST_NAMED]] + more


def _shortened(line: str) -> str:
    """`line` as a terminal may have it, and no longer than a look."""
    from sipdiag.report.escape import shown  # noqa: PLC0415  (`--help` does without)

    return shown(line if len(line) <= LONGEST_NAME else f"{line[:LONGEST_NAME]}…")
