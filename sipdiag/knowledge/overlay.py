"""A folder of one's own entries: a carrier's notes on its 403s, laid over the catalogue with `--knowledge DIR`.

`DIR/status/403.md` speaks in every language, `DIR/pt/status/403.md` in one. A broken entry is told and left out.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

from sipdiag.errors import KnowledgeError, UsageError
from sipdiag.knowledge import files
from sipdiag.knowledge.conditions import Conditions, conditions_in
from sipdiag.knowledge.entry import Entry, Headings, facts_in, parse_entry

VOCABULARY = {
    "class": ("provisional", "success", "redirection", "client-error", "server-error", "global-failure"),
    "retry": ("never", "same", "changed", "credentials", "later", "elsewhere", "none-needed"),
    "actor": ("nobody", "caller", "callee", "user", "operator", "carrier"),
    "next": ("wait", "ack", "continue", "authenticate", "redirect", "change", "later", "elsewhere", "stop"),
    "dialog": ("none", "early", "established", "ended", "usage-ended"),
    "outcome": ("none", "note", "warning", "error"),
}
"""The values that a fact of a status code may have."""

_KINDS: dict[str, type] = {"code": int, "rfc": int, "reason": str, "section": str, "origin": str, "related": list}
_KINDS |= {"methods": list, "decisive": list, "ends_transaction": bool}


class OwnEntry(NamedTuple):
    """An entry of one's own, and when it speaks."""

    entry: Entry
    conditions: Conditions


class Overlay:
    """The entries of one folder."""

    def __init__(
        self,
        folder: str,
        name: str,
        language: str,
        shelves: tuple[str, ...],
        headings: Headings,
        base: Callable[[str], Entry | None],
    ) -> None:
        if not files.is_folder(folder):
            raise UsageError(f"no such folder for --knowledge: {folder}")
        self.name = name
        self.broken: list[KnowledgeError] = []
        self._base = base
        self._entries: dict[str, OwnEntry] = {}
        paths = _paths(folder, language, shelves)
        if not paths:
            raise UsageError(
                f"{folder}: no entry in it; one on 403 is called {files.joined(folder, 'status', '403.md')}"
            )
        for key, versions in paths.items():
            try:
                self._entries[key] = self._read(key, versions, headings)
            except KnowledgeError as error:
                self.broken.append(error)

    def keys(self, shelf: str) -> list[str]:
        """The keys of the entries on one shelf, as the catalogue has them: without the folder's name."""
        return [key for key in self._entries if key.startswith(f"{shelf}/")]

    def find(self, key: str) -> OwnEntry | None:
        """The entry called `key`, or None."""
        return self._entries.get(key)

    def of_code(self, code: int) -> list[OwnEntry]:
        """The entries on one status code, those with most conditions first."""
        keys = [key for key in self._entries if key == f"status/{code}" or key.startswith(f"status/{code}-")]
        found = sorted((-len(self._entries[key].conditions.asks), key) for key in keys)
        return [self._entries[key] for _, key in found]

    def _read(self, key: str, versions: list[str], headings: Headings) -> OwnEntry:
        path = versions[0]
        text = files.text_of(path)
        facts: dict[str, Any] = {}
        where = path
        for each in versions:  # the facts stand in one of the languages
            if facts := facts_in(text if each == path else files.text_of(each), each):
                where = each
                break
        try:
            conditions = _checked(key, facts)
        except ValueError as error:
            raise KnowledgeError(f"{where}:{_line_of(where, str(error).split(' ')[0])}: {error}") from error
        entry = parse_entry(f"{key}@{self.name}", text, headings, path, {**_implied(key), **facts})
        if not entry.meaning and self._base(key) is None:
            raise KnowledgeError(f"{path}:2: one sentence that says it all must stand above the first heading")
        return OwnEntry(entry, conditions)


def _paths(folder: str, language: str, shelves: tuple[str, ...]) -> dict[str, list[str]]:
    """Key → the files that hold the entry, the one to speak first: this language, none in particular, any other."""
    inner = [each for each in files.folders_in(folder) if each not in shelves]
    order = sorted(["", *inner], key=lambda each: (each != language, each != "", each != "en", each))
    paths: dict[str, list[str]] = {}
    for each in order:
        for shelf in shelves:
            shelved = files.joined(folder, each, shelf) if each else files.joined(folder, shelf)
            for name in files.entries_in(shelved):
                paths.setdefault(f"{shelf}/{name}", []).append(files.joined(shelved, name + files.SUFFIX))
    return paths


def _checked(key: str, facts: dict[str, Any]) -> Conditions:
    """The conditions of an entry whose facts are all of the form that `knowledge/README.md` has; else `ValueError`."""
    shelf, _, name = key.partition("/")
    if shelf != "status":
        if matching := [each for each in facts if each.startswith("match_")]:
            raise ValueError(f"{matching[0]} has a meaning for status codes only")
        return Conditions()
    code = name.partition("-")[0]
    if len(code) != 3 or not code.isdigit() or code[0] not in "123456":
        raise ValueError(f"file name must begin with a status code, 403.md or 403-barred.md, not {name}.md")
    for fact, value in facts.items():
        if fact in VOCABULARY and value not in VOCABULARY[fact]:
            raise ValueError(f"{fact} is one of {', '.join(VOCABULARY[fact])}, not {value!r}")
        if fact in _KINDS and not isinstance(value, _KINDS[fact]):
            raise ValueError(f"{fact} must be a {_KINDS[fact].__name__}, not {value!r}")
    if facts.get("code", int(code)) != int(code):
        raise ValueError(f"code = {facts['code']} stands in a file called {name}.md")
    return conditions_in(facts)


def _implied(key: str) -> dict[str, Any]:
    """What a status code says by itself."""
    shelf, _, name = key.partition("/")
    if shelf != "status":
        return {}
    code = int(name[:3])
    return {"code": code, "class": VOCABULARY["class"][code // 100 - 1], "ends_transaction": code >= 200}


def _line_of(path: str, fact: str) -> int:
    """The line that states a fact; the first where none does."""
    lines = files.text_of(path).splitlines()
    return next((number for number, line in enumerate(lines, 1) if line.split("=")[0].strip() == fact), 1)
