"""click for running, rich-click for help pages: the two are one interface, but only help is worth the slower import."""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

COMPLETE_VARIABLE = "_SIPDIAG_COMPLETE"
"""The environment variable with which a shell asks for completions."""

if TYPE_CHECKING:
    import click
    from click import Group
elif not os.environ.get(COMPLETE_VARIABLE) and (len(sys.argv) == 1 or {"-h", "--help"} & set(sys.argv)):
    import rich_click as click
    from rich_click import RichGroup as Group

    click.rich_click.TEXT_MARKUP = "rich"
    click.rich_click.SHOW_ARGUMENTS = True
else:
    import click
    from click import Group

__all__ = ["COMPLETE_VARIABLE", "Group", "click"]
