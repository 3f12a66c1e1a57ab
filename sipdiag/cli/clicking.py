"""click for running, rich-click for help pages: the two are one interface, but only help is worth the slower import."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

COMPLETE_VARIABLE = "_SIPDIAG_COMPLETE"
"""The environment variable with which a shell asks for completions."""

if TYPE_CHECKING:
    from collections.abc import Callable

    import click
    from click import Command, Group

    HELPING: Callable[[Command], Command] | None
    """Puts the help of a command in the language of the user; None where no help is asked for."""
elif not os.environ.get(COMPLETE_VARIABLE) and (
    len(sys.argv) == 1 or {"-h", "--help"} & set(sys.argv) or sys.argv[1] == "help"
):
    import rich_click as click
    from rich_click import RichGroup as Group

    from sipdiag.cli.helping import frame, helping

    HELPING = helping
    click.rich_click.TEXT_MARKUP = "ansi"
    click.rich_click.SHOW_ARGUMENTS = True
    frame()
else:
    import click
    from click import Group

    HELPING = None

__all__ = ["COMPLETE_VARIABLE", "HELPING", "Group", "click"]
