"""What `sipdiag explain` answers: the entries that were named, or those that mention a word."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any, NamedTuple

from sipdiag.knowledge import Catalogue, Entry, class_key
from sipdiag.knowledge.names import as_named, code_called, keys_called, mentions, near_misses, spoken, treated_as
from sipdiag.report.entry_blocks import Block, Prose, Table, Title, entry_blocks
from sipdiag.report.entry_json import entry_object

MOST_MATCHES = 25
"""Entries that a search lists."""


class Explained(NamedTuple):
    """An entry that was named."""

    name: str
    entry: Entry
    note: str
    """That it is the class's, or that the name has another meaning too; empty where there is nothing to add."""


class Matched(NamedTuple):
    """A word, and the entries that mention it."""

    name: str
    entries: list[Entry]


class Unknown(NamedTuple):
    """A name that nothing is called and nothing mentions."""

    name: str
    near: list[str]
    """What looks like it."""


Answer = Explained | Matched | Unknown


def answer(catalogue: Catalogue, name: str) -> Answer:
    """What the catalogue has on `name`, or on the name in what was pasted; else the entries that mention it."""
    named = as_named(name)
    keys = keys_called(catalogue, named)
    code = code_called(named)
    if code is not None and keys and (phrase := name.partition(named)[2].strip()):  # some entries go by the phrase
        keys = list(dict.fromkeys([catalogue.status_key(code, phrase), *keys]))
    if code is not None and not (keys and keys[0].startswith("status/")):
        return _unknown_code(catalogue, name, code, others=keys)
    if keys and (entry := catalogue.find(keys[0])) is not None:
        return Explained(name, entry, " ".join(_also(catalogue, name, keys, code)))
    if "/" not in name and (entries := mentions(catalogue, name)):
        return Matched(name, entries)
    return Unknown(name, near_misses(catalogue, name))


def answer_blocks(answered: Answer, catalogue: Catalogue) -> Iterator[Block]:
    """An answer for a terminal or Markdown; an unknown name gives nothing."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    if isinstance(answered, Explained):
        yield from entry_blocks(answered.entry, catalogue, answered.note)
    elif isinstance(answered, Matched):
        yield Title(labels["entries_with"].format(name=answered.name))
        rows = tuple((spoken(each.key), each.title, each.meaning) for each in answered.entries[:MOST_MATCHES])
        yield Table(("explain", labels["column_entry"], labels["column_meaning"]), rows)
        if more := len(answered.entries) - len(rows):
            yield Prose(labels["more_matches"].format(count=more), quiet=True)


def answers_object(answers: Sequence[Answer], catalogue: Catalogue) -> dict[str, Any]:
    """All answers as one object: `entries`, `matches` and `not_found`."""
    return {
        "language": catalogue.language,
        "entries": [
            {"name": each.name, **entry_object(each.entry), "note": each.note}
            for each in answers
            if isinstance(each, Explained)
        ],
        "matches": [
            {
                "name": each.name,
                "entries": [
                    {"key": found.key, "title": found.title, "meaning": found.meaning} for found in each.entries
                ],
            }
            for each in answers
            if isinstance(each, Matched)
        ],
        "not_found": [{"name": each.name, "near": each.near} for each in answers if isinstance(each, Unknown)],
    }


def not_found(unknown: Unknown, catalogue: Catalogue) -> str:
    """One line on a name that nothing is called."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    if not unknown.name.strip():
        return labels["nothing_asked"]
    if len(unknown.name) == 3 and unknown.name.isdecimal():
        return labels["no_such_code"].format(name=unknown.name)
    if unknown.near:
        return labels["not_found_near"].format(name=unknown.name, near=", ".join(unknown.near))
    return labels["not_found"].format(name=unknown.name)


def _unknown_code(catalogue: Catalogue, name: str, code: int, *, others: list[str]) -> Explained:
    """A code outside the catalogue: the entry of its class, which says how a client treats it."""
    said = [catalogue.words["catalogue"]["treated_as"].format(code=code, base=treated_as(code))]
    said += _also(catalogue, name, [class_key(code), *others], code)
    return Explained(name, catalogue.status(code), " ".join(said))


def _also(catalogue: Catalogue, name: str, keys: list[str], code: int | None) -> Iterator[str]:
    """What else bears the name, and which entries speak for some responses with the code."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    if others := ", ".join(spoken(key) for key in keys[1:]):
        yield labels["also_named"].format(name=name, others=others)
    if code is not None:
        particular = [key for key in catalogue.speakers(code) if key.partition("@")[0] != f"status/{code}"]
        if particular:
            yield labels["more_entries"].format(code=code, others=", ".join(spoken(key) for key in particular))
