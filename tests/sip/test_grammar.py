"""`sipdiag.sip.grammar` and `sipdiag.sip.strict`: the patterns fit the examples of the RFC, and nothing near them."""

from __future__ import annotations

import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import ROOT
from sipdiag.sip import grammar, strict

VIA_PIECES = [
    "a.B",
    "192.0.2.1",
    ":5060",
    ":",
    "123456789012",
    ";rport",
    "=5",
    ";branch=",
    "z9hG4bK1",
    ";",
    ",",
    " ",
    "[::1]",
]
FITTING = [
    (strict.SIP_URI, "sip:atlanta.example.com;method=REGISTER?to=alice%40example.com"),
    (strict.SIP_URI, "sips:1212@gateway.example.com"),
    (strict.SIP_URI, "sip:alice;day=tuesday@atlanta.example.com"),
    (strict.SIP_URI, "sip:+1-212-555-1212:1234@gateway.example.com;user=phone"),
    (strict.SIP_URI, "sip:[2001:db8::1]:5060;lr"),
    (strict.ABSOLUTE_URI, "tel:+1-555-0100"),
    (strict.ABSOLUTE_URI, "urn:service:sos"),
    (strict.NAME_ADDR, '"A. G. Bell" <sip:agb@example.com> ;tag=a48s'),
    (strict.NAME_ADDR, "Anonymous <sip:c8oqz84zk7z@privacy.example.org>;tag=hyh8"),
    (strict.ADDR_SPEC, "sip:+12125551212@phone2net.example.com;tag=887s"),
    (strict.CALL_ID, "f81d4fae-7dec-11d0-a765-00a0c91e6bf6@biloxi.example.com"),
    (strict.CALL_ID, "intmeth.word%ZK-!.*_+'@word`~)(><:\\/\"][?}{"),
    (strict.DATE, "Sat, 13 Nov 2010 23:29:00 GMT"),
    (strict.NUMBER, "18000;duration=3600"),
    (strict.NUMBER, "120 (I'm in a meeting)"),
    (strict.WARNING, '307 isi.example.com "Session parameter \\"foo\\" not understood"'),
    (strict.MEDIA_TYPE, "text/html; charset=ISO-8859-4"),
    (strict.CSEQ, "0009 INVITE"),
    (strict.VIA_HEAD, "SIP / 2.0 / UDP first.example.com: 4000"),
    (grammar.REQUEST_LINE, "INVITE sip:a@example.com SIP/2.0  "),
    (grammar.STATUS_LINE, "sip/2.0 200"),
]

UNFIT = [
    (strict.SIP_URI, "sip:a b@example.com"),
    (strict.SIP_URI, "sip:"),
    (strict.SIP_URI, "sip:a@example.com;"),
    (strict.SIP_URI, "sip:%4@example.com"),
    (strict.ABSOLUTE_URI, "no-scheme"),
    (strict.NAME_ADDR, '"open <sip:a@example.com>'),
    (strict.NAME_ADDR, "Bell, Alexander <sip:a@example.com>"),
    (strict.ADDR_SPEC, "sip:a@example.com?x=y"),
    (strict.CALL_ID, "a@b@c"),
    (strict.DATE, "Fri, 01 Jan 2010 16:00:00 EST"),
    (strict.NUMBER, ""),
    (strict.NUMBER, "-1"),
    (strict.WARNING, '1812 overture "In Progress"'),
    (strict.MEDIA_TYPE, "sdp"),
    (strict.CSEQ, "INVITE"),
    (strict.VIA_HEAD, "SIP/2.0 example.com"),
    (grammar.REQUEST_LINE, "INVITE sip:a@example.com HTTP/1.1"),
    (grammar.STATUS_LINE, "SIP/2.0 OK"),
]


@pytest.mark.parametrize(("pattern", "text"), FITTING)
def test_examples_of_the_rfc_fit(pattern: re.Pattern[str], text: str) -> None:
    """What the RFCs give as an example fits its pattern."""
    assert pattern.fullmatch(text)


@pytest.mark.parametrize(("pattern", "text"), UNFIT)
def test_near_misses_do_not_fit(pattern: re.Pattern[str], text: str) -> None:
    """What breaks the rule in one place does not fit."""
    assert pattern.fullmatch(text) is None


def test_compact_forms_are_one_letter_for_one_name() -> None:
    """No two compact forms mean the same header field (RFC 3261, section 7.3.3)."""
    assert all(len(short) == 1 for short in grammar.COMPACT)
    assert len(set(grammar.COMPACT.values())) == len(grammar.COMPACT)


@given(st.lists(st.sampled_from(VIA_PIECES), max_size=9).map("".join))
def test_a_plain_via_is_read_as_any_other(rest: str) -> None:
    """The one look sees what the two patterns of the grammar see."""
    value = f"SIP/2.0/UDP {rest}"
    plain, via = grammar.PLAIN_VIA.match(value), grammar.VIA.match(value)
    if plain is not None:
        assert via is not None
        branch = grammar.BRANCH.search(via[6])
        assert branch is not None
        assert (via[4], f":{via[5]}" if via[5] else None, branch[1]) == plain.groups()


def test_no_group_is_repeated_possessively() -> None:
    """Python before 3.11.5 stands still inside of what such a group could not match; an atomic group does not."""
    repeated = re.compile(r"\)(?:[*+?]|\{\{?[0-9,]+\}\}?)\+(?!,;=)")
    found = [path for path in (ROOT / "sipdiag").rglob("*.py") if repeated.search(path.read_text(encoding="utf-8"))]
    assert found == []
