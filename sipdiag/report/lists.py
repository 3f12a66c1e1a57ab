"""The lists of `sipdiag codes` and `sipdiag rules`: a line an entry, from the files that `explain` shows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from sipdiag.knowledge import Catalogue, Entry
from sipdiag.report.entry_blocks import Block, Table


def codes_listed(catalogue: Catalogue, digit: str = "") -> list[Entry]:
    """The entries of the status codes, of one class (`4`) or of all, in the order of their numbers."""
    keys = [key for key in catalogue.keys("status") if key.startswith(f"status/{digit}")]
    return [entry for key in keys if (entry := catalogue.find(key)) is not None]


def codes_blocks(entries: Sequence[Entry], catalogue: Catalogue) -> Iterator[Block]:
    """Code, reason phrase and lead sentence of each."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    rows = tuple((_code(each), _reason(each), each.meaning) for each in entries)
    yield Table((labels["column_code"], labels["column_reason"], labels["column_meaning"]), rows)


def codes_object(entries: Sequence[Entry], catalogue: Catalogue) -> dict[str, Any]:
    """The list as an object, with the facts of each."""
    return {
        "language": catalogue.language,
        "codes": [
            {"key": each.key, "code": int(_code(each)), "reason": _reason(each), "meaning": each.meaning, **_more(each)}
            for each in entries
        ],
    }


def rules_blocks(names: Sequence[str], catalogue: Catalogue) -> Iterator[Block]:
    """Name, family, severity and lead sentence of each rule."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    values: dict[str, str] = catalogue.words["values"]
    severities: dict[str, str] = catalogue.words["labels"]
    rows = []
    for row in _rules(names, catalogue):
        family = values.get(f"family_{row['family']}", row["family"])
        severity = severities.get(row["severity"], row["severity"])
        rows.append((row["name"], family, severity, row["meaning"] or labels["no_entry_yet"]))
    headings = ("column_rule", "rule_family", "rule_severity", "column_meaning")
    yield Table(tuple(labels[each] for each in headings), tuple(rows))


def rules_object(names: Sequence[str], catalogue: Catalogue) -> dict[str, Any]:
    """The list as an object."""
    return {"language": catalogue.language, "rules": list(_rules(names, catalogue))}


def _rules(names: Sequence[str], catalogue: Catalogue) -> Iterator[dict[str, str]]:
    for name in names:
        entry = catalogue.find(f"rule/{name}")
        facts = {} if entry is None else entry.facts
        yield {
            "name": name,
            "family": str(facts.get("family", "")),
            "severity": str(facts.get("severity", "")),
            "title": "" if entry is None else entry.title,
            "meaning": "" if entry is None else entry.meaning,
        }


def _code(entry: Entry) -> str:
    return entry.key.partition("/")[2][:3]


def _reason(entry: Entry) -> str:
    """The reason phrase as registered, and the folder where it is one's own entry."""
    phrase = str(entry.facts.get("reason", "")) or entry.title.removeprefix(_code(entry)).strip()
    return f"{phrase} @{entry.folder}" if entry.folder else phrase


def _more(entry: Entry) -> dict[str, Any]:
    stated = ("class", "origin", "rfc", "section", "methods", "ends_transaction", "retry", "actor", "next", "dialog")
    return {name: entry.facts.get(name) for name in stated}
