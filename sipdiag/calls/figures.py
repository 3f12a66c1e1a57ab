"""End-to-end performance figures (RFC 6076), and ASR, NER and ACD as operators use them (ITU-T E.411).

They are measured where the capture was taken, at the hop nearest the caller that it shows. A figure whose denominator
is 0 is undefined (RFC 6076, section 4) and given as None; so is a mean over nothing.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from sipdiag.calls.call import Call
from sipdiag.calls.registration import Registration
from sipdiag.calls.transaction import MILLISECOND, SECOND, status
from sipdiag.trace import Sighting

EFFECTIVE = frozenset({480, 486, 600, 603})
"""What an individual callee causes, so that the network is not to blame (RFC 6076, section 4.7)."""
INEFFECTIVE = frozenset({408, 500, 503, 504})
"""What a failed or overloaded element causes (RFC 6076, section 4.8)."""
CHALLENGES = frozenset({401, 402, 407})
"""Not counted as failures (RFC 6076, sections 4.2 and 4.3.2)."""

Figures = dict[str, float | int | None]


def figures_of(calls: Sequence[Call], registrations: Sequence[Registration]) -> Figures:
    """The figures over `calls` and `registrations`; percentages are 0 to 100."""
    attempts = [call for call in calls if call.invite is not None and call.final is not None]
    codes = [status(call.final) for call in attempts if call.final is not None]
    answered = [call for call in attempts if call.answer is not None]
    requests = len(attempts)
    not_redirected = requests - sum(300 <= code < 400 for code in codes)
    effective = len(answered) + sum(code in EFFECTIVE for code in codes)
    durations = [length for call in answered if (length := _duration(call)) is not None]
    return {
        "registration_request_delay_ms": _mean(_registration_delays(registrations)),
        "session_request_delay_ms": _mean(_request_delays(answered)),
        "session_request_delay_failed_ms": _mean(_request_delays(call for call in attempts if call.answer is None)),
        "session_disconnect_delay_ms": _mean(_disconnect_delays(answered)),
        "session_duration_s": _mean(durations, SECOND),
        "session_establishment_ratio_percent": _percent(len(answered), not_redirected),
        "session_establishment_effectiveness_ratio_percent": _percent(effective, not_redirected),
        "ineffective_session_attempts_percent": _percent(sum(code in INEFFECTIVE for code in codes), requests),
        "session_completion_ratio_percent": _percent(sum(map(_completed, answered)), requests),
        "answer_seizure_ratio_percent": _percent(len(answered), requests),
        "network_effectiveness_ratio_percent": _percent(effective + sum(code == 487 for code in codes), requests),
        "average_call_duration_s": _mean(durations, SECOND),
        "session_requests": requests,
    }


def _request_delays(calls: Iterable[Call]) -> list[int]:
    """First INVITE to the first response that tells the caller something (section 4.3)."""
    delays = []
    for call in calls:
        invite, told = call.invite, call.first_indication
        if invite is not None and told is not None:
            delays.append(told.time - invite.time)
    return delays


def _disconnect_delays(calls: Iterable[Call]) -> list[int]:
    """BYE to its 2xx (section 4.4)."""
    delays = []
    for call in calls:
        bye = call.ending
        if bye is not None and bye.request is not None and bye.answers:
            delays.append(bye.answers[0].time - bye.request.time)
    return delays


def _registration_delays(registrations: Iterable[Registration]) -> list[int]:
    """First REGISTER to the 2xx, the challenge in between included (section 4.1)."""
    delays = []
    for registration in registrations:
        begun: Sighting | None = None
        for transaction in registration.transactions:
            begun = begun or transaction.request
            final = transaction.final
            if final is None or begun is None:
                continue
            if status(final) < 300:
                delays.append(final.time - begun.time)
            if status(final) not in CHALLENGES:
                begun = None
    return delays


def _duration(call: Call) -> int | None:
    """2xx to BYE (section 4.5)."""
    bye = None if call.ending is None else call.ending.request
    return None if call.answer is None or bye is None else bye.time - call.answer.time


def _completed(call: Call) -> bool:
    """Whether the session ended by a BYE that was answered (section 4.9)."""
    return call.ending is not None and bool(call.ending.answers)


def _percent(part: int, whole: int) -> float | None:
    return round(100 * part / whole, 2) if whole else None


def _mean(nanoseconds: Sequence[int], unit: int = MILLISECOND) -> float | None:
    return round(sum(nanoseconds) / len(nanoseconds) / unit, 3) if nanoseconds else None
