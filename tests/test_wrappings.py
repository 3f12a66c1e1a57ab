"""One conversation says the same, whatever it was wrapped in."""

from __future__ import annotations

import io
import json
import shutil
import subprocess
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec
import pytest

from reporting import sample
from sipdiag.analysis import conclude, read
from sipdiag.capture import octets, open_capture
from sipdiag.knowledge import Catalogue
from sipdiag.report.rows import document_of
from sipdiag.report.words import Words
from tests.capture.build import enhanced, interface, option, section
from wrappings import FILES, FRAMES, SIX, STREAMS, Said, _packets, plain, streamed

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

TICK = 15_625_000
"""Nanoseconds of a 64th of a second, which every clock can tell exactly."""
WORDS = Words(Catalogue("en"))


def conversation(name: str = "ack-missing/ack-missing") -> list[Said]:
    """What is said in a sample."""
    said = []
    with open_capture(str(sample(name))) as capture:
        chunks = list(capture.packets())
    for chunk in chunks:
        for start, size, time in zip(chunk.offset, chunk.captured, chunk.time.tolist(), strict=True):
            frame = chunk.data[start : start + size].tobytes()
            ends = [
                (".".join(map(str, frame[26 + 4 * which : 30 + 4 * which])), int.from_bytes(frame[at : at + 2], "big"))
                for which, at in enumerate((34, 36))
            ]
            length = int.from_bytes(frame[16:18], "big")
            payload = frame[42 : 14 + length]
            said.append(Said(time=time // TICK * TICK, source=ends[0], destination=ends[1], payload=payload))
    return said


SAID = conversation()
SAID6 = [
    replace(
        each,
        source=(f"2001:db8::{each.source[0].rpartition('.')[2]}", each.source[1]),
        destination=(f"2001:db8::{each.destination[0].rpartition('.')[2]}", each.destination[1]),
    )
    for each in SAID
]


def document(capture: bytes, *, streams: bool = False) -> dict[str, Any]:
    """The JSON document on a capture, without what stands for it and for its packets."""
    trace = read("-", stream=io.BytesIO(capture))
    assert [defect for defect in trace.facts.defects if defect.kind != "stream-not-sip"] == []
    encoded = json.loads(msgspec.json.encode(document_of(conclude([trace]), WORDS)))
    encoded["captures"] = trace.facts.sip_messages
    return without_frames(encoded, streams=streams)


def without_frames(value: Any, *, streams: bool) -> Any:  # noqa: ANN401
    """A part of a document without numbers of frames and captures, and of streams without the name of the transport."""
    if isinstance(value, list):
        return [without_frames(each, streams=streams) for each in value]
    if isinstance(value, dict):
        dropped = {"message", "evidence", "remedy"} | ({"transport"} if streams else set())
        return {
            key: each is not None if key == "retransmission_of" else without_frames(each, streams=streams)
            for key, each in value.items()
            if "frame" not in key and not key.endswith("capture") and key not in dropped
        }
    return value


PLAIN, PLAIN6, PLAIN_STREAM = document(plain(SAID)), document(plain(SAID6)), document(streamed(SAID), streams=True)


def test_the_plain_capture_shows_what_the_others_must() -> None:
    """Calls, findings, every message; and over a stream the same calls."""
    assert PLAIN["captures"] == len(SAID)
    assert [finding["rule"] for finding in PLAIN["findings"]] == ["ack-missing"]
    assert PLAIN_STREAM["calls"] == document(plain(SAID), streams=True)["calls"]
    assert len(FILES) + len(FRAMES) + len(STREAMS) + len(SIX) >= 40


@pytest.mark.parametrize("name", [*FILES, *FRAMES])
def test_a_wrapping_changes_nothing(name: str) -> None:
    """Files, compressions, links, tunnels, fragments, copies of a probe."""
    assert document((FILES | FRAMES)[name](SAID)) == PLAIN


@pytest.mark.parametrize("name", SIX)
def test_a_wrapping_of_ipv6_changes_nothing(name: str) -> None:
    """The same conversation between IPv6 addresses."""
    assert document(SIX[name](SAID6)) == PLAIN6


@pytest.mark.parametrize("block", [700, octets.BLOCK])
@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_carries_the_same(name: str, block: int) -> None:
    """TCP in any segments, WebSocket, SCTP; also where the capture is read in many small chunks."""
    with patch.object(octets, "BLOCK", block):
        assert document(STREAMS[name](SAID), streams=True) == PLAIN_STREAM


@pytest.mark.parametrize("name", ["pcap-nanoseconds", "gzip", "vxlan"])
def test_rotated_captures_are_one(name: str) -> None:
    """Several files that are one capture, in whatever order they are named, give what one file gives."""
    wrap = (FILES | FRAMES)[name]
    parts: list[Sequence[Said]] = [SAID[10:], SAID[:3], SAID[3:10]]
    traces = [read("-", capture=number, stream=io.BytesIO(wrap(part))) for number, part in enumerate(parts)]
    encoded = json.loads(msgspec.json.encode(document_of(conclude(traces), WORDS)))
    assert len(encoded.pop("captures")) == 3
    assert without_frames(encoded, streams=False) == {key: PLAIN[key] for key in PLAIN if key != "captures"}


UNKNOWN_TO_WIRESHARK = {
    "mpls-link": "it has no name for the link type",
    "mpls-pseudowire": "it guesses another payload behind labels",
    "nflog-big": "it takes the byte order of the file",
    "preamble-scapy": "it wants a checksum that fits",
    "vxlan-linux": "it knows the port as something else",
    **dict.fromkeys(("hep-2", "hep-3", "hep-3-packed", "hep-3-stream", "hep-3-stream-tiny"), "it does not read HEP"),
}
"""Wrapping → why Wireshark sees no SIP in it; of everything else it sees what is seen here."""


@pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
def test_wireshark_agrees_on_the_wrappings(tmp_path: Path) -> None:
    """The wrappings are what they are called, and not what this project believes them to be."""
    wraps = {name: FRAMES[name](SAID) for name in FRAMES} | {name: SIX[name](SAID6) for name in SIX}
    blocks, owners = [section()], []
    for number, (name, capture) in enumerate(wraps.items()):
        blocks.append(interface(link=int.from_bytes(capture[20:22], "little"), options=option(9, b"\x09")))
        for time, packet in _packets(capture):
            blocks.append(enhanced(packet, time, number=number))
            owners.append(name)
    path = tmp_path / "every.pcapng"
    path.write_bytes(b"".join(blocks))
    command = ["tshark", "-r", str(path), "-Y", "sip", "-T", "fields", "-e", "frame.number"]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    seen = Counter(owners[int(frame) - 1] for frame in done.stdout.split())
    assert {name: seen[name] for name in wraps if seen[name] != len(SAID)} == dict.fromkeys(UNKNOWN_TO_WIRESHARK, 0)
