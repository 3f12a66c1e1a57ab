"""Tests of `sipdiag.sip.signature`."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from keys import INFO, NOT_AFTER, certificate, public_key, rsa_certificate, signed
from signing_calls import identity
from sipdiag.sip import Certificate, Signature, check_certificate, signature_of

MOMENT = NOT_AFTER - 1000


def checked(value: str, *certificates: Certificate, moment: int = MOMENT) -> Signature:
    return signature_of(value, INFO, certificates, moment)


def test_a_signature_by_the_given_key_is_valid() -> None:
    """As a certificate, or as a bare public key; whether or not the URL is given."""
    value = signed("mine")
    for pem in (certificate("mine"), public_key("mine")):
        assert checked(value, Certificate(pem=pem)) is Signature.VALID
        assert checked(value, Certificate(url=INFO, pem=pem)) is Signature.VALID


def test_another_signature_is_wrong_only_under_the_certificate_that_it_names() -> None:
    """Of other signers' certificates nothing follows."""
    value = signed("theirs")
    assert checked(value, Certificate(pem=certificate("mine"))) is Signature.FOREIGN
    assert checked(value, Certificate(url=INFO, pem=certificate("mine"))) is Signature.WRONG
    assert (
        checked(value, Certificate(url="https://other.example.com/x.pem", pem=certificate("mine"))) is Signature.FOREIGN
    )


def test_a_letter_that_was_changed_breaks_it() -> None:
    """Header and payload are signed as they stand."""
    value = signed("mine")
    changed = value.replace(value[30], "A" if value[30] != "A" else "B", 1)
    assert checked(changed, Certificate(url=INFO, pem=certificate("mine"))) is Signature.WRONG


def test_a_certificate_counts_while_it_is_valid() -> None:
    """At the time of the PASSporT, not of the check."""
    given_ = Certificate(url=INFO, pem=certificate("mine"))
    assert checked(signed("mine"), given_, moment=NOT_AFTER + 1) is Signature.EXPIRED


@pytest.mark.parametrize("value", ["", "a.b", "..c2ln", identity()])
def test_what_cannot_be_checked_is_left(value: str) -> None:
    """Nothing there, the compact form, no signature of this kind."""
    assert checked(value, Certificate(pem=certificate("mine"))) is Signature.UNCHECKED
    assert checked(signed("mine")) is Signature.UNCHECKED


@given(st.text(max_size=200))
def test_no_text_raises(text: str) -> None:
    """Packets are hostile."""
    assert isinstance(checked(text, Certificate(pem=public_key("mine"))), Signature)
    assert isinstance(checked(f"{text}.{text}.{'A' * 86}", Certificate(pem=public_key("mine"))), Signature)


@pytest.mark.parametrize(
    "pem", ["", "-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", rsa_certificate()]
)
def test_a_certificate_that_cannot_be_used_says_so(pem: str) -> None:
    """Before anything is judged by it."""
    with pytest.raises(ValueError):  # noqa: PT011  (the words are cryptography's own)
        check_certificate(Certificate(pem=pem))
