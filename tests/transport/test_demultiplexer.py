"""The demultiplexer as a whole."""

from __future__ import annotations

import io
import shutil
import subprocess
from pathlib import Path
from unittest.mock import patch

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import octets, open_capture
from sipdiag.transport import Demultiplexer
from tests.capture.build import pcap
from tests.transport.test_fragments import LONG, pieces4, pieces6
from tests.transport.test_tcp import TALK, opening, sent
from tests.transport.wire import OPTIONS, RTP, Outcome, ethernet, ipv4, ipv6, recognize, udp

SHARED = Path(__file__).parents[3] / "shared" / "captures"
MIXED = [
    ethernet(ipv4(udp(OPTIONS))),
    *opening(),
    ethernet(ipv6(udp(RTP)), tags=[0x8100]),
    *TALK,
    *pieces4(udp(LONG), 1_000),
    *pieces6(udp(LONG), 1_000),
    ethernet(ipv6(bytes([17, 0]) + bytes(6) + udp(OPTIONS), protocol=0)),
    sent(OPTIONS, sequence=101 + len(OPTIONS)),
    ethernet(ipv4(udp(RTP))),
]


def test_signalling_is_in_frame_order() -> None:
    """Datagrams and stream data of any kind come in the order of their frames."""
    frames = [each.frame for each in Outcome(MIXED).signalling]
    assert frames == sorted(frames)
    assert len(frames) == 7 + 2  # the two ends of the connection


@pytest.mark.parametrize("block", [100, 300, 1_000])
def test_chunks_do_not_matter(block: int) -> None:
    """The same packets in more and smaller chunks give the same signalling, frame by frame."""
    whole = Outcome(MIXED)
    with patch.object(octets, "BLOCK", block):
        parts = Outcome(MIXED)
    assert parts.signalling == whole.signalling
    assert len(parts.media) > 1
    assert [frame for media in parts.media for frame in media.frame.tolist()] == whole.media[0].frame.tolist()


@given(st.data(), st.sampled_from([0, 1, 101, 113, 276]))
def test_any_mutation(data: st.DataObject, link: int) -> None:
    """Whatever is changed in packets, nothing raises and frames stay in order."""
    frames = [bytearray(frame) for frame in MIXED]
    for _ in range(data.draw(st.integers(1, 12))):
        frame = frames[data.draw(st.integers(0, len(frames) - 1))]
        frame[data.draw(st.integers(0, min(len(frame) - 1, 100)))] = data.draw(st.integers(0, 255))
    snap = data.draw(st.sampled_from([20, 40, 60, 100, 262_144]))
    outcome = Outcome(map(bytes, frames), link=link, snap=snap)
    assert all(1 <= each.frame <= len(frames) for each in outcome.signalling)


@given(st.lists(st.binary(max_size=120), max_size=12), st.sampled_from([0, 1, 12, 101, 108, 113, 228, 276, 999]))
def test_any_packets(packets: list[bytes], link: int) -> None:
    """Whatever stands in a packet, nothing raises."""
    outcome = Outcome(packets, link=link)
    assert len(outcome.datagrams) <= len(packets)


def test_nothing_is_nothing() -> None:
    """A capture without packets gives no traffic."""
    outcome = Outcome([])
    assert (outcome.signalling, outcome.media, outcome.defects, outcome.connections) == ([], [], [], [])


def test_recognize_sees_text_only() -> None:
    """`recognize` is asked about text only: a capture is 95 % media, and asking costs."""
    asked: list[bytes] = []
    capture = open_capture("-", stream=io.BytesIO(pcap(MIXED)))
    demultiplexer = Demultiplexer(asked.append)
    for packets in capture.packets():
        demultiplexer.feed(packets)
    assert asked
    assert RTP not in asked


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
@pytest.mark.parametrize("name", ["wireshark-aaa.pcap", "sipp-load.pcap", "ipv6-fragments.pcap"])
def test_frames_are_wiresharks(name: str) -> None:
    """The frames with SIP are those that Wireshark finds."""
    if not (SHARED / name).exists():
        pytest.skip("the reference captures are not there")
    command = ["tshark", "-r", str(SHARED / name), "-Y", "sip", "-T", "fields", "-e", "frame.number"]
    expected = subprocess.run(command, capture_output=True, check=True, text=True).stdout.split()
    with open_capture(str(SHARED / name)) as capture:
        demultiplexer = Demultiplexer(recognize)
        found = [each.frame for packets in capture.packets() for each in demultiplexer.feed(packets).signalling]
    assert found == [int(frame) for frame in expected]
