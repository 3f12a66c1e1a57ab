"""A request was sent, and sent again, and no response came.

Over UDP a client repeats its request after T1, then with doubled pauses, and gives up after 64*T1 (RFC 3261, sections
17.1.1.2 and 17.1.2.2), or at once when ICMP says that the request did not arrive (section 18.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Outcome, Transaction, request_uri
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds, silence_of
from sipdiag.trace import Sighting

NAME = "request-unanswered"
SEVERITY = Severity.ERROR


def check(transaction: Transaction, scene: Scene) -> Iterator[Finding]:
    """The transaction, if nothing at all answered its request."""
    request = transaction.request
    if request is None or transaction.responses or transaction.origin is not None:
        return
    if transaction.method == "BYE" or _has_its_own_rule(transaction, request):
        return  # a rule of its own tells of it, once for all hops
    if transaction.method == "CANCEL" and _is_settled(request, scene):
        return
    if transaction.method == "PRACK" and _is_told_as_missing(request, scene):
        return
    repeats = transaction.request_repeats
    notice = scene.notices.on([request, *repeats])
    undelivered = notice is not None and notice.every
    if transaction.method == "INVITE" and not undelivered and _is_acknowledged(transaction, scene):
        return  # its client got the answer, which the recorder missed
    verdict: tuple[str, Confidence] | None
    if notice is not None:
        verdict = notice.kind, notice.confidence(scene.window.left(request.time))
    else:
        verdict = silence_of(
            transaction, request, scene.window, missed=scene.missed_bytes(request.destination, request.source)
        )
    if verdict is None or scene.lost_in_flow(transaction):
        return
    variant, confidence = verdict
    acknowledged = scene.unheard(request.destination, request.source)
    if variant == "silent" and acknowledged is not None:
        variant = "unheard"
    went_on = _came_back(transaction, request, scene) or (
        # told that its request did not arrive
        notice is not None and scene.anew(transaction.call_id).to_elsewhere(transaction)
    )
    evidence: Evidence = {
        "method": transaction.method,
        "request_frame": request.frame,
        "uri": request_uri(request),
        "repeats": len(repeats),
        "repeated_for_s": seconds(repeats[-1].time - request.time) if repeats else 0.0,
        "recorded_after_s": seconds(scene.window.left(request.time)),
        "client": request.source,
        "server": request.destination,
        "transport": request.transport,
    }
    if acknowledged is not None:
        evidence["acknowledged_bytes"] = acknowledged
    severity = Severity.NOTE if went_on else SEVERITY
    finding = found(NAME, variant, severity, confidence, [request, *repeats], evidence)
    yield finding if notice is None else notice.added_to(finding)


def _has_its_own_rule(transaction: Transaction, request: Sighting) -> bool:
    """Whether it is an OPTIONS outside a dialog or a NOTIFY of a subscription; that of a transfer has no other rule."""
    if transaction.method == "OPTIONS":
        return not transaction.to_tag
    return transaction.method == "NOTIFY" and not (request.message.field("event") or "").lower().startswith("refer")


def _is_acknowledged(invite: Transaction, scene: Scene) -> bool:
    """Whether an ACK shows that a final response came, on the same branch for a failure, in the dialog for a 2xx."""
    call = scene.correlation.call_at(invite.call_id, invite.time)
    acks = [] if call is None else call.acks
    ends = (invite.cseq, invite.from_tag)
    return bool(invite.acks) or any(
        (ack.message.cseq, ack.message.from_tag) == ends and ack.time >= invite.time for ack in acks
    )


def _came_back(transaction: Transaction, request: Sighting, scene: Scene) -> bool:
    """Whether the client lost its connection, sent the request anew on another one, and was answered."""
    return request.transport != "udp" and scene.anew(transaction.call_id).from_elsewhere(transaction, request.source)


def _is_told_as_missing(prack: Sighting, scene: Scene) -> bool:
    """Whether the rule on missing PRACKs reports the response that `prack` was for as never confirmed."""
    call_id = prack.message.call_id
    call = scene.correlation.call_at(call_id, prack.time)
    if call is None:
        return False
    leg = next((leg for leg in call.legs if leg.call_id == call_id), call)
    undone = (Outcome.UNDONE, Outcome.WRONG)
    return any(each.outcome in undone and each.fulfilled_by is prack for each in scene.duties(leg, "prack"))


def _is_settled(cancel: Sighting, scene: Scene) -> bool:
    """Whether the INVITE that was to be cancelled got its final response, which is what the CANCEL was for."""
    duties = scene.duties_under(cancel.message.call_id, "cancel-final")
    return any(each.trigger is cancel and each.outcome is Outcome.DONE for each in duties)
