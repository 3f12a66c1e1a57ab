"""An entry of the catalogue as a row of blocks, which a terminal and Markdown show each in its way."""

from __future__ import annotations

from collections.abc import Iterator
from typing import NamedTuple

from sipdiag.knowledge import Catalogue, Entry
from sipdiag.report.entry_facts import fact_rows


class Title(NamedTuple):
    """What follows is about this."""

    text: str
    aside: str = ""


class Heading(NamedTuple):
    """A section; a deeper level lies inside the one before."""

    text: str
    level: int = 1


class Prose(NamedTuple):
    """Paragraphs, apart by empty lines."""

    text: str
    quiet: bool = False
    """Said by the way."""


class Listing(NamedTuple):
    """A list, with bullets or numbers."""

    items: tuple[str, ...]
    numbered: bool = False


class Pairs(NamedTuple):
    """Names and their values, a line each."""

    rows: tuple[tuple[str, str], ...]


class Example(NamedTuple):
    """Markdown with fenced lines that stay as they are."""

    text: str


class Table(NamedTuple):
    """Rows of as many cells as there are headings; the last column is prose."""

    headings: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]


Block = Title | Heading | Prose | Listing | Pairs | Example | Table


def entry_blocks(entry: Entry, catalogue: Catalogue, note: str = "") -> Iterator[Block]:
    """The whole entry, with what it says of each method; `note` stands under the title."""
    headings: dict[str, str] = catalogue.words["headings"]
    yield Title(entry.title, f"@{entry.folder}" if entry.folder else "")
    if note:
        yield Prose(note, quiet=True)
    yield Prose(entry.meaning)
    if rows := fact_rows(entry, catalogue):
        yield Pairs(tuple(rows))
    yield from section(headings["description"], entry.description)
    yield from listed(headings["seen_when"], entry.seen_when)
    yield from listed(headings["fix"], entry.fix, numbered=True)
    yield from section(headings["when_to_use"], entry.when_to_use)
    for method, part in entry.methods.items():
        yield Heading(headings["for_method"].format(method=method))
        if part.description:
            yield Prose(part.description)
        yield from listed(headings["seen_when"], part.seen_when, level=2)
        yield from listed(headings["fix"], part.fix, numbered=True, level=2)
    if entry.platforms:
        yield Heading(headings["platforms"])
        for platform, settings in entry.platforms.items():
            yield from listed(platform, settings, level=2)
    if entry.example:
        yield Heading(headings["example"])
        yield Example(entry.example)
    yield from listed(headings["references"], entry.references)


def section(heading: str, prose: str, *, level: int = 1) -> Iterator[Block]:
    """A heading and its prose; nothing where there is none."""
    if prose:
        yield Heading(heading, level)
        yield Prose(prose)


def listed(heading: str, items: tuple[str, ...], *, numbered: bool = False, level: int = 1) -> Iterator[Block]:
    """A heading and its list; nothing where there is none."""
    if items:
        yield Heading(heading, level)
        yield Listing(items, numbered)
