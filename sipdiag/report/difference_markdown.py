"""What changed between two recordings, as Markdown: what packets said stands in code spans only."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.difference import Difference
from sipdiag.report.differences import DifferenceWords
from sipdiag.report.escape import as_code
from sipdiag.report.words import Words

MOST_ROWS = 500
"""Changes that are listed; the services that show this limit its length."""


def pieces(difference: Difference, words: Words) -> Iterator[str]:
    """The list, conversation by conversation."""
    told = DifferenceWords(difference, words)
    yield f"## sipdiag diff\n\n{as_code(difference.before)} → {as_code(difference.after)}\n\n{told.result()}\n"
    rows = 0
    for pair in told.changed():
        if rows >= MOST_ROWS:
            yield "\n…\n"
            return
        yield f"\n### {as_code(told.title(pair))}\n\n"
        for change in pair.changes[: MOST_ROWS - rows]:
            rows += 1
            yield f"- {as_code(told.change(change))}\n"
