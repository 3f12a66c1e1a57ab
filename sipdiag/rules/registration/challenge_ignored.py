"""The registrar asked for credentials, and the client never sent any.

"When the originating UAC receives the 401 (Unauthorized), it SHOULD, if it is able, re-originate the request with the
proper credentials" (RFC 3261, section 22.2; for 407 section 22.3).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import (
    MILLISECOND,
    SECOND,
    Duty,
    Outcome,
    Registration,
    Transaction,
    asks_for_removal,
    carries_credentials,
    challenges_in,
    next_after,
    status,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "challenge-ignored"
SEVERITY = Severity.ERROR

OFTEN = 3
"""After so many challenges in a row without credentials it is no lost packet: the client has no credentials."""
UNDECIDED = 2 * SECOND
"""Nothing is reported where the recording ends this soon after the challenge: the answer was on the way."""
CROSSED = 400 * MILLISECOND
"""A copy of the request this long after the challenge comes from a client that did not get it: copies come after T1."""

DONE = (Outcome.DONE, Outcome.LATE)

Challenged = tuple[Transaction, Sighting, Duty]
"""A REGISTER, the challenge that it got, and the duty to answer it."""


def check(registration: Registration, scene: Scene) -> Iterator[Finding]:
    """The registration, if its last REGISTERs were challenged and none of them carried credentials."""
    ignored = _ignored(registration, scene)
    if not ignored or next_after(ignored[0][1].time, scene.accepted(registration)) is not None:
        return
    verdict = _verdict(ignored, scene)
    if verdict is None:
        return
    variant, severity, confidence = verdict
    (first, challenge, _), (last, _, _) = ignored[0], ignored[-1]
    if asks_for_removal(last):  # a device that is switched off; its binding lapses by itself
        severity = Severity.NOTE
    asked = challenges_in(challenge)
    evidence: Evidence = {
        "aor": registration.aor,
        "code": status(challenge),
        "response_frame": challenge.frame,
        "challenges": len(ignored),
        "repeats": len(_repeats_after(first, challenge)),
        "realm": asked[0].realm if asked else "",
        "algorithms": [each.algorithm for each in asked],
        "recorded_after_s": seconds(scene.window.left(ignored[-1][1].time)),
        "server": challenge.source,
        "client": challenge.destination,
    }
    shown_by = [each for transaction, final, _ in ignored for each in (transaction.request, final) if each is not None]
    shown_by += _repeats_after(first, challenge)
    yield found(NAME, variant, severity, confidence, shown_by, evidence)


def _ignored(registration: Registration, scene: Scene) -> list[Challenged]:
    """The last REGISTERs of the registration, as long as they were challenged and no credentials came for it."""
    attempts = registration.attempts
    newest = next((each.final for each in reversed(attempts) if each.final is not None), None)
    if newest is None or status(newest) not in (401, 407):
        return []
    ignored: list[Challenged] = []
    for attempt in reversed(attempts):
        final = attempt.final
        if final is None:
            if carries_credentials(attempt):
                return []  # the client did answer the challenge, and got no response, which another rule reports
            continue
        duty = scene.duty_laid_by(final, "credentials")
        if duty is None or duty.outcome in DONE or attempt.request is None or carries_credentials(attempt):
            break
        ignored.append((attempt, final, duty))
    return ignored[::-1]


def _verdict(ignored: list[Challenged], scene: Scene) -> tuple[str, Severity, Confidence] | None:
    first, _, duty = ignored[0]
    left = scene.window.left(ignored[-1][1].time)
    if duty.reason == "not-received" or len(_repeats_after(first, duty.trigger)) > 1:
        return "not-received", SEVERITY, Confidence.LIKELY
    if len(ignored) >= OFTEN:
        return "repeated", SEVERITY, Confidence.CERTAIN
    if left < UNDECIDED or scene.lines_of(duty.trigger.destination) > scene.settings.lines_count:
        return None  # a host that asks for many addresses and answers no challenge only wants to know which exist
    if left < scene.settings.challenge_answer_s * SECOND:
        return "capture-ended", SEVERITY, Confidence.INCONCLUSIVE
    return "unanswered", Severity.WARNING, Confidence.LIKELY


def _repeats_after(attempt: Transaction, challenge: Sighting) -> list[Sighting]:
    """The copies of the request that the client sent although the challenge had gone out."""
    return [copy for copy in attempt.request_repeats if copy.time > challenge.time + CROSSED]
