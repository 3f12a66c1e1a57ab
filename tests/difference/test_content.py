"""Tests of `sipdiag.difference.content`: what changed inside one message."""

from __future__ import annotations

import pytest

from exchange import START
from sipdiag.difference.content import content_changes
from sipdiag.difference.neutral import Neutral
from sipdiag.sip import parse
from sipdiag.trace import Sighting

HEAD = "INVITE sip:bob@example.net SIP/2.0\r\nCall-ID: one\r\nCSeq: 1 INVITE\r\nContent-Type: application/sdp\r\n"
SDP = (
    "v=0\r\no=alice 3849120 1 IN IP4 192.0.2.10\r\ns=-\r\nc=IN IP4 192.0.2.10\r\nt=0 0\r\n"
    "m=audio 16384 RTP/AVP 0 8\r\na=rtpmap:0 PCMU/8000\r\na=sendrecv\r\n"
)


def message(head: str, body: str) -> Sighting:
    """One message as it was seen."""
    parsed = parse(f"{head}\r\n{body}".encode())
    assert parsed is not None
    ends = {"source": "192.0.2.10:5060", "destination": "198.51.100.20:5060"}
    return Sighting(capture=0, frame=1, time=START, transport="udp", message=parsed, **ends)


def told(after: str, *, before: str = SDP, heads: tuple[str, str] = (HEAD, HEAD)) -> list[tuple[str, str, str, str]]:
    """Kind, name, before and after of each change."""
    neutral = Neutral([], users=["bob"], hosts={})
    pair = message(heads[0], before), message(heads[1], after)
    return [
        (each.kind, each.name, each.before, each.after) for each in content_changes("INVITE", *pair, (neutral, neutral))
    ]


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("3849120 1", "777 9"),
        ("audio 16384", "audio 20000"),
        ("a=sendrecv", "a=sendrecv"),
    ],
)
def test_ids_and_ports_are_no_change(old: str, new: str) -> None:
    """They are others in every run."""
    assert told(SDP.replace(old, new)) == []


@pytest.mark.parametrize(
    ("line", "other"),
    [
        ("a=ssrc:1234 cname:a", "a=ssrc:99 cname:b"),
        ("a=ice-ufrag:abcd", "a=ice-ufrag:efgh"),
        ("a=fingerprint:sha-256 AA:BB", "a=fingerprint:sha-256 CC:DD"),
        ("a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:AAAA", "a=crypto:1 AES_CM_128_HMAC_SHA1_80 inline:BBBB"),
        ("a=candidate:1 1 udp 2113 192.0.2.10 5000 typ host", "a=candidate:7 1 udp 99 192.0.2.10 6000 typ host"),
        ("a=rtcp:16385", "a=rtcp:20001"),
    ],
)
def test_keys_and_candidates_are_no_change(line: str, other: str) -> None:
    """Nor what ICE and SRTP make up."""
    assert told(f"{SDP}{other}\r\n", before=f"{SDP}{line}\r\n") == []


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("a=sendrecv", "a=sendonly", ("sdp", "audio", "a=sendrecv", "a=sendonly")),
        ("audio 16384", "audio 0", ("sdp", "audio", "m=audio 16384 RTP/AVP 0 8", "m=audio 0 RTP/AVP 0 8")),
        ("RTP/AVP 0 8", "RTP/AVP 8 0", ("sdp", "audio", "m=audio 16384 RTP/AVP 0 8", "m=audio 16384 RTP/AVP 8 0")),
        ("a=rtpmap:0 PCMU/8000\r\n", "", ("sdp", "audio", "a=rtpmap:0 PCMU/8000", "")),
        ("c=IN IP4 192.0.2.10", "c=IN IP4 10.0.0.1", ("sdp", "", "c=IN IP4 192.0.2.10", "c=IN IP4 10.0.0.1")),
    ],
)
def test_what_was_agreed_on_is_a_change(old: str, new: str, change: tuple[str, str, str, str]) -> None:
    """Each line as it stands, under its stream."""
    assert told(SDP.replace(old, new)) == [change]


def test_keys_are_not_told() -> None:
    """Where a suite changed, the key beside it is left out; of credentials the digest."""
    before, after = (f"{SDP}a=crypto:1 {suite} inline:SECRET{suite}\r\n" for suite in ("AES_CM_128", "AES_CM_256"))
    ((_, _, was, now),) = told(after, before=before)
    assert "SECRET" not in was + now
    heads = tuple(f'{HEAD}Authorization: Digest username="{user}", response="SECRET"\r\n' for user in ("a", "b"))
    ((kind, name, was, now),) = told(SDP, heads=(heads[0], heads[1]))
    assert (kind, name) == ("header", "Authorization")
    assert "SECRET" not in was + now


def test_a_short_name_is_the_same_field() -> None:
    """RFC 3261, section 7.3.3."""
    assert told(SDP, heads=(HEAD + "Subject: x\r\n", HEAD + "s: x\r\n")) == []


def test_the_first_line_is_compared_too() -> None:
    """To whom the request goes."""
    ((kind, _, was, now),) = told(SDP, heads=(HEAD, HEAD.replace("example.net", "example.org")))
    assert (kind, was, now) == ("start-line", "INVITE sip:bob@example.net", "INVITE sip:bob@example.org")
