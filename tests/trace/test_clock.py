"""Tests of `sipdiag.trace.clock`: where the packets' time goes back."""

from __future__ import annotations

import io
import struct

from sipdiag.trace import ClockStep, read_trace
from tests.capture.build import pcap
from tests.transport.wire import RTP, ethernet, ipv4, udp

FRAME = ethernet(ipv4(udp(RTP)))
MILLISECOND = 1_000_000


def steps_of(*seconds: float) -> list[ClockStep]:
    """The steps of packets that bear these times."""
    records = b"".join(
        struct.pack("<IIII", int(at), round(at % 1 * 1_000_000), len(FRAME), len(FRAME)) + FRAME for at in seconds
    )
    return read_trace("-", stream=io.BytesIO(pcap([]) + records)).clock_steps


def test_time_that_goes_back_is_a_step() -> None:
    """At the packet that bears the earlier time, by as much as it lies before the one before it."""
    assert steps_of(100, 101, 61, 62) == [ClockStep(frame=3, time=61_000 * MILLISECOND, back=40_000 * MILLISECOND)]


def test_packets_that_overtake_each_other_are_none() -> None:
    """Several queues of one recorder swap packets by less than a tenth of a second; a pause goes forward."""
    assert steps_of(100, 100.09, 100.05, 3700, 3700) == []
