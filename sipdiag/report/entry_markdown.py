"""Blocks as Markdown, for a ticket or a wiki."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sipdiag.report.entry_blocks import Block, Heading, Listing, Pairs, Prose, Table, Title
from sipdiag.report.escape import shown


def markdown_of(blocks: Iterable[Block]) -> str:
    """The blocks as one Markdown text."""
    return "\n\n".join("\n".join(_lines(block)) for block in blocks) + "\n"


def _lines(block: Block) -> Iterator[str]:
    if isinstance(block, Title):
        yield f"# {shown(block.text)}" + (f" (`{shown(block.aside)}`)" if block.aside else "")
    elif isinstance(block, Heading):
        yield f"{'#' * (block.level + 1)} {shown(block.text)}"
    elif isinstance(block, Prose):
        paragraphs = [shown(paragraph) for paragraph in block.text.split("\n\n")]
        yield "\n\n".join(f"*{each}*" if block.quiet else each for each in paragraphs)
    elif isinstance(block, Listing):
        for number, item in enumerate(block.items, 1):
            yield (f"{number}. " if block.numbered else "- ") + shown(item)
    elif isinstance(block, Pairs):
        for name, value in block.rows:
            yield f"- **{name}**: {shown(value)}"
    elif isinstance(block, Table):
        yield from _table(block)
    else:
        yield from (shown(line) for line in block.text.split("\n"))


def _table(block: Table) -> Iterator[str]:
    yield f"| {' | '.join(block.headings)} |"
    yield "|" + "---|" * len(block.headings)
    for row in block.rows:
        yield f"| {' | '.join(shown(cell).replace('|', chr(92) + '|') for cell in row)} |"
