"""Tests of `sipdiag.extract.disguise`: the whole call with other parties, packet for packet."""

from __future__ import annotations

import re
import shutil
import struct
import subprocess
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from captured import HEADER
from reporting import SAMPLES, sample
from sipdiag.analysis import conclude, read
from sipdiag.capture import written
from sipdiag.extract import Choice, Copied, Disguised, Unreadable, choice_of, disguised, packets_of, proof_of
from sipdiag.extract.packet import packet_of, transport_checksum
from talking import ALICE, BOB, call, recorded
from tests.transport.wire import ethernet, ipv4, udp

if TYPE_CHECKING:
    from pathlib import Path

KEY = b"0123456789abcdef"


def copied(path: Path) -> tuple[Copied, Choice]:
    """The first call of a capture, or what else is in it."""
    trace = read(str(path))
    calls = conclude([trace]).correlation.calls
    ids = calls[0].call_ids if calls else [trace.sightings[0].message.call_id]
    choice = choice_of([trace], ids)
    return packets_of([str(path)], choice), choice


@pytest.fixture
def talk(tmp_path: Path) -> tuple[Copied, Choice]:
    """A call with media."""
    path = tmp_path / "call.pcap"
    path.write_bytes(recorded(call()))
    return copied(path)


def told(result: Disguised) -> bytes:
    return b"".join(each.data for each in result.records)


def test_nothing_of_the_parties_is_left(talk: tuple[Copied, Choice]) -> None:
    """Neither in text nor in headers nor in what they said."""
    data = told(disguised(*talk, KEY))
    for gone in (b"Alice", b"alice", b"Adams", b"+12025550100", b"025550199", ALICE.encode(), b"example.com"):
        assert gone not in data, gone
    assert bytes([192, 0, 2, 10]) not in data
    assert b"\x12" * 20 not in data
    assert b"\x34" * 20 not in data


def test_packets_keep_their_time_and_order(talk: tuple[Copied, Choice]) -> None:
    """And media its size."""
    result = disguised(*talk, KEY)
    assert [each.time for each in result.records] == [each.time for each in talk[0].records]
    assert result.frames == {number: number for number in range(1, len(result.records) + 1)}
    sizes = [len(each.data) for each in result.records[10:40]]
    assert sizes == [len(each.data) for each in talk[0].records[10:40]]


def test_the_same_key_gives_the_same(talk: tuple[Copied, Choice]) -> None:
    """Two captures of one call, disguised apart, can be compared; another key gives other parties."""
    assert told(disguised(*talk, KEY)) == told(disguised(*talk, KEY))
    assert told(disguised(*talk, KEY)) != told(disguised(*talk, b"another key here"))


def test_what_is_neither_rtp_nor_rtcp_is_left_out(tmp_path: Path) -> None:
    """STUN between the negotiated ports; later frames count on without it."""
    sent = call()
    stun = sent[4]._replace(payload=b"\0\1\0\0" + bytes(16), at=1.095)
    path = tmp_path / "call.pcap"
    path.write_bytes(recorded([*sent, stun]))
    result = disguised(*copied(path), KEY)
    assert len(result.records) == len(sent)
    assert 5 not in result.frames
    assert result.frames[6] == 5


@pytest.mark.parametrize(
    "path", [each for each in SAMPLES if each.stem != "link-type"], ids=lambda path: f"{path.parent.name}/{path.name}"
)
def test_every_sample_keeps_its_findings(path: Path) -> None:
    """Whatever is wrong in it is found in its disguise, in the same frames, and nothing else is."""
    trace = read(str(path))
    if not trace.sightings or {each.transport for each in trace.sightings} - {"udp", "tcp"}:
        return
    result = copied(path)
    proof = proof_of(result[0].records, disguised(*result, KEY))
    assert (proof.lost, proof.new, proof.leaks) == ([], [], [])


def test_checksums_are_right(talk: tuple[Copied, Choice]) -> None:
    """Of UDP where there was one, of TCP, as a receiver reckons them."""
    source = [replace(each, data=_summed(each.data)) for each in talk[0].records]
    for each in disguised(replace(talk[0], records=source), talk[1], KEY).records:
        packet = packet_of(each)
        assert transport_checksum(packet.payload, 17, packet.source, packet.destination) == 0
    for each in disguised(*copied(sample("call-over-tcp/call-over-tcp")), KEY).records:
        packet = packet_of(each)
        assert transport_checksum(packet.payload, 6, packet.source, packet.destination) == 0


