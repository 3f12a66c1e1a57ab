"""A transfer did not work out: the REFER was refused, or the call that it asked for failed.

The side that accepts a REFER sends a NOTIFY at once and one with the outcome at the end, each with the status line of
the new call in its body (RFC 3515, sections 2.4.4 and 2.4.5), unless `Refer-Sub: false` was agreed on (RFC 4488,
section 4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import FRAGMENT, SECOND, Duty, Outcome, Transaction, notifications, reason_phrase, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, may_go_on, seconds, severity_of
from sipdiag.trace import Sighting

NAME = "transfer-failed"
SEVERITY = Severity.ERROR

WORTH_A_WORD = SECOND
"""A missing NOTIFY is reported only if the recording goes on for so long after the REFER was accepted."""


def check(transaction: Transaction, scene: Scene) -> Iterator[Finding]:
    """The REFER, once, at the hop nearest its sender."""
    if transaction.method != "REFER":
        return
    request, final = transaction.request, transaction.final
    if request is None or final is None or transaction.origin is not None:
        return
    siblings = scene.correlation.transactions_of(transaction.call_id)
    refers = [each for each in siblings if each.method == "REFER" and each.from_tag == transaction.from_tag]
    if any(each.cseq == transaction.cseq and each.time < transaction.time for each in refers):
        return
    if status(final) >= 300:
        asked = scene.duty_laid_by(final, "credentials") if status(final) in (401, 407) else None
        if may_go_on(final, scene.window) or (asked is not None and asked.outcome is not Outcome.UNDONE):
            return  # the next try is reported, if it fails
        evidence = _evidence(request, final) | {"code": status(final), "reason": reason_phrase(final)}
        yield found(NAME, "refused", severity_of(status(final)), Confidence.CERTAIN, [request, final], evidence)
    else:
        duty = scene.duty_laid_by(final, "notify-refer")
        if duty is not None:
            yield from _accepted(duty, request, final, siblings, scene)


def _accepted(
    duty: Duty, request: Sighting, final: Sighting, siblings: list[Transaction], scene: Scene
) -> Iterator[Finding]:
    notifies = notifications(request, final, siblings)
    outcomes = [(note, line) for note in notifies if (line := FRAGMENT.match(note.message.body)) is not None]
    evidence = _evidence(request, final) | {"notifies": len(notifies)}
    ends = [(note, line) for note, line in outcomes if int(line[1]) >= 200]
    if ends:
        note, line = ends[-1]
        code = int(line[1])
        if code >= 300:
            evidence |= {"code": code, "reason": line[2].decode("utf-8", "surrogateescape"), "notify_frame": note.frame}
            severity = severity_of(code)
            yield found(NAME, "target-failed", severity, Confidence.CERTAIN, [request, final, note], evidence)
        return
    recorded = scene.window.left(final.time)
    evidence["recorded_after_s"] = seconds(recorded)
    if duty.outcome is Outcome.UNDONE:
        yield found(NAME, duty.reason, Severity.WARNING, Confidence.LIKELY, [request, final], evidence)
    elif duty.reason == "capture-ended" and recorded >= WORTH_A_WORD:
        yield found(NAME, duty.reason, SEVERITY, Confidence.INCONCLUSIVE, [request, final], evidence)


def _evidence(request: Sighting, final: Sighting) -> Evidence:
    return {
        "refer_frame": request.frame,
        "response_frame": final.frame,
        "refer_to": request.message.field("refer-to") or "",
        "client": request.source,
        "server": final.source,
    }
