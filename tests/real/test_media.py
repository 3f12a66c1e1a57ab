"""Voice of a real client, sent back by a real server: it is heard both ways, and the figures are Wireshark's."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from real.conversing import CALLS, Play, Receive, Wait, missing, recorded, request, response
from sipdiag.analysis import analyze
from sipdiag.findings import Severity
from tests.trace.test_media import FINE, told_by_wireshark

if TYPE_CHECKING:
    from pathlib import Path

SECONDS = 4
TONE = bytes(0x80 | (at * 37 & 0x3F) for at in range(8_000 * SECONDS))


@pytest.mark.skipif(bool(missing()), reason=f"needs {missing()}")
def test_voice_is_heard_both_ways(tmp_path: Path) -> None:
    """Each call has its two streams, whole, although SIPp uses one port for all calls; and nothing is wrong."""
    (tmp_path / "tone.ulaw").write_bytes(TONE)
    client = [
        request("INVITE", sdp=True),
        Receive("180"),
        Receive("200"),
        request("ACK", to="[peer_tag_param]"),
        Play(str(tmp_path / "tone.ulaw")),
        Wait(SECONDS * 1_000 + 200),
        request("BYE", cseq=2, to="[peer_tag_param]"),
        Receive("200"),
    ]
    taken = [Receive("INVITE"), response("180 Ringing", tag=True), response("200 OK", tag=True, sdp=True)]
    server = [*taken, Receive("ACK"), Receive("BYE"), response("200 OK")]
    capture = recorded(tmp_path, client, server, echoed=True)
    analysis = analyze([str(capture)])
    assert [each.rule for each in analysis.findings if each.severity is not Severity.NOTE] == []
    streams = analysis.carriage.streams
    assert len(streams) == 2 * CALLS
    assert {len(media.carried) for media in analysis.carriage.calls.values()} == {2}
    assert all(each.silent == 0 and each.packets > 25 * SECONDS for each in streams)
    due = told_by_wireshark(capture)
    assert len(due) == len(streams)
    for each in streams:
        packets, lost, mean, top = due[each.source, each.destination, each.ssrc]
        jitter = each.jitter()
        assert jitter is not None
        assert (each.packets, each.lost) == (packets, lost)
        assert jitter.mean == pytest.approx(mean, rel=0.05, abs=FINE)
        assert jitter.highest == pytest.approx(top, rel=0.05, abs=FINE)
