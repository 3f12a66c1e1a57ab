"""The facts of an entry in words: what its fence says, told in the language of the catalogue."""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.knowledge import Catalogue, Entry
from sipdiag.knowledge.names import spoken

COMPARED = ("class", "final", "retry", "actor", "next", "dialog", "methods")
"""The facts in which two status codes differ, in the order in which one asks for them."""

_MATCHES = ("match_method", "match_reason", "match_warning", "match_reason_header", "match_server")


def fact_rows(entry: Entry, catalogue: Catalogue) -> list[tuple[str, str]]:
    """The facts of `entry`, each as (label, value)."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    return [(labels[name], value) for name, value in _rows(entry, catalogue) if value]


def fact(name: str, entry: Entry, catalogue: Catalogue) -> str:
    """One fact of a status code or class in words; empty where the entry does not state it."""
    facts = entry.facts
    labels: dict[str, str] = catalogue.words["catalogue"]
    if name == "class":
        digit = str(facts.get("code", facts.get("digit", "")))[:1]
        stated = _value(catalogue, "class", facts.get("class", facts.get("name", "")))
        return f"{stated} ({digit}xx)" if digit else stated
    if name == "final":
        ends = facts.get("ends_transaction", facts.get("digit") != 1 if "digit" in facts else None)
        return "" if ends is None else _value(catalogue, "final", "yes" if ends else "no")
    if name == "methods":
        return labels["any_method"] if facts.get("methods") == ["any"] else ", ".join(facts.get("methods", ()))
    return _value(catalogue, name, _variant(name, facts.get(name, ""), final=facts.get("ends_transaction", True)))


def definition(entry: Entry, catalogue: Catalogue) -> str:
    """Where it is defined: `RFC 3261, section 21.4.4`; for a Q.850 cause `Q.850`."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    rfc, part = entry.facts.get("rfc"), entry.facts.get("section")
    if rfc is None:
        return str(entry.facts.get("source", ""))
    return labels["defined_in" if part else "defined_in_rfc"].format(rfc=rfc, section=part)


def related(entry: Entry, catalogue: Catalogue) -> list[str]:
    """What to read next, as one types it after `sipdiag explain`."""
    return [spoken(key) for key in entry.facts.get("related", ()) if catalogue.has(key)]


def _rows(entry: Entry, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    shelf = entry.key.partition("/")[0]
    facts = entry.facts
    if shelf in ("status", "class"):
        yield "class", fact("class", entry, catalogue)
    yield "defined", definition(entry, catalogue)
    if facts.get("origin", "iana") != "iana":
        yield "origin", _value(catalogue, "origin", facts["origin"])
    if shelf == "status":
        for name in ("methods", "final", "retry", "actor", "next", "dialog"):
            yield name, fact(name, entry, catalogue)
        yield "speaks_for", _conditions(entry, catalogue)
    elif shelf in ("method", "cause", "timer", "rule"):
        yield from _particular(shelf, entry, catalogue)
    yield "related", ", ".join(related(entry, catalogue))


def _particular(shelf: str, entry: Entry, catalogue: Catalogue) -> Iterator[tuple[str, str]]:
    """What only this shelf states."""
    facts, labels = entry.facts, catalogue.words["catalogue"]
    if shelf == "method":
        yield "method_dialog", _value(catalogue, "method", facts.get("dialog", ""))
        yield "method_ack", labels["yes" if facts.get("ack") else "no"]
    elif shelf == "cause":
        yield "cause_sip", ", ".join(str(code) for code in facts.get("sip", ())) or labels["none"]
    elif shelf == "timer":
        value, after = str(facts.get("value", "")), facts.get("seconds")
        known = after is not None and "T" in value  # a multiple of T1, or T4
        yield "timer_value", labels["timer_seconds"].format(value=value, seconds=f"{after:g}") if known else value
        applies = facts.get("applies", [])
        transport = applies == ["transport"]
        yield "timer_applies", _value(catalogue, "applies", "transport") if transport else ", ".join(applies)
    else:
        yield "rule_family", _value(catalogue, "family", facts.get("family", ""))
        yield "rule_severity", catalogue.words["labels"].get(facts.get("severity", ""), "")


def _conditions(entry: Entry, catalogue: Catalogue) -> str:
    """For which responses it speaks, where that is not all with its code."""
    labels: dict[str, str] = catalogue.words["catalogue"]
    stated = {name: entry.facts[name] for name in _MATCHES if name in entry.facts}
    values = {name: ", ".join(value) if isinstance(value, list) else f"`{value}`" for name, value in stated.items()}
    return "; ".join(labels[name].format(value=value) for name, value in values.items())


def _variant(name: str, value: object, *, final: bool) -> str:
    """What a value is called where it means something else before and after the final response."""
    if (name, value) == ("next", "wait") and final:
        return "wait_result"
    return "ended_early" if (name, value) == ("dialog", "ended") and not final else str(value)


def _value(catalogue: Catalogue, name: str, value: object) -> str:
    """A value of the vocabulary in words; one that is not in it, as it stands."""
    values: dict[str, str] = catalogue.words["values"]
    return values.get(f"{name}_{value}", str(value)) if value else ""
