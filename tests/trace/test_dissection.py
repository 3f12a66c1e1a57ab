"""SIP behind TLS, with its keys; and Wireshark instead of the native reader."""

from __future__ import annotations

import gzip
import io
import shutil
import ssl
import struct
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import pytest
from msgspec.structs import replace

from sealed import over_tls
from sipdiag.capture import Kept, octets, wireshark
from sipdiag.errors import CaptureError
from sipdiag.trace import Engine, read, read_trace
from tests.capture.build import block, enhanced, interface, option, pcap, section
from tests.test_wrappings import SAID
from tests.transport.wire import ethernet, ipv4, udp
from wrappings import FRAMES, SWITCHED, UPGRADE, _frame, _packets, plain

if TYPE_CHECKING:
    from collections.abc import Iterator

pytestmark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
NOISE = ethernet(ipv4(udp(b"\x80" + bytes(171), source=7_000, destination=7_002)))


def tunnelled(frame: bytes) -> list[bytes]:
    """The two fragments of a GRE packet with what is in an Ethernet frame, as a narrow way makes them."""
    inner = b"\0\0\x08\0" + frame[14:]
    half = len(inner) // 2 & ~7
    tunnelled.number += 1  # type: ignore[attr-defined]
    pieces = (inner[:half], 0x2000), (inner[half:], half // 8)
    return [ethernet(ipv4(data, protocol=47, ident=tunnelled.number, place=place)) for data, place in pieces]  # type: ignore[attr-defined]


tunnelled.number = 0  # type: ignore[attr-defined]


def with_secrets(capture: bytes, keylog: Path, *, late: bool = False, noise: int = 0) -> bytes:
    """The capture as pcapng with the keys in it, at its beginning or end, and so many packets of media for each."""
    log = keylog.read_bytes()
    secrets = block(10, struct.pack("<II", 0x544C534B, len(log)) + log)
    packets = []
    for time, data in _packets(capture):
        packets += [enhanced(data, time)] + [enhanced(NOISE, time)] * noise
    return b"".join((section(), interface(options=option(9, b"\x09")), *_ordered(secrets, packets, late=late)))


def _ordered(secrets: bytes, packets: list[bytes], *, late: bool) -> list[bytes]:
    return [*packets, secrets] if late else [secrets, *packets]


@pytest.mark.parametrize("version", [ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3])
@pytest.mark.parametrize("port", [5061, 7061])
def test_keys_open_what_is_encrypted(tmp_path: Path, version: ssl.TLSVersion, port: int) -> None:
    """Either version, whatever the port; without keys nothing is seen but the handshake."""
    capture, keylog = over_tls(SAID, tmp_path, version=version, port=port)
    path = tmp_path / "tls.pcap"
    path.write_bytes(capture)
    assert read_trace(str(path)).sightings == []
    trace = read_trace(str(path), engine=Engine(keylog=str(keylog)))
    assert [seen.message.start_line.encode() for seen in trace.sightings] == [
        each.payload.partition(b"\r\n")[0] for each in SAID
    ]
    assert {seen.transport for seen in trace.sightings} == {"tls"}
    assert [seen.time for seen in trace.sightings] == [each.time for each in SAID]
    assert trace.facts.sip_messages == len(SAID)
    from_pipe = read_trace("-", stream=io.BytesIO(capture), engine=Engine(keylog=str(keylog)))
    assert from_pipe.sightings == trace.sightings
    assert from_pipe.facts.path == "-"


@pytest.mark.parametrize("late", [False, True])
@pytest.mark.parametrize("noise", [0, 3])
def test_keys_in_the_capture_are_used(tmp_path: Path, late: bool, noise: int) -> None:  # noqa: FBT001
    """Decryption Secrets of a pcapng file, without being asked, wherever they are; the same from a pipe."""
    capture = with_secrets(*over_tls(SAID, tmp_path), late=late, noise=noise)
    path = tmp_path / "tls.pcapng"
    path.write_bytes(capture)
    trace = read_trace(str(path))
    assert [seen.message.start_line.encode() for seen in trace.sightings] == [
        each.payload.partition(b"\r\n")[0] for each in SAID
    ]
    assert trace.facts.defects == []
    for data in (capture, gzip.compress(capture)):
        piped = read_trace("-", stream=io.BytesIO(data))
        assert replace(piped, facts=trace.facts) == trace
        assert replace(piped.facts, path=trace.facts.path, bytes=trace.facts.bytes) == trace.facts


def test_chunks_of_a_pipe_make_no_difference(tmp_path: Path) -> None:
    """A connection that lies across many of them, in tunnels that came in fragments."""
    capture, keylog = over_tls(SAID, tmp_path)
    wrapped = with_secrets(pcap([piece for _, data in _packets(capture) for piece in tunnelled(data)]), keylog)
    path = tmp_path / "tls.pcapng"
    path.write_bytes(wrapped)
    trace = read_trace(str(path))
    assert len(trace.sightings) == len(SAID)
    with patch.object(octets, "BLOCK", 900):
        assert read_trace("-", stream=io.BytesIO(wrapped)).sightings == trace.sightings


def test_two_key_logs_are_one(tmp_path: Path) -> None:
    """What was given and what the capture holds: a connection is opened by either."""
    (tmp_path / "other").mkdir()
    one, other = over_tls(SAID, tmp_path), over_tls(SAID, tmp_path / "other", port=7061)
    capture = with_secrets(one[0] + other[0][24:], other[1])
    path = tmp_path / "tls.pcapng"
    path.write_bytes(capture)
    assert len(read_trace(str(path)).sightings) == len(SAID)
    for stream in (None, io.BytesIO(capture)):
        trace = read_trace(str(path), stream=stream, engine=Engine(keylog=str(one[1])))
        assert len(trace.sightings) == 2 * len(SAID)


@pytest.mark.parametrize("late", [False, True])
def test_a_file_is_read_by_wireshark_only_where_it_must(tmp_path: Path, late: bool) -> None:  # noqa: FBT001
    """What TLS secures is enough, as long as the keys come first; what is found is the same."""
    path = tmp_path / "tls.pcapng"
    path.write_bytes(with_secrets(*over_tls(SAID, tmp_path), late=late, noise=9))
    asked: list[str] = []
    dissected = wireshark.dissected

    def noted(file: str, **options: Any) -> Iterator[wireshark.Dissected]:  # noqa: ANN401 - what it takes is passed on
        asked.append(file)
        return dissected(file, **options)

    with patch("sipdiag.capture.dissected", noted, create=True), patch.object(octets, "BLOCK", 900):
        trace = read_trace(str(path))
    assert (asked == [str(path)]) == late
    assert [seen.frame for seen in trace.sightings][:2] == [seen.frame for seen in read_trace(str(path)).sightings][:2]
    assert len(trace.sightings) == len(SAID)


def test_damage_between_is_passed_over(tmp_path: Path) -> None:
    """Wireshark ends where a block cannot be; what is behind it is read all the same, with the frames of the rest."""
    whole = with_secrets(*over_tls(SAID, tmp_path), noise=1)
    noise = enhanced(NOISE, SAID[8].time)
    assert whole.count(noise) == 1
    path = tmp_path / "tls.pcapng"
    path.write_bytes(whole.replace(noise, noise[:4] + b"\xff" * 4 + noise[8:]))
    trace = read_trace(str(path))
    assert [defect.kind for defect in trace.facts.defects] == ["record-skipped"]
    path.write_bytes(whole)
    expected = [(seen.frame, seen.message) for seen in read_trace(str(path)).sightings]
    assert [seen.message for seen in trace.sightings] == [message for _, message in expected]
    assert [seen.frame for seen in trace.sightings[:8]] == [frame for frame, _ in expected[:8]]


@pytest.mark.parametrize("media", [False, True])
def test_two_readers_of_a_file_keep_the_same(tmp_path: Path, media: bool) -> None:  # noqa: FBT001
    """What the later one leaves aside is in it too."""
    capture, keylog = over_tls(SAID, tmp_path)
    path = tmp_path / "tls.pcap"
    frames = [data for _, packet in _packets(capture) for data in (packet, *[NOISE] * 9)]
    path.write_bytes(pcap(frames))
    engine = Engine(keylog=str(keylog))
    alone = read_trace(str(path), media=media, engine=engine)
    done: list[None] = []
    with patch.object(read, "LARGE", 0), patch.object(read, "may_fork", lambda: True):
        helped = read_trace(str(path), media=media, engine=engine, meanwhile=lambda: done.append(None))
    assert done == [None]
    assert helped.sightings == alone.sightings
    assert len(alone.sightings) == len(SAID)


def test_only_tls_is_kept_of_a_pipe(tmp_path: Path) -> None:
    """A capture without any is not copied at all, whatever keys there are; of another one what TLS secures."""
    capture, keylog = over_tls(SAID, tmp_path)
    sizes: list[int] = []
    with patch.object(Kept, "take", lambda _self, _packets, frames: sizes.append(len(frames))):
        read_trace("-", stream=io.BytesIO(plain(SAID)), engine=Engine(keylog=str(keylog)))
        assert sum(sizes) == 0
        read_trace("-", stream=io.BytesIO(with_secrets(capture, keylog, noise=9)))
    assert sum(sizes) == len(_packets(capture))


def test_websocket_behind_tls(tmp_path: Path) -> None:
    """What a browser speaks: HTTP, an upgrade, masked frames."""
    capture, keylog = over_tls(
        SAID,
        tmp_path,
        port=443,
        framed=lambda each, outward: _frame(each.payload, masked=outward),
        before=(UPGRADE, SWITCHED),
    )
    path = tmp_path / "wss.pcap"
    path.write_bytes(capture)
    trace = read_trace(str(path), engine=Engine(keylog=str(keylog)))
    assert {seen.transport for seen in trace.sightings} == {"wss"}
    assert len(trace.sightings) == len(SAID)


def test_without_tshark_what_was_not_asked_for_is_left(tmp_path: Path) -> None:
    """A key log of the environment or of the file is a help; one that was asked for is not to be passed over."""
    capture, keylog = over_tls(SAID, tmp_path)
    paths = tmp_path / "tls.pcap", tmp_path / "tls.pcapng"
    paths[0].write_bytes(capture)
    paths[1].write_bytes(with_secrets(capture, keylog))
    with patch.object(wireshark, "_check", side_effect=CaptureError("x", "tshark is not here")):
        for path, engine in ((paths[0], Engine(keylog=str(keylog), optional=True)), (paths[1], Engine())):
            trace = read_trace(str(path), engine=engine)
            told = [(each.kind, each.detail) for each in trace.facts.defects]
            assert told == [("secrets-unused", "tshark is not here")]
            piped = read_trace("-", stream=io.BytesIO(path.read_bytes()), engine=engine)
            assert piped.facts.defects == trace.facts.defects
        with pytest.raises(CaptureError) as error:
            read_trace(str(paths[0]), engine=Engine(keylog=str(keylog)))
        assert str(error.value) == f"{paths[0]}: tshark is not here"


@pytest.mark.parametrize("name", ["vlan", "vxlan", "fragments"])
def test_wireshark_sees_what_the_native_reader_sees(tmp_path: Path, name: str) -> None:
    """The same messages, times and ends."""
    path = tmp_path / "capture.pcap"
    path.write_bytes(FRAMES[name](SAID))
    native, other = read_trace(str(path)), read_trace(str(path), engine=Engine(wireshark=True))
    told = [
        [
            (seen.frame, seen.time, seen.source, seen.destination, seen.transport, seen.message)
            for seen in each.sightings
        ]
        for each in (native, other)
    ]
    assert told[0] == told[1]


def test_a_link_type_that_only_wireshark_reads(tmp_path: Path) -> None:
    """Nothing is said of packets that were read after all."""
    capture = bytearray(plain(SAID))
    capture[20:24] = struct.pack("<I", 147)  # for private use: neither reads it, but Wireshark was asked
    path = tmp_path / "private.pcap"
    path.write_bytes(bytes(capture))
    assert [defect.kind for defect in read_trace(str(path)).facts.defects] == ["link-type-unknown"]
    assert read_trace(str(path), engine=Engine(wireshark=True)).facts.defects == []


def test_what_nobody_reads_is_refused(tmp_path: Path) -> None:
    """With the words that fit what stands in the file."""
    path = tmp_path / "text.txt"
    path.write_text("nothing to see")
    with pytest.raises(CaptureError) as error:
        read_trace(str(path), engine=Engine(wireshark=True))
    assert str(error.value) == f"{path}: is a text file, not a packet capture"


def test_a_key_log_that_is_not_here_is_told(tmp_path: Path) -> None:
    """As on a worker that shares captures, and not keys, with who asks; nothing is said where nothing is encrypted."""
    capture, _ = over_tls(SAID, tmp_path)
    path, missing = tmp_path / "tls.pcap", tmp_path / "none.log"
    path.write_bytes(capture)
    for engine in (Engine(keylog=str(missing)), Engine(keylog=str(missing), wireshark=True)):
        with pytest.raises(CaptureError) as error:
            read_trace(str(path), engine=engine)
        assert str(error.value) == f"{path}: the key log {missing} is not here"
    path.write_bytes(plain(SAID))
    assert len(read_trace(str(path), engine=Engine(keylog=str(missing))).sightings) == len(SAID)
