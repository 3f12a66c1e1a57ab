"""Tests of `sipdiag.rules.capture.capture_encrypted`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from below import found_in, trace_of
from exchange import CALLEE, CALLER, START, Exchange
from sipdiag.rules.capture.capture_encrypted import NAME
from sipdiag.transport import Handshake, SealedConnection
from verdict import told

if TYPE_CHECKING:
    from typing import Any

CLIENT, SERVER = "192.0.2.10:49300", "198.51.100.5:5061"


def shake(**parts: Any) -> Handshake:  # noqa: ANN401
    """A handshake with SIP's port for TLS, complete unless `parts` say otherwise."""
    given = {"connection": 1, "client": CLIENT, "server": SERVER, "time": START, "hello_frame": 4, "completed_frame": 7}
    return Handshake(**{**given, "sealed": 5, **parts})


def spoken() -> Exchange:
    talk = Exchange()
    talk.request("OPTIONS", 0)
    return talk


def test_what_keys_could_open_is_told_once() -> None:
    """With the flows, how many handshakes were completed, and the alerts of the others."""
    shakes = [shake(), shake(hello_frame=20), shake(hello_frame=30, completed_frame=None, alert="unknown_ca", sealed=0)]
    (finding,) = found_in(spoken(), trace_of(handshakes=shakes), NAME)
    assert told(finding) == ("unread", "note", "certain")
    assert finding.frames == [4, 20]
    assert finding.evidence == {
        "path": "trace.pcap", "connections": 3, "completed": 2, "alerts": "unknown_ca",
        "between": f"{CLIENT} → {SERVER}", "first_frame": 4, "sealed": 10,
    }  # fmt: skip


def test_what_keys_could_not_open_is_told_apart() -> None:
    """A handshake that was before the capture leaves nothing to find the secrets by."""
    sealed = [SealedConnection(client=f"192.0.2.{n}:4000", server=SERVER, frame=n, segments=2) for n in range(1, 6)]
    (finding,) = found_in(spoken(), trace_of(sealed=sealed), NAME)
    assert told(finding) == ("begun-before", "note", "certain")
    assert (finding.evidence["connections"], finding.evidence["sealed"]) == (5, 10)
    assert str(finding.evidence["between"]).count("→") == 3
    assert str(finding.evidence["between"]).endswith("…")


def test_what_was_read_is_not_told() -> None:
    """With keys there are sightings on the same connection, in either direction."""
    talk = spoken()
    seen = [replace(each, transport="tls") for each in talk.sightings]
    trace = replace(
        trace_of(handshakes=[shake(client=CALLEE, server=CALLER)]),
        sightings=seen,
        sealed=[SealedConnection(client=CALLER, server=CALLEE, frame=1)],
    )
    assert found_in(talk, trace, NAME) == []


def test_what_failed_or_is_no_sip_is_the_matter_of_others() -> None:
    """A handshake that was not completed hides nothing; a web page is none of ours."""
    shakes = [shake(completed_frame=None, alert="unknown_ca"), shake(server="203.0.113.1:443", protocols=("h2",))]
    assert found_in(spoken(), trace_of(handshakes=shakes), NAME) == []


def test_without_any_sip_what_tls_may_hide_is_told_as_possible() -> None:
    """On whatever port that is no web page's; where SIP is in the capture, nothing is made of other TLS."""
    shakes = [
        shake(server="198.51.100.5:25061"),
        shake(server="203.0.113.1:443", hello_frame=20),
        shake(server="203.0.113.1:9443", hello_frame=30, protocols=("h2",)),
        shake(server="203.0.113.1:9444", hello_frame=40, completed_frame=None),
    ]
    (finding,) = found_in(spoken(), trace_of(handshakes=shakes), NAME)
    assert told(finding) == ("possible", "note", "inconclusive")
    assert (finding.frames, finding.evidence["between"]) == ([4], f"{CLIENT} → 198.51.100.5:25061")
    talk = spoken()
    elsewhere = [shake(server="203.0.113.9:25061")]
    assert found_in(talk, replace(trace_of(handshakes=elsewhere), sightings=talk.sightings), NAME) == []
