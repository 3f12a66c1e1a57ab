"""A BYE was refused, so that the two sides disagree on whether the call is over.

481 and 408 end the dialog for the sender all the same (RFC 3261, section 15.1.1): 481 says that the other side knows
no such dialog (section 15.1.2). A challenge wants the BYE again with credentials (section 22.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import (
    SECOND,
    TIMEOUT,
    Call,
    Passage,
    Trait,
    byes_missed,
    dialogs_of,
    later_of_the_same_side,
    of_the_other_side,
    passages_of,
    side_of,
    status,
    tags_of,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.sip import Request, Response
from sipdiag.trace import Sighting

NAME = "bye-rejected"
SEVERITY = Severity.ERROR
NEEDS = Trait.TROUBLED

TIME_TO_AUTHENTICATE = 2 * SECOND
"""A client answers a challenge inside a dialog at once: it has the password."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every BYE of the call that got a final response other than 2xx, once, at the hop where the refusal arose."""
    if not any(bye.final is not None and status(bye.final) >= 300 for bye in call.byes):
        return
    byes = passages_of(call.byes)
    for bye in byes:
        final = bye.final
        if final is not None and status(final) >= 300:
            verdict = _verdict(call, bye, final, byes, scene)
            if verdict is not None:
                yield _finding(call, bye, final, *verdict)


def _verdict(
    call: Call, bye: Passage, final: Sighting, byes: list[Passage], scene: Scene
) -> tuple[str, Severity] | None:
    code = status(final)
    later = later_of_the_same_side(bye, byes)
    sender, cseq = bye.request.message.from_tag, bye.request.message.cseq
    missed = [each.message for each in byes_missed(call, tags_of(bye.request)) if each.time < final.time + TIMEOUT]
    again = bool(later) or any(each.from_tag == sender and each.cseq > cseq for each in missed)
    if code in (401, 407) and (again or scene.window.left(final.time) < TIME_TO_AUTHENTICATE):
        return None  # what became of the next try is told there
    if any(each.answered for each in later):
        return "recovered", Severity.NOTE
    if code in (401, 407):
        return "challenged", Severity.ERROR
    if code == 481:
        others = of_the_other_side(bye, byes)
        crossing = any(each.from_tag != sender for each in missed)
        if crossing or any(other.request.time < final.time + TIMEOUT for other in others):
            return None  # the other side had hung up by itself
        if any(each.answered and tags_of(each.request) == tags_of(bye.request) for each in byes):
            return None  # said once more after it had been accepted
        dialogs = dialogs_of(call)
        if dialogs and tags_of(bye.request) not in dialogs:
            return "wrong-tags", Severity.ERROR
        return "unknown-dialog", Severity.WARNING
    return ("timeout" if code == 408 else "refused"), Severity.WARNING


def _finding(call: Call, bye: Passage, final: Sighting, variant: str, severity: Severity) -> Finding:
    born = bye.born
    refusal = born.final or final
    request = bye.request.message
    evidence: Evidence = {
        "bye_frame": bye.request.frame,
        "response_frame": refusal.frame,
        "code": status(final),
        "reason": final.message.reason if isinstance(final.message, Response) else "",
        "sender": side_of(call, bye.request),
        "client": bye.request.source,
        "server": born.destination,
        "uri": request.uri if isinstance(request, Request) else "",
        "from_tag": request.from_tag,
        "to_tag": request.to_tag,
        "hops": len(bye.hops),
    }
    for name in ("reason", "warning"):
        if (value := refusal.message.field(name)) is not None:
            evidence[f"header_{name}"] = value
    # Where the beginning is missing, the other side's own BYE may be too.
    sure = variant != "unknown-dialog" or bool(call.attempts)
    confidence = Confidence.CERTAIN if sure else Confidence.INCONCLUSIVE
    shown_by = list({each.frame: each for each in (bye.request, refusal, final)}.values())
    return found(NAME, variant, severity, confidence, shown_by, evidence)
