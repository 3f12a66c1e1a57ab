"""Tests of `sipdiag.extract.copy`: the second reading gives just the chosen packets, whole."""

from __future__ import annotations

import gzip
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from reporting import SAMPLES, sample
from sipdiag.analysis import conclude, read
from sipdiag.capture import open_capture, written
from sipdiag.extract import Copied, choice_of, packets_of
from talking import CAROL, DAVE, call, recorded

if TYPE_CHECKING:
    from pathlib import Path

OTHER = call("two@192.0.2.11", caller=CAROL, callee=DAVE, at=0.003)


def copied(path: Path) -> Copied:
    trace = read(str(path))
    return packets_of([str(path)], choice_of([trace], ["one@192.0.2.10"]))


def test_signalling_and_media_of_the_call_are_copied(tmp_path: Path) -> None:
    """Six messages, two streams, the digit and the report; nothing of the call beside it."""
    path = tmp_path / "two.pcap"
    path.write_bytes(recorded(call(), OTHER))
    told = copied(path)
    assert len(told.records) == len(call())
    assert len(told.media) == len(call()) - 6
    assert [each.data[42:].rstrip(b"\xee") for each in told.records] == [
        each.payload for each in sorted(call(), key=lambda each: each.at)
    ]
    assert not told.pcapng


def test_bytes_times_and_lengths_are_those_of_the_capture(tmp_path: Path) -> None:
    """Packet for packet, whatever lies between them."""
    path = tmp_path / "two.pcap"
    path.write_bytes(recorded(call(), OTHER))
    with open_capture(str(path)) as source:
        (packets,) = source.packets()
        for record in copied(path).records:
            row = record.frame - 1
            begin = int(packets.offset[row])
            assert record.data == packets.data[begin : begin + int(packets.captured[row])].tobytes()
            assert (record.time, record.link) == (int(packets.time[row]), int(packets.link[row]))


def test_a_compressed_capture_is_read_as_it_comes(tmp_path: Path) -> None:
    """The same packets as from the capture inside."""
    plain, packed = tmp_path / "call.pcap", tmp_path / "call.pcap.gz"
    plain.write_bytes(recorded(call(), OTHER))
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert copied(packed).records == copied(plain).records


def test_captures_are_merged_by_time(tmp_path: Path) -> None:
    """Each packet keeps the number of the capture and the frame that it had there."""
    paths = [tmp_path / "near.pcap", tmp_path / "far.pcap"]
    talk = sorted(call(), key=lambda each: each.at)
    for path, part in zip(paths, (talk[::2], talk[1::2]), strict=True):
        path.write_bytes(recorded(part))
    traces = [read(str(path), capture=number) for number, path in enumerate(paths)]
    told = packets_of([str(path) for path in paths], choice_of(traces, ["one@192.0.2.10"]))
    assert [each.data[42:].rstrip(b"\xee") for each in told.records] == [each.payload for each in talk]
    assert {each.capture for each in told.records} == {0, 1}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_the_first_call_of_every_sample_can_be_taken_out(path: Path) -> None:
    """Whatever was wrong with it; its messages are all there, and say the same."""
    trace = read(str(path))
    calls = conclude([trace]).correlation.calls
    if not calls:
        return
    records = packets_of([str(path)], choice_of([trace], calls[0].call_ids)).records
    again = read("-", stream=BytesIO(b"".join(written(records, pcapng=False))))
    assert [each.message for each in again.sightings if each.message.call_id in calls[0].call_ids] == [
        each.message for each in trace.sightings if each.message.call_id in calls[0].call_ids
    ]


def test_a_connection_of_the_call_alone_is_copied_whole() -> None:
    """Handshake, acknowledgments, repeats and end; of one that bears other calls only what bears this one."""
    path = str(sample("call-over-tcp/call-over-tcp"))
    trace = read(path)
    own = choice_of([trace], [trace.sightings[0].message.call_id])
    assert len(packets_of([path], own).records) == trace.facts.packets == 24
    first, *rest = trace.sightings
    other = replace(first, message=replace(first.message, call_id="another"))
    shared = choice_of([replace(trace, sightings=[other, *rest])], [rest[0].message.call_id])
    assert shared.connections == []
    assert len(packets_of([path], shared).records) < 24
