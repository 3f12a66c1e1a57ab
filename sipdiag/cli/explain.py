"""`sipdiag explain`: entries of the catalogue."""

from __future__ import annotations

from sipdiag.cli import EXIT_USAGE, options
from sipdiag.cli.clicking import click
from sipdiag.cli.explanation import FORMATS, explain, tell


@click.command(name="explain")
@click.argument("names", nargs=-1, required=True, metavar="NAME...", shell_complete=options.entry_names)
@options.formats(*FORMATS)
@options.output
@options.lang
@options.color
@options.knowledge
def command(
    names: tuple[str, ...], format_: str, output: str | None, lang: str | None, color: str, knowledge: tuple[str, ...]
) -> int:
    """Explain a status code, a rule, a cause, a warning, a timer or a method; or find the entries that mention a word.

    \b
    sipdiag explain 403
    sipdiag explain ack-missing
    sipdiag explain q850/34 warning/370 timer/B
    sipdiag explain "early media"
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    catalogue = options.catalogue_for(lang, knowledge)
    with options.opened(output) as stream:
        missing = explain(names, catalogue, stream, format_, color)
    tell(missing)
    return EXIT_USAGE if missing else 0
