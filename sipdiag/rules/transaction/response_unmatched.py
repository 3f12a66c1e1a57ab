"""A response came whose request is not in the capture.

A response belongs to the request with the same top Via branch, sent-by and CSeq method (RFC 3261, section 17.1.3); a
client drops one that matches nothing.
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import TIMEOUT, Transaction, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "response-unmatched"
SEVERITY = Severity.WARNING


def check(transaction: Transaction, scene: Scene) -> Iterator[Finding]:
    """The transaction, if it has responses and no request."""
    if transaction.request is not None or transaction.origin is not None:
        return
    response = transaction.responses[0]
    if response.message.cut_off and not transaction.method:
        return  # what would tie it to its request was not recorded: another rule says that once for all
    recorded = response.time - scene.window.begin(response.time)
    candidate = _meant_for(transaction, response, scene)
    evidence: Evidence = {
        "response_frame": response.frame,
        "code": status(response),
        "method": transaction.method,
        "branch": transaction.branch,
        "sent_by": response.message.sent_by,
        "recorded_before_s": seconds(recorded),
        "client": response.destination,
        "server": response.source,
    }
    shown_by = [response, *transaction.responses[1:]]
    if candidate is not None and candidate.request is not None:
        evidence["request_frame"] = candidate.request.frame
        evidence["request_branch"] = candidate.branch
        yield found(NAME, "mismatched", SEVERITY, Confidence.LIKELY, [*shown_by, candidate.request], evidence)
    elif not scene.window.sees(response.destination, response.source):
        yield found(NAME, "one-sided", SEVERITY, Confidence.INCONCLUSIVE, shown_by, evidence)
    elif recorded < 6 * TIMEOUT:
        # A ringing INVITE may be minutes old: its request can well lie before the first packet.
        yield found(NAME, "capture-began", SEVERITY, Confidence.INCONCLUSIVE, shown_by, evidence)
    else:
        yield found(NAME, "unseen", Severity.NOTE, Confidence.LIKELY, shown_by, evidence)


def _meant_for(stray: Transaction, response: Sighting, scene: Scene) -> Transaction | None:
    """The request that it may answer: one of its Call-ID, CSeq and hop without a response, with another Via."""
    for other in scene.correlation.transactions_of(stray.call_id):
        same = other.method == stray.method and other.cseq == stray.cseq and other is not stray
        request = other.request
        if not same or request is None or other.responses or request.time > response.time:
            continue
        if (request.source, request.destination) == (response.destination, response.source):
            return other
    return None