def _summed(frame: bytes) -> bytes:
    """An Ethernet frame of IPv4 and UDP with its checksum."""
    length = struct.unpack_from("!H", frame, 16)[0]
    datagram, padding = frame[34 : 14 + length], frame[14 + length :]
    made = transport_checksum(datagram, 17, frame[26:30], frame[30:34])
    return frame[:34] + datagram[:6] + struct.pack("!H", made) + datagram[8:] + padding


@pytest.mark.skipif(shutil.which("tshark") is None, reason="tshark is not installed")
@pytest.mark.parametrize("name", ["call-over-tcp", "call-answered-ipv6", "message-oversized", "call-vlan-mirrored"])
def test_wireshark_reads_it_without_a_complaint(name: str, tmp_path: Path) -> None:
    """The same start lines, no malformed packet, no bad checksum, no segment out of place."""
    before, choice = copied(sample(f"{name}/{name}"))
    result = disguised(before, choice, KEY)
    paths = tmp_path / "before.pcap", tmp_path / "after.pcap"
    seen = []
    for path, records in zip(paths, (before.records, result.records), strict=True):
        path.write_bytes(b"".join(written(records, pcapng=False)))
        seen.append(tshark(path, "sip", "sip.Method", "sip.Status-Code", "sip.CSeq.seq"))
    assert seen[0] == seen[1] != []
    wrong = "_ws.malformed || ip.checksum_bad.expert || tcp.checksum_bad.expert || tcp.analysis.out_of_order"
    assert tshark(paths[1], wrong, "frame.number") == []


def tshark(path: Path, wanted: str, *fields: str) -> list[str]:
    options = [word for field in fields for word in ("-e", field)]
    checks = ["-o", "tcp.check_checksum:TRUE", "-o", "ip.check_checksum:TRUE"]
    done = subprocess.run(
        ["tshark", "-r", path, *checks, "-Y", wanted, "-T", "fields", *options],
        capture_output=True,
        text=True,
        check=True,
    )
    return done.stdout.splitlines()


@pytest.mark.parametrize("sizes", [(400, 400), (8, 16), (1200,)])
def test_fragments_are_cut_where_they_were(sizes: tuple[int, ...], tmp_path: Path) -> None:
    """As many as there were, and whole again for a receiver; also where the message shrank below its last piece."""
    sent = call(packets=0, fields=f"Contact: <sip:alice@{'long' * 200}.example.com>\r\n")
    datagram = udp(sent[0].payload)
    places = [0, *(sum(sizes[: number + 1]) for number in range(len(sizes)))]
    ends = [*places[1:], len(datagram)]
    records = b""
    for begin, end in zip(places, ends, strict=True):
        place = begin // 8 | (0x2000 if end < len(datagram) else 0)
        frame = ethernet(ipv4(datagram[begin:end], source=ALICE, destination=BOB, ident=77, place=place))
        records += struct.pack("<IIII", 1_772_441_999, begin, len(frame), len(frame)) + frame
    path = tmp_path / "fragments.pcap"
    path.write_bytes(HEADER + records + recorded(sent[1:])[len(HEADER) :])
    before, choice = copied(path)
    result = disguised(before, choice, KEY)
    assert len(result.records) == len(before.records) == len(sizes) + len(sent)
    again = read("-", stream=BytesIO(b"".join(written(result.records, pcapng=False))))
    assert [each.message.start_line.partition(" ")[0] for each in again.sightings] == [
        each.payload.decode().partition(" ")[0] for each in sent if each.payload[0] < 0x80
    ]
    assert len(again.sightings[0].frames) == len(sizes) + 1
    assert again.sightings[0].complete


def test_what_cannot_be_replaced_is_refused(talk: tuple[Copied, Choice]) -> None:
    """Another transport, another link type, a datagram that holds something else: with its frame."""
    before, choice = talk
    with pytest.raises(Unreadable, match="tls"):
        disguised(before, replace(choice, transports=frozenset({"udp", "tls"})), KEY)
    strange = replace(before.records[0], link=147)
    with pytest.raises(Unreadable, match=re.escape("(frame 1)")):
        disguised(replace(before, records=[strange, *before.records[1:]]), choice, KEY)
    with pytest.raises(Unreadable, match="message"):
        disguised(replace(before, media=set()), choice, KEY)


def test_hardware_addresses_are_replaced(talk: tuple[Copied, Choice]) -> None:
    """The same card by the same other one."""
    before, choice = talk
    card = bytes.fromhex("0015651a2b3c")
    records = [replace(each, data=card + card + each.data[12:]) for each in before.records]
    result = disguised(replace(before, records=records), choice, KEY)
    assert {each.data[:6] for each in result.records} == {each.data[6:12] for each in result.records}
    assert card not in told(result)
