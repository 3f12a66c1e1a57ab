"""Tests of `sipdiag.sip.passport`: what an Identity header field says."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from signing_calls import INFO, ISSUED, identity, part
from sipdiag.sip import Passport, passport_in


def test_a_shaken_passport() -> None:
    """Who, whom, when, how sure (RFC 8225, section 5; RFC 8588)."""
    assert passport_in(identity()) == Passport(
        info=INFO,
        ppt="shaken",
        issued=ISSUED,
        origin="12025550100",
        destinations=("12025550199",),
        attestation="A",
        origination="1",
    )


def test_the_compact_form_leaves_the_claims_to_the_request() -> None:
    """Two dots and the signature (RFC 8225, section 7)."""
    assert passport_in(f"..c2ln;info=<{INFO}>") == Passport(info=INFO, ppt="", compact=True)


@pytest.mark.parametrize(
    ("value", "problem"),
    [
        (identity(parameters="alg=ES256"), "info-missing"),
        (identity(parameters=f"info=<{INFO}>;alg=RS256"), "algorithm-unknown"),
        (identity({"alg": "none"}), "algorithm-unknown"),
        (identity({"typ": "jwt"}), "typ-wrong"),
        (identity({"x5u": ""}), "x5u-missing"),
        (identity({"x5u": "https://example.net/other.pem"}), "x5u-differs-from-info"),
        (identity({"ppt": "div"}), "ppt-differs"),
        (identity(iat=None), "iat-missing"),
        (identity(orig=None), "orig-missing"),
        (identity(dest=None), "dest-missing"),
        (identity(attest="D"), "attest-wrong"),
        (identity(origid=None), "origid-missing"),
        (f"abc;info=<{INFO}>", "not-three-parts"),
        (f"a.b.c;info=<{INFO}>", "unreadable"),
        (f"{part([1])}.{part({})}.c;info=<{INFO}>", "unreadable"),
    ],
)
def test_what_is_wrong_has_a_name(value: str, problem: str) -> None:
    """RFC 8225, sections 4 and 5; RFC 8224, section 4.1; RFC 8588, sections 4 and 5."""
    assert problem in passport_in(value).problems


@pytest.mark.parametrize("issued", ["1700000000", 1.5, True, [1]])
def test_a_time_that_is_no_whole_number_is_none(issued: object) -> None:
    """Claim "iat" is a NumericDate of whole seconds here (RFC 8225, section 5.1.1)."""
    assert passport_in(identity(iat=issued)).issued is None


@given(st.text(max_size=200))
def test_nothing_makes_it_raise(value: str) -> None:
    """Header fields are hostile."""
    assert isinstance(passport_in(value), Passport)


@given(st.recursive(st.none() | st.integers() | st.text(max_size=5), lambda inner: st.lists(inner, max_size=3)))
def test_claims_of_any_shape_are_read(value: object) -> None:
    """What should be an object may be anything."""
    content = {"orig": value, "dest": {"tn": value, "uri": value}, "iat": value, "attest": value}
    assert isinstance(passport_in(f"{part({'typ': value})}.{part(content)}.c"), Passport)
