"""Tests of `sipdiag.findings.fault`."""

from __future__ import annotations

import pytest

from described import with_head
from exchange import Exchange
from sipdiag.calls import flaws_of, kinds_of
from sipdiag.findings import Fault, faults_of, joined

REQUIRED = "Max-Forwards: 70\r\n"
GOOD = "From: <sip:+12025550100@example.com>"
BAD = 'From: "Alice <sip:+12025550100@example.com>'


def faults(talk: Exchange) -> list[Fault]:
    seen = talk.scene().correlation
    return list(faults_of(flaws_of(seen.arrivals, kinds_of(seen.arrivals)), seen))


def three_bad_requests() -> Exchange:
    """The first accepted, the second refused, the third without an answer."""
    talk = Exchange()
    for number, code in enumerate((200, 400, 0)):
        request = talk.request("OPTIONS", number, call_id=f"call-{number}", fields=REQUIRED)
        request = with_head(talk, request, GOOD, BAD)
        if code:
            talk.response(code, request, number + 0.1)
    return talk


def test_a_fault_tells_the_worst_that_came_of_it() -> None:
    """How often, where first, and with what harm."""
    (fault,) = faults(three_bad_requests())
    assert (fault.messages, fault.harm.kind, fault.about) == (3, "refused", ("192.0.2.10", "quote-unbalanced", ""))
    assert fault.first.sighting.message.call_id == "call-0"
    assert fault.harm.arrival.sighting.message.call_id == "call-1"


@pytest.mark.parametrize("order", [(0, 1, 2), (2, 0, 1), (1, 2, 0)])
def test_the_parts_of_a_fault_make_the_fault(order: tuple[int, ...]) -> None:
    """One part a Call-ID, in any order."""
    talk = three_bad_requests()
    seen = talk.scene().correlation
    (flaw,) = flaws_of(seen.arrivals, kinds_of(seen.arrivals))
    (whole,) = faults_of([flaw], seen)
    parts = [type(flaw)(**{**_fields(flaw), "arrivals": [flaw.arrivals[number]]}) for number in order]
    assert joined(list(faults_of(parts, seen))) == whole


def _fields(flaw: object) -> dict[str, object]:
    return {name: getattr(flaw, name) for name in ("sender", "kind", "detail", "named")}
