"""What changed between two recordings, for people at a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.text import Text

from sipdiag.difference import Difference
from sipdiag.report.check_text import put
from sipdiag.report.differences import DifferenceWords
from sipdiag.report.escape import shown
from sipdiag.report.words import Words


def print_difference(difference: Difference, words: Words, console: Console) -> None:
    """Write the changes, conversation by conversation, and how many there are."""
    told = DifferenceWords(difference, words)
    put(console, Text(f"{shown(difference.before)} → {shown(difference.after)}", style="bold"), hang=2)
    for pair in told.changed():
        console.print()
        put(console, Text(told.title(pair), style="bold"), hang=2)
        for change in pair.changes:
            style = "green" if not change.before else "red" if not change.after else ""
            put(console, Text(told.change(change), style=style), hang=4, indent=2)
    console.print()
    put(console, Text(told.result(), style="bold green" if difference.same else "bold yellow"))
