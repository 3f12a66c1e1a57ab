"""Where the entries lie, and how one is found by what people call it."""

from __future__ import annotations

import re
import tomllib
from functools import cached_property
from pathlib import Path
from typing import Any

from sipdiag.errors import KnowledgeError, UsageError
from sipdiag.knowledge.entry import Entry, parse_entry

DEFAULT_LANGUAGE = "en"
"""The language that holds the facts, and that stands in where a translation is missing."""

SHELVES = ("status", "rule", "cause", "warning", "timer", "method", "class")


class Catalogue:
    """The entries in one language, read one by one as they are asked for."""

    def __init__(self, language: str = DEFAULT_LANGUAGE, root: Path | None = None) -> None:
        self._root = root or data_folder()
        self._folder = self._root / language
        if not (self._folder / "language.toml").is_file():
            raise UsageError(f"no catalogue in language {language!r}; there are {', '.join(languages(self._root))}")
        self.language = language
        self._entries: dict[str, Entry | None] = {}

    @cached_property
    def words(self) -> dict[str, Any]:
        """What the program itself says in this language: `words["headings"]["fix"]`."""
        return tomllib.loads((self._folder / "language.toml").read_text(encoding="utf-8"))

    def keys(self, shelf: str) -> list[str]:
        """The keys of one shelf, numbers in their order: `status/100`, `status/180`, …"""
        names = [path.stem for path in (self._root / DEFAULT_LANGUAGE / shelf).glob("*.md")]
        return [f"{shelf}/{name}" for name in sorted(names, key=lambda name: (_number(name), name))]

    def find(self, key: str) -> Entry | None:
        """The entry called `key`, or None; raises `KnowledgeError` when it is broken."""
        if key not in self._entries:
            self._entries[key] = self._read(key)
        return self._entries[key]

    def status_key(self, code: int, reason: str = "") -> str:
        """Which entry speaks for a response: one made for its reason phrase, else its code's, else its class's."""
        for key in self._variants().get(code, ()):
            entry = self.find(key)
            pattern = None if entry is None else entry.facts.get("match_reason")
            if isinstance(pattern, str) and re.search(pattern, reason):
                return key
        if (self._root / DEFAULT_LANGUAGE / "status" / f"{code}.md").is_file():
            return f"status/{code}"
        return f"class/{code // 100}xx" if 100 <= code < 700 else "class/4xx"

    def _variants(self) -> dict[int, list[str]]:
        """The entries made for one reason phrase of a code: `status/603-network-blocked`."""
        variants: dict[int, list[str]] = {}
        for path in (self._root / DEFAULT_LANGUAGE / "status").glob("[1-6][0-9][0-9]-*.md"):
            variants.setdefault(int(path.stem[:3]), []).append(f"status/{path.stem}")
        return variants

    def status(self, code: int) -> Entry:
        """The entry of a status code; outside the catalogue that of its class (RFC 3261, section 8.1.3.2)."""
        key = self.status_key(code)
        entry = self.find(key)
        if entry is None:
            raise KnowledgeError(f"{self._root}: the catalogue has no {key}")
        return entry

    def _read(self, key: str) -> Entry | None:
        shelf, _, name = key.partition("/")
        if shelf not in SHELVES or not name or "/" in name or name.startswith("."):
            return None
        original = self._root / DEFAULT_LANGUAGE / shelf / f"{name}.md"
        if not original.is_file():
            return None
        english = _headings(self._root, DEFAULT_LANGUAGE) if self.language != DEFAULT_LANGUAGE else self._words_headings
        entry = parse_entry(key, original.read_text(encoding="utf-8"), english, str(original))
        translated = self._folder / shelf / f"{name}.md"
        if self.language == DEFAULT_LANGUAGE or not translated.is_file():
            return entry
        text = translated.read_text(encoding="utf-8")
        return parse_entry(key, text, self._words_headings, str(translated), entry.facts)

    @property
    def _words_headings(self) -> dict[str, str]:
        headings: dict[str, str] = self.words["headings"]
        return headings


def data_folder() -> Path:
    """Where the catalogue lies: inside the installed package, or at the top level of a checkout."""
    inside = Path(__file__).parent / "data"
    return inside if inside.is_dir() else Path(__file__).parents[2] / "knowledge"


def languages(root: Path | None = None) -> list[str]:
    """The languages that the catalogue speaks: every folder with a `language.toml`."""
    return sorted(path.parent.name for path in (root or data_folder()).glob("*/language.toml"))


def _headings(root: Path, language: str) -> dict[str, str]:
    headings: dict[str, str] = tomllib.loads((root / language / "language.toml").read_text(encoding="utf-8"))["headings"]
    return headings


def _number(name: str) -> int:
    digits = name.split("-")[0]
    return int(digits) if digits.isdigit() else 10**6
