"""End-to-end performance figures (RFC 6076), and ASR, NER and ACD as operators use them (ITU-T E.411).

They are measured where the capture was taken: over all of it at the hop nearest the caller that it shows, for one peer
at the hop that leads to it. A figure whose denominator is 0 is undefined (RFC 6076, section 4) and given as None; so is
a mean over nothing. The sums beneath add up over parts of the traffic.
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
"""What an individual callee causes, so that the network is not to blame (RFC 6076, section 4.7)."""
INEFFECTIVE = frozenset({408, 500, 503, 504})
"""What a failed or overloaded element causes (RFC 6076, section 4.8)."""
CANCELLED = 487

Figures = dict[str, float | int | None]


class Delays(msgspec.Struct, frozen=True):
    """Stretches of time that a mean is made of."""

    total: int = 0
    """Nanoseconds."""
    count: int = 0

    def __add__(self, other: Delays) -> Delays:
        return Delays(self.total + other.total, self.count + other.count)

    def mean(self, unit: int = MILLISECOND) -> float | None:
        """Their mean; None over nothing."""
        return round(self.total / self.count / unit, 3) if self.count else None


class Sums(msgspec.Struct, frozen=True, kw_only=True):
    """What the figures are made of."""

    calls: int = 0
    """Calls, those without a final response too."""
    requests: int = 0
    """Calls with a final response."""
    answered: int = 0
    redirected: int = 0
    effective: int = 0
    """Answered, or ended by what the callee caused."""
    cancelled: int = 0
    ineffective: int = 0
    completed: int = 0
    """Answered, and ended by a BYE that was answered."""
    registrations: int = 0
    registering: Delays = Delays()
    asking: Delays = Delays()
    asking_in_vain: Delays = Delays()
    ending: Delays = Delays()
    talking: Delays = Delays()


class Peer(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the calls that were sent to one host."""

    host: str
    sums: Sums


class _Session(msgspec.Struct, frozen=True, kw_only=True):
    """One call, as far as figures go."""

    invite: Sighting
    final: Sighting | None
    answer: Sighting | None
    told: Sighting | None
    """The first response that told the caller something."""
    bye: Transaction | None


def figures_of(calls: Sequence[Call], registrations: Sequence[Registration]) -> Figures:
    """The figures over `calls` and `registrations`; percentages are 0 to 100."""
    return figures_in(sums_of(calls, registrations))


def sums_of(calls: Iterable[Call], registrations: Sequence[Registration]) -> Sums:
    """What the figures over `calls` and `registrations` are made of."""
    sessions = [session for call in calls if (session := _session(call)) is not None]
    return _summed(sessions, registrations)


def peers_of(calls: Iterable[Call], registrations: Iterable[Registration]) -> list[Peer]:
    """The figures of each host that INVITEs or REGISTERs were sent to, the busiest first."""
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
        "registration_request_delay_ms": sums.registering.mean(),
        "session_request_delay_ms": sums.asking.mean(),
        "session_request_delay_failed_ms": sums.asking_in_vain.mean(),
        "session_disconnect_delay_ms": sums.ending.mean(),
        "session_duration_s": sums.talking.mean(SECOND),
        "session_establishment_ratio_percent": _percent(sums.answered, not_redirected),
        "session_establishment_effectiveness_ratio_percent": _percent(sums.effective, not_redirected),
        "ineffective_session_attempts_percent": _percent(sums.ineffective, sums.requests),
        "session_completion_ratio_percent": _percent(sums.completed, sums.requests),
        "answer_seizure_ratio_percent": _percent(sums.answered, sums.requests),
        "network_effectiveness_ratio_percent": _percent(sums.effective + sums.cancelled, sums.requests),
        "average_call_duration_s": sums.talking.mean(SECOND),
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
        registering=_delays(_registering(registrations)),
        asking=_delays(_asking(answered)),
        asking_in_vain=_delays(_asking(each for each in attempts if each.answer is None)),
        ending=_delays(_ending(answered)),
        talking=_delays(_talking(answered)),
    )


def _session(call: Call) -> _Session | None:
    """What the caller of `call` got; None where the capture begins after it."""
    invite = call.invite
    if invite is None:
        return None
    return _Session(invite=invite, final=call.final, answer=call.answer, told=call.first_indication, bye=call.ending)


def _sessions_by_peer(call: Call) -> Iterator[tuple[str, _Session]]:
    """What each host that the call was sent to made of it: the last attempt there, from the first INVITE on."""
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


def _asking(sessions: Iterable[_Session]) -> Iterator[int]:
    """First INVITE to the first response that tells the caller something (section 4.3)."""
    return (each.told.time - each.invite.time for each in sessions if each.told is not None)


def _ending(sessions: Iterable[_Session]) -> Iterator[int]:
    """BYE to its 2xx (section 4.4)."""
    byes = (each.bye for each in sessions if each.bye is not None)
    return (bye.answers[0].time - bye.request.time for bye in byes if bye.request is not None and bye.answers)


def _talking(sessions: Iterable[_Session]) -> Iterator[int]:
    """2xx to BYE (section 4.5)."""
    for each in sessions:
        bye = None if each.bye is None else each.bye.request
        if each.answer is not None and bye is not None:
            yield bye.time - each.answer.time


def _registering(registrations: Iterable[Registration]) -> Iterator[int]:
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
