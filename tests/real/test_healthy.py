"""No error and no warning on what a real client and a real server say to each other when all is well."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from real.conversing import CALLS, Receive, Step, Wait, missing, notify, recorded, request, response
from sipdiag.analysis import analyze
from sipdiag.findings import Severity

IN_DIALOG = "[peer_tag_param]"
CREDENTIALS = "[authentication username=client password=documentation]"


def challenge(nonce: str) -> str:
    """A digest challenge (RFC 3261, section 22.4)."""
    return f'Digest realm="example.com", nonce="{nonce}", algorithm=MD5, qop="auth"'


def invite(cseq: int = 1, *fields: str) -> Step:
    return request("INVITE", *fields, cseq=cseq, sdp=True)


def ack(cseq: int = 1, branch_of: int = 0) -> Step:
    return request("ACK", cseq=cseq, to=IN_DIALOG, branch_of=branch_of)


def bye(cseq: int = 2) -> list[Step]:
    return [Wait(100), request("BYE", cseq=cseq, to=IN_DIALOG), Receive("200")]


TRYING, RINGING = response("100 Trying"), response("180 Ringing", tag=True)
ANSWER, OK = response("200 OK", tag=True, sdp=True), response("200 OK")
RINGS_AND_ANSWERS: list[Step] = [Receive("100", optional=True), Receive("180"), Receive("200")]
TAKES_THE_CALL: list[Step] = [Receive("INVITE"), TRYING, RINGING, ANSWER, Receive("ACK")]
TAKES_THE_BYE: list[Step] = [Receive("BYE"), OK]


class Conversation(NamedTuple):
    """What client and server do, and how many of each kind the analysis must see."""

    client: Sequence[Step]
    server: Sequence[Step]
    options: tuple[str, ...] = ()
    address: str = "127.0.0.1"
    answered: int = CALLS
    registrations: int = 0
    subscriptions: int = 0


PLAIN = Conversation([invite(), *RINGS_AND_ANSWERS, ack(), *bye()], [*TAKES_THE_CALL, *TAKES_THE_BYE])
CONVERSATIONS = {
    "answered": PLAIN,
    "answered-over-tcp": PLAIN._replace(options=("-t", "t1")),
    "answered-over-ipv6": PLAIN._replace(address="::1"),
    "authenticated": Conversation(
        [
            invite(),
            Receive("407", challenge=True),
            ack(branch_of=2),
            invite(2, CREDENTIALS),
            *RINGS_AND_ANSWERS,
            ack(2),
            *bye(3),
        ],
        [
            Receive("INVITE"),
            response("407 Proxy Authentication Required", "Proxy-Authenticate: " + challenge("6f1c8a"), tag=True),
            Receive("ACK"),
            *TAKES_THE_CALL,
            *TAKES_THE_BYE,
        ],
    ),
    "rung-reliably": Conversation(
        [
            invite(1, "Supported: 100rel"),
            Receive("180"),
            request("PRACK", "RAck: 77 1 INVITE", cseq=2, to=IN_DIALOG),
            Receive("200"),
            Receive("200"),
            ack(),
            *bye(3),
        ],
        [
            Receive("INVITE", keep=True),
            response("180 Ringing", "Require: 100rel", "RSeq: 77", tag=True),
            Receive("PRACK"),
            OK,
            Wait(100),
            response("200 OK", tag=True, kept=True, sdp=True),
            Receive("ACK"),
            *TAKES_THE_BYE,
        ],
    ),
    "held": Conversation(
        [
            invite(),
            *RINGS_AND_ANSWERS,
            ack(),
            Wait(100),
            request("INVITE", cseq=2, to=IN_DIALOG, sdp=True),
            Receive("200"),
            ack(2),
            *bye(3),
        ],
        [*TAKES_THE_CALL, Receive("INVITE"), response("200 OK", sdp=True), Receive("ACK"), *TAKES_THE_BYE],
    ),
    "cancelled": Conversation(
        [
            invite(),
            Receive("180"),
            Wait(200),
            request("CANCEL", branch_of=3),
            Receive("200"),
            Receive("487"),
            ack(branch_of=6),
        ],
        [
            Receive("INVITE", keep=True),
            RINGING,
            Receive("CANCEL"),
            OK,
            response("487 Request Terminated", tag=True, kept=True),
            Receive("ACK"),
        ],
        answered=0,
    ),
    "busy": Conversation(
        [invite(), Receive("486"), ack(branch_of=2)],
        [Receive("INVITE"), response("486 Busy Here", tag=True), Receive("ACK")],
        answered=0,
    ),
    "registered": Conversation(
        [
            request("REGISTER", "Expires: 300"),
            Receive("401", challenge=True),
            request("REGISTER", "Expires: 300", CREDENTIALS, cseq=2),
            Receive("200"),
        ],
        [
            Receive("REGISTER"),
            response("401 Unauthorized", "WWW-Authenticate: " + challenge("51d0e2"), tag=True),
            Receive("REGISTER"),
            response("200 OK", "Expires: 300", tag=True),
        ],
        answered=0,
        registrations=CALLS,
    ),
    "subscribed": Conversation(
        [request("SUBSCRIBE", "Event: presence", "Expires: 300"), Receive("200"), Receive("NOTIFY"), OK],
        [
            Receive("SUBSCRIBE", keep=True),
            response("200 OK", "Expires: 300", tag=True),
            notify("Event: presence", "Subscription-State: active;expires=300"),
            Receive("200"),
        ],
        answered=0,
        subscriptions=CALLS,
    ),
    "probed": Conversation(
        [request("OPTIONS"), Receive("200")],
        [Receive("OPTIONS"), response("200 OK", "Allow: INVITE, ACK, CANCEL, BYE, OPTIONS", tag=True)],
        answered=0,
    ),
    "messaged": Conversation(
        [request("MESSAGE"), Receive("200")], [Receive("MESSAGE"), response("200 OK", tag=True)], answered=0
    ),
}


@pytest.mark.skipif(bool(missing()), reason=f"not installed: {missing()}")
@pytest.mark.parametrize("name", CONVERSATIONS)
def test_a_healthy_conversation_gives_no_error_and_no_warning(name: str, tmp_path: Path) -> None:
    """The first law of the tool, on traffic that none of us wrote by hand."""
    told = CONVERSATIONS[name]
    analysis = analyze([str(recorded(tmp_path, told.client, told.server, *told.options, address=told.address))])
    seen = analysis.correlation
    assert [
        (each.rule, each.variant, each.evidence) for each in analysis.findings if each.severity is not Severity.NOTE
    ] == []
    assert sum(call.answer is not None for call in seen.calls) == told.answered
    assert len(seen.registrations) == told.registrations
    assert len(seen.subscriptions) == told.subscriptions
    assert len({arrival.sighting.message.call_id for arrival in seen.arrivals}) == CALLS
