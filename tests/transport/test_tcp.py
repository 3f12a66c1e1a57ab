"""TCP connections."""

from __future__ import annotations

from unittest.mock import patch

from sipdiag.transport import tcp as connections
from tests.transport.wire import (
    ACK,
    ALICE,
    ANSWER,
    BOB,
    FIN,
    OPTIONS,
    PSH,
    RST,
    SYN,
    Outcome,
    ethernet,
    ipv4,
    ipv6,
    tcp,
)  # fmt: skip

CLIENT, SERVER = f"{ALICE}:40000", f"{BOB}:5060"


def sent(payload: bytes = b"", *, port: int = 40_000, **fields: int) -> bytes:
    """Build a frame from client to server."""
    return ethernet(ipv4(tcp(payload, source=port, **fields), protocol=6))


def answered(payload: bytes = b"", *, port: int = 40_000, **fields: int) -> bytes:
    """Build a frame from server to client."""
    return ethernet(
        ipv4(tcp(payload, source=5060, destination=port, **fields), protocol=6, source=BOB, destination=ALICE)
    )


def opening(port: int = 40_000, at: int = 100) -> list[bytes]:
    """Build the handshake; the client's data begins at `at` + 1, the server's at 901."""
    return [
        sent(sequence=at, flags=SYN, port=port),
        answered(sequence=900, ack=at + 1, flags=SYN | ACK, port=port),
        sent(sequence=at + 1, ack=901, port=port),
    ]


TALK = [sent(OPTIONS, sequence=101, ack=901), answered(ANSWER, sequence=901, ack=101 + len(OPTIONS))]


def test_streams_of_a_connection() -> None:
    """Both directions of a connection with signalling come out, each to its end."""
    done = [sent(sequence=101 + len(OPTIONS), flags=FIN | ACK), answered(sequence=901 + len(ANSWER), flags=FIN | ACK)]
    outcome = Outcome([*opening(), *TALK, *done])
    assert [(data.frame, data.source, data.payload, data.end) for data in outcome.streams] == [
        (4, CLIENT, OPTIONS, False),
        (5, SERVER, ANSWER, False),
        (6, CLIENT, b"", True),
        (7, SERVER, b"", True),
    ]
    (connection,) = outcome.connections
    assert (connection.client, connection.server, connection.signalling) == (CLIENT, SERVER, True)
    assert (connection.syn_frame, connection.syn_count, connection.established_frame) == (1, 1, 2)
    assert (connection.fin_frame, connection.reset_frame) == (6, None)
    assert {data.connection for data in outcome.streams} == {connection.number}


def test_message_in_pieces() -> None:
    """A message in several segments comes out whole, what was sent before it on the connection as well."""
    pieces = [OPTIONS[at : at + 7] for at in range(0, len(OPTIONS), 7)]
    frames = [sent(b"\r\n\r\n", sequence=101)]
    at = 105
    for piece in (OPTIONS, *pieces):
        frames.append(sent(piece, sequence=at, flags=PSH | ACK))
        at += len(piece)
    assert b"".join(data.payload for data in Outcome([*opening(), *frames]).streams) == b"\r\n\r\n" + OPTIONS * 2


def test_mid_connection() -> None:
    """A capture that begins in mid-connection begins the stream with the first data seen."""
    outcome = Outcome(TALK)
    assert [(data.payload, data.gap) for data in outcome.streams if data.payload] == [(OPTIONS, False), (ANSWER, False)]
    (connection,) = outcome.connections
    assert (connection.client, connection.syn_frame, connection.syn_count) == (CLIENT, None, 0)


def test_other_connections_give_nothing() -> None:
    """A connection without signalling gives no data, and is not listed when all went well."""
    frames = [*opening(), sent(b"GET / HTTP/1.1\r\n\r\n", sequence=101), sent(sequence=119, flags=FIN | ACK)]
    outcome = Outcome(frames)
    assert (outcome.signalling, outcome.connections) == ([], [])


