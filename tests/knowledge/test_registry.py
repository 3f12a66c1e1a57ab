"""`knowledge/registry.toml`: the facts of the status codes agree with the registry of IANA, kept as data.

The registry has phrases and RFCs. The phrases, and the methods that a code can answer, are held to the texts of the
RFCs as well, where those lie beside the checkout.
"""

from __future__ import annotations

import re
import tomllib
from functools import cache
from typing import Any

import pytest

from sipdiag.findings import severity_of
from tests.entries import KNOWLEDGE, NAMES, RFCS, page

REGISTRY: dict[str, dict[str, Any]] = tomllib.loads((KNOWLEDGE / "registry.toml").read_text(encoding="utf-8"))
REGISTERED = 75
METHODS = "INVITE|ACK|BYE|CANCEL|OPTIONS|REGISTER|PRACK|SUBSCRIBE|NOTIFY|PUBLISH|INFO|REFER|MESSAGE|UPDATE"
UNSAID = {
    (181, "INVITE"): "RFC 3261 speaks of a call that is forwarded, without the method",
    (182, "INVITE"): "of a call that is queued",
    (183, "INVITE"): "of the progress of a call",
    (488, "OPTIONS"): "an OPTIONS is answered as an INVITE would be (section 11.2)",
    (606, "INVITE"): "as 488 (section 21.4.26)",
    (606, "UPDATE"): "as 488",
    (606, "OPTIONS"): "as 488",
}
"""Pairs of code and method that no paragraph of an RFC names together, and what stands there instead."""

with_texts = pytest.mark.skipif(not RFCS.is_dir(), reason="the texts of the RFCs do not lie beside this checkout")


def _facts(name: str) -> dict[str, Any]:
    return page(name, "en").facts or {}


def test_the_registry_is_covered() -> None:
    """All 75 registered codes have an entry, and no entry claims to be registered that is not."""
    claimed = {
        str(_facts(name)["code"]) for name in NAMES if name.startswith("status/") and _facts(name)["origin"] == "iana"
    }
    assert len(REGISTRY) == REGISTERED
    assert claimed == set(REGISTRY)


@pytest.mark.parametrize("code", REGISTRY)
def test_facts_are_those_of_the_registry(code: str) -> None:
    """Reason phrase and RFC of an entry, and its title, are those of the registry."""
    registered, facts = REGISTRY[code], _facts(f"status/{code}")
    assert facts["reason"] == registered["reason"]
    assert facts["rfc"] == registered["rfc"]
    assert page(f"status/{code}", "en").title == f"{code} {registered['reason']}"


@cache
def _paragraphs(rfc: int) -> tuple[str, ...]:
    """The paragraphs of an RFC, each in one line; none where its text is not there."""
    path = RFCS / f"rfc{rfc}.txt"
    text = path.read_text(encoding="utf-8", errors="replace") if path.is_file() else ""
    joined = re.sub(r"\n+[^\n]*\[Page \d+\]\n\f?\n?(?:RFC \d+[^\n]*\n)?\n*", "\n\n", text)
    return tuple(" ".join(each.split()) for each in re.split(r"\n\s*\n", joined) if each.strip())


def _texts() -> list[int]:
    return sorted(int(path.stem.removeprefix("rfc")) for path in RFCS.glob("rfc*.txt"))


@with_texts
def test_phrases_are_those_of_the_rfcs() -> None:
    """Where its text is there, the RFC that defines a code says the code and its phrase, `404 Not Found` or `(...)`."""
    defined = [(code, each) for code, each in REGISTRY.items() if _paragraphs(each["rfc"])]
    assert len(defined) > 50
    for code, each in defined:
        said = re.compile(rf"\b{code}\W{{1,3}}{re.escape(each['reason'])}", re.IGNORECASE)
        assert any(said.search(text) for text in _paragraphs(each["rfc"])), code


@with_texts
def test_methods_of_a_code_are_named_with_it_in_an_rfc() -> None:
    """An entry limits a code to a method only where a paragraph of an RFC names both, save for what is listed."""
    unsaid = set()
    for code in map(int, REGISTRY):
        facts = _facts(f"status/{code}")
        if facts["methods"] == ["any"] or not _paragraphs(facts["rfc"]):
            continue
        for method in facts["methods"]:
            both = re.compile(rf"(?=.*\b{code}\b(?!\.\d))(?=.*\b{method}s?\b)")
            if not any(both.match(text) for rfc in _texts() for text in _paragraphs(rfc)):
                unsaid.add((code, method))
    assert unsaid == set(UNSAID)


@with_texts
def test_no_method_of_an_rfc_is_left_out() -> None:
    """Where an RFC says `a 491 response to an UPDATE`, an entry that limits that code to methods names UPDATE too."""
    said = re.compile(
        rf"\b([1-6]\d\d)(?: \([^)]*\)| [A-Z][\w/-]+)* response (?:to|for) (?:an?|the|that|its) (?:\w+ )?({METHODS})\b"
    )
    pairs = {found.groups() for rfc in _texts() for text in _paragraphs(rfc) for found in said.finditer(text)}
    assert len(pairs) > 10
    limits = {code: _facts(f"status/{code}")["methods"] for code in REGISTRY}
    assert [(code, method) for code, method in pairs if limits[code] != ["any"] and method not in limits[code]] == []


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("status/")])
def test_outcomes_are_those_that_findings_give(name: str) -> None:
    """An entry calls an outcome as grave as the rules do; a code that is no failure has none."""
    facts = _facts(name)
    code = facts["code"]
    if "match_reason" in facts:  # the rules see the code alone
        return
    assert facts["outcome"] == ("none" if code < 300 else severity_of(code).value)
