"""RTCP: what the two sides of a stream report on it (RFC 3550, section 6.4; RFC 3611, section 4.7)."""

from __future__ import annotations

import struct
from collections.abc import Iterator

import msgspec

SENDER, RECEIVER, EXTENDED = 200, 201, 207
SHORTEST = 8
"""Bytes of the shortest packet that names who sent it."""
VOIP_METRICS = 7
MOST_BLOCKS = 31
"""Report blocks of one packet: its count has five bits."""
UNKNOWN = 127
"""A quality that was not measured (RFC 3611, section 4.7.5)."""


class Report(msgspec.Struct, frozen=True, kw_only=True):
    """What one RTCP packet says of one stream."""

    frame: int
    time: int
    reporter: int
    """SSRC of whoever reports."""
    ssrc: int
    """The stream that the report is on."""
    kind: str
    """`sent`: by its sender; `received`: by who hears it; `voip`: its extended report."""
    packets: int | None = None
    """Sent so far."""
    lost: int | None = None
    """Lost so far, as the receiver counts."""
    loss_percent: float | None = None
    """Since the report before."""
    jitter: int | None = None
    """In ticks of the codec's clock."""
    round_trip_ms: float | None = None
    """From the extended report."""
    mos: float | None = None
    """Listening quality, as the receiver estimates it."""
    r_factor: int | None = None


def reports_in(payload: bytes, frame: int, time: int) -> Iterator[Report]:
    """The reports in a compound packet, as far as it is one."""
    at = 0
    while at + SHORTEST <= len(payload):
        first, kind, words = struct.unpack_from(">BBH", payload, at)
        end = at + 4 * (words + 1)
        if first >> 6 != 2 or end > len(payload):
            return
        reporter = int.from_bytes(payload[at + 4 : at + 8], "big")
        if kind == SENDER and end >= at + 28:
            packets = int.from_bytes(payload[at + 20 : at + 24], "big")
            yield Report(frame=frame, time=time, reporter=reporter, ssrc=reporter, kind="sent", packets=packets)
        if kind in (SENDER, RECEIVER):
            begin = at + (28 if kind == SENDER else 8)
            yield from _received(payload[begin:end], first & MOST_BLOCKS, reporter, frame, time)
        elif kind == EXTENDED:
            yield from _extended(payload[at + 8 : end], reporter, frame, time)
        at = end


def _received(blocks: bytes, count: int, reporter: int, frame: int, time: int) -> Iterator[Report]:
    for at in range(0, min(24 * count, len(blocks) - 23), 24):
        ssrc, loss, _, jitter = struct.unpack_from(">IIII", blocks, at)
        lost = loss & 0xFFFFFF
        yield Report(
            frame=frame,
            time=time,
            reporter=reporter,
            ssrc=ssrc,
            kind="received",
            lost=lost - (1 << 24) if lost >> 23 else lost,
            loss_percent=round((loss >> 24) * 100 / 256, 1),
            jitter=jitter,
        )


def _extended(blocks: bytes, reporter: int, frame: int, time: int) -> Iterator[Report]:
    at = 0
    while at + 4 <= len(blocks):
        kind, _, words = struct.unpack_from(">BBH", blocks, at)
        end = at + 4 * (words + 1)
        if kind == VOIP_METRICS and words == 8 and end <= len(blocks):
            ssrc, loss, _, _, _, _, _, round_trip = struct.unpack_from(">IBBBBHHH", blocks, at + 4)
            factor, quality = blocks[at + 24], blocks[at + 26]
            yield Report(
                frame=frame,
                time=time,
                reporter=reporter,
                ssrc=ssrc,
                kind="voip",
                loss_percent=round(loss * 100 / 256, 1),
                round_trip_ms=float(round_trip),
                mos=None if quality == UNKNOWN else quality / 10,
                r_factor=None if factor == UNKNOWN else factor,
            )
        at = end
