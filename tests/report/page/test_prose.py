"""Tests of `sipdiag.report.page.prose`: entries as HTML."""

from __future__ import annotations

import pytest

from reporting import words
from sipdiag.report.page.prose import anchor, entry_told, inline, reference


@pytest.mark.parametrize(
    ("markdown", "html"),
    [
        ("a `Contact` of **one** <b>", "a <code>Contact</code> of <strong>one</strong> &lt;b&gt;"),
        ("`<script>` & **<i>**", "<code>&lt;script&gt;</code> &amp; <strong>&lt;i&gt;</strong>"),
        ("64*T1 and `never closed", "64*T1 and `never closed"),
        ("\u202e\x1b", r"\u202e\x1b"),
    ],
)
def test_markup_is_ours_alone(markdown: str, html: str) -> None:
    """Code and bold become elements; everything else is text."""
    assert inline(markdown) == html


LINK = '<a href="https://www.rfc-editor.org/rfc/{}" rel="noreferrer">{}</a>{}'


@pytest.mark.parametrize(
    ("text", "html"),
    [
        (
            "RFC 3261, section 21.4.4 (403 Forbidden)",
            LINK.format("rfc3261#section-21.4.4", "RFC 3261, section 21.4.4", " (403 Forbidden)"),
        ),
        ("RFC 3398, seção 7.2.4.1", LINK.format("rfc3398#section-7.2.4.1", "RFC 3398, seção 7.2.4.1", "")),
        ("RFC 6026", LINK.format("rfc6026", "RFC 6026", "")),
        ("ITU-T Q.850 <x>", "ITU-T Q.850 &lt;x&gt;"),
    ],
)
def test_a_reference_leads_to_its_rfc(text: str, html: str) -> None:
    """A link is followed by the reader only; nothing is fetched."""
    assert reference(text) == html


def test_an_entry_is_told_for_the_methods_that_were_seen() -> None:
    """And for no other."""
    entry = words().entry("status/403")
    assert entry is not None
    told = entry_told(entry, {"INVITE", "BYE"})
    assert [each["method"] for each in told["methods"]] == ["INVITE"]
    assert (told["anchor"], told["title"]) == ("entry-status-403", "403 Forbidden")


def test_an_anchor_has_no_odd_characters() -> None:
    """An entry of one's own has one too."""
    assert anchor("status/603-network-blocked@my carrier") == "entry-status-603-network-blocked-my-carrier"
