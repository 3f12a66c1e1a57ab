"""Tests of `sipdiag.report.page` as text: what the page holds, in either language, and what it keeps to itself."""

from __future__ import annotations

import re
from html.parser import HTMLParser

import pytest

from captured import capture_of_payloads
from command import run
from reporting import (
    AAA,
    SAMPLES,
    analysis_of,
    analysis_of_bytes,
    check_golden,
    relative_analysis,
    sample,
    words,
)
from sipdiag.analysis import Analysis
from sipdiag.report.page import pieces
from sipdiag.report.page.parts import script, style

VOID = {"meta", "link", "input", "br"}


def page(analysis: Analysis, language: str = "en") -> str:
    return "".join(pieces(analysis, words(language)))


class Nesting(HTMLParser):
    """Holds that every element is closed in its place, and that no id stands twice."""

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.wrong: list[str] = []

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element opens."""
        given = dict(attrs)
        self.ids += [given["id"] or ""] if "id" in given else []
        self.links += [href[1:] for href in [given.get("href") or ""] if href.startswith("#")]
        self.wrong += [f"{tag} {name}" for name in given if name.startswith("on") or name == "style"]
        if tag not in VOID:
            self.open.append(tag)

    def handle_startendtag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        """An element of SVG without content."""
        self.handle_starttag(tag, attrs)
        if tag not in VOID:
            self.open.pop()

    def handle_endtag(self, tag: str) -> None:
        """An element ends, or something that never began."""
        if self.open[-1] == tag:
            self.open.pop()
        else:
            self.wrong.append(f"</{tag}> in {self.open[-3:]}")


@pytest.mark.parametrize("language", ["en", "pt"])
def test_the_page_is_the_golden_one(language: str) -> None:
    """A refused call; style, script and what the entries say are left out, for they are files themselves."""
    told = page(relative_analysis("call-busy/call-busy"), language)
    for part, name in ((style(), "style"), (script(), "script")):
        assert part.text in told
        told = told.replace(part.text, f"/* {name} */").replace(part.source, f"'{name}'")
    told = re.sub(r"(?s)(<details id=\"entry-[^>]*>).*?</details>", r"\1…</details>", told)
    check_golden(f"call-busy.{language}.html", told)


@pytest.mark.parametrize("language", ["en", "pt"])
def test_every_page_is_well_formed(language: str) -> None:
    """Of many samples: elements nest, ids are unique, links within the page lead somewhere, no handler, no style."""
    for path in [*(SAMPLES[::5] if language == "en" else SAMPLES[2::15]), AAA]:
        told = Nesting()
        told.feed(page(analysis_of(path), language))
        assert told.wrong == [], path
        assert told.open == [], path
        assert len(told.ids) == len(set(told.ids)), path
        lost = {each for each in told.links if each not in told.ids and not re.match(r"\w+-\d+(\.\d+)?$", each)}
        assert lost == set(), path


def test_nothing_is_said_in_the_other_language() -> None:
    """No label of the page is the same in both, but for abbreviations and what packets say."""
    english, portuguese = (words(each).catalogue.words["page"] for each in ("en", "pt"))
    assert english.keys() == portuguese.keys()
    same = {name for name, text in english.items() if text == portuguese[name]}
    assert same == {"kind_registration", "column_mos", "stream_codec", "stream_jitter"}
    placeholders = re.compile(r"\{\w+\}")
    for name, text in english.items():
        assert sorted(placeholders.findall(text)) == sorted(placeholders.findall(portuguese[name])), name


def test_a_page_says_the_same_every_time() -> None:
    """No clock and no chance."""
    analysis = analysis_of(sample("ack-missing/ack-missing"))
    assert page(analysis) == page(analysis)


def test_a_capture_without_sip_makes_a_page_too() -> None:
    """That says so, with nothing to open."""
    told = page(analysis_of_bytes(capture_of_payloads([b"\x80\x00" + bytes(170)])))
    assert "No SIP message was found" in told
    assert 'id="calls"' not in told


def test_secrets_are_masked_unless_they_are_asked_for() -> None:
    """The command line's --show-secrets; a format without whole messages refuses it."""
    capture = sample("registration-challenged/registration-challenged")
    masked, shown = run("--format", "html", capture), run("--format", "html", "--show-secrets", capture)
    response = re.compile(r'response=\\?"(?:&#34;)?[0-9a-f]{32}')
    assert not response.search(masked.out)
    assert response.search(shown.out)
    assert run("--show-secrets", capture).code == 2
