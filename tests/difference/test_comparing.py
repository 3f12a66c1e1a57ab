"""Tests of `sipdiag.difference.comparing`: what changed is told, what differs in every run is not."""

from __future__ import annotations

from pathlib import Path

import pytest

from another_run import retold
from captured import capture_of
from exchange import CALLEE, CALLER, Exchange
from reporting import SAMPLES, analysis_of, analysis_of_bytes, sample
from sipdiag.analysis import Analysis, conclude, read
from sipdiag.difference import Change, difference_between

TIME_SIGNED = {"identity-stale", "identity-mismatched", "identity-unverified", "identity-invalid", "identity-missing"}
"""Samples whose messages carry the day on which they were signed."""
BELOW_SIP = {"tcp-refused", "fragment-lost", "tls-failed", "tls-expected", "flow-expired"}
"""Samples where a port itself is what a rule goes by, or the raw bytes of a fragment."""
X_CID = {"call-failed/through-b2bua", "call-through-b2bua/x-cid"}
"""Captures with a Call-ID in a header field that only they know, which the retold run keeps."""
RETOLD = [
    path
    for path in SAMPLES
    if path.parent.name not in TIME_SIGNED | BELOW_SIP and f"{path.parent.name}/{path.stem}" not in X_CID
]
GOOD, BUSY = (analysis_of(sample(f"{name}/{name}")) for name in ("call-answered", "call-busy"))


def changes(before: Analysis, after: Analysis, tolerance_s: float = 0.5) -> list[Change]:
    """All changes in a row."""
    told = difference_between(before, after, tolerance_s=tolerance_s)
    return [change for pair in told.pairs for change in pair.changes]


def talk(**invite: str) -> Exchange:
    """A call that is answered and ended."""
    made = Exchange()
    first = made.request("INVITE", 0, **invite)
    made.response(180, first, 0.2)
    made.response(200, first, 1.5, fields=f"Contact: <sip:callee@{CALLEE}>\r\n")
    made.request("ACK", 1.6, branch="ack", to_tag="callee")
    bye = made.request("BYE", 9, branch="bye", to_tag="callee", cseq=2)
    made.response(200, bye, 9.1)
    return made


def seen(made: Exchange) -> Analysis:
    return analysis_of_bytes(capture_of(made))


@pytest.mark.parametrize("capture", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_a_recording_is_as_itself(capture: Path) -> None:
    """Every sample."""
    assert difference_between(analysis_of(capture), analysis_of(capture)).same


@pytest.mark.parametrize("capture", RETOLD, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_another_run_of_the_same_story_is_the_same(capture: Path) -> None:
    """Other Call-IDs, tags, branches, nonces, ports, SSRCs, on another day."""
    trace = read(str(capture))
    told = difference_between(analysis_of(capture), conclude([retold(trace)]))
    assert [each.changes for each in told.pairs if each.changes] == []
    assert told.same


def test_the_outcome_is_told_first() -> None:
    """With the code, the codecs and who ended it."""
    told = [(each.kind, each.before, each.after) for each in changes(GOOD, BUSY)]
    assert told[:3] == [("outcome", "answered", "failed"), ("code", "200", "486"), ("ended_by", "caller", "")]
    assert ("codecs", "PCMU, PCMA, telephone-event", "") in told


def test_messages_come_and_go() -> None:
    """Each with its frame in the recording that has it."""
    told = {(each.name, each.before, each.after, each.frame_before, each.frame_after) for each in changes(GOOD, BUSY)}
    assert ("486 INVITE", "", "486 INVITE", None, 3) in told
    assert ("200 INVITE", "200 INVITE", "", 4, None) in told


def test_a_header_field_is_told_by_its_message() -> None:
    """That it came, went, or has another value."""
    before, after = (
        talk(fields="User-Agent: Phone 1.0\r\nX-A: 1\r\n"),
        talk(fields="User-Agent: Phone 2.0\r\nX-B: 1\r\n"),
    )
    told = {(each.kind, each.of, each.name, each.before, each.after) for each in changes(seen(before), seen(after))}
    assert told == {
        ("header", "INVITE", "User-Agent", "Phone 1.0", "Phone 2.0"),
        ("header", "INVITE", "X-A", "1", ""),
        ("header", "INVITE", "X-B", "", "1"),
    }


def test_retransmissions_and_times_are_told() -> None:
    """How often, and since which message."""
    slow = Exchange()
    first = slow.request("INVITE", 0)
    slow.again(first, 0.5, 1.5)
    slow.response(180, first, 3.2)
    told = {(each.kind, each.of, each.name, each.before, each.after) for each in changes(seen(talk()), seen(slow))}
    assert ("retransmissions", "INVITE", "", "0", "2") in told
    assert ("timing", "INVITE", "180 INVITE", "0.200", "3.200") in told


def test_times_have_a_tolerance() -> None:
    """No two runs take the same time."""
    late = talk()
    assert changes(seen(talk()), seen(late)) == []
    slow = Exchange()
    slow.response(180, slow.request("INVITE", 0), 0.6)
    quick = Exchange()
    quick.response(180, quick.request("INVITE", 0), 0.2)
    assert changes(seen(quick), seen(slow)) == []
    assert [each.kind for each in changes(seen(quick), seen(slow), tolerance_s=0.1)] == ["timing"]


def test_an_address_that_is_another_is_told_once() -> None:
    """And not again in every header field that names it."""
    after = talk()
    for number, each in enumerate(after.sightings):
        text = (each.message.head + "\r\n\r\n").replace("192.0.2.10", "192.0.2.77")
        moved = Exchange()
        ends = (end.replace("192.0.2.10", "192.0.2.77") for end in (each.source, each.destination))
        after.sightings[number] = moved._seen(text, 0, *ends, 0, "udp")
        after.sightings[number] = type(each)(
            **{name: getattr(after.sightings[number], name) for name in each.__struct_fields__}
            | {"time": each.time, "frame": each.frame}
        )
    assert [(each.kind, each.before, each.after) for each in changes(seen(talk()), seen(after))] == [
        ("host", "192.0.2.10", "192.0.2.77")
    ]


def test_findings_come_and_go() -> None:
    """By rule and variant, with the finding itself."""
    told = [each for each in changes(GOOD, BUSY) if each.kind == "finding"]
    assert [(each.name, each.before, each.after) for each in told] == [("call-failed", "", "failed")]
    assert told[0].finding is not None
    back = [each for each in changes(BUSY, GOOD) if each.kind == "finding"]
    assert [(each.name, each.before, each.after) for each in back] == [("call-failed", "failed", "")]


def test_a_conversation_in_one_recording_only_is_told() -> None:
    """With the frame where it begins."""
    both = talk()
    both.response(200, both.request("OPTIONS", 20, call_id="other", branch="o", source=CALLER), 20.1)
    told = difference_between(seen(talk()), seen(both))
    assert not told.same
    assert [(each.kind, each.seen, each.frame) for each in told.pairs] == [
        ("call", "both", None),
        ("request", "after", 7),
    ]
    assert told.count == 1


def test_very_long_conversations_are_compared_side_by_side() -> None:
    """No search through all their messages."""
    long = Exchange()
    for number in range(2_500):
        long.request("INFO", number / 100, cseq=number + 1, branch=f"b{number}", to_tag="callee")
    assert difference_between(seen(long), seen(long)).same
