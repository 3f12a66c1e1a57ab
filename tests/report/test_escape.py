"""Tests of `sipdiag.report.escape`: nothing that a packet says may steer a terminal."""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable

import pytest
from hypothesis import given
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from sipdiag.report.escape import LONGEST_CODE, as_code, escaped, kept, shown, shown_in_json

ANY = st.text(st.characters(codec=None, categories=None))
HARMFUL = {"Cc", "Cf", "Cs", "Zl", "Zp"}


@pytest.mark.parametrize(
    ("text", "safe"),
    [
        ("\x1b[2J", "\\x1b[2J"),
        ("a\r\nb\tc", "a\\x0d\\x0ab\\x09c"),
        ("\x00\x07\x7f", "\\x00\\x07\\x7f"),
        ("\x9b31m", "\\x9b31m"),
        ("\u202egpj.exe", "\\u202egpj.exe"),
        ("\u2066\u2069\u200e\u061c", "\\u2066\\u2069\\u200e\\u061c"),
        ("\u2028\u2029", "\\u2028\\u2029"),
        ("a\u200bb\ufeff", "a\\u200bb\\ufeff"),
        ("a\xadb\u034f\u180e\u206a\u206f", "a\\xadb\\u034f\\u180e\\u206a\\u206f"),
        ("\U000e0041", "\\U000e0041"),
        ("\udcff\udc80", "\\xff\\x80"),
        ("\ud800", "\\ud800"),
        ("Grüße 你好 é", "Grüße 你好 é"),
    ],
)
def test_what_could_do_harm_is_shown_as_an_escape(text: str, safe: str) -> None:
    """Controls, bidi overrides, line separators, invisible characters, stray bytes; letters stay letters."""
    assert shown(text) == safe


@pytest.mark.parametrize("form", [shown, kept, as_code])
def test_the_password_of_a_uri_is_not_told(form: Callable[[str], str]) -> None:
    """Wherever the URI stands; a port before another URI is none, and an address says what it said."""
    assert (
        form("No <sip:bob:s3cret@example.com>, sips:c:d@x").strip("`") == "No <sip:bob:***@example.com>, sips:c:***@x"
    )
    told = "sip:192.0.2.1:5060,sip:bob@[2001:db8::1]:5060"
    assert form(told).strip("`") == told


def test_who_asks_for_secrets_gets_them() -> None:
    """Harmless to a terminal all the same."""
    assert escaped("sip:bob:s3cret@example.com\x1b") == "sip:bob:s3cret@example.com\\x1b"


@given(ANY)
def test_no_text_gets_a_control_through(text: str) -> None:
    """Whatever comes in, what goes out can be written as UTF-8, on one line, without controls or surrogates."""
    safe = shown(text)
    safe.encode()
    assert len(safe.splitlines()) <= 1
    assert not [each for each in safe if unicodedata.category(each) in HARMFUL - {"Cf"}]


@given(ANY)
def test_what_is_shown_once_is_not_changed_by_showing_it_again(text: str) -> None:
    """Escapes are plain text."""
    assert shown(shown(text)) == shown(text)


@given(st.text())
def test_text_is_kept_as_it_is(text: str) -> None:
    """A format that escapes controls itself gets them."""
    assert kept(text) == text


@given(st.binary())
def test_any_bytes_can_be_kept(data: bytes) -> None:
    """As the parser decodes them; each byte that is not UTF-8 leaves its escape."""
    text = data.decode("utf-8", "surrogateescape")
    stray = sum(0xDC80 <= ord(each) <= 0xDCFF for each in text)
    assert kept(text).count("\\x") - text.count("\\x") == stray
    kept(text).encode()


@given(st.text())
def test_json_says_the_same_without_what_a_terminal_heeds(text: str) -> None:
    """C1 controls, DEL and bidi overrides are escaped as JSON may; what is read from it is what was written."""
    told = shown_in_json(json.dumps({text: text}, ensure_ascii=False))
    assert json.loads(told) == {text: text}
    assert not [each for each in told if unicodedata.category(each) in HARMFUL - {"Cf"}]


def test_json_of_hostile_text() -> None:
    """A character beyond U+FFFF is a surrogate pair (RFC 8259, section 7)."""
    assert shown_in_json('"\x9b31m\u202e\x7f\U000e0041é"') == '"\\u009b31m\\u202e\\u007f\\udb40\\udc41é"'


@pytest.mark.parametrize("text", ["", " ", "a", "`", "``", "a`b", "`a", "a``", "a|b", "\\", "\\|", "\x1b`", "x" * 5000])
def test_a_code_span_holds_its_text(text: str) -> None:
    """One span and nothing beside it, by the rule of CommonMark: it ends at the first run of as many backticks."""
    (paragraph,) = [token for token in MarkdownIt().parse(as_code(text)) if token.type == "inline"]
    (span,) = paragraph.children or []
    assert span.type == "code_inline"
    assert span.content == (
        shown(text)[:LONGEST_CODE].replace("|", "\\x7c") + "…" * (len(text) > LONGEST_CODE) if text.strip() else "-"
    )


@given(ANY)
def test_any_text_can_be_kept(text: str) -> None:
    """Lone surrogates too, which the JSON of an identity token can name: what is kept is UTF-8."""
    kept(text).encode()
