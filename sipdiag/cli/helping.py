"""Help pages in the language of the user: the texts of a command exchanged for those of the catalogue's phrases."""

from __future__ import annotations

import sys
from copy import copy
from typing import TYPE_CHECKING, cast

from sipdiag.cli.language import remember
from sipdiag.cli.phrases import Phrases, phrases

if TYPE_CHECKING:
    from click import Command, Context, HelpFormatter, Option
    from rich_click import RichHelpFormatter

VERBATIM = "\b"
"""click's mark of a block that is not to be wrapped."""


def helping(command: Command) -> Command:
    """`command` with its help in the language of the user; what it was made of stays as it is."""
    known = phrases()
    if known is None:
        return command
    command = copy(command)
    command.params = [copy(each) for each in command.params]
    command.help = in_language(command.help or "", known)
    for parameter in command.params:
        text = getattr(parameter, "help", None)
        if text:
            parameter.help = known.help.get(text, text)
    _around(command, known)
    return command


def in_language(text: str, known: Phrases) -> str:
    """A docstring, paragraph by paragraph; in a block that is not wrapped, line by line."""
    return "\n\n".join(_paragraph(each, known) for each in text.split("\n\n"))


def _paragraph(text: str, known: Phrases) -> str:
    if text.lstrip(" \n").startswith(VERBATIM):
        lines = text.split("\n")
        return "\n".join(known.help.get(line.strip(), line.strip()) for line in lines)
    said = " ".join(text.split())
    return known.help.get(said, text)


def frame() -> None:
    """Put what stands around the texts of all commands in the language of the user; before there is a context."""
    remember(sys.argv[1:])
    known = phrases()
    if known is None:
        return
    import rich_click.rich_click as settings  # noqa: PLC0415

    settings.ARGUMENTS_PANEL_TITLE = known.help["Arguments"]
    settings.OPTIONS_PANEL_TITLE = known.help["Options"]
    settings.COMMANDS_PANEL_TITLE = known.help["Commands"]
    settings.DEFAULT_STRING = rf"\{known.help['[default: {}]']}"
    settings.REQUIRED_LONG_STRING = rf"\{known.help['[required]']}"


def _around(command: Command, known: Phrases) -> None:
    """What click itself adds to the help of a command: the option `--help`, and the line of usage."""
    own = command.get_help_option

    def option(context: Context) -> Option | None:
        found = own(context)
        if found is not None:
            found.help = known.help.get(found.help or "", found.help)
        return found

    def usage(context: Context, formatter: HelpFormatter) -> None:
        from rich_click.rich_help_rendering import get_rich_usage  # noqa: PLC0415

        pieces = " ".join(command.collect_usage_pieces(context))
        get_rich_usage(cast("RichHelpFormatter", formatter), context.command_path, pieces, known.help["Usage:"])

    for name, answer in (("get_help_option", option), ("format_usage", usage)):
        setattr(command, name, answer)
