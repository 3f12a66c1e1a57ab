"""Tests of `sipdiag.report.page.opened`: a conversation with every message behind its arrow."""

from __future__ import annotations

from typing import Any

from captured import capture_of
from exchange import Exchange
from reporting import SAMPLES, analysis_of, analysis_of_bytes, sample, words
from sipdiag.analysis import Analysis
from sipdiag.report.ladder import ladder_of, marks_of
from sipdiag.report.page.conversations import conversations_of
from sipdiag.report.page.messages import Shower
from sipdiag.report.page.opened import Opener


def opened(analysis: Analysis) -> list[dict[str, Any]]:
    opener = Opener(words(), Shower(words()), marks_of(analysis.findings))
    return [opener.opened(each) for each in conversations_of(analysis)]


def test_arrows_are_those_of_the_ladder() -> None:
    """Of every sample: the same frames, lanes, labels and findings, each with the message of that frame."""
    for path in SAMPLES:
        analysis = analysis_of(path)
        marks = marks_of(analysis.findings)
        for told, conversation in zip(opened(analysis), conversations_of(analysis), strict=True):
            ladder = ladder_of(conversation.call, marks)
            assert told["lanes"] == ladder.lanes
            for shown, arrow in zip(told["arrows"], ladder.arrows, strict=True):
                assert (shown["frame"], shown["lanes"]) == (arrow.frame, [arrow.source, arrow.destination])
                assert shown.get("findings", []) == arrow.findings
                assert [frame for frame, _ in shown.get("repeats", [])] == arrow.repeats
                begins = "SIP/2.0 " if shown["class"] else f"{arrow.label.split(' ')[0]} "
                assert shown["head"].startswith(begins)


def test_a_response_knows_what_it_answers_and_means() -> None:
    """Frame and delay of its request, its entry, and one line."""
    (told,) = opened(analysis_of(sample("ack-missing/ack-missing")))
    answer = next(each for each in told["arrows"] if each["frame"] == 4)
    assert answer["answers"] == [1, 5_218_000]
    assert (answer["entry"], answer["meaning"]) == ("status/200", "The call was answered.")
    assert len(answer["repeats"]) == 10


def test_entries_that_are_named_are_remembered() -> None:
    """Those of the responses and of the methods, for the page to carry."""
    analysis = analysis_of(sample("ack-missing/ack-missing"))
    opener = Opener(words(), Shower(words()), {})
    for each in conversations_of(analysis):
        opener.opened(each)
    assert opener.named == {"status/100", "status/180", "status/200", "method/INVITE", "method/BYE"}


def test_causes_and_warnings_have_their_entries() -> None:
    """What Reason and Warning say is explained too; numbers that are in no catalogue are not."""
    talk = Exchange()
    invite = talk.request("INVITE", 0)
    told = (
        'Reason: SIP;text="x;cause=9";cause=200, Q.850 ; cause=34;text="full"\r\nReason: Q.850;cause=999\r\n'
        'Warning: 304 example.com "Media type not available", 999 x "y"\r\n'
    )
    talk.response(503, invite, 1, fields=told)
    (call,) = opened(analysis_of_bytes(capture_of(talk)))
    assert [key for key, _ in call["arrows"][1]["also"]] == ["cause/34", "warning/304"]
    assert call["arrows"][1]["also"][0][1].startswith("Q.850 34 ")


def test_legs_are_told_with_what_ties_them() -> None:
    """A header field by its name, a guess in words."""
    (told,) = opened(analysis_of(sample("call-through-b2bua/no-correlation")))
    assert told["legs"] == "2 legs (likely): alike in numbers and time"
    (told,) = opened(analysis_of(sample("call-through-b2bua/call-through-b2bua")))
    assert told["legs"].startswith("2 legs (certain): ")
    assert [each for each in opened(analysis_of(sample("ack-missing/ack-missing"))) if "legs" in each] == []
