"""End-to-end performance figures (RFC 6076), and ASR, NER and ACD as operators use them (ITU-T E.411 and E.425).

They are measured where the capture was taken: those of the whole at the hop nearest the caller, those of a peer at the
hop that leads to it. A figure whose denominator is 0 is undefined (RFC 6076, section 4) and given as None; so is a mean
over nothing. The sums that the figures are made of can be added up over parts of the traffic.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from typing import Any

import msgspec

from sipdiag.calls.call import CHALLENGES, Call, first_told
from sipdiag.calls.registration import Registration
from sipdiag.calls.transaction import MILLISECOND, SECOND, Transaction, status
from sipdiag.trace import Sighting, host

EFFECTIVE = frozenset({480, 486, 600, 603})
"""Failures that the callee causes, so that the network is not to blame (RFC 6076, section 4.7)."""
INEFFECTIVE = frozenset({408, 500, 503, 504})
"""Failures that a broken or overloaded element causes (RFC 6076, section 4.8)."""
CANCELLED = 487
"""The caller gave up: NER does not blame the network for it either."""

Figures = dict[str, float | int | None]
"""Name of a figure, with its unit, → value."""


class Delays(msgspec.Struct, frozen=True):
    """Stretches of time, as a mean needs them."""

    total: int = 0
    """Nanoseconds of all of them together."""
    count: int = 0
    """How many there are."""

    def __add__(self, other: Delays) -> Delays:
        return Delays(self.total + other.total, self.count + other.count)

    def mean(self, unit: int = MILLISECOND) -> float | None:
        """Their mean in `unit`, which is given in nanoseconds; None over nothing."""
        return round(self.total / self.count / unit, 3) if self.count else None


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures are made of."""

    calls: int = 0
    """Calls, with or without a final response."""
    requests: int = 0
    """Calls with a final response."""
    answered: int = 0
    redirected: int = 0
    """Calls that ended with a 3xx."""
    effective: int = 0
    """Calls that were answered, or failed because of the callee: see `EFFECTIVE`."""
    cancelled: int = 0
    """Calls that ended with 487."""
    ineffective: int = 0
    """Calls that failed because of an element: see `INEFFECTIVE`."""
    completed: int = 0
    """Calls that were answered and ended by a BYE, which was answered too."""
    registrations: int = 0
    registration_delays: Delays = Delays()
    """From REGISTER to 2xx (section 4.1)."""
    request_delays: Delays = Delays()
    """From INVITE to the first response that tells the caller something, of answered calls (section 4.3.1)."""
    failed_request_delays: Delays = Delays()
    """The same of calls that failed (section 4.3.2)."""
    disconnect_delays: Delays = Delays()
    """From BYE to its 2xx (section 4.4)."""
    durations: Delays = Delays()
    """From the 2xx of the INVITE to the BYE (section 4.5)."""


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """A host, with the sums over the calls and registrations that were sent to it."""

    host: str
    sums: Sums


class _Session(msgspec.Struct, frozen=True, kw_only=True):
    """One call, as far as the figures need it."""

    invite: Sighting
    final: Sighting | None
    answer: Sighting | None
    """The 2xx."""
    told: Sighting | None
    """The first response that told the caller something."""
    bye: Transaction | None
    """What ended the call: the BYE, or the CANCEL of a call without answer."""


def figures_of(calls: Sequence[Call], registrations: Sequence[Registration]) -> Figures:
    """The figures over `calls` and `registrations`; percentages are 0 to 100."""
    return figures_in(sums_of(calls, registrations))


def sums_of(calls: Iterable[Call], registrations: Sequence[Registration]) -> Sums:
    """What the figures over `calls` and `registrations` are made of."""
    sessions = [session for call in calls if (session := _session(call)) is not None]
    return _summed(sessions, registrations)


def peers_of(calls: Iterable[Call], registrations: Iterable[Registration]) -> list[Peer]:
    """The hosts that INVITEs or REGISTERs were sent to, the busiest first, each with its sums."""
    sessions: dict[str, list[_Session]] = {}
    for call in calls:
        for leg in call.legs or [call]:
            for peer, session in _sessions_by_peer(leg):
                sessions.setdefault(peer, []).append(session)
    registering: dict[str, list[Registration]] = {}
    for registration in registrations:
        registering.setdefault(host(registration.transactions[0].destination), []).append(registration)
    peers = [
        Peer(host=name, sums=_summed(sessions.get(name, []), registering.get(name, [])))
        for name in sessions.keys() | registering.keys()
    ]
    return sorted(peers, key=lambda each: (-each.sums.calls, -each.sums.registrations, each.host))


def added(parts: Iterable[Sums]) -> Sums:
    """The sums of several parts of the traffic put together, as long as each Call-ID lies in one."""
    told: dict[str, Any] = {}
    for part in parts:
        for each in msgspec.structs.fields(Sums):
            value = getattr(part, each.name)
            known = told.get(each.name, Delays() if isinstance(value, Delays) else 0)
            told[each.name] = known + value
    return Sums(**told)


