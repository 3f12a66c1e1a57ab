"""Reading on behind damage."""

from __future__ import annotations

import io
import random
import struct
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.capture import open_capture, resuming
from tests.capture.build import SECOND, enhanced, interface, opened, pcap, read, section

if TYPE_CHECKING:
    from collections.abc import Callable

PACKETS = [bytes([65 + i % 26, i]) * (20 + 17 * i % 90) for i in range(60)]
PCAP = pcap(PACKETS)
PCAPNG = section() + interface() + b"".join(enhanced(data, 10**15 + i) for i, data in enumerate(PACKETS))


def begins(packet: int, data: bytes) -> int:
    """Where the record of a packet begins."""
    head = 16 if data is PCAP else 28
    return data.index(PACKETS[packet]) - head


@pytest.mark.parametrize("data", [PCAP, PCAPNG], ids=["pcap", "pcapng"])
@pytest.mark.parametrize("order", ["file", "pipe"])
@pytest.mark.parametrize(
    "damage",
    [
        lambda data, at: data[:at] + b"\xff" * 40 + data[at + 40 :],
        lambda data, at: data[:at] + data[at + 201 :],
        lambda data, at: data[:at] + random.Random(3).randbytes(5_000) + data[at:],  # noqa: S311
        lambda data, at: data[:at] + bytes(3_000) + data[at:],
    ],
    ids=["overwritten", "cut out", "put in", "zeros"],
)
def test_what_lies_behind_damage_is_read(
    tmp_path: Path, data: bytes, order: str, damage: Callable[[bytes, int], bytes]
) -> None:
    """From a file and from a pipe, whatever the damage: all before it and all behind it, and that it is there."""
    damaged = damage(data, begins(20, data))
    with opened(tmp_path, damaged) if order == "file" else open_capture("-", stream=io.BytesIO(damaged)) as capture:
        packets, _ = read(capture)
    assert packets[:20] == PACKETS[:20]
    assert packets[-38:] == PACKETS[-38:]
    assert len(packets) <= 60
    (defect,) = capture.defects
    assert (defect.kind, defect.frame) == ("record-skipped", 21)
    assert defect.detail.endswith(f"from byte {begins(20, data)} on")


def test_a_wrong_length_costs_nothing_else(tmp_path: Path) -> None:
    """Where a length is too great to be true, or leads into the middle of a packet, the next record is found."""
    for length in (7, 333, 50_000, 260_000, 1 << 30):
        at = begins(20, PCAP)
        damaged = PCAP[: at + 8] + struct.pack("<I", length) + PCAP[at + 12 :]
        with opened(tmp_path, damaged) as capture:
            packets, times = read(capture)
        assert packets[:20] == PACKETS[:20]
        assert packets[-38:] == PACKETS[-38:]
        assert {seconds // 10**9 // 1_000_000 for seconds in times} == {SECOND // 1_000_000}
        assert [each.kind for each in capture.defects] == ["record-skipped"]


def test_captures_joined_end_to_end_are_read(tmp_path: Path) -> None:
    """What `cat` makes of two captures, of another byte order, clock and link type."""
    with opened(tmp_path, pcap(PACKETS) + pcap(PACKETS[:9], order=">", magic=0xA1B23C4D, link=101)) as capture:
        packets, times = read(capture)
    assert packets == PACKETS + PACKETS[:9]
    assert times[-1] == (SECOND + 8) * 10**9 + 8
    assert capture.link_types == [1, 101]
    assert [(each.kind, each.frame) for each in capture.defects] == [("capture-joined", 61)]


def test_behind_the_last_record_nothing_is_made_up(tmp_path: Path) -> None:
    """A packet that ends too early is a capture cut off, and noise at its end is damage without end."""
    with opened(tmp_path, PCAP[:-5]) as capture:
        assert read(capture)[0] == PACKETS[:-1]
    assert [each.kind for each in capture.defects] == ["record-cut-off"]
    for data in (PCAP, PCAPNG):
        noise = random.Random(7).randbytes(300_000)  # noqa: S311
        with opened(tmp_path, data + b"\xfe" * 16 + noise) as capture:
            assert read(capture)[0] == PACKETS
        assert [each.kind for each in capture.defects] == ["record-damaged"]


def test_a_magic_number_alone_begins_no_capture(tmp_path: Path) -> None:
    """Damage may hold it by chance: the version behind it must be one that there has been."""
    at = begins(8, PCAP)
    with opened(tmp_path, PCAP[:at] + b"\xa1\xb2\xcd\x34" + PCAP[at:]) as capture:
        assert read(capture)[0] == PACKETS
    assert [each.kind for each in capture.defects] == ["record-skipped"]


@given(st.data())
def test_any_damage_leaves_the_rest(data: st.DataObject) -> None:
    """Whatever is overwritten, left out or put in somewhere: what lies some records before and behind it is read."""
    whole = data.draw(st.sampled_from([PCAP, PCAPNG]))
    packet = data.draw(st.integers(8, 30))
    at = begins(packet, whole) + data.draw(st.integers(0, 60))
    gone, put = data.draw(st.integers(0, 300)), data.draw(st.binary(max_size=200))
    with open_capture("-", stream=io.BytesIO(whole[:at] + put + whole[at + gone :])) as capture:
        packets, _ = read(capture)
    assert packets[: packet - 1] == PACKETS[: packet - 1]
    assert packets[-20:] == PACKETS[-20:]


def test_places_are_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Behind so many damaged places reading ends, and the report says so."""
    monkeypatch.setattr("sipdiag.capture.pcap.MOST_PLACES", 3)
    monkeypatch.setattr("sipdiag.capture.pcapng.MOST_PLACES", 3)
    broken = b"\xff" * 40
    for head, parts in (
        (pcap([]), [pcap(PACKETS[i : i + 10])[24:] for i in range(0, 60, 10)]),
        (
            section() + interface(),
            [b"".join(enhanced(each, 9) for each in PACKETS[i : i + 10]) for i in range(0, 60, 10)],
        ),
    ):
        with opened(tmp_path, head + broken.join(parts)) as capture:
            assert read(capture)[0] == PACKETS[:40]
        kinds = [each.kind for each in capture.defects]
        assert kinds == ["record-skipped"] * 3 + ["limit-reached", "record-damaged"]


def hostile() -> list[bytes]:
    """Captures made to be searched for long."""
    one = struct.pack("<IIII", SECOND, 0, 1, 1) + b"x"
    lying = struct.pack("<IIII", SECOND, 0, 0xFFFFFFFF, 0xFFFFFFFF)
    return [
        pcap([]) + (one * resuming.FEWEST + lying) * 18_000,
        pcap([]) + lying + one * 4 + lying * 60_000,
        pcap([]) + lying + struct.pack("<I", SECOND & 0xFFFF) * 250_000,
        pcap([]) + lying + b"\1\0\0\0" * 250_000,
        pcap([]) + lying + bytes(1_000_000),
        section() + interface() + b"\xff" * 12 + (b"\6\0\0\0\x0c\0\0\0\x0c\0\0\0" + b"\xff" * 8) * 50_000,
        section() + interface() + b"\xff" * 12 + b"\6\0\0\0" * 250_000,
    ]


@pytest.mark.parametrize("data", hostile(), ids=range(len(hostile())))
def test_hostile_damage_is_searched_in_no_time(data: bytes) -> None:
    """A megabyte that looks like records everywhere, and is none anywhere."""
    begin = time.process_time()
    with open_capture("-", stream=io.BytesIO(data)) as capture:
        read(capture)
    assert time.process_time() - begin < 10
    assert capture.defects
