"""Tests of `sipdiag.report.page.parts`: style, script and template, and what the page's policy lets run."""

from __future__ import annotations

import base64
import hashlib
import re

import pytest

from sipdiag.report.page.parts import Inline, environment, script, style


@pytest.mark.parametrize("part", [style(), script()], ids=["style", "script"])
def test_the_policy_names_the_hash_of_what_stands_in_the_page(part: Inline) -> None:
    """And what stands there ends no element before its end."""
    digest = base64.b64encode(hashlib.sha256(part.text.encode()).digest()).decode()
    assert part.source == f"'sha256-{digest}'"
    assert "</" not in part.text
    assert "<!--" not in part.text


def test_nothing_is_fetched() -> None:
    """Neither style nor script names an address, but for the one that is the name of SVG."""
    text = str(style().text + script().text)
    assert set(re.findall(r"https?://[^\s\"')]+", text)) == {"http://www.w3.org/2000/svg"}
    assert not re.search(r"@import|url\(|\bimport\s*\(|\bfetch\(|XMLHttpRequest|WebSocket|EventSource|sendBeacon", text)


def test_the_script_makes_no_html() -> None:
    """Text becomes text nodes: no way for what a packet says to be read as markup or code."""
    banned = r"innerHTML|outerHTML|insertAdjacentHTML|document\.write|\beval\(|new Function|DOMParser|createContextual"
    assert not re.search(banned, script().text)


def test_whatever_a_template_names_is_made_harmless() -> None:
    """Escaped for HTML, and controls and bidi overrides for the eye."""
    made = environment().from_string("{{ text }}|{{ number }}")
    assert made.render(text="<b>\x1b\u202e&\"'", number=3) == r"&lt;b&gt;\x1b\u202e&amp;&#34;&#39;|3"
