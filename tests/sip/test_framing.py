"""`sipdiag.sip.framing`: the same messages out of a stream, however it is split."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip import Frame, Framer
from sipdiag.sip.framing import LARGEST_HEAD
from strategies import MESSAGES, Plain, hostile, requests

OPTIONS = b"OPTIONS sip:example.com SIP/2.0\r\nl: 0\r\n\r\n"
INVITE = b"INVITE sip:example.com SIP/2.0\r\nContent-Length: 5\r\n\r\nv=0\r\n"


def framed(*pieces: bytes) -> tuple[list[Frame], Framer]:
    """The frames of a stream that came in `pieces` and ended, and its framer."""
    framer = Framer()
    frames = [frame for piece in pieces for frame in framer.feed(piece)]
    return frames + framer.close(), framer


def split(data: bytes, cuts: list[int]) -> list[bytes]:
    """`data` in pieces that end at `cuts`."""
    ends = sorted(cut % (len(data) + 1) for cut in cuts)
    return [data[start:end] for start, end in zip([0, *ends], [*ends, len(data)], strict=True)]


CUTS = st.lists(st.integers(0, 10_000), max_size=12)


@given(st.lists(MESSAGES, max_size=4), CUTS)
def test_messages_come_out_whole(messages: list[Plain], cuts: list[int]) -> None:
    """A stream of healthy messages gives each of them, for any split (RFC 3261, section 18.3)."""
    wanted = [bytes(message) for message in messages]
    stream = b"\r\n\r\n".join(wanted)
    frames, framer = framed(*split(stream, cuts))
    assert [frame.data for frame in frames] == wanted
    assert all(frame.complete and stream[frame.start : frame.end] == frame.data for frame in frames)
    assert framer.skipped == 0
    assert framer.keepalives == max(len(messages) - 1, 0)


@given(st.lists(st.one_of(hostile(), requests().map(bytes)), max_size=4), CUTS)
def test_any_split_gives_the_same(pieces: list[bytes], cuts: list[int]) -> None:
    """How a stream, even a hostile one, is cut into segments changes nothing."""
    stream = b"".join(pieces)
    whole, one = framed(stream)
    parts, many = framed(*split(stream, cuts))
    single, bytewise = framed(*(stream[at : at + 1] for at in range(len(stream))))
    assert whole == parts == single
    assert one.skipped == many.skipped == bytewise.skipped
    assert one.keepalives == many.keepalives == bytewise.keepalives
    assert all(stream[frame.start : frame.end] == frame.data for frame in whole)


@given(requests(), st.integers(0, 10_000), st.integers(0, 10_000), CUTS)
def test_sync_is_found_again_after_a_gap(lost: Plain, start: int, end: int, cuts: list[int]) -> None:
    """Whatever part of a message is lost, the messages that begin at a line behind it come out."""
    data = bytes(lost)
    start %= len(data)
    end = start + 1 + end % (len(data) - start)
    framer = Framer()
    framer.feed(data[:start])
    framer.lose()
    rest = data[end:] + INVITE + OPTIONS + INVITE
    frames = [frame for piece in split(rest, cuts) for frame in framer.feed(piece)]
    found = [frame.data for frame in frames]
    if data[end:] and not data.endswith(b"\n"):
        assert found[-2:] == [OPTIONS, INVITE]  # nothing shows where the lost message ended, and the next began
    else:
        assert found[-3:] == [INVITE, OPTIONS, INVITE]


def test_a_gap_ends_the_message_before_it() -> None:
    """What was held when bytes went missing comes out as a fragment."""
    framer = Framer()
    assert framer.feed(INVITE[:-2]) == []
    assert framer.lose() == [Frame(data=INVITE[:-2], start=0, end=len(INVITE) - 2, complete=False)]
    assert framer.feed(OPTIONS) == [Frame(data=OPTIONS, start=len(INVITE) - 2, end=len(INVITE) - 2 + len(OPTIONS))]
    assert (framer.lose(), framer.skipped) == ([], 0)


def test_a_start_line_after_a_gap_may_come_in_pieces() -> None:
    """A message right behind a gap is found though it comes byte by byte."""
    framer = Framer()
    framer.lose()
    frames = [frame for byte in INVITE for frame in framer.feed(bytes([byte]))]
    assert [frame.data for frame in frames] == [INVITE]


def test_a_fragment_of_a_message_is_no_message_after_a_gap() -> None:
    """The start line in a message/sipfrag body (RFC 3420) begins no message."""
    framer = Framer()
    framer.lose()
    frames = framer.feed(b"ength: 20\r\n\r\nSIP/2.0 100 Trying\r\n" + INVITE)
    assert [frame.data for frame in frames] == [INVITE]


def test_the_last_message_may_be_broken_off() -> None:
    """The stream's end brings out what it broke off, if that is a message."""
    assert framed(OPTIONS, b"BYE sip:example.com SIP/2.0\r\nVia")[0][-1].complete is False
    assert framed(b"BYE sip:example.com SIP/2.0")[0][0].data == b"BYE sip:example.com SIP/2.0"
    frames, framer = framed(b"\r\n\r\n\r", b"not sip")
    assert (frames, framer.keepalives, framer.skipped) == ([], 1, 7)


