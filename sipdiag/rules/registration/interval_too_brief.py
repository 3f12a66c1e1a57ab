"""The client asks for a shorter binding than the registrar grants, or refreshes it far more often than it needs to.

A 423 carries Min-Expires, and the client may try again with at least that many seconds (RFC 3261, sections 10.2.8 and
10.3); if it does not, it stays unregistered. A binding is to be refreshed before it expires (section 10.2.4), not all
the time.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import pairwise

from sipdiag.calls import (
    SECOND,
    Duty,
    Outcome,
    Registration,
    Transaction,
    asked_expires,
    delta_seconds,
    granted_expires,
    next_after,
    status,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "interval-too-brief"
SEVERITY = Severity.ERROR

UNDECIDED = 2 * SECOND
"""Nothing is reported where the recording ends this soon after the 423: the next REGISTER was on the way."""
EACH_TIME = 3
"""A client that got so many 423s does not remember the interval that it was told."""

Refused = tuple[Transaction, Sighting]


def check(registration: Registration, scene: Scene) -> Iterator[Finding]:
    """What became of the 423s of the registration, and how often it was refreshed without need."""
    if len(registration.transactions) >= scene.settings.registration_storm_count:
        yield from _storm(registration, scene)
    attempts = registration.attempts
    brief = [(each, final) for each in attempts if (final := each.final) is not None and status(final) == 423]
    if not brief:
        return
    verdict = _verdict(attempts, brief, registration, scene)
    if verdict is None:
        return
    variant, severity, confidence = verdict
    asked, final = brief[-1]
    evidence: Evidence = {
        "aor": registration.aor,
        "response_frame": final.frame,
        "asked_s": asked_expires(asked) or 0,
        "min_expires": final.message.field("min-expires") or "",
        "refusals": len(brief),
        "recorded_after_s": seconds(scene.window.left(final.time)),
        "server": final.source,
        "client": final.destination,
    }
    shown_by = [each for request, final in brief for each in (request.request, final) if each is not None]
    yield found(NAME, variant, severity, confidence, shown_by, evidence)


def _verdict(
    attempts: Sequence[Transaction], brief: Sequence[Refused], registration: Registration, scene: Scene
) -> tuple[str, Severity, Confidence] | None:
    last, final = brief[-1]
    later = [each for each in attempts if each.time > final.time and (end := each.final) is not None]
    if any(status(end) < 300 for each in later if (end := each.final) is not None):
        return ("each-time", Severity.NOTE, Confidence.CERTAIN) if len(brief) >= EACH_TIME else None
    if next_after(final.time, scene.accepted(registration)) is not None:
        return None
    if later and not all(status(end) in (401, 407) for each in later if (end := each.final) is not None):
        return None  # the interval was accepted, and something else was refused
    least, asked = delta_seconds(final.message.field("min-expires")), asked_expires(last)
    if least is None:
        return "min-expires-missing", SEVERITY, Confidence.CERTAIN
    if asked is not None and asked >= least:
        return "never-enough", SEVERITY, Confidence.CERTAIN
    before = [scene.duty_laid_by(end, "interval") for _, end in brief[:-1]]
    if any(each is not None and each.outcome in (Outcome.WRONG, Outcome.LATE) for each in before):
        return "ignored", SEVERITY, Confidence.CERTAIN
    duty = scene.duty_laid_by(final, "interval")
    return None if later or duty is None else _unanswered(duty, scene.window.left(final.time))


def _unanswered(duty: Duty, left: int) -> tuple[str, Severity, Confidence] | None:
    if duty.outcome is Outcome.UNDONE:
        return "unanswered", SEVERITY, Confidence.LIKELY
    if duty.outcome is Outcome.UNKNOWN and left >= UNDECIDED:
        return duty.reason, SEVERITY, Confidence.INCONCLUSIVE
    return None


def _storm(registration: Registration, scene: Scene) -> Iterator[Finding]:
    """Refreshes that follow each other within seconds, though the binding would have lasted many times as long."""
    floor, enough = scene.settings.registration_refresh_s * SECOND, scene.settings.registration_storm_count
    accepted = [(each, final) for each in registration.attempts if (final := each.final) and status(final) < 300]
    hasty = [
        (final, later, granted)
        for (each, final), (_, later) in pairwise(accepted)
        if later.time - final.time < floor and (granted := granted_expires(each) or 0) * SECOND > 4 * floor
    ]
    if len(hasty) < enough:
        return
    shown_by = [hasty[0][0], *(later for _, later, _ in hasty)]
    spent = sum(later.time - final.time for final, later, _ in hasty)
    evidence: Evidence = {
        "aor": registration.aor,
        "refreshes": len(hasty),
        "granted_s": hasty[-1][2],
        "actual_s": seconds(spent // len(hasty)),
        "server": shown_by[0].source,
        "client": shown_by[0].destination,
    }
    yield found(NAME, "storm", Severity.WARNING, Confidence.CERTAIN, shown_by, evidence)
