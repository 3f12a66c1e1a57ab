"""Where the entries lie, and which one speaks."""

from __future__ import annotations

import os
from collections.abc import Sequence
from functools import cached_property
from typing import Any

from sipdiag.errors import KnowledgeError, UsageError
from sipdiag.knowledge import files
from sipdiag.knowledge.entry import Entry, Headings, facts_in, parse_entry
from sipdiag.knowledge.facts import facts_of
from sipdiag.knowledge.files import data_folder

TYPE_CHECKING = False
if TYPE_CHECKING:  # only folders of one's own need these
    from sipdiag.knowledge.conditions import Conditions, Fields
    from sipdiag.knowledge.overlay import Overlay

DEFAULT_LANGUAGE = "en"
"""The language that holds the facts, and that stands in where a translation is missing."""

SHELVES = ("status", "rule", "cause", "warning", "timer", "method", "class")

_WORDS = "language.toml"


class Catalogue:
    """The entries in one language, read one by one as they are asked for.

    Folders of one's own (`overlays`) lie over the catalogue, the last on top.
    """

    def __init__(
        self,
        language: str = DEFAULT_LANGUAGE,
        root: str | os.PathLike[str] | None = None,
        overlays: Sequence[str | os.PathLike[str]] = (),
    ) -> None:
        self._root = data_folder() if root is None else os.fspath(root)
        if not language.isalnum() or not files.is_file(files.joined(self._root, language, _WORDS)):
            raise UsageError(f"no catalogue in language {language!r}; there are {', '.join(languages(self._root))}")
        self.language = language
        self._entries: dict[str, Entry | None] = {}
        self._speakers: dict[int, list[tuple[str, Conditions | None]]] = {}
        self._overlays: list[Overlay] = self._laid_over(overlays) if overlays else []

    @cached_property
    def words(self) -> dict[str, Any]:
        """What the program itself says in this language: `words["headings"]["fix"]`."""
        return self._words_of(self.language)

    @cached_property
    def original(self) -> dict[str, Any]:
        """The same in the language that the program thinks in."""
        return self.words if self.language == DEFAULT_LANGUAGE else self._words_of(DEFAULT_LANGUAGE)

    @property
    def broken(self) -> list[KnowledgeError]:
        """The entries of one's own that could not be read, each with file, line and reason."""
        return [error for overlay in self._overlays for error in overlay.broken]

    def keys(self, shelf: str) -> list[str]:
        """The keys of one shelf, numbers in their order: `status/100`, `status/180`, …; one's own name their folder."""
        keys = {f"{shelf}/{name}" for name in files.entries_in(files.joined(self._root, DEFAULT_LANGUAGE, shelf))}
        for overlay in self._overlays:
            for key in overlay.keys(shelf):
                own = overlay.find(key)
                conditional = own is not None and any(own.conditions)
                keys.add(f"{key}@{overlay.name}" if conditional else key)
        return sorted(keys, key=_order)

    def has(self, key: str) -> bool:
        """Whether there is an entry called `key`; nothing is read to find out."""
        known = files.is_file(self._path(DEFAULT_LANGUAGE, key))
        return known or any(overlay.find(key) is not None for overlay in self._overlays)

    def find(self, key: str) -> Entry | None:
        """The entry called `key`, or None; raises `KnowledgeError` when it is broken.

        `status/403@carrier` is that of one folder; `status/403` is that of the topmost folder that speaks of every 403.
        """
        if key not in self._entries:
            self._entries[key] = self._found(key)
        return self._entries[key]

    def status_key(self, code: int, reason: str = "", *, method: str = "", fields: Fields | None = None) -> str:
        """Which entry speaks for a response: the first whose conditions hold, or that of its class."""
        for key, conditions in self._speakers_for(code):
            if conditions is None or conditions.hold(method, reason, fields or _no_fields):
                return key
        return class_key(code)

    def asks(self, code: int) -> frozenset[str]:
        """What `status_key` looks at for this code: any of `method reason warning reason-header server`."""
        return frozenset().union(*(each.asks for _, each in self._speakers_for(code) if each is not None))

    def speakers(self, code: int) -> list[str]:
        """The keys of all entries on one status code, in the order in which they are asked."""
        return [key for key, _ in self._speakers_for(code)]

    def status(self, code: int) -> Entry:
        """The entry that speaks of every response with a code; outside the catalogue that of its class.

        So RFC 3261, section 8.1.3.2, has a client treat a code that it does not know.
        """
        entry = self.find(f"status/{code}") or self.find(class_key(code))
        if entry is None:
            raise KnowledgeError(f"{self._root}: the catalogue has no {class_key(code)}")
        return entry

    def _speakers_for(self, code: int) -> list[tuple[str, Conditions | None]]:
        if code not in self._speakers:
            self._speakers[code] = self._ranked(code)
        return self._speakers[code]

    def _ranked(self, code: int) -> list[tuple[str, Conditions | None]]:
        """Topmost folder first, and in a folder the most particular first; the first without conditions is the last."""
        ranked: list[tuple[str, Conditions | None]] = []
        for overlay in reversed(self._overlays):
            own = overlay.of_code(code)
            ranked += [(each.entry.key, each.conditions if any(each.conditions) else None) for each in own]
        for name in files.entries_in(files.joined(self._root, DEFAULT_LANGUAGE, "status")):
            if name.startswith(f"{code}-") and (entry := self._catalogued(f"status/{name}")) is not None:
                from sipdiag.knowledge.conditions import conditions_in  # noqa: PLC0415  (few codes have such entries)

                ranked.append((entry.key, conditions_in(entry.facts)))
        if files.is_file(self._path(DEFAULT_LANGUAGE, f"status/{code}")):
            ranked.append((f"status/{code}", None))
        last = next((at for at, (_, conditions) in enumerate(ranked, 1) if conditions is None), len(ranked))
        return ranked[:last]

    def _found(self, key: str) -> Entry | None:
        key, _, folder = key.partition("@")
        shelf, _, name = key.partition("/")
        if shelf not in SHELVES or not name or "/" in name or "\\" in name or name.startswith("."):
            return None
        entry = None
        if not folder:
            entry = self._catalogued(key)
        for overlay in self._overlays:
            own = overlay.find(key)
            if own is not None and (overlay.name == folder or not (folder or any(own.conditions))):
                base = self._base(key)
                entry = own.entry if base is None else own.entry.over(base)
        return entry

    def _catalogued(self, key: str) -> Entry | None:
        """The catalogue's own entry."""
        original = self._path(DEFAULT_LANGUAGE, key)
        if not files.is_file(original):
            return None
        text = files.text_of(original)
        translated = self._path(self.language, key)
        if self.language == DEFAULT_LANGUAGE or not files.is_file(translated):
            return parse_entry(key, text, Headings(self.original["headings"]), original)
        facts = facts_in(text, original)
        return parse_entry(key, files.text_of(translated), Headings(self.words["headings"]), translated, facts)

    def _base(self, key: str) -> Entry | None:
        """The catalogue's entry that one of somebody's own lies over: `status/403` under `status/403-barred`."""
        return self._catalogued(key) or (self._catalogued(key.partition("-")[0]) if "status/" in key else None)

    def _laid_over(self, folders: Sequence[str | os.PathLike[str]]) -> list[Overlay]:
        from sipdiag.knowledge.overlay import Overlay  # noqa: PLC0415  (most runs have none)

        others = [each for each in languages(self._root) if each != self.language]
        headings = Headings(*(self._words_of(each)["headings"] for each in [self.language, *others]))
        overlays: list[Overlay] = []
        for folder in folders:
            name = plain = files.last_name(folder)
            while name in {each.name for each in overlays}:
                name = f"{plain}-{len(overlays) + 1}"
            own = Overlay(os.fspath(folder), name, self.language, SHELVES, headings, self._base)
            overlays.append(own)
        return overlays

    def _words_of(self, language: str) -> dict[str, Any]:
        return facts_of(files.text_of(files.joined(self._root, language, _WORDS)))

    def _path(self, language: str, key: str) -> str:
        return files.joined(self._root, language, key + files.SUFFIX)


def class_key(code: int) -> str:
    """The class that speaks for an unknown code; a number that is no status code is treated as a client error."""
    return f"class/{code // 100}xx" if 100 <= code < 700 else "class/4xx"


def languages(root: str | os.PathLike[str] | None = None) -> list[str]:
    """The languages that the catalogue speaks: every folder with a `language.toml`."""
    folder = data_folder() if root is None else os.fspath(root)
    return [name for name in files.folders_in(folder) if files.is_file(files.joined(folder, name, _WORDS))]


def _order(key: str) -> tuple[int, str]:
    digits = key.partition("/")[2].partition("-")[0].partition("@")[0]
    return (int(digits) if digits.isdigit() else 10**6), key


def _no_fields(name: str) -> Sequence[str]:
    del name
    return ()
