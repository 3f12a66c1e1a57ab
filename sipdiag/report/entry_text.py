"""An entry of the catalogue for a terminal."""

from __future__ import annotations

from rich.console import Console
from rich.padding import Padding
from rich.text import Text

from sipdiag.knowledge import Catalogue, Entry


def print_entry(entry: Entry, catalogue: Catalogue, console: Console) -> None:
    """Write the whole entry, with what it says of each method."""
    headings: dict[str, str] = catalogue.words["headings"]
    console.print(Text(entry.title, style="bold underline" if console.is_terminal else "bold"))
    _prose(console, entry.meaning, 0)
    _section(console, headings["description"], entry.description)
    _list(console, headings["seen_when"], entry.seen_when)
    _list(console, headings["fix"], entry.fix, numbered=True)
    _section(console, headings["when_to_use"], entry.when_to_use)
    for method, part in entry.methods.items():
        _section(console, headings["for_method"].format(method=method), part.description)
        _list(console, headings["seen_when"], part.seen_when, indent=2)
        _list(console, headings["fix"], part.fix, numbered=True, indent=2)
    if entry.platforms:
        _heading(console, headings["platforms"])
        for platform, settings in entry.platforms.items():
            _list(console, platform, settings, indent=2)
    _list(console, headings["references"], entry.references)
    console.print()


def _heading(console: Console, title: str, indent: int = 0) -> None:
    console.print()
    console.print(Padding(Text(title, style="bold cyan"), (0, 0, 0, indent)))


def _section(console: Console, title: str, prose: str) -> None:
    if prose:
        _heading(console, title)
        _prose(console, prose, 2)


def _prose(console: Console, prose: str, indent: int) -> None:
    for paragraph in prose.split("\n\n"):
        console.print(Padding(_styled(paragraph), (0, 0, 0, indent)))


def _list(console: Console, title: str, items: tuple[str, ...], *, numbered: bool = False, indent: int = 0) -> None:
    if not items:
        return
    _heading(console, title, indent)
    for number, item in enumerate(items, 1):
        mark = f"{number}. " if numbered else "- "
        line = Text(mark)
        line.append_text(_styled(item))
        line = _hanging(console, line, indent + 2, len(mark))
        console.print(Padding(line, (0, 0, 0, indent + 2)))


def _hanging(console: Console, line: Text, indent: int, hang: int) -> Text:
    """`line` wrapped so that what follows its mark stands in one column."""
    wrapped = line.wrap(console, max(console.width - indent - hang, 20))
    joined = Text()
    for number, part in enumerate(wrapped):
        if number:
            joined.append("\n" + " " * hang)
        joined.append_text(part)
    return joined


def _styled(markdown: str) -> Text:
    """Text with what stands in `code font` in bold, since a terminal has but one font."""
    text = Text()
    for index, piece in enumerate(markdown.split("`")):
        text.append(piece, style="bold" if index % 2 else "")
    return text
