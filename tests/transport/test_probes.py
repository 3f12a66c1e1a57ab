"""What comes on a connection before its signalling is recognised."""

from __future__ import annotations

import random
from unittest.mock import patch

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.capture import octets
from sipdiag.transport import probes
from sipdiag.transport.segments import Segment
from tests.transport.test_tcp import answered, opening, sent
from tests.transport.wire import FIN, OPTIONS, RST, Outcome

TEXT = OPTIONS * 2


def bytewise(payload: bytes, at: int = 101, *, port: int = 40_000, size: int = 1) -> list[bytes]:
    """Segments of a few bytes."""
    return [sent(payload[i : i + size], sequence=at + i, ack=901, port=port) for i in range(0, len(payload), size)]


def carried(outcome: Outcome) -> bytes:
    """All bytes that came by stream."""
    return b"".join(data.payload for data in outcome.streams)


@pytest.mark.parametrize("block", [300, octets.BLOCK])
@pytest.mark.parametrize("size", [1, 3, 8])
def test_tiny_segments_are_recognised(size: int, block: int) -> None:
    """A message byte by byte, in one chunk or in many: nothing of it is lost, and each byte comes once."""
    with patch.object(octets, "BLOCK", block):
        outcome = Outcome([*opening(), *bytewise(TEXT, size=size)])
    assert carried(outcome) == TEXT
    assert [data.frame for data in outcome.streams if data.payload] == list(range(4, 4 + -(-len(TEXT) // size)))


def test_a_start_line_in_mid_segment_is_recognised() -> None:
    """From mid-connection on, a segment may hold the end of one message and the beginning of the next."""
    outcome = Outcome([sent(b"a=sendrecv\r\n" + OPTIONS[:20], sequence=5), sent(OPTIONS[20:], sequence=37)])
    assert carried(outcome) == b"a=sendrecv\r\n" + OPTIONS


@pytest.mark.parametrize("seed", range(4))
def test_order_does_not_matter(seed: int) -> None:
    """Segments out of order before recognition come out in sequence."""
    segments = bytewise(TEXT, size=9)
    random.Random(seed).shuffle(segments)  # noqa: S311
    with patch.object(octets, "BLOCK", 400):
        assert carried(Outcome([*opening(), *segments])) == TEXT


def test_what_was_held_goes_with_its_connection() -> None:
    """A new connection on the same ports begins with nothing of the one before it."""
    first = [*opening(), *bytewise(OPTIONS[:5]), sent(sequence=106, flags=FIN)]
    outcome = Outcome([*first, *opening(at=5_000), *bytewise(OPTIONS, 5_001)])
    assert carried(outcome) == OPTIONS[:5] + OPTIONS
    assert b"".join(data.payload for data in outcome.streams if data.connection == 2) == OPTIONS


def test_other_connections_are_given_up() -> None:
    """Binary data is not held at all, and text for a while only."""
    made: list[int] = []
    watch = probes.Probes._looked_at

    def counting(self, segments, rows):  # noqa: ANN001, ANN202
        made.append(len(rows))
        return watch(self, segments, rows)

    tls = [sent(b"\x17\x03\x03\0\x05hello", sequence=101 + 10 * i) for i in range(50)]
    page = [answered(b"<p>" + b"x" * 97, sequence=901 + 100 * i, port=40_001) for i in range(500)]
    with patch.object(octets, "BLOCK", 2_000), patch.object(probes.Probes, "_looked_at", counting):
        outcome = Outcome([*opening(), *tls, *opening(40_001), *page])
    assert outcome.streams == []
    assert sum(made) < probes.MOST_LARGE + 60


def test_connections_watched_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more than are watched at a time the oldest is forgotten; it may be recognised later all the same."""
    monkeypatch.setattr(probes, "MOST_FLOWS", 3)
    begun = [segment for port in range(40_000, 40_009) for segment in bytewise(OPTIONS[:3], port=port)]
    rest = [sent(OPTIONS[3:], sequence=104, port=port) for port in (40_008, 40_000)]
    outcome = Outcome([*begun, *rest, sent(OPTIONS, sequence=104 + len(OPTIONS), port=40_000)])
    assert {data.source.rpartition(":")[2]: data.payload for data in outcome.streams if data.payload}.keys() == {
        "40008",
        "40000",
    }


@settings(deadline=None)
@given(st.lists(st.tuples(st.integers(0, 80), st.binary(max_size=9), st.sampled_from([0, 2, FIN, RST, 24]))))
def test_any_segments(pieces: list[tuple[int, bytes, int]]) -> None:
    """Whatever comes, nothing raises."""
    frames = [sent(payload, sequence=sequence, flags=flags) for sequence, payload, flags in pieces]
    with patch.object(octets, "BLOCK", 200):
        Outcome(frames)


@pytest.mark.parametrize("block", [5_000, octets.BLOCK])
@pytest.mark.parametrize("size", [1, 2, 7, 50, 100, 1_000])
def test_reversed_order_gives_everything(size: int, block: int) -> None:
    """The last segment first, each waiting for the one before it back to the SYN: nothing of it is lost."""
    message = OPTIONS[:-2] + b"".join(b"Subject: %04d\r\n" % i for i in range(300)) + b"\r\n"
    for whole in (message, OPTIONS * 60):
        with patch.object(octets, "BLOCK", block):
            outcome = Outcome([*opening(), *bytewise(whole, size=size)[::-1]])
        assert carried(outcome) == whole
        assert not any(data.gap for data in outcome.streams)


@pytest.mark.parametrize("size", [1, 3, 50])
def test_reversed_order_without_a_beginning_gives_the_message(size: int) -> None:
    """Where no SYN tells the first byte, it is the first of those that are there once a message is recognised."""
    message = OPTIONS[:-2] + b"Subject: no beginning\r\n" * 5 + b"\r\n"
    assert carried(Outcome(bytewise(message, size=size)[::-1])) == message
    assert carried(Outcome([*opening(), *bytewise(message, size=size)][::-1])) == message


@given(st.permutations(range(-(-len(TEXT) // 5))), st.integers(0, 2**32 - 1))
def test_any_order_is_recognised(order: list[int], start: int) -> None:
    """Whatever the order, what is held has its text in sequence, and each line is looked at."""
    direction, seen = probes._Direction(), []
    for i in order:
        segment = Segment(
            frame=1, time=1, source="a", destination="b", sequence=(start + 5 * i) % 2**32, acknowledgment=0, flags=16,
            payload=TEXT[5 * i : 5 * i + 5],
        )  # fmt: skip
        direction.add(segment)
        direction.recognized(seen.append)
    assert bytes(direction.text) == TEXT
    assert {*TEXT.splitlines(keepends=True)} <= {line[: line.find(b"\n") + 1] for line in seen}


def test_lines_that_are_looked_at_again_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """A connection made to be looked at without end is given up."""
    monkeypatch.setattr(probes, "MOST_LOOKS", 100)
    lines = bytewise(b"\n" * 150, size=1)[::-1]
    assert Outcome([*opening(), *lines, *bytewise(OPTIONS, 251, size=3)]).streams == []


def test_a_watched_connection_that_gives_way_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """Once, with the frame, and only where a line was under way."""
    monkeypatch.setattr(probes, "MOST_FLOWS", 3)
    begun = [segment for port in range(40_000, 40_009) for segment in bytewise(OPTIONS[:3], port=port)]
    assert [(each.kind, each.frame) for each in Outcome(begun).defects] == [("limit-reached", 10)]
    lines = [sent(b"GET / HTTP/1.1\r\n\r\n", sequence=1, port=port) for port in range(40_000, 40_009)]
    assert Outcome(lines).defects == []
