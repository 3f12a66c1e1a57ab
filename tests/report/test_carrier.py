"""Tests of `sipdiag.report.carrier`: one page, one question, told as Markdown and as HTML."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest
from msgspec.structs import replace

from reporting import SAMPLES, analysis_of, check_golden, relative_analysis, sample, words
from sipdiag.report.carrier import Html, Markdown, pieces
from tests.report.test_markdown import ATTACK, hostile, tokens

PAPERS = {"md": Markdown(), "html": Html()}
CALLS = [path for path in SAMPLES if analysis_of(path).correlation.arrivals]


def page(analysis: object, form: str, language: str = "en", *, anonymous: bool = False) -> str:
    told = pieces(analysis, words(language), PAPERS[form], capture="call.pcap", anonymous=anonymous)  # type: ignore[arg-type]
    return "".join(told)


class Reader(HTMLParser):
    """What a browser sees: elements and text."""

    def __init__(self) -> None:
        super().__init__()
        self.elements: list[str] = []
        self.text = ""

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """Keep its name."""
        del attrs
        self.elements.append(tag)

    def handle_data(self, data: str) -> None:
        """Keep it."""
        self.text += data


@pytest.mark.parametrize("form", PAPERS)
@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_page_is_the_golden_one(language: str, form: str) -> None:
    """A call whose ACK never came."""
    analysis = relative_analysis("ack-missing/ack-missing")
    check_golden(f"carrier.{language}.{form}", page(analysis, form, language, anonymous=True))


@pytest.mark.parametrize("form", PAPERS)
@pytest.mark.parametrize("path", CALLS, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_every_page_asks_one_question(path: object, form: str) -> None:
    """With the Call-ID, times in UTC, frames, and the clause of what was found."""
    analysis = analysis_of(path)  # type: ignore[arg-type]
    told = page(analysis, form)
    start = told.index("> **" if form == "md" else "<blockquote>")
    question = told[start : told.index("##" if form == "md" else "<h2>", start)]
    assert question.count("?") >= 1
    assert "UTC" in told
    assert "call.pcap" in told
    assert not re.search(r"\{\w+\}", told)
    if analysis.findings and analysis.findings[0].rule == "ack-missing":
        assert "RFC 3261, section 13.2.2.4" in told


def test_a_refusal_is_asked_about_as_one() -> None:
    """Which rule, and what has to change; anything else: which element, and its log; nothing: what the other sees."""
    refused = page(analysis_of(sample("call-failed/call-failed")), "md")
    missing = page(analysis_of(sample("ack-missing/ack-missing")), "md")
    healthy = page(replace(analysis_of(sample("call-answered/call-answered")), findings=[]), "md")
    assert "Which rule or route on your side refused it" in refused
    assert "Which element on your side explains this" in missing
    assert "nothing wrong in this call" in healthy


@pytest.mark.parametrize("attack", [ATTACK, "<script>alert(1)</script>", "</code><img src=x>", "`", "\x00\x01", "&lt;"])
def test_a_packet_writes_no_markup(attack: str) -> None:
    """Neither in Markdown nor in HTML."""
    analysis = hostile(attack)
    assert {token.type for token in tokens(page(analysis, "md"))} & {"link_open", "image", "html_inline"} == set()
    reader = Reader()
    reader.feed(page(analysis, "html"))
    known = "html meta title style h1 h2 blockquote strong code ul li p table thead tbody tr th td"
    assert set(reader.elements) <= set(known.split())


def test_the_page_fetches_nothing() -> None:
    """And says so to the browser."""
    told = page(analysis_of(sample("ack-missing/ack-missing")), "html")
    assert "default-src 'none'" in told
    assert not re.search(r"href|src=|@import|url\(", told)


def test_what_was_replaced_is_said() -> None:
    """Only where it was."""
    analysis = analysis_of(sample("ack-missing/ack-missing"))
    assert "were replaced" in page(analysis, "md", anonymous=True)
    assert "were replaced" not in page(analysis, "md")