def figures_in(sums: Sums) -> Figures:
    """The figures that `sums` give."""
    not_redirected = sums.requests - sums.redirected
    return {
        "registration_request_delay_ms": sums.registration_delays.mean(),
        "session_request_delay_ms": sums.request_delays.mean(),
        "session_request_delay_failed_ms": sums.failed_request_delays.mean(),
        "session_disconnect_delay_ms": sums.disconnect_delays.mean(),
        "session_duration_s": sums.durations.mean(SECOND),
        "session_establishment_ratio_percent": _percent(sums.answered, not_redirected),
        "session_establishment_effectiveness_ratio_percent": _percent(sums.effective, not_redirected),
        "ineffective_session_attempts_percent": _percent(sums.ineffective, sums.requests),
        "session_completion_ratio_percent": _percent(sums.completed, sums.requests),
        "answer_seizure_ratio_percent": _percent(sums.answered, sums.requests),
        "network_effectiveness_ratio_percent": _percent(sums.effective + sums.cancelled, sums.requests),
        "average_call_duration_s": sums.durations.mean(SECOND),
        "session_requests": sums.requests,
    }


def _summed(sessions: Sequence[_Session], registrations: Sequence[Registration]) -> Sums:
    attempts = [each for each in sessions if each.final is not None]
    codes = Counter(status(each.final) for each in attempts if each.final is not None)
    answered = [each for each in attempts if each.answer is not None]
    return Sums(
        calls=len(sessions),
        requests=len(attempts),
        answered=len(answered),
        redirected=sum(count for code, count in codes.items() if 300 <= code < 400),
        effective=len(answered) + sum(codes[code] for code in EFFECTIVE),
        cancelled=codes[CANCELLED],
        ineffective=sum(codes[code] for code in INEFFECTIVE),
        completed=sum(each.bye is not None and bool(each.bye.answers) for each in answered),
        registrations=len(registrations),
        registration_delays=_delays(_registration_delays(registrations)),
        request_delays=_delays(_request_delays(answered)),
        failed_request_delays=_delays(_request_delays(each for each in attempts if each.answer is None)),
        disconnect_delays=_delays(_disconnect_delays(answered)),
        durations=_delays(_durations(answered)),
    )


def _session(call: Call) -> _Session | None:
    """`call` as its caller saw it; None where the capture begins after its INVITE."""
    invite = call.invite
    if invite is None:
        return None
    return _Session(invite=invite, final=call.final, answer=call.answer, told=call.first_indication, bye=call.ending)


def _sessions_by_peer(call: Call) -> Iterator[tuple[str, _Session]]:
    """The call as each host that it was sent to dealt with it: from the first INVITE to the end of the last attempt."""
    by_peer: dict[str, list[Transaction]] = {}
    for attempt in call.attempts:
        for hop in attempt.hops:
            if hop.origin is None and hop.request is not None:
                by_peer.setdefault(host(hop.destination), []).append(hop)
    for peer, hops in by_peer.items():
        invite, last = hops[0].request, hops[-1]
        answer = next((answer for hop in hops for answer in hop.answers), None)
        if invite is not None:
            yield (
                peer,
                _Session(
                    invite=invite,
                    final=answer or last.final,
                    answer=answer,
                    told=first_told(last.responses),
                    bye=next((bye for bye in call.byes if peer in (host(bye.source), host(bye.destination))), None),
                ),
            )


def _request_delays(sessions: Iterable[_Session]) -> Iterator[int]:
    """First INVITE to the first response that tells the caller something (section 4.3)."""
    return (each.told.time - each.invite.time for each in sessions if each.told is not None)


def _disconnect_delays(sessions: Iterable[_Session]) -> Iterator[int]:
    """BYE to its 2xx (section 4.4)."""
    byes = (each.bye for each in sessions if each.bye is not None)
    return (bye.answers[0].time - bye.request.time for bye in byes if bye.request is not None and bye.answers)


def _durations(sessions: Iterable[_Session]) -> Iterator[int]:
    """2xx to BYE (section 4.5)."""
    for each in sessions:
        bye = None if each.bye is None else each.bye.request
        if each.answer is not None and bye is not None:
            yield bye.time - each.answer.time


def _registration_delays(registrations: Iterable[Registration]) -> Iterator[int]:
    """First REGISTER to the 2xx, the challenge in between included (section 4.1)."""
    for registration in registrations:
        begun: Sighting | None = None
        for transaction in registration.transactions:
            begun = begun or transaction.request
            final = transaction.final
            if final is None or begun is None:
                continue
            if status(final) < 300:
                yield final.time - begun.time
            if status(final) not in CHALLENGES:
                begun = None


def _delays(stretches: Iterable[int]) -> Delays:
    told = list(stretches)
    return Delays(sum(told), len(told))


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None
