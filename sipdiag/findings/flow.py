"""Flows through a NAT: the silence that ended one, and the silence that one survived (RFC 5626, section 4.4).

A device behind a NAT is reachable only through the mapping that its own packets keep open. Two things show that a
mapping closed: requests to it that nobody answers although the device is there, or a new port at the next REGISTER.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Container, Iterable, Iterator
from itertools import pairwise

import msgspec

from sipdiag.calls import SECOND, Correlation, Registration, Transaction, Window, begun, moment
from sipdiag.findings.finding import Confidence
from sipdiag.findings.silence import silence_of
from sipdiag.sip import split_parameters
from sipdiag.trace import Sighting, host

IDLE = 15 * SECOND
"""No NAT closes a mapping after a shorter silence: a port that changes sooner changed for another reason."""


class Death(msgspec.Struct, frozen=True, kw_only=True):
    """A mapping that closed between two REGISTERs."""

    last: Sighting
    """The last packet of the device through it."""
    idle: int
    """Nanoseconds that the device had been silent when the mapping was found closed."""
    lost: list[Transaction]
    """Requests to the device that nobody answered; none where only the port changed."""
    revived: Transaction
    """The REGISTER that opened a new mapping."""
    moved: bool
    """Whether this REGISTER came from another port."""


class Flow(msgspec.Struct, frozen=True, kw_only=True):
    """What a registration shows of the NAT in front of its device."""

    deaths: list[Death]
    survived: int
    """Nanoseconds of the longest silence of the device after which a request still reached it; 0 where none did."""


class Traffic(msgspec.Struct, kw_only=True):
    """The messages from some endpoints and the requests to them, made once for all registrations."""

    spoken: dict[str, list[Sighting]]
    """Endpoint → the messages that came from it, in the order of time."""
    asked: dict[str, list[Transaction]]
    """Endpoint → the requests over UDP that went to it, in the order of time."""

    def before(self, endpoint: str, time: int) -> Sighting | None:
        """The last packet of `endpoint` before a time."""
        seen = self.spoken.get(endpoint, [])
        at = bisect_left(seen, time, key=lambda each: each.time)
        return seen[at - 1] if at else None

    def between(self, endpoint: str, since: int, until: int) -> list[Transaction]:
        """The requests to `endpoint` between two times."""
        asked = self.asked.get(endpoint, [])
        key = Transaction.time.fget  # type: ignore[attr-defined]
        return asked[bisect_left(asked, since, key=key) : bisect_left(asked, until, key=key)]


def traffic_of(correlation: Correlation, endpoints: Container[str]) -> Traffic:
    """The messages of `correlation` from and to `endpoints`."""
    spoken: dict[str, list[Sighting]] = {}
    asked: dict[str, list[Transaction]] = {}
    for arrival in correlation.arrivals:
        if arrival.sighting.source in endpoints:
            spoken.setdefault(arrival.sighting.source, []).append(arrival.sighting)
    for each in correlation.transactions:
        if each.request is not None and each.origin is None and each.request.transport == "udp":
            if each.request.destination in endpoints:
                asked.setdefault(each.request.destination, []).append(each)
    return Traffic(spoken=spoken, asked=asked)


def all_traffic(parts: Iterable[Traffic]) -> Traffic:
    """The traffic of several parts in one."""
    together = Traffic(spoken={}, asked={})
    for part in parts:
        for endpoint, spoken in part.spoken.items():
            together.spoken.setdefault(endpoint, []).extend(spoken)
        for endpoint, asked in part.asked.items():
            together.asked.setdefault(endpoint, []).extend(asked)
    for spoken in together.spoken.values():
        spoken.sort(key=moment)
    for asked in together.asked.values():
        asked.sort(key=begun)
    return together


class Flows(msgspec.Struct, frozen=True, kw_only=True):
    """Every flow through a NAT that closed."""

    by_registration: dict[tuple[str, str], Flow]
    """By Call-ID and address-of-record."""
    lost: frozenset[Mark]
    """The requests that were lost in them."""


def flows_of(registrations: Iterable[Registration], traffic: Traffic, window: Window) -> Flows:
    """The flows of `registrations`, which are behind a NAT."""
    found = {
        (registration.call_id, registration.aor): flow
        for registration in registrations
        if (flow := flow_of(registration, traffic, window)) is not None
    }
    lost = (each for flow in found.values() for death in flow.deaths for each in death.lost)
    return Flows(by_registration=found, lost=frozenset(map(mark_of, lost)))


def devices_of(registrations: Iterable[Registration]) -> frozenset[str]:
    """The endpoints that the devices of `registrations` registered from."""
    return frozenset(each.source for registration in registrations for each in registration.attempts)


Mark = tuple[int, int, str, str]
"""What tells a request from any other: capture, frame, Call-ID, branch."""


def mark_of(transaction: Transaction) -> Mark:
    """The mark of a request."""
    request = transaction.request
    place = (-1, -1) if request is None else (request.capture, request.frame)
    return (*place, transaction.call_id, transaction.branch)


def behind_nat(registration: Registration) -> bool:
    """Whether there is a NAT in front of the device: over UDP its address is another than it believes."""
    if len(registration.transactions) < 2:
        return False
    ends = (registration.transactions[0], registration.transactions[-1])
    return any(
        each.request is not None and each.request.transport == "udp" and _public(each) != _local(each) for each in ends
    )


def flow_of(registration: Registration, traffic: Traffic, window: Window) -> Flow | None:
    """The flow of one registration behind a NAT; None where no mapping closed, or none because of a silence."""
    attempts = [each for each in registration.attempts if each.request is not None and each.request.transport == "udp"]
    deaths: list[Death] = []
    for earlier, later in pairwise(attempts):
        if later.time - earlier.time < IDLE:
            if _moved(earlier, later):
                return None  # another port for each request: the client does that, not the NAT
            continue
        deaths += _deaths(earlier, later, traffic, window)
    if not deaths:
        return None
    survived = max(_survived(attempts, traffic), default=0)
    # Once, with the same port again and no survived silence to compare with: the phone may have lost its network.
    unsure = not survived and len(deaths) == 1 and not deaths[0].moved
    if unsure or survived >= min(each.idle for each in deaths):
        return None
    return Flow(deaths=deaths, survived=survived)


def _deaths(earlier: Transaction, later: Transaction, traffic: Traffic, window: Window) -> Iterator[Death]:
    endpoint, moved = earlier.source, _moved(earlier, later)
    lost = [
        each
        for each in traffic.between(endpoint, earlier.time, later.time)
        if not each.responses and each.request is not None and _silent(each, each.request, window)
    ]
    last = traffic.before(endpoint, lost[0].time if lost else later.time)
    found_closed = lost[0].time if lost else later.time
    if last is not None and (lost or moved) and found_closed - last.time >= IDLE:
        yield Death(last=last, idle=found_closed - last.time, lost=lost, revived=later, moved=moved)


def _survived(attempts: Iterable[Transaction], traffic: Traffic) -> Iterator[int]:
    """Nanoseconds of each silence of the device after which a request reached it."""
    for endpoint in {each.source for each in attempts}:
        for each in traffic.asked.get(endpoint, []):
            last = traffic.before(endpoint, each.time) if each.responses else None
            if last is not None:
                yield each.time - last.time


def _silent(transaction: Transaction, request: Sighting, window: Window) -> bool:
    verdict = silence_of(transaction, request, window)
    return verdict is not None and verdict[1] is not Confidence.INCONCLUSIVE


def _moved(earlier: Transaction, later: Transaction) -> bool:
    """Whether only the public port changed, while the device's own address and the NAT's address stayed the same."""
    one, other = earlier.request, later.request
    if one is None or other is None or one.message.field("contact") != other.message.field("contact"):
        return False
    before, after = _public(earlier), _public(later)
    return before != after and host(before) == host(after) and _local(earlier) == _local(later)


def _local(attempt: Transaction) -> str:
    """Where the device believes itself to be: the sent-by of its Via."""
    sent_by = "" if attempt.request is None else attempt.request.message.sent_by
    return sent_by if sent_by.rpartition("]")[2].count(":") else f"{sent_by}:5060"


def _public(attempt: Transaction) -> str:
    """Where the registrar sees the device: the source, or what the response adds to the Via (RFC 3581, section 4)."""
    if attempt.final is None or attempt.source != _local(attempt):
        return attempt.source
    if "rport=" not in attempt.final.message.head:
        return attempt.source
    parameters = split_parameters(attempt.final.message.field("via") or "")[1]
    address, port = parameters.get("received", host(attempt.source)), parameters.get("rport", "")
    if not port.isdigit():
        return attempt.source
    return f"[{address}]:{port}" if ":" in address else f"{address}:{port}"
