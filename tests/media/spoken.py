"""RTP packets as columns, and one stream reckoned packet by packet as RFC 3550 writes it."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np

from sipdiag.media import RtpStreams, Stream
from sipdiag.transport import MediaColumns

MILLISECOND = 1_000_000
START = 1_772_442_000 * 1_000 * MILLISECOND
NAMES = ("source_hi", "source_lo", "destination_hi", "destination_lo", "source_port", "destination_port")


@dataclass(frozen=True, kw_only=True)
class Said:
    """One packet."""

    time: int
    """Nanoseconds since `START`."""
    payload: bytes
    ends: tuple[int, int, int, int, int, int] = (0, 0xFFFF_C000_0201, 0, 0xFFFF_C633_6402, 4_000, 5_000)
    """192.0.2.1:4000 to 198.51.100.2:5000."""
    kept: int | None = None


def rtp(
    sequence: int,
    timestamp: int,
    *,
    payload_type: int = 0,
    marker: bool = False,
    ssrc: int = 7,
    payload: bytes = bytes(range(160)),
    first: int = 0x80,
) -> bytes:
    second = payload_type | (0x80 if marker else 0)
    return struct.pack(">BBHII", first, second, sequence & 0xFFFF, timestamp & 0xFFFFFFFF, ssrc) + payload


def voice(count: int, *, begin: int = 0, sequence: int = 0, **options: int) -> list[Said]:
    """PCMU every 20 ms."""
    return [
        Said(
            time=begin + number * 20 * MILLISECOND,
            payload=rtp(sequence + number, 160 * number, marker=not number, **options),
        )
        for number in range(count)
    ]


def columns(said: list[Said], first_frame: int = 1) -> MediaColumns:
    """The packets as the transport room gives them."""
    kept = [each.payload if each.kept is None else each.payload[: each.kept] for each in said]
    lengths = np.array([len(each) for each in kept], np.int64)
    ends = np.array([each.ends for each in said], np.uint64)
    ports = ends.astype(np.int64)
    return MediaColumns(
        data=np.frombuffer(b"".join(kept), np.uint8),
        head=np.frombuffer(b"".join(each.ljust(12, b"\0")[:12] for each in kept), np.uint8).reshape(-1, 12),
        frame=np.arange(first_frame, first_frame + len(said)),
        time=np.array([START + each.time for each in said], np.int64),
        source_hi=ends[:, 0],
        source_lo=ends[:, 1],
        destination_hi=ends[:, 2],
        destination_lo=ends[:, 3],
        source_port=ports[:, 4],
        destination_port=ports[:, 5],
        start=np.cumsum(lengths) - lengths,
        length=lengths,
        original_length=np.array([len(each.payload) for each in said], np.int64),
    )


def streams_of(said: list[Said], *cuts: int) -> list[Stream]:
    """The streams that the packets make, read in chunks that end at `cuts`."""
    reader = RtpStreams()
    places = [0, *cuts, len(said)]
    for begin, end in pairwise(places):
        if end > begin:
            reader.feed(columns(said[begin:end], begin + 1))
    return reader.streams()


@dataclass(kw_only=True)
class Serial:
    """One stream of PCMU, packet by packet."""

    numbers: list[int] = field(default_factory=list)
    """Extended sequence numbers in the order of arrival."""
    jitters: list[float] = field(default_factory=list)
    """After each packet that counts."""
    estimate: float = 0.0
    duplicates: int = 0
    reordered: int = 0
    last: tuple[int, int] | None = None

    def take(self, packet: Said) -> None:
        """Take the next packet."""
        _, second, sequence, timestamp = struct.unpack_from(">BBHI", packet.payload)
        if not self.numbers:
            extended = sequence
        else:
            extended = self.numbers[-1] + ((sequence - self.numbers[-1] + 0x8000) & 0xFFFF) - 0x8000
        twice = extended in self.numbers
        self.duplicates += twice
        self.reordered += bool(self.numbers) and not twice and extended < max(self.numbers)
        self.numbers.append(extended)
        if twice:
            return
        if self.last is not None:
            apart = (packet.time - self.last[0]) / MILLISECOND
            ticks = ((timestamp - self.last[1] + 2**31) & 0xFFFFFFFF) - 2**31
            self.estimate += (abs(apart - ticks / 8) - self.estimate) / 16
            if second < 0x80:
                self.jitters.append(self.estimate)
        self.last = (packet.time, timestamp)

    @property
    def lost(self) -> int:
        """Numbers from the lowest to the highest that never came."""
        return max(self.numbers) - min(self.numbers) + 1 - len(set(self.numbers))
