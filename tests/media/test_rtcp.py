"""Tests of `sipdiag.media.rtcp`: what compound packets report."""

from __future__ import annotations

import struct

from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.media.rtcp import reports_in

BLOCK = struct.pack(">IIIIII", 0xB0B, 51 << 24 | 0xFFFFFF, 1_000, 160, 0, 0)


def test_a_sender_reports_what_it_sent_and_heard() -> None:
    """Sender information, then a block for each source; the loss may be less than nothing (RFC 3550, section 6.4)."""
    body = struct.pack(">IQIII", 0xA11CE, 0, 0, 1_234, 9_999) + BLOCK
    sent, heard = reports_in(struct.pack(">BBH", 0x81, 200, len(body) // 4) + body, 7, 8)
    assert (sent.kind, sent.ssrc, sent.packets, sent.frame, sent.time) == ("sent", 0xA11CE, 1_234, 7, 8)
    assert (heard.kind, heard.ssrc, heard.reporter, heard.lost, heard.jitter) == ("received", 0xB0B, 0xA11CE, -1, 160)
    assert heard.loss_percent == 19.9


def test_voip_metrics_are_read() -> None:
    """Round trip and listening quality; 127 says that nobody measured it (RFC 3611, section 4.7)."""
    metrics = struct.pack(">IBBBBHHHH", 0xB0B, 13, 0, 0, 0, 0, 0, 48, 5) + bytes([0, 0, 0, 16, 93, 127, 41, 127])
    metrics += bytes(36 - 4 - len(metrics) + 0)
    block = struct.pack(">BBH", 7, 0, 8) + metrics
    data = struct.pack(">BBHI", 0x80, 207, 1 + len(block) // 4, 0xA11CE) + block
    (told,) = reports_in(data, 1, 2)
    assert (told.kind, told.ssrc, told.round_trip_ms, told.mos, told.r_factor) == ("voip", 0xB0B, 48.0, 4.1, 93)


@settings(deadline=None)
@given(st.binary(max_size=200))
def test_nothing_makes_it_raise(data: bytes) -> None:
    """Whatever the lengths and counts say."""
    for prefix in (b"", b"\x81\xc8", b"\x9f\xc9", b"\x80\xcf"):
        assert all(each.kind in {"sent", "received", "voip"} for each in reports_in(prefix + data, 1, 2))
