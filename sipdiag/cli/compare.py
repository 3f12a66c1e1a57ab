"""`sipdiag compare`: two status codes side by side."""

from __future__ import annotations

from sipdiag.cli import EXIT_UNREADABLE, EXIT_USAGE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.explanation import FORMATS, tell, write, write_object
from sipdiag.errors import UsageError
from sipdiag.knowledge import Catalogue, Entry
from sipdiag.knowledge.names import code_called
from sipdiag.report.compare import as_code, comparison_blocks, comparison_object
from sipdiag.report.entry_answers import Explained, answer


@click.command(name="compare")
@click.argument("first", metavar="CODE")
@click.argument("second", metavar="CODE")
@click.argument("captures", nargs=-1, metavar="[CAPTURE...]")
@options.engine
@options.formats(*FORMATS)
@options.output
@options.lang
@options.color
@options.knowledge
def command(  # noqa: PLR0917  (one parameter an option)
    first: str,
    second: str,
    captures: tuple[str, ...],
    format_: str,
    output: str | None,
    lang: str | None,
    color: str,
    knowledge: tuple[str, ...],
) -> int:
    """Compare two status codes: what each means, when it comes, how to fix it, in what they differ, when to use which.

    \b
    sipdiag compare 200 403
    sipdiag compare 401 407 --lang pt
    sipdiag compare 200 403 trace.pcap

    With captures: each request that got the second code beside the closest one that got the first, and only the
    differences between the two that can explain it.
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    catalogue = options.catalogue_for(lang, knowledge)
    one, other = _code(first, catalogue), _code(second, catalogue)
    if one is None or other is None:
        return EXIT_USAGE
    if one.entry.key == other.entry.key and not (one.note and one.name != other.name):
        raise UsageError(catalogue.words["catalogue"]["same_codes"])
    entries = as_code(one.entry, code_called(first), catalogue), as_code(other.entry, code_called(second), catalogue)
    if captures:
        return _in_captures(entries, captures, catalogue, format_, output, color)
    notes = tuple(each.note for each in (one, other) if each.entry.key.startswith("class/"))
    with options.opened(output) as stream:
        if format_ == "json":
            write_object(comparison_object(entries, catalogue, notes), stream)
        else:
            write(comparison_blocks(entries, catalogue, notes), stream, format_, color)
    return 0


def _in_captures(
    entries: tuple[Entry, Entry],
    captures: tuple[str, ...],
    catalogue: Catalogue,
    format_: str,
    output: str | None,
    color: str,
) -> int:
    from sipdiag.analysis import conclude  # noqa: PLC0415  (two codes alone need no analysis)
    from sipdiag.cli.reading import readings  # noqa: PLC0415
    from sipdiag.report.twin_blocks import pairs_in, twin_blocks, twins_object  # noqa: PLC0415

    better, worse = (int(entry.facts.get("code", 0)) for entry in entries)
    if not better or not worse:
        raise UsageError(catalogue.words["twins"]["needs_codes"])
    traces, unreadable = readings(captures, quiet=True, media=False)
    if not traces:
        return EXIT_UNREADABLE
    pairs = pairs_in(conclude(traces).correlation, better, worse)
    with options.opened(output) as stream:
        if format_ == "json":
            write_object(twins_object(pairs, entries, catalogue), stream)
        else:
            write(twin_blocks(pairs, entries, catalogue), stream, format_, color)
    return EXIT_UNREADABLE if unreadable else 0


def _code(name: str, catalogue: Catalogue) -> Explained | None:
    """What the catalogue has on a status code; None, and a line on standard error, where `name` is none."""
    answered = answer(catalogue, name)
    if isinstance(answered, Explained) and answered.entry.key.startswith(("status/", "class/")):
        return answered
    tell([catalogue.words["catalogue"]["not_a_code"].format(name=name)])
    return None
