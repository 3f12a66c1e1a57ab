"""The journal: which captures were read, by path, size and time of change, and what their content was.

It only saves looking: what was read lies under the name of its content, so that a capture which was moved, copied or
named twice is known all the same. A line that was cut off when a run was killed is passed over.
"""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import msgspec

from sipdiag.engine.files import appended
from sipdiag.engine.places import Place


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """One capture that was read."""

    path: str
    size: int
    stamp: str
    content: str


class Journal:
    """The journal in one file, a line an entry, the last on a path holds."""

    def __init__(self, path: Path) -> None:
        self._path = path
        self._entries: dict[str, Entry] = {}
        for line in path.read_bytes().split(b"\n") if path.exists() else ():
            try:
                entry = msgspec.json.decode(line, type=Entry)
            except msgspec.DecodeError:
                continue
            self._entries[entry.path] = entry

    def content(self, place: Place) -> str:
        """What the content of a capture was, if it has not changed since; else nothing."""
        entry = self._entries.get(_text(place.name))
        if entry is None or not place.stamp or (entry.size, entry.stamp) != (place.size, place.stamp):
            return ""
        return entry.content

    def add(self, read: Iterable[tuple[Place, str]]) -> None:
        """Note captures that were read, and their contents."""
        lines = []
        for place, content in read:
            entry = Entry(path=_text(place.name), size=place.size, stamp=place.stamp, content=content)
            self._entries[entry.path] = entry
            lines.append(msgspec.json.encode(entry))
        with appended(self._path) as file:
            file.write(b"".join(b"\n" + line for line in lines) + b"\n")


def _text(path: str) -> str:
    """A path as JSON can hold it: bytes that are not UTF-8 are written as escapes."""
    return path.encode("utf-8", "surrogateescape").decode("utf-8", "backslashreplace")
