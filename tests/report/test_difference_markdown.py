"""Tests of `sipdiag.report.difference_markdown`: a list in which packets are text."""

from __future__ import annotations

import re

from hostile import UNSAFE, hostile_analysis
from reporting import analysis_of, sample, words
from sipdiag.analysis import Analysis
from sipdiag.difference import difference_between
from sipdiag.report.difference_markdown import MOST_ROWS, pieces

GOOD, BUSY = (analysis_of(sample(f"{name}/{name}")) for name in ("call-answered", "call-busy"))


def text(before: Analysis, after: Analysis) -> str:
    return "".join(pieces(difference_between(before, after), words()))


def test_changes_are_items_under_their_conversation() -> None:
    """In code spans."""
    told = text(GOOD, BUSY)
    assert "### `Call alice@example.com → bob@example.net`" in told
    assert "- `outcome: answered → failed (frames 4 → 3)`" in told


def test_what_packets_said_stands_in_code_spans() -> None:
    """Outside of them is nothing of theirs."""
    told = text(GOOD, hostile_analysis())
    assert not UNSAFE.search(told)
    assert not re.search(r"[<>\[\]\\@]", re.sub(r"(?<!`)(`+)(?!`).+?(?<!`)\1(?!`)", "", told))


def test_a_list_has_an_end() -> None:
    """Services limit what they show."""
    flood = analysis_of(sample("request-flood/request-flood"))
    assert text(GOOD, flood).count("\n- ") <= MOST_ROWS
