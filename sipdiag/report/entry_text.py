"""Blocks for a terminal: wrapped to its width, in colour where it has some, as plain lines where it has none.

Written without a library, because one takes longer to import than an entry takes to find and print.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from sipdiag.report.entry_blocks import Block, Example, Heading, Listing, Pairs, Prose, Table, Title
from sipdiag.report.escape import shown

WIDEST = 100
"""Longer lines are hard to read, however wide the terminal is."""

_STYLES = {"title": "1;4", "heading": "1;36", "code": "1", "quiet": "2"}
_WIDEST_LABEL = 32


def text_of(blocks: Iterable[Block], width: int = 80, *, colour: bool = False, flat: bool = False) -> str:
    """The blocks as lines of at most `width` columns; `flat` keeps each row of a table on one line, for grep."""
    writer = _Writer(max(width, 40), colour=colour, flat=flat)
    return "".join(line + "\n" for line in writer.lines(blocks))


class _Writer:
    def __init__(self, width: int, *, colour: bool, flat: bool) -> None:
        self._width = min(width, WIDEST)
        self._table_width = 10**6 if flat else width
        self._colour = colour
        self._indent = 0

    def lines(self, blocks: Iterable[Block]) -> Iterator[str]:
        before: Block | None = None
        for block in blocks:
            said_by_the_way = isinstance(before, Prose) and before.quiet
            if before is not None and (said_by_the_way or not isinstance(block, Prose | Listing | Example)):
                yield ""
            if before is not None and isinstance(block, Title):
                yield ""
            before = block
            yield from self._block(block)

    def _block(self, block: Block) -> Iterator[str]:
        if isinstance(block, Title):
            self._indent = 0
            aside = "  " + self._styled("quiet", shown(block.aside)) if block.aside else ""
            yield self._styled("title", shown(block.text)) + aside
        elif isinstance(block, Heading):
            self._indent = 2 * block.level
            yield " " * (self._indent - 2) + self._styled("heading", shown(block.text))
        elif isinstance(block, Prose):
            yield from self._prose(block)
        elif isinstance(block, Listing):
            for number, item in enumerate(block.items, 1):
                mark = f"{number}." if block.numbered else "-"
                yield from self._wrapped(item, " " * self._indent + mark + " ")
        elif isinstance(block, Pairs):
            yield from self._pairs(block)
        elif isinstance(block, Table):
            yield from self._table(block)
        else:
            yield from self._example(block)

    def _prose(self, block: Prose) -> Iterator[str]:
        for number, paragraph in enumerate(block.text.split("\n\n")):
            if number:
                yield ""
            for line in self._wrapped(paragraph, " " * self._indent):
                yield self._styled("quiet", line) if block.quiet else line

    def _pairs(self, block: Pairs) -> Iterator[str]:
        label_width = min(max(len(name) for name, _ in block.rows), _WIDEST_LABEL)
        for name, value in block.rows:
            mark = self._styled("quiet", f"{name:<{label_width}}")
            yield from self._wrapped(value, f"  {mark}  ", label_width + 4)

    def _table(self, block: Table) -> Iterator[str]:
        columns = list(zip(*block.rows, strict=True))[:-1]
        widths = [max(len(cell) for cell in column) for column in columns]
        for row in block.rows:
            marks = [f"{cell:<{width}}" for cell, width in zip(row[:-1], widths, strict=True)]
            mark = "  ".join([self._styled("code", marks[0]), *marks[1:]]) + "  "
            hang = sum(widths) + 2 * len(widths)
            narrow = hang > self._table_width // 2
            yield from self._wrapped(row[-1], mark, widths[0] + 2 if narrow else hang, self._table_width)

    def _example(self, block: Example) -> Iterator[str]:
        fenced = False
        for line in block.text.split("\n"):
            if line.startswith("```"):
                fenced = not fenced
            elif fenced or not line:
                yield (" " * self._indent + shown(line)).rstrip()
            else:
                yield from self._wrapped(line, " " * self._indent)

    def _wrapped(self, markdown: str, mark: str, hang: int = -1, width: int = 0) -> Iterator[str]:
        """`markdown` behind `mark`, its further lines under its first; `code` and **strong** words are bold."""
        hang = len(mark) if hang < 0 else hang
        width = width or self._width
        line, column, in_code = mark, hang, False
        if (before := _columns(mark)) > hang:  # a mark that is wider than its column
            yield line.rstrip()
            line = " " * hang
        else:
            line += " " * (hang - before)
        fresh = True
        for word in shown(markdown).replace("**", "`").split():
            length = len(word) - word.count("`")
            if not fresh and column + 1 + length > width:
                yield line
                line, column, fresh = " " * hang, hang, True
            space = "" if fresh else " "
            told, in_code = self._code(word, in_code=in_code)
            line, column, fresh = line + space + told, column + len(space) + length, False
        yield line.rstrip()

    def _code(self, word: str, *, in_code: bool) -> tuple[str, bool]:
        """A word with its parts in `code font` in bold, since a terminal has but one font."""
        pieces: list[str] = []
        for number, piece in enumerate(word.split("`")):
            in_code ^= number > 0
            pieces.append(self._styled("code", piece) if in_code and piece else piece)
        return "".join(pieces), in_code

    def _styled(self, style: str, text: str) -> str:
        return f"\x1b[{_STYLES[style]}m{text}\x1b[0m" if self._colour else text


def _columns(text: str) -> int:
    """The columns that a text takes, colours aside."""
    length = 0
    for number, piece in enumerate(text.split("\x1b[")):
        length += len(piece) if number == 0 else len(piece.partition("m")[2])
    return length
