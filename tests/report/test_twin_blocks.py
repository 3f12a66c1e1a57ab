"""Tests of `sipdiag.report.twin_blocks`."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.calls import Correlation, correlate
from sipdiag.knowledge import Catalogue, Entry
from sipdiag.report.entry_blocks import Listing
from sipdiag.report.entry_text import text_of
from sipdiag.report.twin_blocks import pairs_in, twin_blocks, twins_object


def seen() -> Correlation:
    """One call that was answered, one that was refused from another address and with a hostile From."""
    talk = Exchange()
    worked = talk.request("INVITE", 0, call_id="good", branch="good")
    talk.response(200, worked, 1)
    failed = talk.request("INVITE", 9, call_id="bad", branch="bad", source="192.0.2.77:5060", fields="Subject: x\r\n")
    talk.response(403, failed, 9.1)
    return correlate(talk.sightings)


def entries(language: str) -> tuple[Catalogue, tuple[Entry, Entry]]:
    catalogue = Catalogue(language)
    return catalogue, (catalogue.status(200), catalogue.status(403))


@pytest.mark.parametrize("language", ["en", "pt"])
def test_each_refusal_stands_beside_its_twin(language: str) -> None:
    """With both frames, and both values of what differs."""
    catalogue, codes = entries(language)
    text = text_of(list(twin_blocks(pairs_in(seen(), 200, 403), codes, catalogue)), 80, colour=False, flat=True)
    assert "192.0.2.77 | 192.0.2.10" in text
    assert "200 OK · 403 Forbidden" in text


def test_only_decisive_differences_are_shown_and_all_are_in_the_object() -> None:
    """What the entry of 403 does not call decisive is kept for programs only."""
    catalogue, codes = entries("en")
    bare = codes[1]._replace(facts=codes[1].facts | {"decisive": ["pai"]})
    pairs = pairs_in(seen(), 200, 403)
    assert not [each for each in twin_blocks(pairs, (codes[0], bare), catalogue) if isinstance(each, Listing)]
    (pair,) = twins_object(pairs, (codes[0], bare), catalogue)["pairs"]
    assert [(each["kind"], each["decisive"]) for each in pair["differences"]] == [("source", False)]


def test_a_code_that_nobody_got_is_said_so() -> None:
    """An empty page would leave the reader guessing."""
    catalogue, codes = entries("en")
    text = text_of(list(twin_blocks(pairs_in(seen(), 200, 488), codes, catalogue)), 80, colour=False, flat=True)
    assert "No request was answered" in text
