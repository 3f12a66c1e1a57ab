"""Tests of `sipdiag.rules.identity.identity_mismatched`."""

from __future__ import annotations

import pytest

from exchange import Exchange
from signing_calls import called, identity
from sipdiag.rules.identity.identity_mismatched import NAME
from verdict import findings_of, only_finding_of, told

OTHER = {"tn": "12025550123"}
OTHERS = {"tn": ["12025550123"]}


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        (identity(orig=OTHER), 438, ("caller", "error", "likely")),
        (identity(orig=OTHER), 200, ("caller", "warning", "likely")),
        (identity(dest=OTHERS), 438, ("callee", "error", "likely")),
        (identity(dest=OTHERS), 200, ("callee", "warning", "likely")),
    ],
)
def test_either_number_may_differ(value: str, code: int, said: tuple[str, str, str]) -> None:
    """It breaks the call where a verifier refuses it, and puts it at risk elsewhere."""
    talk = Exchange()
    called(talk, value, code)
    finding = only_finding_of(talk, NAME)
    assert told(finding) == said
    assert finding.evidence["claimed"] == "12025550123"
    assert finding.evidence["stated"] == ["+12025550100" if said[0] == "caller" else "+12025550199"]


@pytest.mark.parametrize(
    ("value", "fields"),
    [
        (identity(), ""),
        (identity(orig={"tn": "2025550100"}), ""),
        (identity(orig=OTHER), "P-Asserted-Identity: <tel:+12025550123>\r\n"),
        (identity(orig={"uri": "sip:alice@example.com"}), ""),
        (identity({"ppt": "div"}, parameters="info=<x>", orig=OTHER), ""),
        (None, ""),
    ],
)
def test_a_near_miss_is_silent(value: str | None, fields: str) -> None:
    """Another writing of the number, one that the network asserts, a URI, a forwarding, no PASSporT."""
    talk = Exchange()
    called(talk, value, fields=fields)
    assert findings_of(talk, NAME) == []
