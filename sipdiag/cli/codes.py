"""`sipdiag codes`: the status codes of the catalogue, a line each."""

from __future__ import annotations

from sipdiag.cli import options
from sipdiag.cli.clicking import click
from sipdiag.cli.explanation import FORMATS, write, write_object
from sipdiag.errors import UsageError
from sipdiag.report.lists import codes_blocks, codes_listed, codes_object


@click.command(name="codes")
@click.option("--class", "class_", metavar="DIGIT", help="Only one class: 4 or 4xx.")
@options.formats(*FORMATS)
@options.output
@options.lang
@options.color
@options.knowledge
def command(
    class_: str | None, format_: str, output: str | None, lang: str | None, color: str, knowledge: tuple[str, ...]
) -> int:
    """List the status codes, one line each: code, reason phrase, meaning.

    \b
    sipdiag codes
    sipdiag codes --class 4 --format json
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    digit = (class_ or "").lower().removesuffix("xx")
    if class_ is not None and digit not in set("123456"):
        raise UsageError(f"--class takes a digit from 1 to 6, not {class_!r}")
    catalogue = options.catalogue_for(lang, knowledge)
    entries = codes_listed(catalogue, digit)
    with options.opened(output) as stream:
        if format_ == "json":
            write_object(codes_object(entries, catalogue), stream)
        else:
            write(codes_blocks(entries, catalogue), stream, format_, color)
    return 0
