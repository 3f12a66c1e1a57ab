"""Two status codes side by side: what each means, when it comes, how to fix it, and in what they differ."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from sipdiag.knowledge import Catalogue, Entry
from sipdiag.knowledge.names import spoken, treated_as
from sipdiag.report.entry_blocks import Block, Heading, Listing, Prose, Title, listed, section
from sipdiag.report.entry_facts import COMPARED, definition, fact, related
from sipdiag.report.entry_json import entry_object


def as_code(entry: Entry, code: int | None, catalogue: Catalogue) -> Entry:
    """The entry of a class as it speaks for a code outside the catalogue: by its number, with what a client does.

    That is what it does on x00, or on 183 (RFC 3261, section 8.1.3.2); who must act, the number alone does not tell.
    """
    if code is None or not entry.key.startswith("class/"):
        return entry
    base = catalogue.status(treated_as(code)).facts
    facts: dict[str, Any] = {name: base[name] for name in ("retry", "next", "dialog") if name in base}
    return entry._replace(title=f"{code} ({entry.title})", facts={**facts, **entry.facts, "code": code})


def comparison_blocks(entries: tuple[Entry, Entry], catalogue: Catalogue, notes: tuple[str, ...]) -> Iterator[Block]:
    """The comparison; `notes` say which code is outside the catalogue."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    headings: dict[str, str] = catalogue.words["headings"]
    yield Title(" · ".join(entry.title for entry in entries))
    for note in notes:
        yield Prose(note, quiet=True)
    yield Heading(labels["class_and_category"])
    yield Listing(tuple(f"**{entry.title}**: {_category(entry, catalogue)}" for entry in entries))
    yield Heading(headings["description"])
    for entry in entries:
        yield from section(entry.title, entry.description, level=2)
    for name, numbered in (("seen_when", False), ("fix", True)):
        yield Heading(headings[name])
        for entry in entries:
            yield from listed(entry.title, getattr(entry, name), numbered=numbered, level=2)
    yield from _differences(entries, catalogue)
    if any(entry.when_to_use for entry in entries):
        yield Heading(labels["which"])
        for entry in entries:
            yield from section(entry.title, entry.when_to_use, level=2)
    yield Heading(labels["learn_more"])
    yield Listing(tuple(_further(entries, catalogue)))


def comparison_object(entries: tuple[Entry, Entry], catalogue: Catalogue, notes: tuple[str, ...]) -> dict[str, Any]:
    """The comparison as an object; each difference has the values as the facts have them and in words."""
    return {
        "language": catalogue.language,
        "codes": [entry_object(entry) for entry in entries],
        "differences": [
            {"fact": name, "values": [_stated(name, entry) for entry in entries], "words": list(told)}
            for name, told in _told(entries, catalogue)
            if told[0] != told[1]
        ],
        "in_common": [
            {"fact": name, "value": _stated(name, entries[0]), "words": told[0]}
            for name, told in _told(entries, catalogue)
            if told[0] == told[1]
        ],
        "notes": list(notes),
    }


def _differences(entries: tuple[Entry, Entry], catalogue: Catalogue) -> Iterator[Block]:
    labels: dict[str, str] = catalogue.words["catalogue"]
    facts = _told(entries, catalogue)
    differing = [(labels[name], *values) for name, values in facts if values[0] != values[1]]
    common = [f"{labels[name]}: {values[0]}" for name, values in facts if values[0] == values[1]]
    yield Heading(labels["differences"])
    first, second = (f"`{_name(entry)}`" for entry in entries)
    lines = (
        labels["difference"].format(fact=f"**{name}**", first=first, one=one, second=second, other=other)
        for name, one, other in differing
    )
    yield Listing(told) if (told := tuple(lines)) else Prose(labels["no_difference"])
    if common:
        yield Heading(labels["in_common"])
        yield Listing(tuple(common))


def _told(entries: tuple[Entry, Entry], catalogue: Catalogue) -> list[tuple[str, tuple[str, str]]]:
    """Each fact that both entries state, in words."""
    one, other = entries
    told = [(name, (fact(name, one, catalogue), fact(name, other, catalogue))) for name in COMPARED]
    return [(name, values) for name, values in told if all(values)]


def _stated(name: str, entry: Entry) -> Any:  # noqa: ANN401  (a fact may be text, a truth or a list)
    names = {"final": "ends_transaction"}
    return entry.facts.get(names.get(name, name), entry.facts.get("name") if name == "class" else None)


def _name(entry: Entry) -> str:
    """What an entry is called here: 403, or the code that the entry of its class stands in for."""
    return str(entry.facts["code"]) if entry.key.startswith("class/") and "code" in entry.facts else spoken(entry.key)


def _category(entry: Entry, catalogue: Catalogue) -> str:
    """`client error (4xx), any method; RFC 3261, section 21.4.4`."""
    return "; ".join(part for part in (fact("class", entry, catalogue), definition(entry, catalogue)) if part)


def _further(entries: tuple[Entry, Entry], catalogue: Catalogue) -> Iterator[str]:
    """The references of both, what to read next, and how to read either entry whole."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    yield from dict.fromkeys(reference for entry in entries for reference in entry.references)
    names = [_name(entry) for entry in entries]
    next_ones = dict.fromkeys(name for entry in entries for name in related(entry, catalogue))
    if others := " ".join(name for name in next_ones if name not in names):
        yield f"{labels['related']}: `sipdiag explain {others}`"
    yield f"{labels['read_entries']}: `sipdiag explain {' '.join(names)}`"
