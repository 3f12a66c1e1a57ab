"""Tests of `sipdiag.findings.flow`."""

from __future__ import annotations

from exchange import PROXY
from nat import OTHER_PORT, PUBLIC, Nat
from sipdiag.findings.flow import Flow, devices_of, flow_of, traffic_of

SECOND = 1_000_000_000


def flow(nat: Nat) -> Flow | None:
    scene = nat.talk.scene()
    (registration,) = scene.correlation.registrations
    return flow_of(registration, traffic_of(scene.correlation, devices_of([registration])), scene.window)


def test_a_death_names_what_was_lost_and_what_opened_the_flow_anew() -> None:
    """The last packet of the device, the requests in vain, the REGISTER from another port."""
    nat = Nat()
    first = nat.registers(0)
    lost = nat.asks(100, answered=False)
    anew = nat.registers(200, OTHER_PORT)
    seen = flow(nat)
    assert seen is not None
    (death,) = seen.deaths
    assert (death.last, death.idle, death.moved) == (first, 100 * SECOND, True)
    assert [each.request for each in death.lost] == [lost]
    assert death.revived.request is anew


def test_the_port_that_the_response_tells_counts_behind_the_nat() -> None:
    """Recorded at the device, only `rport` in the Via of the response shows the mapping (RFC 3581, section 4)."""
    nat = Nat()
    for at, port in ((0, 62001), (300, 62050)):
        nat._cseq += 1
        request = nat.talk.request(
            "REGISTER",
            at,
            branch=f"r{at}",
            cseq=nat._cseq,
            destination=PROXY,
            call_id="register",
            fields="Contact: <sip:a@192.0.2.10>\r\n",
        )
        via = f"{request.message.vias[0]};received=203.0.113.77;rport={port}"
        nat.talk.response(200, request, at + 0.1, via=via)
    seen = flow(nat)
    assert seen is not None
    assert [each.moved for each in seen.deaths] == [True]


def test_traffic_is_found_by_endpoint_and_time() -> None:
    """The last packet before a time, and the requests between two."""
    nat = Nat()
    first = nat.registers(0)
    asked = nat.asks(30, answered=True)
    traffic = traffic_of(nat.talk.scene().correlation, {PUBLIC})
    assert traffic.before(PUBLIC, first.time) is None
    assert traffic.before(PUBLIC, asked.time) is first
    assert [each.request for each in traffic.between(PUBLIC, first.time, asked.time + 1)] == [asked]
    assert traffic.between(PUBLIC, asked.time + 1, asked.time + SECOND) == []
