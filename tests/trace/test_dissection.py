"""SIP behind TLS, with its keys; and Wireshark instead of the native reader."""

from __future__ import annotations

import io
import shutil
import ssl
import struct
from pathlib import Path
from unittest.mock import patch

import pytest

from sealed import over_tls
from sipdiag.capture import wireshark
from sipdiag.errors import CaptureError
from sipdiag.trace import Engine, read_trace
from tests.capture.build import block, interface, option, section
from tests.test_wrappings import SAID
from wrappings import FRAMES, SWITCHED, UPGRADE, _frame, _packets, plain

pytestmark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
SHARED = Path(__file__).parents[3] / "shared" / "captures"


def with_secrets(capture: bytes, keylog: Path) -> bytes:
    """The capture as pcapng with the keys in it."""
    log = keylog.read_bytes()
    parts = [
        section(),
        interface(options=option(9, b"\x09")),
        block(10, struct.pack("<II", 0x544C534B, len(log)) + log),
    ]
    for time, data in _packets(capture):
        head = struct.pack("<IIIII", 0, time >> 32, time & 0xFFFFFFFF, len(data), len(data))
        parts.append(block(6, head + data))
    return b"".join(parts)


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


def test_keys_in_the_capture_are_used(tmp_path: Path) -> None:
    """Decryption Secrets of a pcapng file, without being asked; from a pipe they are told of as unused."""
    capture = with_secrets(*over_tls(SAID, tmp_path))
    path = tmp_path / "tls.pcapng"
    path.write_bytes(capture)
    assert len(read_trace(str(path)).sightings) == len(SAID)
    piped = read_trace("-", stream=io.BytesIO(capture))
    assert [defect.kind for defect in piped.facts.defects] == ["secrets-unused"]


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
            assert [(each.kind, each.detail) for each in trace.facts.defects] == [
                ("secrets-unused", "tshark is not here")
            ]
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
