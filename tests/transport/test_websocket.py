"""WebSocket; `tests/test_wrappings.py` has a whole conversation in frames of each kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.defect import Defects
from sipdiag.transport import carriage
from sipdiag.transport.carriage import Carriages, begins_carriage
from sipdiag.transport.delivery import Datagram, StreamData
from sipdiag.transport.endpoint import Endpoints
from sipdiag.transport.websocket import LONGEST, WebSocketStream, upgrades
from tests.transport.wire import ANSWER, OPTIONS, recognize
from wrappings import SWITCHED, UPGRADE, _frame

if TYPE_CHECKING:
    from sipdiag.defect import Defect

WHOLE = _frame(OPTIONS, masked=True)


def data(frame: int, payload: bytes, *, gap: bool = False, source: str = "192.0.2.1:40000") -> StreamData:
    """The next bytes of one direction."""
    return StreamData(
        frame=frame, time=frame, source=source, destination="192.0.2.2:80", connection=1, payload=payload, gap=gap
    )


def fed(*pieces: bytes, gap_before: int = 0) -> tuple[list[Datagram], list[Defect]]:
    """What comes out of pieces of a stream; bytes are missing before the piece of that number."""
    defects = Defects()
    stream = WebSocketStream(recognize, defects)
    found = [
        datagram
        for frame, piece in enumerate(pieces, 1)
        for datagram in stream.feed(data(frame, piece, gap=frame == gap_before))
    ]
    return found, defects


def test_a_message_names_the_frames_that_carried_it() -> None:
    """One that came in a single packet names none besides its own."""
    found, _ = fed(UPGRADE, WHOLE[:9], WHOLE[9:] + WHOLE, WHOLE)
    assert [(each.frame, each.fragments, each.transport) for each in found] == [
        (3, (2, 3), "ws"),
        (3, (), "ws"),
        (4, (), "ws"),
    ]


def test_a_gap_is_told_and_passed() -> None:
    """After lost bytes the next segment that begins with a frame of signalling counts."""
    found, defects = fed(UPGRADE, WHOLE[:40], b"lost in the middle", WHOLE[7:], WHOLE, gap_before=3)
    assert [each.frame for each in found] == [5]
    assert [(defect.kind, defect.frame) for defect in defects] == [("stream-gap", 3)]


def test_only_sip_is_asked_for() -> None:
    """A WebSocket with another subprotocol, and any other HTTP, is none of ours."""
    assert upgrades(UPGRADE)
    assert upgrades(SWITCHED)
    assert not upgrades(UPGRADE.replace(b": sip", b": chat"))
    assert not upgrades(b"GET /sip HTTP/1.1\r\nHost: example.com\r\n\r\n")
    assert not begins_carriage(b"BYE sip:x", recognize)
    assert begins_carriage(_frame(ANSWER, masked=False), recognize)


def test_the_other_side_of_an_upgraded_connection_is_read_too() -> None:
    """A server's frames are read although its handshake is not in the capture."""
    carriages = Carriages(recognize, Endpoints(), [])
    assert list(carriages.opened(data(1, UPGRADE))) == []
    answer = _frame(b"\r\n\r\n", masked=False) + _frame(ANSWER, masked=False)
    found = list(carriages.opened(data(2, answer, source="192.0.2.2:80")))
    assert [each.payload for each in found] == [ANSWER]


@pytest.mark.parametrize(
    "piece",
    [
        b"\x82\x7f" + (LONGEST + 1).to_bytes(8, "big") + b"x",
        b"\x82\xff" + b"\xff" * 12,
        _frame(b"no deflate", masked=False, first=0xC1),
    ],
)
def test_what_cannot_be_is_a_defect(piece: bytes) -> None:
    """A frame too long to be meant, or a message that cannot be decompressed."""
    found, defects = fed(UPGRADE, piece)
    assert found == []
    assert len(defects) == 1


def test_a_bomb_is_not_unpacked() -> None:
    """What comes out of a compressed message is bounded."""
    import zlib  # noqa: PLC0415

    own = zlib.compressobj(wbits=-15)
    body = own.compress(OPTIONS[:-2] + bytes(1 << 25)) + own.flush(zlib.Z_SYNC_FLUSH)
    (found,), _ = fed(UPGRADE, _frame(body[:-4], masked=False, first=0xC1))
    assert len(found.payload) == LONGEST


@given(st.lists(st.one_of(st.binary(max_size=40), st.sampled_from([WHOLE, UPGRADE, b"\x81\xfe", b"\x01\x00"]))))
def test_no_bytes_make_it_raise(pieces: list[bytes]) -> None:
    """Any bytes in any pieces."""
    found, _ = fed(*pieces)
    assert len(found) <= sum(map(len, pieces))


@given(st.lists(st.integers(1, 60), max_size=40))
def test_any_split_gives_the_same(sizes: list[int]) -> None:
    """Segments may end anywhere."""
    stream = UPGRADE + WHOLE + _frame(b"?", masked=True, first=0x89) + WHOLE
    pieces, at = [], 0
    for size in sizes:
        pieces.append(stream[at : at + size])
        at += size
    found, defects = fed(*pieces, stream[at:])
    assert [each.payload for each in found] == [OPTIONS, OPTIONS]
    assert defects == []


def test_unfinished_messages_are_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of more than are held the oldest is given up, and that is said once."""
    monkeypatch.setattr(carriage, "MOST_HELD", 5_000)
    defects = Defects()
    carriages = Carriages(recognize, Endpoints(), defects)
    for number in range(9):
        source = f"192.0.2.9:{number}"
        list(carriages.opened(data(1, UPGRADE, source=source)))
        list(carriages.opened(data(2, b"\x81\x7e\xff\xff" + bytes(2_000), source=source)))
    assert carriages._held <= 5_000
    assert [defect.kind for defect in defects] == ["limit-reached"]
