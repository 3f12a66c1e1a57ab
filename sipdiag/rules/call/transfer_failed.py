"""A transfer did not work out: the REFER was refused, or the call that it asked for failed.

Who accepts a REFER sends a NOTIFY at once and one with the outcome at the end, each with the status line of the new
call in its body (RFC 3515, sections 2.4.4 and 2.4.5); none when `Refer-Sub: false` was agreed (RFC 4488, section 4).
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from sipdiag.calls import SECOND, TIMEOUT, Transaction, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, may_go_on, seconds, severity_of
from sipdiag.sip import Response
from sipdiag.trace import Sighting

NAME = "transfer-failed"
SEVERITY = Severity.ERROR

FRAGMENT = re.compile(rb"\s*SIP/2\.0[ \t]+(\d{3})[ \t]*([^\r\n]*)")
"""The first line of a message/sipfrag body (RFC 3420)."""


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
        later = any(each.cseq > transaction.cseq for each in refers)
        if may_go_on(final, scene.window) or (status(final) in (401, 407) and later):
            return  # what becomes of the next try is told there
        evidence = _evidence(request, final) | {"code": status(final), "reason": _reason(final)}
        yield found(NAME, "refused", severity_of(status(final)), Confidence.CERTAIN, [request, final], evidence)
    elif "false" not in (final.message.field("refer-sub") or "").lower():
        yield from _accepted(request, final, siblings, scene)


def _accepted(request: Sighting, final: Sighting, siblings: list[Transaction], scene: Scene) -> Iterator[Finding]:
    notifies = [note for each in siblings if (note := _notification(each, request, final)) is not None]
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
    if notifies or _hung_up(siblings, request):
        return  # the new call is on its way, or whoever asked did not wait for the outcome
    if not scene.window.sees(final.source, final.destination) or not scene.window.sees(
        request.source, request.destination
    ):
        return
    recorded = scene.window.left(final.time)
    evidence["recorded_after_s"] = seconds(recorded)
    if recorded >= TIMEOUT:
        yield found(NAME, "no-notify", Severity.WARNING, Confidence.LIKELY, [request, final], evidence)
    elif recorded >= SECOND:
        yield found(NAME, "capture-ended", SEVERITY, Confidence.INCONCLUSIVE, [request, final], evidence)


def _notification(each: Transaction, request: Sighting, final: Sighting) -> Sighting | None:
    """The NOTIFY of `each`, if it tells of this REFER: from the other side, with `id` its CSeq number, if any."""
    note = each.request
    if each.method != "NOTIFY" or note is None or each.origin is not None or note.time < request.time:
        return None
    event = (note.message.field("event") or "").lower().replace(" ", "")
    if not event.startswith("refer") or note.message.from_tag != final.message.to_tag:
        return None
    _, given, number = event.partition(";id=")
    return None if given and number.partition(";")[0] != str(request.message.cseq) else note


def _hung_up(siblings: list[Transaction], request: Sighting) -> bool:
    return any(each.method == "BYE" and each.time > request.time for each in siblings)


def _reason(final: Sighting) -> str:
    return final.message.reason if isinstance(final.message, Response) else ""


def _evidence(request: Sighting, final: Sighting) -> Evidence:
    return {
        "refer_frame": request.frame,
        "response_frame": final.frame,
        "refer_to": request.message.field("refer-to") or "",
        "client": request.source,
        "server": final.source,
    }
