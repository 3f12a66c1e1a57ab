"""`knowledge/registry.toml`: the facts of the status codes agree with the registry of IANA, kept as data."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from sipdiag.findings import severity_of
from tests.entries import KNOWLEDGE, NAMES, page

REGISTRY: dict[str, dict[str, Any]] = tomllib.loads((KNOWLEDGE / "registry.toml").read_text(encoding="utf-8"))
REGISTERED = 75


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
    """Reason phrase, RFC and methods of an entry, and its title, are those of the registry."""
    registered, facts = REGISTRY[code], _facts(f"status/{code}")
    assert facts["reason"] == registered["reason"]
    assert facts["rfc"] == registered["rfc"]
    assert facts["methods"] == registered.get("methods", ["any"])
    assert page(f"status/{code}", "en").title == f"{code} {registered['reason']}"


@pytest.mark.parametrize("name", [name for name in NAMES if name.startswith("status/")])
def test_outcomes_are_those_that_findings_give(name: str) -> None:
    """An entry calls an outcome as grave as the rules do; a code that is no failure has none."""
    facts = _facts(name)
    code = facts["code"]
    if "match_reason" in facts:  # the rules see the code alone
        return
    assert facts["outcome"] == ("none" if code < 300 else severity_of(code).value)