def test_refused_connection() -> None:
    """A SYN that is answered by a reset is listed, and says who refused."""
    outcome = Outcome([sent(sequence=1, flags=SYN), answered(ack=2, flags=RST | ACK)])
    (connection,) = outcome.connections
    assert (connection.reset_frame, connection.reset_by, connection.established_frame) == (2, SERVER, None)
    assert not connection.signalling


def test_unanswered_connection() -> None:
    """A SYN that nobody answers is listed with its retransmissions."""
    (connection,) = Outcome([sent(sequence=1, flags=SYN)] * 3).connections
    assert (connection.syn_count, connection.syn_frame, connection.established_frame) == (3, 1, None)


def test_reset_ends_both_directions() -> None:
    """A reset ends both streams at once."""
    outcome = Outcome([*opening(), *TALK, answered(sequence=919, flags=RST)])
    assert [(data.source, data.frame) for data in outcome.streams if data.end] == [(CLIENT, 6), (SERVER, 6)]
    assert outcome.connections[0].reset_by == SERVER


def test_same_ports_again() -> None:
    """A new SYN between the same ports begins a connection of its own."""
    again = [*opening(at=5_000), sent(OPTIONS, sequence=5_001)]
    outcome = Outcome([*opening(), *TALK, *again])
    assert [connection.syn_frame for connection in outcome.connections] == [1, 6]
    payloads = [(data.connection, data.payload) for data in outcome.streams if data.payload]
    assert payloads == [(1, OPTIONS), (1, ANSWER), (2, OPTIONS)]
    assert [data.connection for data in outcome.streams if data.end] == [1, 1, 2, 2]


def test_end_of_capture_ends_streams() -> None:
    """What is open when the capture ends says that no more will come."""
    ends = [data for data in Outcome([*opening(), *TALK]).streams if data.end]
    assert [(data.source, data.frame) for data in ends] == [(CLIENT, 5), (SERVER, 5)]


def test_connections_are_bounded() -> None:
    """Only so many connections without signalling are remembered; those that failed are kept when they give way."""
    with patch.object(connections, "MOST_OPEN", 3), patch.object(connections, "MOST_FAILED", 4):
        outcome = Outcome([sent(sequence=1, flags=SYN, port=port) for port in range(1, 21)])
    assert [connection.number for connection in outcome.connections] == [1, 2, 3, 4, 18, 19, 20]


def test_ipv6() -> None:
    """TCP over IPv6 is read alike."""
    outcome = Outcome([ethernet(ipv6(tcp(OPTIONS, sequence=5), protocol=6))])
    assert [data.source for data in outcome.streams if data.payload] == ["[2001:db8::1]:40000"]


def test_connections_with_signalling_are_bounded() -> None:
    """Of more than are followed at a time the oldest is ended, and that is said once."""
    frames = [
        frame for port in range(40_000, 40_006) for frame in [*opening(port), sent(OPTIONS, sequence=101, port=port)]
    ]
    with patch.object(connections, "MOST_SIGNALLING", 3):
        outcome = Outcome(frames)
    assert [data.payload for data in outcome.streams if data.payload] == [OPTIONS] * 6
    given_up = [data.source for data in outcome.streams if data.end and data.frame < len(frames)]
    assert given_up == [end for port in (40_000, 40_001, 40_002) for end in (f"{ALICE}:{port}", SERVER)]
    assert [defect.kind for defect in outcome.defects] == ["limit-reached"]


def test_without_a_syn_a_stream_begins_with_the_first_byte() -> None:
    """The first in sequence, not the first to come; a keep-alive has none of it, and a far place is another stream."""
    late, early = sent(OPTIONS[20:], sequence=120), sent(OPTIONS[:20], sequence=100)
    for others in ([], [sent(b"\0", sequence=99)], [answered(ANSWER, sequence=901)]):
        outcome = Outcome([late, early, *others])
        assert b"".join(data.payload for data in outcome.streams if data.source == CLIENT) == OPTIONS
    far = Outcome([sent(OPTIONS, sequence=1 << 20), sent(OPTIONS, sequence=5)])
    assert [data.payload for data in far.streams if data.payload] == [OPTIONS]
