"""Tests of `sipdiag.report.page.streams`: the media of a call in its ladder, and all of it in a table."""

from __future__ import annotations

import pytest

from reporting import analysis_of, document, sample, words
from sipdiag.analysis import Analysis
from sipdiag.report.page.conversations import Conversation, conversations_of
from sipdiag.report.page.messages import Shower
from sipdiag.report.page.streams import StreamTeller

TALK = sample("call-with-media/call-with-media")


def teller(analysis: Analysis, language: str = "en") -> StreamTeller:
    return StreamTeller(analysis, words(language), Shower(words(language)))


def call(analysis: Analysis, number: int = 1) -> Conversation:
    return next(each for each in conversations_of(analysis) if each.key == f"call-{number}")


def test_a_stream_is_a_row_of_its_ladder() -> None:
    """From lane to lane, when its first packet came, with the figures of the document."""
    analysis = analysis_of(TALK)
    lanes = ["192.0.2.10", "198.51.100.20"]
    conversation = call(analysis)
    rows = teller(analysis).opened(conversation, lanes, conversation.start)
    assert lanes == ["192.0.2.10", "198.51.100.20"]
    assert [each["lanes"] for each in rows] == [[1, 0], [0, 1]]
    for row, stream in zip(rows, document(analysis)["streams"], strict=True):
        facts = dict(row["facts"])
        assert row["frame"] == stream["first_frame"]
        assert row["label"] == f"PCMU/8000 · {stream['packets']} packets · MOS {stream['mos']:.1f}"
        assert (facts["SSRC"], facts["From"]) == (stream["ssrc"], stream["source"])
        assert [values for _, values, _ in row["timelines"]] == [
            stream["timeline"][name] for name in ("packets", "lost", "jitter_ms")
        ]


def test_a_host_that_sends_only_media_gets_a_lane() -> None:
    """After those that sent SIP: a server that plays music to the one on hold."""
    analysis = analysis_of(sample("call-with-media/music-on-hold"))
    lanes = ["192.0.2.10", "198.51.100.20"]
    rows = teller(analysis).opened(call(analysis), lanes, 0)
    assert lanes == ["192.0.2.10", "198.51.100.20", "198.51.100.77"]
    assert [0, 2] in [sorted(row["lanes"]) for row in rows]


@pytest.mark.parametrize(("language", "name"), [("en", "Call 1"), ("pt", "Chamada 1")])
def test_every_stream_is_listed(language: str, name: str) -> None:
    """With its call, in the language of the report."""
    analysis = analysis_of(TALK)
    listed = teller(analysis, language).listed(conversations_of(analysis))
    assert len(listed) == len(document(analysis)["streams"]) == 2
    assert {(each["call"], each["key"]) for each in listed} == {(name, "call-1")}


def test_a_call_is_as_good_as_its_worst_stream() -> None:
    """What has no media has no figure."""
    analysis = analysis_of(TALK)
    worst = min(each["mos"] for each in document(analysis)["streams"])
    assert teller(analysis).mos(call(analysis)) == worst
    silent = analysis_of(sample("call-answered/call-answered"))
    assert teller(silent).mos(call(silent)) is None


@pytest.mark.parametrize("name", ["media-loss", "media-stopped", "media-silent", "media-jitter"])
def test_a_finding_marks_its_stream(name: str) -> None:
    """That one and not the other, which is as it should be."""
    analysis = analysis_of(sample(f"{name}/{name}"))
    number = next(number for number, each in enumerate(analysis.findings, 1) if each.rule == name)
    conversation = call(analysis)
    rows = teller(analysis).opened(conversation, [], conversation.start)
    assert [number in each.get("findings", []) for each in rows].count(True) == 1
    assert len(rows) == 2
