"""Tests of `sipdiag.transport.icmp`: what errors say of which datagram."""

from __future__ import annotations

from unittest.mock import patch

import pytest

from sipdiag.transport import Undelivered, icmp
from tests.transport.wire import ALICE, BOB, OPTIONS, RTP, Outcome, ethernet, ipv4, ipv6, udp

ROUTER = "203.0.113.254"
QUOTED = ipv4(udp(OPTIONS), ident=77)
"""A datagram of Alice's to Bob."""


def error(kind: int, code: int, quoted: bytes = QUOTED, *, rest: int = 0, by: str = ROUTER, to: str = ALICE) -> bytes:
    """A frame with an error on a datagram."""
    body = bytes((kind, code, 0, 0)) + rest.to_bytes(4, "big") + quoted
    return ethernet(ipv4(body, source=by, destination=to, protocol=1))


def error6(kind: int, code: int, *, rest: int = 0) -> bytes:
    """The same over IPv6."""
    body = bytes((kind, code, 0, 0)) + rest.to_bytes(4, "big") + ipv6(udp(OPTIONS))
    return ethernet(ipv6(body, source="2001:db8::2", destination="2001:db8::1", protocol=58))


def said(*frames: bytes) -> list[Undelivered]:
    """What the errors among the frames say."""
    return Outcome(frames).undelivered


@pytest.mark.parametrize(
    ("frame", "kind", "words", "mtu"),
    [
        (error(3, 3), "port-closed", "port unreachable (type 3, code 3)", 0),
        (error(3, 1), "unreachable", "host unreachable (type 3, code 1)", 0),
        (error(3, 13), "prohibited", "communication administratively prohibited (type 3, code 13)", 0),
        (error(3, 4, rest=576), "too-big", "fragmentation needed (type 3, code 4)", 576),
        (error(11, 0), "hops-exceeded", "time to live exceeded in transit (type 11, code 0)", 0),
        (error(11, 1), "fragment-missing", "fragment reassembly time exceeded (type 11, code 1)", 0),
        (error6(1, 4), "port-closed", "port unreachable (type 1, code 4)", 0),
        (error6(1, 1), "prohibited", "communication administratively prohibited (type 1, code 1)", 0),
        (error6(2, 0, rest=1280), "too-big", "packet too big (type 2, code 0)", 1280),
        (error6(3, 0), "hops-exceeded", "hop limit exceeded in transit (type 3, code 0)", 0),
    ],
)
def test_type_and_code_say_what_it_comes_to(frame: bytes, kind: str, words: str, mtu: int) -> None:
    """In the words of the RFCs."""
    (told,) = said(frame)
    assert (told.kind, told.words, told.mtu, told.count) == (kind, words, mtu, 1)


def test_an_error_names_who_says_it_and_which_datagram() -> None:
    """The reporter from outside, ends and identification from what it quotes."""
    (told,) = said(error(3, 3))
    assert (told.source, told.destination, told.transport) == (f"{ALICE}:5060", f"{BOB}:5080", "udp")
    assert told.reporter == ROUTER
    (report,) = told.reports
    assert (report.frame, report.ip_id, report.quote) == (1, 77, OPTIONS)


def test_errors_of_one_kind_on_one_way_are_told_together() -> None:
    """Each with its frame."""
    several = said(error(3, 3), error(3, 3), error(3, 1))
    assert [(each.kind, [report.frame for report in each.reports]) for each in several] == [
        ("port-closed", [1, 2]),
        ("unreachable", [3]),
    ]


@pytest.mark.parametrize("length", [28, 36])
def test_a_short_quote_is_enough(length: int) -> None:
    """Eight bytes of UDP are what every host quotes (RFC 792)."""
    (told,) = said(error(3, 3, QUOTED[:length]))
    assert told.destination == f"{BOB}:5080"


@pytest.mark.parametrize(
    "frame",
    [
        error(8, 0),
        error(0, 0),
        error(5, 1),
        error(3, 99),
        error(3, 3, QUOTED[:22]),
        error(3, 3, b""),
        error(3, 3, to=BOB),
        error(3, 3, ipv4(udp(OPTIONS), protocol=1)),
        error(3, 3, b"\x60" + QUOTED[1:]),
        error(3, 3, QUOTED[:6] + b"\x00\x10" + QUOTED[8:]),
    ],
    ids=["echo", "reply", "redirect", "code", "cut", "empty", "stranger", "icmp", "version", "fragment"],
)
def test_what_is_no_error_on_a_datagram_says_nothing(frame: bytes) -> None:
    """Neither pings nor what quotes too little, nor what is told to somebody else."""
    assert said(frame) == []


def test_errors_on_media_are_counted() -> None:
    """A stream into a closed port makes one for every packet: only the first are kept."""
    with patch.object(icmp, "MOST_OF_OTHERS", 3):
        (told,) = said(*[error(3, 3, ipv4(udp(RTP)))] * 10)
    assert (told.count, len(told.reports)) == (10, 3)
    assert told.last_time > told.reports[-1].time
    assert {report.quote for report in told.reports} == {b""}


def test_a_limit_that_bites_is_told() -> None:
    """A scan of ports makes a pair of endpoints of each."""
    frames = [error(3, 3, ipv4(udp(OPTIONS, destination=port))) for port in range(1, 6)]
    with patch.object(icmp, "MOST_WAYS", 3):
        outcome = Outcome(frames)
    assert len(outcome.undelivered) == 3
    (defect,) = outcome.defects
    assert (defect.kind, defect.frame) == ("limit-reached", 4)
