"""Packets that are kept of a capture that can be read once only."""

from __future__ import annotations

import io
import struct
from itertools import pairwise
from typing import TYPE_CHECKING
from unittest.mock import patch

import numpy as np
import pytest

from sipdiag.capture import Kept, kept, open_capture
from sipdiag.defect import Defects
from tests.capture.build import block, enhanced, interface, section

if TYPE_CHECKING:
    from sipdiag.capture import Packets

LINKS = (1, 113, 101)
DATA = [bytes([number]) * size for number, size in enumerate((60, 61, 62, 63, 1_400))]


def capture() -> bytes:
    """A capture of several link types, two sections long."""
    head = section() + b"".join(interface(link=link) for link in LINKS)
    body = b"".join(enhanced(data, 1_700_000_000_000_001 + at, number=at % 3) for at, data in enumerate(DATA))
    return head + body + head + body


def chunks() -> list[Packets]:
    """Its packets."""
    with open_capture("-", stream=io.BytesIO(capture())) as source:
        return list(source.packets())


def told(packets: Packets) -> list[tuple[int, int, int, bytes]]:
    """Link type, time, length on the wire and bytes of each packet."""
    return [
        (link, time, original, packets.data[begin : begin + size].tobytes())
        for link, time, original, begin, size in zip(
            *(getattr(packets, name).tolist() for name in ("link", "time", "original", "offset", "captured")),
            strict=True,
        )
    ]


@pytest.mark.parametrize("waiting", [0, kept.MOST_WAITING])
def test_a_kept_packet_is_what_it_was(waiting: int) -> None:
    """Its link type, time to the nanosecond, lengths and bytes, and which one it was; from memory or from the disk."""
    first, second = chunks()
    defects = Defects()
    with patch.object(kept, "MOST_WAITING", waiting), Kept(defects, [b"keys"], keyed=False) as some:
        some.take(first, np.array([2, 5]))
        some.take(second, np.array([6, 8]))
        with open_capture(some.path()) as again:
            found = [each for chunk in again.packets() for each in told(chunk)]
        assert [some.number(frame) for frame in (1, 2, 3, 4)] == [2, 5, 6, 8]
    assert found == [told(first)[1], told(first)[4], told(second)[0], told(second)[2]]
    assert defects == []


@pytest.mark.parametrize(("keyed", "limit", "stays"), [(False, "MOST_WAITING", [6, 7]), (True, "MOST_KEPT", [1, 2])])
def test_what_has_no_room_is_told(keyed: bool, limit: str, stays: list[int]) -> None:  # noqa: FBT001
    """Without keys the newest packets stay, with keys the oldest; nothing is said where keys never come."""
    first, second = chunks()
    for secrets in ([], [b"keys"]):
        defects = Defects()
        late: list[bytes] = []
        with patch.object(kept, limit, 100), Kept(defects, late, keyed=keyed) as some:
            some.take(first, np.array([1, 2]))
            some.take(second, np.array([6, 7]))
            late += secrets
            if secrets or keyed:
                some.path()
                assert [some.number(frame) for frame in (1, 2)] == stays
        assert [(each.kind, each.frame) for each in defects] == (
            [("limit-reached", 6 if keyed else 1)] if secrets or keyed else []
        )


@pytest.mark.parametrize("limit", [100, 1 << 20])
def test_what_can_be_read_again_is_kept_whole_or_not_at_all(limit: int) -> None:
    """Of a file nothing waits, and nothing is told: where not all was kept, the file itself is read once more."""
    first, second = chunks()
    with patch.object(kept, "MOST_KEPT", limit), Kept(None, [], keyed=True) as some:
        some.take(first, np.array([1, 2]))
        assert some.whole
        some.take(second, np.array([6]))
        assert some.whole == (limit > 100)
    late: list[bytes] = []
    with Kept(None, late, keyed=False) as some:
        some.take(first, np.array([], np.int64))
        assert some.whole
        some.take(first, np.array([1]))
        late.append(b"keys")
        some.take(second, np.array([6]))
        assert not some.whole


def test_rows_of_another_process_are_found_by_their_numbers() -> None:
    """Of which it left out what it had read itself."""
    first, _ = chunks()
    part = first.inside(np.array([1, 3, 4]), 0, 1)
    with Kept(None, [], keyed=True) as some:
        some.take(part, np.array([2, 5]))
        with open_capture(some.path()) as again:
            assert [each[3] for chunk in again.packets() for each in told(chunk)] == [DATA[1], DATA[4]]


def test_a_full_disk_is_told_to_who_asks() -> None:
    """And nobody else, since the rest of the capture is read without."""
    first, second = chunks()
    full = OSError(28, "No space left on device")
    with (
        patch.object(kept, "MOST_WAITING", 0),
        patch.object(kept, "private_file", side_effect=full),
        Kept(Defects(), [], keyed=True) as some,
    ):
        some.take(first, np.array([1]))
        some.take(second, np.array([6]))
        with pytest.raises(OSError, match="No space"):
            some.path()


def test_nothing_kept_is_a_capture_too() -> None:
    """Without packets."""
    with Kept(Defects(), [], keyed=True) as some, open_capture(some.path()) as again:
        assert list(again.packets()) == []


def test_keys_and_packets_may_come_in_any_order() -> None:
    """A key log is known as soon as its block was read."""
    log = b"CLIENT_RANDOM 00 00"
    secrets = block(10, struct.pack("<II", 0x544C534B, len(log)) + log + bytes(-len(log) % 4))
    data = capture() + secrets + capture()
    with open_capture("-", stream=io.BytesIO(data)) as source:
        counts = [(chunk.first_frame, len(source.secrets)) for chunk in source.packets()]
    assert counts[0] == (1, 0)
    assert counts[-1] == (16, 1)
    assert all(one <= other for one, other in pairwise(counts))
