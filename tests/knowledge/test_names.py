"""`sipdiag.knowledge.names`: what people call an entry."""

from __future__ import annotations

import pytest

from sipdiag.knowledge import SHELVES, Catalogue
from sipdiag.knowledge.names import as_named, code_called, keys_called, mentions, near_misses, spoken, treated_as

CATALOGUE = Catalogue()


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("403", "status/403"),
        ("status/403", "status/403"),
        ("4XX", "class/4xx"),
        ("q850/34", "cause/34"),
        ("Q.850/34", "cause/34"),
        ("34", "cause/34"),
        ("warning/370", "warning/370"),
        ("timer/b", "timer/B"),
        ("T1", "timer/T1"),
        ("invite", "method/INVITE"),
        ("ACK-missing", "rule/ack-missing"),
        ("ack_missing", "rule/ack-missing"),
        ("603-network-blocked", "status/603-network-blocked"),
    ],
)
def test_names_lead_to_entries(name: str, key: str) -> None:
    """As one would type them, in any case, with or without the shelf."""
    assert keys_called(CATALOGUE, name)[0] == key


@pytest.mark.parametrize(
    ("pasted", "name"),
    [
        ("SIP/2.0 403 Forbidden", "403"),
        ("403 Forbidden", "403"),
        ("SIP 499", "499"),
        ("Q.850;cause=34", "q850/34"),
        ('Reason: Q.850;cause=16;text="Terminated"', "q850/16"),
        ("SIP;cause=200", "200"),
        ("cause=34", "q850/34"),
        ('Warning: 370 192.0.2.1 "Insufficient Bandwidth"', "warning/370"),
        ("timer B", "timer/B"),
        ("q850 34", "q850/34"),
        ("403 486", "403 486"),
        ("no answer", "no answer"),
        ("cause", "cause"),
        ("", ""),
    ],
)
def test_what_is_pasted_from_a_trace_holds_a_name(pasted: str, name: str) -> None:
    """A status line, a Reason, a Warning, or a shelf and a name with a blank between."""
    assert as_named(pasted) == name


def test_every_entry_is_found_by_what_it_is_called() -> None:
    """What `spoken` says can be typed back."""
    keys = [key for shelf in SHELVES for key in CATALOGUE.keys(shelf)]
    assert [keys_called(CATALOGUE, spoken(key))[0] for key in keys] == keys


@pytest.mark.parametrize(
    ("name", "code"),
    [
        ("403", 403),
        ("499", 499),
        ("sip/499", 499),
        ("099", None),
        ("700", None),
        ("q850/403", None),
        ("40x", None),
        ("４０３", None),
    ],
)
def test_status_codes_are_numbers_from_100_to_699(name: str, code: int | None) -> None:
    """A three-digit number of the six classes (RFC 3261, section 7.2)."""
    assert code_called(name) == code


def test_unknown_codes_are_treated_as_their_class() -> None:
    """x00, but 183 for a provisional response (RFC 3261, section 8.1.3.2)."""
    assert [treated_as(code) for code in (150, 299, 499, 699)] == [183, 200, 400, 600]


def test_a_search_finds_words_without_case_and_accents() -> None:
    """All the words must be there; what has them in its title comes first."""
    assert mentions(CATALOGUE, "FORBIDDEN")[0].key == "status/403"
    assert "status/401" in {entry.key for entry in mentions(Catalogue("pt"), "autenticacao")}
    assert mentions(CATALOGUE, "early zzz") == []
    assert mentions(CATALOGUE, "  ") == []


@pytest.mark.parametrize(
    ("name", "near"), [("INVTE", "INVITE"), ("ack-mising", "ack-missing"), ("q850/340", "q850/34")]
)
def test_near_misses_are_suggested(name: str, near: str) -> None:
    """A slip of the finger is recognised."""
    assert near in near_misses(CATALOGUE, name)
