"""Tests of `sipdiag.engine.page`: the picture of an audit in HTML."""

from __future__ import annotations

from html.parser import HTMLParser
from pathlib import Path

import pytest
from msgspec.structs import replace

from engine.auditing import audited
from sipdiag.engine import page_of, summary_of
from sipdiag.engine.summary import RuleCount, Unread
from sipdiag.knowledge import Catalogue
from sipdiag.report import Words

ROOT = Path(__file__).resolve().parents[2]


class Tags(HTMLParser):
    """Notes tags and what is open."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.seen: set[str] = set()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Open one."""
        assert not [name for name, value in attrs if name in ("src", "href") or name.startswith("on") or value is None]
        self.seen.add(tag)
        if tag not in ("meta", "rect"):
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        """Close it."""
        if tag != "rect":
            assert self.open.pop() == tag


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_page_is_whole_and_fetches_nothing(tmp_path: Path, language: str) -> None:
    """Every tag is closed; no script, no link; what packets said is text."""
    audited([str(ROOT / "samples" / "call-failed")], tmp_path)
    summary = summary_of(tmp_path)
    evil = "<script>alert(1)</script>\x1b[2J\u202e"
    rule = RuleCount(
        rule="x", severity="error", findings=1, calls=1, captures=1, first_time="-", last_time="-", message=evil
    )
    summary = replace(summary, findings=[*summary.findings, rule], unreadable=[Unread(path=evil, reason=evil)])
    page = page_of(summary, Words(Catalogue(language)))
    tags = Tags()
    tags.feed(page)
    assert tags.open == []
    assert "script" not in tags.seen
    assert not {"\x1b", "\u202e"} & set(page)
    assert f'lang="{language}"' in page
    assert "call-failed" in page


@pytest.mark.parametrize(("language", "count"), [("en", "1,500"), ("pt", "1.500")])
def test_numbers_are_written_as_the_language_does(tmp_path: Path, language: str, count: str) -> None:
    """Of calls, findings, hours and captures that could not be read, of which the page lists some."""
    audited([str(ROOT / "samples" / "call-failed")], tmp_path)
    summary = summary_of(tmp_path)
    many = replace(
        summary,
        calls={"failed": 1500},
        captures={"read": 1, "unreadable": 1500},
        findings=[replace(each, findings=1500) for each in summary.findings],
        hours=[replace(each, calls=1500) for each in summary.hours],
        unreadable=[Unread(path="x", reason="y")],
    )
    page = page_of(many, Words(Catalogue(language)))
    assert "1500" not in page
    assert page.count(count) == 2 + len(many.findings) + 2 * len(many.hours) + 1
