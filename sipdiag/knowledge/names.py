"""What people call an entry: `403`, `q850/34`, `warning/370`, `timer/B`, `INVITE`, `ack-missing`, or a word in it."""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.knowledge.entry import Entry
from sipdiag.knowledge.shelf import SHELVES, Catalogue, class_key

_SHELF_NAMES = {"q850": "cause", "q.850": "cause", "code": "status", "sip": "status"}
_SEVERAL_SHELVES = ("cause", "warning", "timer")
"""Shelves whose entries are named with the shelf, because their numbers and letters say little alone."""


def as_named(written: str) -> str:
    """The name in what somebody pasted: `SIP/2.0 403 Forbidden`, `Q.850;cause=34`, `warning 370`, `timer B`."""
    name = written.strip()
    if (cause := name.lower().rpartition("cause=")[2].partition(";")[0].strip('" ')).isdecimal() and "=" in name:
        return cause if name.lower().removeprefix("reason:").lstrip().startswith("sip") else f"q850/{cause}"
    words = name.replace(":", " ").split()
    first, second = (words[0].lower(), words[1]) if len(words) > 1 else ("", "")
    if first in _SEVERAL_SHELVES or _SHELF_NAMES.get(first) == "cause":
        return f"{first}/{second}"
    if first in ("sip", "sip/2.0"):
        return second
    return words[0] if code_called(first) is not None and not any(map(str.isdecimal, words[1:])) else name


def keys_called(catalogue: Catalogue, name: str) -> list[str]:
    """The keys of the entries that `name` names, the likeliest first; none when there is no such entry."""
    shelf, slash, rest = name.strip().rpartition("/")
    if slash:
        shelves: Iterable[str] = [_SHELF_NAMES.get(shelf.lower(), shelf.lower())]
    else:
        shelves = SHELVES
    spellings = dict.fromkeys((rest, rest.lower(), rest.upper(), rest.lower().replace("_", "-")))
    keys = [f"{each}/{spelling}" for each in shelves for spelling in spellings]
    return [key for key in keys if catalogue.find(key) is not None]


def code_called(name: str) -> int | None:
    """The status code that `name` is, in the catalogue or not; None when it is none (RFC 3261, section 7.2)."""
    number = name.strip().rpartition("/")[2]
    shelf = name.strip().lower().removesuffix(number.lower()).rstrip("/")
    known = shelf in ("", "status", *(each for each, meant in _SHELF_NAMES.items() if meant == "status"))
    return int(number) if known and len(number) == 3 and number.isdecimal() and "100" <= number < "700" else None


def treated_as(code: int) -> int:
    """What a client treats an unknown code as: x00, but 183 for a provisional response (RFC 3261, section 8.1.3.2)."""
    return 183 if code < 200 else code // 100 * 100


def spoken(key: str) -> str:
    """What to type after `sipdiag explain` for an entry."""
    shelf, _, name = key.partition("/")
    if shelf in _SEVERAL_SHELVES:
        return f"q850/{name}" if shelf == "cause" else key
    return name


def mentions(catalogue: Catalogue, phrase: str) -> list[Entry]:
    """The entries whose title, lead or description has all the words of `phrase`, the nearest first.

    A word is found where one begins with it; accents and case do not matter.
    """
    words = _folded(phrase).split()
    found: list[tuple[int, Entry]] = []
    for shelf in SHELVES:
        for key in catalogue.keys(shelf):
            entry = catalogue.find(key)
            if words and entry is not None and (rank := _rank(entry, words)) is not None:
                found.append((rank, entry))
    found.sort(key=lambda each: each[0])
    return [entry for _, entry in found]


def near_misses(catalogue: Catalogue, name: str) -> list[str]:
    """Up to three names that look like `name`, as one would type them."""
    from difflib import get_close_matches  # noqa: PLC0415  (only mistakes need it)

    known = {spoken(key).lower(): spoken(key) for shelf in SHELVES for key in catalogue.keys(shelf)}
    if (code := code_called(name)) is not None:
        known.setdefault(class_key(code).partition("/")[2], class_key(code).partition("/")[2])
    return [known[each] for each in get_close_matches(name.lower(), known, n=3, cutoff=0.7)]


def _rank(entry: Entry, words: list[str]) -> int | None:
    """0 where the title has the words, 1 for the lead, 2 for the description; None where they are not all there."""
    text = ""
    for rank, part in enumerate((f"{entry.key} {entry.title}", entry.meaning, entry.description)):
        text += " " + _folded(part)
        if all(f" {word}" in text for word in words):
            return rank
    return None


def _folded(text: str) -> str:
    """Lower case without accents, words apart by one space."""
    from unicodedata import combining, normalize  # noqa: PLC0415  (only a search needs it)

    plain = "".join(each for each in normalize("NFD", text.lower()) if not combining(each))
    return " ".join("".join(each if each.isalnum() else " " for each in plain).split())
