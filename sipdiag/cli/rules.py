"""`sipdiag rules`: what sipdiag can find, a line a rule."""

from __future__ import annotations

from sipdiag.cli import options
from sipdiag.cli.clicking import click
from sipdiag.cli.explanation import FORMATS, write, write_object
from sipdiag.report.lists import rules_blocks, rules_object


@click.command(name="rules")
@options.formats(*FORMATS)
@options.output
@options.lang
@options.color
@options.knowledge
def command(format_: str, output: str | None, lang: str | None, color: str, knowledge: tuple[str, ...]) -> int:
    """List the rules, one line each: name, family, highest severity, meaning.

    \b
    sipdiag rules
    sipdiag rules --format json
    """  # noqa: D301  (\\b is click's mark for a block that is not to be wrapped)
    from sipdiag.rules import RULES  # noqa: PLC0415  (`--help` does without)

    catalogue = options.catalogue_for(lang, knowledge)
    with options.opened(output) as stream:
        if format_ == "json":
            write_object(rules_object(RULES.names, catalogue), stream)
        else:
            write(rules_blocks(RULES.names, catalogue), stream, format_, color)
    return 0
