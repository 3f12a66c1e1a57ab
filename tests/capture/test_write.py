"""Tests of `sipdiag.capture.write`: what was read is written, and read again by others."""

from __future__ import annotations

import shutil
import subprocess
from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import Record, chosen, open_capture, written
from tests.capture.build import enhanced, interface, option, pcap, section

if TYPE_CHECKING:
    from pathlib import Path

TIME = 1_772_442_000_123_456_789


def record(
    number: int, *, link: int = 1, time: int = TIME, data: bytes = b"", comments: tuple[bytes, ...] = ()
) -> Record:
    return Record(
        capture=0,
        frame=number,
        time=time + number,
        link=link,
        data=data or bytes([number] * 60),
        original=len(data or bytes(60)),
        comments=comments,
    )


def read_back(data: bytes, frames: list[int] | None = None) -> list[Record]:
    """All packets, or those of some frames, as records."""
    with open_capture("-", stream=BytesIO(data)) as source:
        found = []
        for packets in source.packets():
            wanted = frames or list(range(packets.first_frame, packets.first_frame + len(packets)))
            found += list(chosen(packets, wanted, pcapng=source.format == "pcapng"))
        assert not source.defects
        return found


@pytest.mark.parametrize("pcapng", [False, True])
@given(
    st.lists(
        st.builds(
            Record,
            capture=st.just(0),
            frame=st.just(1),
            time=st.integers(0, (1 << 32) * 10**9 - 1),
            link=st.just(1),
            data=st.binary(max_size=90),
            original=st.integers(90, 9000),
        ),
        max_size=20,
    )
)
def test_what_is_written_is_read(pcapng: bool, records: list[Record]) -> None:  # noqa: FBT001
    """Every byte, time, length and link type; frames count from 1."""
    data = b"".join(written(records, pcapng=pcapng))
    if records:
        told = read_back(data)
        assert [each.frame for each in told] == list(range(1, len(records) + 1))
        for one, other in zip(records, told, strict=True):
            assert (one.time, one.data, one.original, one.link) == (other.time, other.data, other.original, other.link)


def test_times_are_as_fine_as_they_were() -> None:
    """Microseconds stay microseconds, which every reader knows; nanoseconds get the magic number of their own."""
    assert next(written([record(0, time=TIME - TIME % 1000)], pcapng=False))[:4] == b"\xd4\xc3\xb2\xa1"
    assert next(written([record(0)], pcapng=False))[:4] == b"\x4d\x3c\xb2\xa1"


def test_comments_of_packets_are_kept() -> None:
    """Several of one packet, from captures of either byte order."""
    for order in ("<", ">"):
        block = enhanced(b"x" * 61, 7, order)
        told = option(1, b"first", order) + option(1, "zwei ü".encode(), order) + option(0, b"", order)
        length = (len(block) + len(told)).to_bytes(4, "little" if order == "<" else "big")
        commented = block[:4] + length + block[8:-4] + told + length
        data = section(order) + interface(order) + enhanced(b"y" * 60, 6, order) + commented
        records = read_back(data)
        assert [each.comments for each in records] == [(), (b"first", "zwei ü".encode())]
        again = read_back(b"".join(written(records, pcapng=True)))
        assert [each.comments for each in again] == [(), (b"first", "zwei ü".encode())]


def test_only_what_is_chosen_is_taken() -> None:
    """By frame, also across chunks, and nothing where none is asked for."""
    data = pcap([bytes([number]) * 60 for number in range(20)])
    assert [each.frame for each in read_back(data, [2, 3, 19])] == [2, 3, 19]
    assert [each.data[0] for each in read_back(data, [2, 3, 19])] == [1, 2, 18]
    assert read_back(data, [0, 99]) == []


def test_a_classic_capture_has_one_link_type() -> None:
    """Several need pcapng, which gives each an interface."""
    records = [record(1), record(2, link=113), record(3, link=101)]
    with pytest.raises(ValueError, match="link type"):
        list(written(records, pcapng=False))
    assert [each.link for each in read_back(b"".join(written(records, pcapng=True)))] == [1, 113, 101]


def test_secrets_stand_before_the_packets() -> None:
    """As a Decryption Secrets Block, which this and other readers find."""
    data = b"".join(written([record(1)], pcapng=True, secrets=[b"CLIENT_RANDOM 00 11\n"]))
    with open_capture("-", stream=BytesIO(data)) as source:
        list(source.packets())
        assert source.secrets == [b"CLIENT_RANDOM 00 11\n"]


@pytest.mark.skipif(shutil.which("capinfos") is None, reason="capinfos, of Wireshark, is not installed")
@pytest.mark.parametrize("pcapng", [False, True])
def test_wireshark_reads_it(pcapng: bool, tmp_path: Path) -> None:  # noqa: FBT001
    """The number of packets, and not a complaint."""
    path = tmp_path / "written"
    records = [record(1), record(2, comments=(b"a comment",) if pcapng else ()), record(3)]
    path.write_bytes(b"".join(written(records, pcapng=pcapng)))
    done = subprocess.run(["capinfos", "-cKM", path], capture_output=True, text=True, check=True)
    assert "Number of packets:   3" in done.stdout
