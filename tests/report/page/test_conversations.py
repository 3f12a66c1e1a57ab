"""Tests of `sipdiag.report.page.conversations`: what the page lists, and which findings belong to what."""

from __future__ import annotations

from captured import capture_of
from exchange import CALLEE, CALLER, Exchange
from reporting import AAA, SAMPLES, analysis_of, analysis_of_bytes, sample
from sipdiag.analysis import Analysis
from sipdiag.report.page.conversations import Conversation, conversations_of


def told(analysis: Analysis) -> list[tuple[str, int, str, int | None]]:
    return [(each.kind, each.number, each.state, each.code) for each in conversations_of(analysis)]


def test_calls_and_the_rest_are_listed_as_they_began() -> None:
    """Calls with the number and state that the other reports give them; everything in the order of time."""
    listed = conversations_of(analysis_of(AAA))
    calls = [(each.number, each.state) for each in listed if each.kind == "call"]
    assert calls == [(call.number, call.state.value) for call in analysis_of(AAA).correlation.calls]
    assert {each.kind for each in listed} >= {"call", "registration"}
    assert [each.start for each in listed] == sorted(each.start for each in listed)


def test_every_message_has_its_conversation() -> None:
    """Of every sample: nothing that was seen is left out of the page."""
    for path in SAMPLES:
        analysis = analysis_of(path)
        listed = {call_id for each in conversations_of(analysis) for call_id in each.call_ids}
        assert listed == {each.sighting.message.call_id for each in analysis.correlation.arrivals}


def test_what_is_no_call_is_listed_by_call_id() -> None:
    """OPTIONS and MESSAGE: completed, failed, or unfinished while nothing answers."""
    talk = Exchange()
    for number, code in enumerate((200, 404, None)):
        request = talk.request("OPTIONS", number, call_id=f"ping-{number}", branch=f"b{number}")
        if code is not None:
            talk.response(code, request, number + 0.1)
    assert told(analysis_of_bytes(capture_of(talk))) == [
        ("other", 1, "completed", 200),
        ("other", 2, "failed", 404),
        ("other", 3, "unfinished", None),
    ]


def test_a_stray_ack_is_listed() -> None:
    """An ACK whose INVITE was not seen belongs to no call."""
    talk = Exchange()
    talk.request("ACK", 0, source=CALLER, destination=CALLEE, to_tag="x")
    assert told(analysis_of_bytes(capture_of(talk))) == [("other", 1, "unfinished", None)]


def test_a_finding_belongs_to_the_conversation_that_it_names() -> None:
    """Of every sample each finding that shows SIP has a place: by its frames, else by its Call-ID."""
    for path in SAMPLES:
        analysis = analysis_of(path)
        tied = {number for each in conversations_of(analysis) for number in each.findings}
        frames = {(each.sighting.capture, each.sighting.frame) for each in analysis.correlation.arrivals}
        for number, finding in enumerate(analysis.findings, 1):
            shows_sip = any((finding.capture, frame) in frames for frame in finding.frames)
            assert number in tied or not shows_sip, f"{path}: {finding.rule}"


def test_a_key_is_an_anchor() -> None:
    """`call-1`: what the page and the script call it."""
    (conversation,) = conversations_of(analysis_of(sample("ack-missing/ack-missing")))
    assert isinstance(conversation, Conversation)
    assert (conversation.key, conversation.findings) == ("call-1", [1])


def test_calls_that_share_a_call_id_have_findings_of_their_own() -> None:
    """Each belongs where its frames are."""
    talk = Exchange()
    for number, code in enumerate((403, 404)):
        at = 100 * number
        invite = talk.request("INVITE", at, cseq=1 + number, branch=f"b{number}", from_tag=f"t{number}")
        talk.response(code, invite, at + 1, to_tag=f"c{number}")
        talk.request("ACK", at + 1.1, cseq=1 + number, branch=f"b{number}", from_tag=f"t{number}", to_tag=f"c{number}")
    analysis = analysis_of_bytes(capture_of(talk))
    listed = conversations_of(analysis)
    assert [(each.key, each.code, len(each.findings)) for each in listed] == [("call-1", 403, 1), ("call-2", 404, 1)]
    for each in listed:
        assert analysis.findings[each.findings[0] - 1].knowledge == f"status/{each.code}"
