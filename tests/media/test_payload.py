"""Tests of `sipdiag.media.payload`."""

from __future__ import annotations

import pytest

from sipdiag.media.payload import NO_VOICE, STATIC


@pytest.mark.parametrize(
    ("number", "name"), [("0", "PCMU"), ("8", "PCMA"), ("9", "G722"), ("13", "CN"), ("18", "G729")]
)
def test_static_types_are_those_of_the_profile(number: str, name: str) -> None:
    """RFC 3551, table 4; G.722 too has a clock of 8000 there (section 4.5.2)."""
    assert STATIC[number] == (name, 8000)


def test_dynamic_types_have_no_meaning_of_their_own() -> None:
    """RFC 3551, section 6: 96 to 127 mean what rtpmap says."""
    assert not [number for number in STATIC if int(number) > 95]


def test_what_goes_with_voice_is_no_voice() -> None:
    """Comfort noise and telephone events alone carry nobody's words."""
    assert {"cn", "telephone-event"} <= NO_VOICE
