"""UDP datagrams."""

from __future__ import annotations

import pytest

from tests.capture.build import SECOND
from tests.transport.wire import ALICE, ANSWER, BOB, OPTIONS, RTP, Outcome, ethernet, ipv4, ipv6, udp


def test_datagram_says_when_from_and_to() -> None:
    """A datagram has its frame, its time to the nanosecond and both endpoints."""
    frames = [ethernet(ipv4(udp(RTP))), ethernet(ipv6(udp(OPTIONS))), ethernet(ipv4(udp(ANSWER)))]
    first, second = Outcome(frames).datagrams
    assert (first.frame, first.source, first.destination) == (2, "[2001:db8::1]:5060", "[2001:db8::2]:5080")
    assert (second.frame, second.source, second.destination) == (3, f"{ALICE}:5060", f"{BOB}:5080")
    assert second.time == (SECOND + 2) * 10**9 + 2_000
    assert (second.payload, second.transport, second.fragments, second.cut) == (ANSWER, "udp", (), 0)


@pytest.mark.parametrize("port", [1, 53, 5060, 40_000])
def test_ports_decide_nothing(port: int) -> None:
    """Signalling is told by what it says, on any port."""
    frames = [ethernet(ipv4(udp(data, source=port, destination=port))) for data in (OPTIONS, RTP)]
    outcome = Outcome(frames)
    assert [datagram.frame for datagram in outcome.datagrams] == [1]
    assert [media.frame.tolist() for media in outcome.media] == [[2]]


@pytest.mark.parametrize("start", [b"\r\n\r\n", b"\n", b"\r\n"])
def test_empty_lines_may_come_first(start: bytes) -> None:
    """Empty lines before the start line are no obstacle."""
    assert [datagram.payload for datagram in Outcome([ethernet(ipv4(udp(start + ANSWER)))]).datagrams] == [
        start + ANSWER
    ]


@pytest.mark.parametrize(
    "payload",
    [
        RTP,
        b"\x80\xc8\0\6" + bytes(24),
        b"\0\1\0\x08\x21\x12\xa4\x42" + bytes(12),
        b"\x16\xfe\xfd" + bytes(20),
        bytes(4),
        b"\xff",
    ],
    ids=["RTP", "RTCP", "STUN", "DTLS", "NUL", "one byte"],
)
def test_what_is_not_text_may_be_media(payload: bytes) -> None:
    """Everything that does not begin with text goes to the columns, and never to `recognize`."""
    outcome = Outcome([ethernet(ipv4(udp(payload)))])
    assert not outcome.signalling
    (media,) = outcome.media
    assert media.data[media.start[0] : media.start[0] + media.length[0]].tobytes() == payload


@pytest.mark.parametrize("number", [0x0110, 0x0128, 0x021C, 0x0234])
@pytest.mark.parametrize("part", [b"\x01\x06", b"\x02\x20\x00", b"\x02\xc0\x01", b"\x0a\xd0" + bytes(9)])
def test_numbers_of_a_fax_are_no_version_and_length(number: int, part: bytes) -> None:
    """HEP before version 3 begins with both; a fax may, and goes to the columns, unless what follows is HEP too."""
    payload = number.to_bytes(2, "big") + part + b"\x00\x00"
    hep = part[:2] == b"\x02\x20"
    assert [len(each.frame) for each in Outcome([ethernet(ipv4(udp(payload)))]).media] == [1] * (not hep)


@pytest.mark.parametrize("payload", [b"OPTIONS", b"HTTP/1.1 200 OK\r\n", b"\r\n\r\n", b"NOTIFY * HTTP/1.1\r\n"])
def test_other_text_is_nothing(payload: bytes) -> None:
    """Text that is not recognised is neither signalling nor media."""
    outcome = Outcome([ethernet(ipv4(udp(payload)))])
    assert (outcome.signalling, outcome.media) == ([], [])


def test_media_columns() -> None:
    """The columns hold both addresses as 128 bits, both ports, and where the payload lies."""
    frames = [
        ethernet(ipv4(udp(RTP, source=1, destination=2))),
        ethernet(ipv6(udp(RTP + b"!", source=3, destination=4))),
    ]
    (media,) = Outcome([*frames, ethernet(ipv4(udp(OPTIONS)))]).media
    assert (len(media), media.frame.tolist()) == (2, [1, 2])
    assert media.source_hi.tolist() == [0, 0x20010DB8 << 32]
    assert media.source_lo.tolist() == [0xFFFFC0000201, 1]
    assert media.destination_hi.tolist() == [0, 0x20010DB8 << 32]
    assert media.destination_lo.tolist() == [0xFFFFC6336402, 2]
    assert (media.source_port.tolist(), media.destination_port.tolist()) == ([1, 3], [2, 4])
    assert media.time.tolist() == [SECOND * 10**9, (SECOND + 1) * 10**9 + 1_000]
    assert media.original_length.tolist() == media.length.tolist() == [len(RTP), len(RTP) + 1]


def test_media_only_when_asked_for() -> None:
    """Without the wish for media there are no columns, and the signalling is the same."""
    frames = [ethernet(ipv4(udp(data))) for data in (RTP, OPTIONS)]
    without = Outcome(frames, media=False)
    assert without.media == []
    assert without.signalling == Outcome(frames).signalling


def test_snap_length_is_told() -> None:
    """A payload that the snap length cut says how much is missing."""
    outcome = Outcome([ethernet(ipv4(udp(data))) for data in (ANSWER + b"body" * 20, RTP + bytes(100))], snap=70)
    (datagram,) = outcome.datagrams
    assert (len(datagram.payload), datagram.cut) == (28, len(ANSWER) + 80 - 28)
    (media,) = outcome.media
    assert (media.length.tolist(), media.original_length.tolist()) == ([28], [len(RTP) + 100])


@pytest.mark.parametrize("snap", range(30, 50))
def test_snap_length_within_the_headers(snap: int) -> None:
    """What the next packet holds is never read as a part of a packet cut short; what cannot be told stays media."""
    outcome = Outcome([ethernet(ipv4(udp(RTP))), ethernet(ipv4(udp(OPTIONS)))] * 2, snap=snap)
    assert outcome.signalling == []
    assert sum(map(len, outcome.media)) == (0 if snap < 42 else 4 if snap < 46 else 2)


def test_udp_length_ends_the_payload() -> None:
    """The datagram ends where UDP says, when that is before the end of the IP packet."""
    (datagram,) = Outcome([ethernet(ipv4(udp(ANSWER + b"trailer", length=8 + len(ANSWER))))]).datagrams
    assert datagram.payload == ANSWER


def test_media_in_fragments_are_media() -> None:
    """A video packet longer than the link takes: one row, its head and its bytes those of the whole datagram."""
    whole = udp(RTP[:12] + bytes(range(200)) * 10, source=4_000, destination=6_000)
    parts = [
        ethernet(ipv4(udp(RTP, source=4_000, destination=6_000))),
        ethernet(ipv4(whole[:1_200], ident=9, place=0x2000)),
        ethernet(ipv4(whole[1_200:], ident=9, place=150)),
    ]
    (columns,) = Outcome(parts).media
    assert columns.frame.tolist() == [1, 3]
    assert columns.original_length.tolist() == [len(RTP), 12 + 2_000]
    start, length = int(columns.start[1]), int(columns.length[1])
    assert columns.data[start : start + length].tobytes() == whole[8:]
    assert columns.head[1].tobytes() == RTP[:12]
    assert (columns.source_port.tolist(), columns.destination_lo[0]) == ([4_000, 4_000], columns.destination_lo[1])
