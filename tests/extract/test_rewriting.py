"""Tests of `sipdiag.extract.rewriting`: a message says the same things of the same parties, who are nobody."""

from __future__ import annotations

import base64
import json
import re
import time
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from reporting import SAMPLES, analysis_of
from sipdiag.extract.pseudonyms import Pseudonyms
from sipdiag.extract.rewriting import ADDRESSED, CALL_IDS, CREDENTIALS, KEPT, Rewriting, filling
from sipdiag.sip import Request, Response, defects, parse

if TYPE_CHECKING:
    from pathlib import Path

    from sipdiag.sip import Message

INVITE = (
    "INVITE sip:+12025550199@gw.provider.com SIP/2.0\r\n"
    "Via: SIP/2.0/UDP pc.provider.com:5070;branch=z9hG4bK77ef;rport,"
    'SIP/2.0/TCP 8.8.8.8 ;received=9.9.9.9;branch=z9hG4bKab1\r\nMax-Forwards: 70\r\nf: "Alice Adams"\r\n'
    " <sip:alice@provider.com>;tag=9fx\r\nTo: <sip:+12025550199@provider.com>\r\ni: 3848276298@8.8.8.8\r\n"
    "CSeq: 7 INVITE\r\nContact: <sip:alice@8.8.8.8:5070>\r\nUser-Agent: Phone 1.2 00:15:65:aa:bb:cc\r\n"
    'Authorization: Digest username="alice", realm="provider.com", nonce="84a4cc6f3082121f32b42a2187831a9e", '
    'uri="sip:gw.provider.com", response="7587245234b3434cc3412213e5f113a5", algorithm=MD5, nc=00000001, qop=auth\r\n'
    "Supported: 100rel, timer\r\nSession-Expires: 1800;refresher=uac\r\nX-Customer: Adams and Sons 4711\r\n"
    'Warning: 399 gw.provider.com "alice may not call"\r\nContent-Type: application/sdp\r\nl: {length}\r\n\r\n'
)
SDP = "v=0\r\no=alice 1 1 IN IP4 8.8.8.8\r\ns=-\r\nc=IN IP4 8.8.8.8\r\nt=0 0\r\nm=audio 4000 RTP/AVP 0\r\n"
MESSAGE = (INVITE.replace("{length}", str(len(SDP))) + SDP).encode()
GONE = [
    "alice",
    "adams",
    "sons",
    "4711",
    "provider",
    "8.8.8.8",
    "9.9.9.9",
    "3848276298",
    "84a4cc6f",
    "75872452",
    "2025550199",
    "00:15:65",
]


def rewriting(key: bytes = b"0123456789abcdef") -> Rewriting:
    return Rewriting(Pseudonyms(key))


def test_nothing_of_who_it_was_is_left() -> None:
    """Not in any header field, known or unknown, nor in the body."""
    told = rewriting().message(MESSAGE).decode().lower()
    assert [each for each in GONE if each in told] == []


def test_what_the_protocol_says_stays() -> None:
    """Methods, numbers of transactions, options, timers, ports, products, the fields and their order."""
    before, after = parse(MESSAGE), parse(rewriting().message(MESSAGE))
    assert isinstance(before, Request)
    assert isinstance(after, Request)
    assert (after.method, after.cseq, after.cseq_method) == (before.method, before.cseq, before.cseq_method)
    assert [name for name, _ in after.all_fields] == [name for name, _ in before.all_fields]
    for name in ("supported", "session-expires", "max-forwards", "content-type"):
        assert after.field(name) == before.field(name)
    assert after.branch.startswith("z9hG4bK")
    assert after.sent_by.endswith(".example:5070")
    assert len(after.vias) == 2
    assert "algorithm=MD5, nc=00000001, qop=auth" in (after.field("authorization") or "")
    assert (after.field("user-agent") or "").startswith("Phone 1.2 ")
    assert re.match(r"399 \w+\.\w+\.example \"\w+ may not call\"", after.field("warning") or "")


def test_content_length_goes_with_the_body() -> None:
    """A length that was right is right; one that was wrong is wrong by as much."""
    for error in (0, 7):
        data = (INVITE.replace("{length}", str(len(SDP) + error)) + SDP).encode()
        told = parse(rewriting().message(data))
        assert told is not None
        assert told.content_length == len(told.body) + error
    short = (INVITE.replace("{length}", str(len(SDP))) + SDP + "\r\n\0secret").encode()
    told = parse(rewriting().message(short))
    assert told is not None
    assert told.body[told.content_length :] == b"\r\n\0xxxxxx"


def test_the_same_message_is_the_same() -> None:
    """Under one key at any time; under another it is not."""
    assert rewriting().message(MESSAGE) == rewriting().message(MESSAGE)
    assert rewriting().message(MESSAGE) != rewriting(b"another key here").message(MESSAGE)


