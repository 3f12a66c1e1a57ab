"""Tests of `sipdiag.findings.sealed`."""

from __future__ import annotations

from below import scene_of, trace_of
from exchange import CALLER, PROXY, Exchange
from sipdiag.findings import Settings, refused_behind, sip_handshakes
from sipdiag.transport import Handshake


def shake(server: str, *protocols: str) -> Handshake:
    return Handshake(connection=1, client="192.0.2.10:49000", server=server, time=0, hello_frame=1, protocols=protocols)


def test_which_handshakes_are_for_sip() -> None:
    """By port, by ALPN, by whom they are with; a web page is none, wherever it is."""
    talk = Exchange()
    talk.response(200, talk.request("OPTIONS", 0, destination=PROXY), 0.1)
    sip = [shake("203.0.113.99:5061"), shake("203.0.113.99:443", "sip/2"), shake("198.51.100.1:7061")]
    others = [shake("203.0.113.99:7061"), shake("198.51.100.1:443"), shake("198.51.100.1:5061", "h2")]
    trace = trace_of(talk, handshakes=[*sip, *others])
    assert sip_handshakes(trace, scene_of(talk, trace)) == sip
    wider = scene_of(talk, trace, Settings(sip_ports=(5060, 7061)))
    assert others[0] in sip_handshakes(trace, wider)


def test_what_was_refused_behind_a_connection() -> None:
    """Taken on before, refused after, and not sent on to anybody."""
    talk = Exchange()
    for name, code in (("lost", 503), ("busy", 486), ("sent-on", 503)):
        invite = talk.request("INVITE", 1, source=PROXY, destination=CALLER, call_id=name, branch=name)
        if name == "sent-on":
            talk.request("INVITE", 1.5, source=CALLER, call_id=name, branch="onward")
        talk.response(code, invite, 3)
    scene = talk.scene()
    moment = talk.sightings[0].time + 10**9
    assert refused_behind("192.0.2.10", "203.0.113.5:5061", [moment], scene) == ["lost"]
    assert refused_behind("192.0.2.10", "203.0.113.5:5061", [moment + 60 * 10**9], scene) == []
