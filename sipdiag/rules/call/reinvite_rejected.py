"""A change of the call was refused: hold, another codec, fax, a session refresh.

A refused re-INVITE leaves the session as it was (RFC 3261, section 14.1); only 481 and 408 end the dialog with it
(section 12.2.1.2). 491 is a glare and has a rule of its own.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import (
    NOT_ACCEPTABLE,
    Call,
    Outcome,
    Passage,
    Trait,
    later_of_the_same_side,
    passages_of,
    reason_phrase,
    session_lapse,
    side_of,
    status,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.trace import Sighting

NAME = "reinvite-rejected"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED

ASKED_TO_TRY_AGAIN = {401: "credentials", 407: "credentials", 422: "session-interval"}
"""Status code → the kind of duty that it lays on the client."""
DIRECTIONS = frozenset({"a=sendonly", "a=recvonly", "a=inactive"})
"""The lines of a session description that put a call on hold (RFC 3264, section 8.4)."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every re-INVITE of the call that got a final response other than 2xx, once, at the hop where that arose."""
    if not any(each.final is not None and status(each.final) >= 300 for each in call.reinvites):
        return
    changes = passages_of(call.reinvites)
    lapse = session_lapse(call, scene.window)
    refreshes = set() if lapse is None else {each.request.frame for each in lapse.refreshes}
    for change in changes:
        final = change.final
        if change.request.frame in refreshes:
            continue  # told with the session timer that ran out
        if final is not None and status(final) >= 300:
            verdict = _verdict(call, change, final, changes, scene)
            if verdict is not None:
                yield _finding(call, change, final, *verdict)


def _verdict(
    call: Call, change: Passage, final: Sighting, changes: list[Passage], scene: Scene
) -> tuple[str, Severity] | None:
    code = status(final)
    later = later_of_the_same_side(change, changes)
    if code == 491 or (code == 487 and _cancelled(call, change)):
        return None
    if code in ASKED_TO_TRY_AGAIN and not _is_given_up(call, final, scene, tried=bool(later)):
        return None  # the next try is reported, if it failed
    if code in (408, 481):
        hung_up = any(bye.request is not None and bye.request.time < final.time for bye in call.byes)
        return None if hung_up else ("dialog-gone", Severity.ERROR)
    unseen = (each for each in call.reinvites if each.request is None and each.from_tag == change.first.from_tag)
    again = any(each.answers and each.cseq > change.first.cseq for each in unseen)
    if again or any(each.answered for each in later):
        return "recovered", Severity.NOTE
    if code in NOT_ACCEPTABLE and b"m=image" in change.request.message.body:
        return "fax-refused", Severity.NOTE  # the fax goes on in the audio stream, as it must be ready to
    return ("challenged" if code in (401, 407) else "refused"), Severity.WARNING


def _is_given_up(call: Call, final: Sighting, scene: Scene, *, tried: bool) -> bool:
    """Whether the client did not do what a challenge or a 422 asks for; one that states nothing lays no duty."""
    duties = scene.duties_under(call.call_id, ASKED_TO_TRY_AGAIN[status(final)])
    duty = next((each for each in duties if each.trigger is final), None)
    return not tried if duty is None else duty.outcome is Outcome.UNDONE


def _cancelled(call: Call, change: Passage) -> bool:
    return any(each.method == "CANCEL" and each.cseq == change.first.cseq for each in call.transactions)


def _finding(call: Call, change: Passage, final: Sighting, variant: str, severity: Severity) -> Finding:
    born = change.born
    refusal = born.final or final
    evidence: Evidence = {
        "invite_frame": change.request.frame,
        "response_frame": refusal.frame,
        "code": status(final),
        "reason": reason_phrase(final),
        "sender": side_of(call, change.request),
        "client": change.request.source,
        "server": born.destination,
        "offered": _offered(change.request),
        "hops": len(change.hops),
    }
    for name in ("reason", "warning", "retry-after"):
        if (value := refusal.message.field(name)) is not None:
            evidence[f"header_{name.replace('-', '_')}"] = value
    shown_by = list({each.frame: each for each in (change.request, refusal, final)}.values())
    return found(NAME, variant, severity, Confidence.CERTAIN, shown_by, evidence)


def _offered(request: Sighting) -> list[str]:
    """The m= lines of the offer, and the lines that say hold."""
    lines = request.message.body.decode("utf-8", "surrogateescape").splitlines()
    return [line for line in lines if line.startswith("m=") or line in DIRECTIONS]