@pytest.mark.parametrize(
    ("length", "size"),
    [("", 0), ("99999999", 0), ("-1", 0), ("x", 0), ("3", 3), ("\r\n 3", 3), ("003", 3), ("9999999", 4 * 1024 * 1024)],
)
def test_content_length_ends_the_message(length: str, size: int) -> None:
    """Absent or absurd lengths mean no body, since nothing else can tell."""
    framer = Framer()
    head = f"BYE sip:example.com SIP/2.0\r\nContent-Length: {length}\r\n\r\n".encode()
    frames = framer.feed(head + b"x" * size + OPTIONS)
    assert [len(frame.data) for frame in frames] == [len(head) + size, len(OPTIONS)]


@pytest.mark.parametrize("size", [1, 100, 70_000])
def test_endless_lines_and_heads_are_passed_over(size: int) -> None:
    """A line or head that never ends is no message, and the next message is found."""
    line = b"INVITE sip:" + b"a" * LARGEST_HEAD
    head = b"INVITE sip:example.com SIP/2.0\r\n" + b"X: y\r\n" * (LARGEST_HEAD // 6)
    for stream in (line + b"\r\n" + OPTIONS, head + OPTIONS, b"junk\n" + b"x" * 9000 + b"\n\n" + OPTIONS):
        frames, framer = framed(*(stream[at : at + size] for at in range(0, len(stream), size)))
        assert [frame.data for frame in frames] == [OPTIONS]
        assert framer.skipped >= len(stream) - len(OPTIONS) - 4


def test_a_long_header_field_behind_a_gap_hides_nothing() -> None:
    """A start line counts though the line behind it is too long to wait for."""
    message = b"BYE sip:example.com SIP/2.0\r\nX: " + b"y" * 9000 + b"\r\n\r\n"
    for size in (1, 7, 20_000):
        frames, _ = framed(b"junk\r\n", *(message[at : at + size] for at in range(0, len(message), size)))
        assert [frame.data for frame in frames] == [message]


RUNS = [
    b" ",
    b"\n",
    b"\r",
    b"a\n",
    b"ABC ",
    b"\nABC d SIP/2.0\r\n",
    b"\nl:",
    b" SIP/2.0",
    b"\n ",
    b'"',
    b"\nX: y",
    b"\x00",
]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize("start", [b"", b"INVITE sip:example.com SIP/2.0\r\n", b"INVITE "])
@pytest.mark.parametrize(("size", "step"), [(2**20, 2**20), (2**20, 1400), (2**16, 1)])
def test_time_is_linear(start: bytes, run: bytes, size: int, step: int) -> None:
    """Neither a megabyte of any one thing nor many tiny feeds take long."""
    stream = start + run * (size // len(run))
    began = time.perf_counter()
    framed(*(stream[at : at + step] for at in range(0, len(stream), step)))
    assert time.perf_counter() - began < 2
