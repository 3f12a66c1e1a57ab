"""A Contact gives a private address to a side that cannot reach it, so that later requests are lost.

Requests within the dialog go to the Contact (RFC 3261, sections 12.1 and 12.2.1.1): the ACK of the 2xx, BYE,
re-INVITE. An address behind a NAT leads nowhere, unless the other side sends to the source of the messages instead.
"""

from __future__ import annotations

from collections.abc import Iterator

import msgspec

from sipdiag.calls import TIMEOUT, Call, Duty, Outcome, Transaction, crosses, is_private, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.sip import Request, parse_name_addr, parse_uri
from sipdiag.trace import Sighting, host

NAME = "contact-private"
SEVERITY = Severity.ERROR

NOT_REACHED = frozenset({408, 503, 504})
"""Responses of a proxy that cannot reach the next hop."""
LATER = frozenset({"BYE", "INVITE", "UPDATE", "INFO", "REFER", "NOTIFY", "PRACK", "MESSAGE"})
"""Requests within the dialog, which go to the Contact."""


class _Given(msgspec.Struct, frozen=True, kw_only=True):
    """A private Contact where it crossed into a network that cannot reach it."""

    sighting: Sighting
    """The message that gives it."""
    uri: str
    address: str
    """The host in `uri`."""
    tag: str
    """The tag of the side whose Contact it is."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The private Contact of either side, once, where it first crossed."""
    told: set[str] = set()
    for given in _given(call):
        if given.tag not in told:
            told.add(given.tag)
            finding = _finding(call, given, scene)
            if finding is not None:
                yield finding


def _given(call: Call) -> Iterator[_Given]:
    for attempt in call.attempts:
        for hop in attempt.hops:
            if hop.origin is None and hop.answers:
                for sighting in (hop.request, *hop.answers):
                    given = None if sighting is None or not crosses(sighting) else _contact_of(sighting)
                    if given is not None:
                        yield given


def _contact_of(sighting: Sighting) -> _Given | None:
    message = sighting.message
    value = message.field("contact")
    if value is None:
        return None
    uri = parse_name_addr(value).uri
    if not is_private(uri.host) or uri.host.strip("[]") == host(sighting.destination):
        return None
    return _Given(
        sighting=sighting,
        uri=uri.text,
        address=uri.host,
        tag=message.from_tag if isinstance(message, Request) else message.to_tag,
    )


def _finding(call: Call, given: _Given, scene: Scene) -> Finding | None:
    seen = given.sighting
    evidence: Evidence = {
        "contact_frame": seen.frame,
        "contact": given.uri,
        "contact_address": given.address,
        "side": "caller" if isinstance(seen.message, Request) else "callee",
        "source": seen.source,
        "destination": seen.destination,
    }
    duty = next((duty for duty in scene.duties(call, "ack-2xx") if _concerns(duty, given)), None)
    if duty is not None:
        evidence |= {"answer_frame": duty.trigger.frame, "lost_method": "ACK"}
        if duty.outcome is Outcome.UNKNOWN:
            return found(NAME, "unproven", SEVERITY, Confidence.INCONCLUSIVE, [seen], evidence)
        ack = duty.fulfilled_by
        shown_by = [seen] if ack is None else [seen, ack]
        sent_there = ack is not None and host(ack.destination) == given.address.strip("[]")
        sure = Confidence.CERTAIN if sent_there and duty.timed_out else Confidence.LIKELY
        return found(NAME, "ack-lost", SEVERITY, sure, shown_by, evidence)
    lost = _lost(call, given, scene)
    if lost is None or lost.request is None:
        return None
    evidence |= {
        "request_frame": lost.request.frame,
        "lost_method": lost.method,
        "sent_to": lost.request.destination,
        "code": 0 if lost.final is None else status(lost.final),
    }
    shown_by = [seen, lost.request, *lost.request_repeats, *lost.finals]
    variant = "request-lost" if lost.final is None else "request-failed"
    sure = Confidence.CERTAIN if lost.final is None and lost.request_repeats else Confidence.LIKELY
    return found(NAME, variant, SEVERITY, sure, shown_by, evidence)


def _concerns(duty: Duty, given: _Given) -> bool:
    """Whether an ACK was due to the private address, and as far as the capture shows never arrived."""
    if duty.outcome not in (Outcome.UNDONE, Outcome.UNKNOWN):
        return False
    ack = duty.fulfilled_by
    if duty.trigger.message.to_tag != given.tag or (ack is not None and not crosses(ack)):
        return False
    return parse_uri(duty.target).host == given.address


def _lost(call: Call, given: _Given, scene: Scene) -> Transaction | None:
    """A later request to the Contact that was lost; None if any of them arrived."""
    lost = None
    for each in call.transactions:
        request = each.request
        if each.method not in LATER or request is None or request.message.to_tag != given.tag:
            continue
        if each.final is not None and status(each.final) not in NOT_REACHED:
            return None
        if lost is None and isinstance(request.message, Request) and crosses(request):
            if parse_uri(request.message.uri).host == given.address and _is_lost(each, request, given, scene):
                lost = each
    return lost


def _is_lost(transaction: Transaction, request: Sighting, given: _Given, scene: Scene) -> bool:
    """Whether a proxy says that it got no further, or the packets went to the private address and nothing came back."""
    if transaction.final is not None:
        return True
    there = host(request.destination) == given.address.strip("[]")
    return there and not transaction.responses and scene.window.left(request.time) >= TIMEOUT