@pytest.mark.parametrize("capture", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_message_is_as_good_as_it_was(capture: Path) -> None:
    """Of every sample: what was wrong with it is wrong still, and nothing else; what belongs together still does."""
    work = rewriting()
    pairs: list[tuple[Message, Message]] = []
    for arrival in analysis_of(capture).correlation.arrivals:
        message = arrival.sighting.message
        told = parse(work.message((message.head + "\r\n\r\n").encode("utf-8", "surrogateescape") + message.body))
        assert told is not None
        assert type(told) is type(message)
        assert [each.kind for each in defects(told)] == [each.kind for each in defects(message)]
        if isinstance(told, Response) and isinstance(message, Response):
            assert told.status == message.status
        pairs.append((message, told))
    for name in ("call_id", "from_tag", "to_tag", "branch", "sent_by"):
        becomes = {(getattr(one, name), getattr(other, name)) for one, other in pairs}
        assert len({one for one, _ in becomes}) == len({other for _, other in becomes}) == len(becomes), name


def test_a_passport_tells_of_the_same_numbers() -> None:
    """Its claims are those of the header fields; its signature fits nothing (RFC 8225)."""

    def part(value: dict[str, object]) -> str:
        return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")

    head = {"alg": "ES256", "typ": "passport", "ppt": "shaken", "x5u": "https://cert.provider.com/a.pem"}
    claims = {
        "attest": "A",
        "iat": 1,
        "orig": {"tn": "12025550100"},
        "dest": {"tn": ["12025550199"]},
        "origid": "a-b-1",
    }
    value = f"{part(head)}.{part(claims)}.c2lnbmF0dXJl;info=<https://cert.provider.com/a.pem>;alg=ES256;ppt=shaken"
    work = rewriting()
    told = work.part(f"INVITE sip:+12025550199@x.com SIP/2.0\r\nIdentity: {value}\r\nFrom: <sip:+12025550100@x.com>")
    token, _, rest = told.partition("Identity: ")[2].partition(";")
    first, second, signature = token.split(".")
    read = [json.loads(base64.urlsafe_b64decode(each + "==")) for each in (first, second)]
    assert f"+{read[1]['orig']['tn']}@" in told
    assert f"+{read[1]['dest']['tn'][0]}@" in told
    assert read[0]["x5u"] in rest
    assert (read[1]["attest"], read[1]["iat"]) == ("A", 1)
    assert signature != "c2lnbmF0dXJl"
    assert "provider" not in told


@pytest.mark.parametrize(
    "data", [b"", b"\r\n\r\n", b"INVITE", b"\xff\xfe", b"SIP/2.0 200\r\n:\r\n x\r\n\r\n", b"a b c\r\nd"]
)
def test_nothing_makes_it_raise(data: bytes) -> None:
    """Stray bytes, half a message, none."""
    assert isinstance(rewriting().message(data), bytes)


def test_a_filling_says_nothing() -> None:
    """As long, with empty lines and zeros as they were."""
    assert filling(b"ab\r\n\0c") == b"xx\r\n\0x"


def test_lists_of_header_fields_are_words() -> None:
    """A name that was torn apart at its dash would be none."""
    for names in (KEPT, ADDRESSED, CALL_IDS, CREDENTIALS):
        assert [each for each in names if each != each.strip("-").lower()] == []
    assert {"remote-party-id", "p-asserted-identity", "diversion"} <= ADDRESSED
    assert {"accept-language", "recv-info"} <= KEPT


def test_names_in_parameters_of_what_is_kept_are_replaced() -> None:
    """Somebody may be called so in a parameter of any header field."""
    work = rewriting()
    text = "NOTIFY sip:alice@x.com SIP/2.0\r\nTo: <sip:alice@x.com>\r\nEvent: presence;id=alice"
    work.part(text)
    assert "alice" not in work.part(text)
    assert "Event: presence;id=" in work.part(text)


@pytest.mark.parametrize("piece", ['\\"', "%41", "f1", "sip:a;", '"a\\', "x@", ";a=", "1.", "aa:"])
def test_time_grows_with_length_only(piece: str) -> None:
    """A header field of 60 kB made to keep a search busy takes a moment, not minutes."""
    begun = time.process_time()
    for name in ("From", "X-Own", "Server"):
        rewriting().message(f"OPTIONS sip:a SIP/2.0\r\n{name}: {piece * (60_000 // len(piece))}\r\n\r\n".encode())
    assert time.process_time() - begun < 5


@given(st.binary(max_size=300), st.sampled_from([b"From: ", b"Via: ", b"Identity: ", b"Contact: ", b"X: ", b"\r\n"]))
def test_no_value_makes_it_raise(value: bytes, name: bytes) -> None:
    """Of any header field, nor any body."""
    assert rewriting().message(b"OPTIONS sip:a SIP/2.0\r\n" + name + value).startswith(b"OPTIONS sip:")
