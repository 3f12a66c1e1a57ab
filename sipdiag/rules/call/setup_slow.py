"""The caller heard nothing for long: ringing, or the answer itself, came late (RFC 6076, section 4.3).

Under normal load, 95 % of international calls must stay below 11 s (ITU-T E.721). How long people let it ring is not
the network's doing and does not count.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import SECOND, Call, CallState, Transaction, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "setup-slow"
SEVERITY = Severity.WARNING


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """The call, if the caller heard nothing before the limit: neither ringing nor an answer came, or it gave up."""
    limit = scene.settings.setup_slow_s
    if not call.attempts or _all_in_time(call, limit):
        return
    invite = call.invite
    if invite is None:
        return
    told = call.first_indication
    if call.state is CallState.CANCELLED and (told is None or status(told) >= 300):
        told = None if call.ending is None else call.ending.request
    elif told is None or status(told) >= 300:
        return  # a late failure is reported by the rule on failures
    if told is None or told.time - invite.time <= limit * SECOND:
        return
    if any(each.method == "PRACK" and each.time - invite.time <= limit * SECOND for each in call.transactions):
        return  # a PRACK shows a provisional response in time, which the recorder missed
    yield _finding(call, invite, told, limit, scene)


def _all_in_time(call: Call, limit: float) -> bool:
    """Whether everything that the caller got came within the limit: most calls need no closer look."""
    first, responses = call.attempts[0].first.request, call.attempts[-1].first.responses
    return first is not None and bool(responses) and responses[-1].time - first.time <= limit * SECOND


def _finding(call: Call, invite: Sighting, told: Sighting, limit: float, scene: Scene) -> Finding:
    delay = told.time - invite.time
    hop = _slowest_hop(call, told, delay)
    begun = hop.request or invite
    repeats = [each for each in call.attempts[-1].first.request_repeats if each.time < told.time]
    client = _client_wait(call)
    evidence: Evidence = {
        "invite_frame": invite.frame,
        "told_frame": told.frame,
        "code": status(told),
        "delay_s": seconds(delay),
        "limit_s": limit,
        "attempts": len(call.attempts),
        "client_wait_s": seconds(client),
        "repeats": len(repeats),
        "client": hop.source,
        "server": hop.destination,
        "at_server_s": seconds(told.time - begun.time),
        "caller": invite.source,
    }
    variant, severity = _variant(told, delay, client, begun, hop)
    # That the caller waited is certain; that no response came earlier is not, since the recorder may have missed it.
    confidence = Confidence.LIKELY if variant in ("given-up", "no-ringing", "slow") else Confidence.CERTAIN
    if variant == "given-up" and not scene.window.sees(invite.destination, invite.source):
        confidence = Confidence.INCONCLUSIVE  # what the caller heard is not recorded
    if _rang_behind(call, invite, limit):
        severity, confidence = Severity.NOTE, Confidence.LIKELY
    shown_by = list({(each.capture, each.frame): each for each in (invite, begun, *repeats, told)}.values())
    return found(NAME, variant, severity, confidence, shown_by, evidence)


def _variant(told: Sighting, delay: int, client: int, begun: Sighting, hop: Transaction) -> tuple[str, Severity]:
    """Where the time went."""
    if client >= delay / 2:
        return "client", Severity.NOTE  # a user may have been asked for a password
    if not status(told):
        return "given-up", SEVERITY
    first = min((each.time for each in hop.responses), default=told.time)
    if hop.request_repeats and first - begun.time >= delay / 2:
        return "lost", SEVERITY
    # Without any 18x it may have rung all the time: some servers say only when somebody answered.
    return ("no-ringing", Severity.NOTE) if status(told) >= 200 else ("slow", SEVERITY)


def _rang_behind(call: Call, invite: Sighting, limit: float) -> bool:
    """Whether a hop further on shows ringing in time: the recorder missed it at the first hop, or it was held back."""
    told = (each for hop in call.attempts[-1].hops[1:] for each in hop.responses if 180 <= status(each) < 300)
    return any(each.time - invite.time <= limit * SECOND for each in told)


def _slowest_hop(call: Call, told: Sighting, delay: int) -> Transaction:
    """The hop furthest from the caller at which most of the time had still to pass."""
    hops = call.attempts[-1].hops
    late = [hop for hop in hops if hop.request is not None and told.time - hop.request.time >= delay / 2]
    return max(late, key=lambda hop: hop.time, default=hops[0])


def _client_wait(call: Call) -> int:
    """The longest that the caller took to come back after a challenge, a redirect or a failure."""
    longest = 0
    for earlier, later in zip(call.attempts, call.attempts[1:], strict=False):
        final = earlier.first.final
        if final is not None:
            longest = max(longest, later.first.time - final.time)
    return longest
