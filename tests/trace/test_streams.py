"""All streams of a capture together."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.trace import streams
from sipdiag.trace.streams import SipStreams
from sipdiag.transport import StreamData
from tests.transport.wire import OPTIONS

if TYPE_CHECKING:
    import pytest

HEAD = OPTIONS[:-2] + b"Content-Length: 4000000\r\n\r\n"


def data(connection: int, payload: bytes, *, frame: int = 1, end: bool = False, gap: bool = False) -> StreamData:
    """The next bytes of a connection."""
    return StreamData(
        frame=frame,
        time=frame,
        source=f"192.0.2.1:{connection}",
        destination="192.0.2.2:5060",
        connection=connection,
        payload=payload,
        end=end,
        gap=gap,
    )


def test_a_stream_that_ended_is_let_go() -> None:
    """Its last message is given where it broke off, and nothing of it is held any more."""
    every = SipStreams(0)
    found = [*every.feed(data(1, HEAD)), *every.feed(data(1, b"", end=True))]
    assert [seen.complete for seen in found] == [False]
    assert every._open == {}
    assert every._held == 0


def test_of_a_message_without_end_the_beginning_is_kept() -> None:
    """Megabytes of a body that is not all there tell nothing."""
    every = SipStreams(0)
    list(every.feed(data(1, HEAD + b"x" * (1 << 20))))
    (seen,) = every.finish()
    assert not seen.complete
    assert len(seen.message.body) < 1 << 18


def test_unfinished_messages_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more than are held the oldest is given up with what it has, and that is said once."""
    monkeypatch.setattr(streams, "MOST_HELD", 10_000)
    every = SipStreams(0)
    given = [(number, seen.source) for number in range(1, 9) for seen in every.feed(data(number, HEAD + b"x" * 2_000))]
    assert given == [(number, f"192.0.2.1:{number - 2}") for number in range(3, 9)]
    assert every._held <= 10_000
    assert [defect.kind for defect in every.defects].count("limit-reached") == 1
    assert len(list(every.finish())) == 2


def test_what_belongs_to_no_message_is_not_held() -> None:
    """A transfer that merely began like SIP goes by without a trace but its length."""
    every = SipStreams(0)
    assert list(every.feed(data(1, OPTIONS))) != []
    for number in range(500):
        assert list(every.feed(data(1, b"x" * 1_000 + b"\n", frame=number))) == []
    assert every._held < 20_000
    assert list(every.finish()) == []
    assert [defect.kind for defect in every.defects] == ["stream-not-sip"]


def test_defects_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Gaps without number do not fill the report, which says that there are more."""
    monkeypatch.setattr(streams, "MOST_DEFECTS", 5)
    every = SipStreams(0)
    for number in range(20):
        list(every.feed(data(1, OPTIONS, frame=number, gap=True)))
    list(every.finish())
    assert [each.kind for each in every.defects] == ["stream-gap"] * 5 + ["limit-reached"]
