"""Walking the chain of records."""

from __future__ import annotations

import io
import struct
from unittest.mock import patch

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import chain
from sipdiag.capture.octets import PipedBlocks
from sipdiag.capture.pcap import PcapReader
from sipdiag.capture.pcapng import PcapngReader
from tests.capture.build import SECOND, enhanced, interface, pcap, section

LOOKALIKE = struct.pack("<IIII", SECOND, 5, 40, 40)
"""What looks like the header of a record, and is payload."""
PAYLOADS = st.lists(
    st.one_of(st.binary(max_size=200), st.just(LOOKALIKE * 4), st.just(b""), st.just(bytes(60))),
    min_size=60,
    max_size=200,
)


def naive(data: bytes, at: int, stop: int, framing: chain.Framing) -> list[int]:
    """Walk as the format says, one record at a time."""
    offsets = []
    while at < min(stop, len(data) - framing.shortest + 1):
        offsets.append(at)
        (length,) = struct.unpack_from(framing.order + "I", data, at + framing.length_at)
        at += max(framing.shortest, (length + framing.bias) & framing.mask)
    return offsets


def lanes(data: bytes, reader: type[PcapReader | PcapngReader], mark: bytes, start: int, lane: int) -> None:
    """Hold the lanes' walk against the naive one."""
    octets = PipedBlocks(io.BytesIO(data), owned=False)
    framing = reader(octets, [], [])._framing()
    octets.at = start
    with patch.object(chain, "LANE", lane):
        found = chain.records(octets, len(data), framing, mark).tolist()
    assert found == naive(data, start, len(data), framing)


@given(PAYLOADS, st.integers(32, 400), st.sampled_from("<>"))
def test_lanes_walk_the_serial_chain(packets: list[bytes], lane: int, order: str) -> None:
    """Lanes give exactly the serial chain, whatever the payload looks like."""
    mark = struct.pack(order + "I", SECOND)[2:] if order == "<" else struct.pack(order + "I", SECOND)[:2]
    lanes(pcap(packets, order=order), PcapReader, mark, 24, lane)


@given(PAYLOADS, st.integers(32, 400), st.data())
def test_lanes_walk_a_damaged_chain(packets: list[bytes], lane: int, data: st.DataObject) -> None:
    """Lanes give the serial chain of bytes that are no capture as well."""
    damaged = bytearray(pcap(packets))
    for _ in range(data.draw(st.integers(1, 8))):
        damaged[data.draw(st.integers(24, len(damaged) - 1))] = data.draw(st.integers(0, 255))
    lanes(bytes(damaged), PcapReader, struct.pack("<I", SECOND)[2:], 24, lane)


@given(st.binary(min_size=1, max_size=64), st.integers(32, 400), st.integers(100, 400))
def test_lanes_walk_noise(noise: bytes, lane: int, times: int) -> None:
    """Lanes give the serial chain of noise, and end."""
    lanes(pcap([]) + noise * times, PcapReader, noise[:2], 24, lane)


@given(PAYLOADS, st.integers(32, 400))
def test_lanes_walk_blocks(packets: list[bytes], lane: int) -> None:
    """Lanes give the serial chain of pcapng blocks, whose payload may hold blocks itself."""
    blocks = [enhanced(packet + enhanced(b"inner", 3), i) for i, packet in enumerate(packets)]
    lanes(section() + interface() + b"".join(blocks), PcapngReader, struct.pack("<I", 6), 0, lane)


def test_lanes_are_used() -> None:
    """A long chain is walked by lanes: hardly a record of it one by one."""
    data = pcap([bytes([i % 251]) * (i % 300) for i in range(3_500)])
    octets = PipedBlocks(io.BytesIO(data), owned=False)
    framing = PcapReader(octets, [], [])._framing()
    with patch.object(chain, "_serial", wraps=chain._serial) as serial:
        offsets = chain.records(octets, len(data), framing, struct.pack("<I", SECOND)[2:])
    assert len(offsets) == 3_500
    assert sum(max(0, call.args[2] - call.args[1]) for call in serial.call_args_list) < len(data) // 10


@pytest.mark.parametrize("near", [24, 25, 5_000, 100_001])
def test_boundary_is_a_record(near: int) -> None:
    """Without look-alikes in the payload, a boundary found is the first record behind the place."""
    data = pcap([bytes([i % 200]) * (50 + i % 100) for i in range(2_000)])
    octets = PipedBlocks(io.BytesIO(data), owned=False)
    framing = PcapReader(octets, [], [])._framing()
    found = chain.boundaries(octets, np.array([near]), len(data) - 16, framing, struct.pack("<I", SECOND)[2:])
    assert found.tolist() == [next(at for at in naive(data, 24, len(data), framing) if at >= near)]
