"""Wireshark as an engine."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path
from unittest.mock import patch

import pytest
from packaging.version import Version

from sipdiag.capture import converted, dissected, open_capture
from sipdiag.capture.wireshark import _nanoseconds
from sipdiag.errors import CaptureError
from tests.capture.build import pcap, written
from tests.transport.wire import ANSWER, OPTIONS, ethernet, ipv4, ipv6, tcp, udp

pytestmark = pytest.mark.skipif(not shutil.which("tshark"), reason="tshark is not installed")
HEADERS = b"Via: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\nContent-Length: 0\r\n\r\n"
MESSAGES = [OPTIONS[:-2] + HEADERS, ANSWER[:-2] + HEADERS]


def test_every_message_is_given_with_its_ends(tmp_path: Path) -> None:
    """Several in one segment, IPv6, and the inner addresses of a tunnel."""
    frames = [
        ethernet(ipv4(tcp(b"".join(MESSAGES), sequence=1, flags=24), protocol=6)),
        ethernet(ipv6(udp(MESSAGES[0]))),
        ethernet(ipv4(ipv4(udp(MESSAGES[0]), ident=77), protocol=4, source="203.0.113.1", destination="203.0.113.2")),
    ]
    found = list(dissected(written(tmp_path, pcap(frames)), keylog=None, encrypted_only=False))
    assert [(each.frame, each.source, each.destination, each.transport, each.ip_id) for each in found] == [
        (1, "192.0.2.1:40000", "198.51.100.2:5060", "tcp", 0),
        (1, "192.0.2.1:40000", "198.51.100.2:5060", "tcp", 0),
        (2, "[2001:db8::1]:5060", "[2001:db8::2]:5080", "udp", 0),
        (3, "192.0.2.1:5060", "198.51.100.2:5080", "udp", 77),
    ]
    assert [each.payload for each in found] == [*MESSAGES, MESSAGES[0], MESSAGES[0]]
    assert [each.time for each in found][-1] == 1_700_000_002_000_002_000


@pytest.mark.parametrize("all_of_it", [True, False])
def test_the_end_of_tshark_is_left_to_who_waits_for_it(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, *, all_of_it: bool
) -> None:
    """`Popen.send_signal` takes the exit status of what ended by itself from asyncio, which then complains."""
    path = written(tmp_path, pcap([ethernet(ipv4(udp(MESSAGES[0])))] * 3))
    with patch.object(subprocess.Popen, "send_signal", autospec=True, side_effect=subprocess.Popen.send_signal) as sent:
        found = dissected(path, keylog=None, encrypted_only=False)
        assert next(found).frame == 1
        assert len(list(found) if all_of_it else []) == (2 if all_of_it else 0)
        found.close()  # type: ignore[attr-defined]
    assert not sent.called
    assert caplog.records == []


def test_another_format_is_converted(tmp_path: Path) -> None:
    """What only Wireshark reads becomes pcapng on the way."""
    snoop = b"snoop\0\0\0\0\0\0\2\0\0\0\4" + b"".join(
        len(frame).to_bytes(4, "big") * 2 + (24 + len(frame)).to_bytes(4, "big") + bytes(8) + bytes(4) + frame
        for frame in [ethernet(ipv4(udp(OPTIONS)))]
    )
    path = written(tmp_path, snoop)
    with pytest.raises(CaptureError, match="--engine wireshark"):
        open_capture(path)
    with converted(path) as stream, open_capture("-", stream=stream) as capture:  # type: ignore[arg-type]
        assert sum(map(len, capture.packets())) == 1


def test_a_missing_tshark_is_named() -> None:
    """One line says what to install."""
    from pyshark.tshark import tshark  # noqa: PLC0415

    missing = tshark.TSharkNotFoundException("not here")
    with patch.object(tshark, "get_tshark_version", side_effect=missing), pytest.raises(CaptureError) as error:
        list(dissected("a.pcap", keylog=None, encrypted_only=True))
    assert error.value.reason == ("tshark is to read it and is not here: install the package tshark (or wireshark-cli)")


def test_an_old_tshark_is_named() -> None:
    """With the version that is needed."""
    from pyshark.tshark import tshark  # noqa: PLC0415

    with (
        patch.object(tshark, "get_tshark_version", return_value=Version("2.6.20")),
        pytest.raises(CaptureError) as error,
    ):
        list(dissected("a.pcap", keylog=None, encrypted_only=True))
    assert error.value.reason == (
        "tshark 2.6.20 is too old: install the package tshark (or wireshark-cli), version 3.0 or newer"
    )


@pytest.mark.parametrize(
    ("told", "nanoseconds"),
    [
        ("1700000002.000002000", 1_700_000_002_000_002_000),
        ("1700000002", 1_700_000_002_000_000_000),
        ("2023-11-14T22:13:22.000002000Z", 1_700_000_002_000_002_000),
    ],
)
def test_times_are_exact(told: str, nanoseconds: int) -> None:
    """As seconds, and as the date that newer versions write."""
    assert _nanoseconds(told) == nanoseconds
