"""A request went from proxy to proxy until its hops were used up: mostly a routing loop.

Each proxy takes one off Max-Forwards and answers 483 at 0 (RFC 3261, section 16.3, step 3; section 16.6, step 3); one
that recognises its own request may answer 482 (section 16.3, step 4). A request begins with 70 (section 8.1.1.6).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Transaction, request_uri, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found
from sipdiag.trace import Sighting, host

NAME = "hops-exhausted"
SEVERITY = Severity.ERROR

TOO_FEW = 10
"""A request that begins with fewer hops than this may run out of them without any loop."""


def check(transaction: Transaction, scene: Scene) -> Iterator[Finding]:
    """The transaction, if it ended with 483 or 482 and no hop behind it did."""
    # Most transactions end well: their last response says so at once.
    if not transaction.responses or status(transaction.responses[-1]) not in (482, 483):
        return
    final = transaction.final
    if final is None or status(final) not in (482, 483) or transaction.origin is not None:
        return
    branches = [
        each
        for each in scene.correlation.transactions_of(transaction.call_id)
        if each.method == transaction.method
        and each.cseq == transaction.cseq
        and each.from_tag == transaction.from_tag
        and each.origin is None
    ]
    hops = [each for each in branches if each.request is not None]
    behind = [each for each in hops if each.time > transaction.time and each.final is not None]
    if transaction.request is None or any(status(each.final) == status(final) for each in behind if each.final):
        return  # it is reported at the hop where it arose
    if any(each.answers for each in branches):
        return  # another branch answered, which may have begun before the capture did
    requests = [each.request for each in hops if each.request is not None]
    if status(final) == 482 and (len(hops) < len(branches) or hops[0].final is None or status(hops[0].final) != 482):
        return  # a fork that came together again: the other branches decide, also unseen ones (section 8.2.2.2)
    verdict = _verdict(transaction.method, status(final), requests)
    if verdict is not None:
        yield _finding(transaction, final, requests, *verdict)


def _verdict(method: str, code: int, requests: list[Sighting]) -> tuple[str, Confidence] | None:
    begun = _hops_left(requests[0])
    if method == "OPTIONS" and begun is not None and begun < TOO_FEW:
        return None  # a client that looks for the proxies on the way, hop by hop (section 11)
    if _came_back(requests):
        return "loop", Confidence.CERTAIN
    if code == 482:
        return "loop-reported", Confidence.LIKELY
    if begun is not None and begun < TOO_FEW:
        return "too-few", Confidence.CERTAIN
    return "exhausted", Confidence.LIKELY


def _came_back(requests: list[Sighting]) -> bool:
    """Whether the request was sent twice to one host, under different branches: it went in a circle."""
    seen: set[tuple[str, str]] = set()
    for each in requests:
        uri = request_uri(each)
        place = (host(each.destination), uri)
        if place in seen:
            return True
        seen.add(place)
    return False


def _hops_left(request: Sighting) -> int | None:
    stated = (request.message.field("max-forwards") or "").strip()
    return int(stated) if stated.isascii() and stated.isdigit() and len(stated) < 4 else None


def _finding(
    transaction: Transaction, final: Sighting, requests: list[Sighting], variant: str, confidence: Confidence
) -> Finding:
    last = requests[-1]
    begun, left = _hops_left(requests[0]), _hops_left(last)
    evidence: Evidence = {
        "method": transaction.method,
        "request_frame": requests[0].frame,
        "response_frame": final.frame,
        "code": status(final),
        "uri": request_uri(requests[0]),
        "client": requests[0].source,
        "server": final.source,
        "hops_seen": len(requests),
        "path": list(dict.fromkeys(each.destination for each in requests)),
        "max_forwards_first": -1 if begun is None else begun,
        "max_forwards_last": -1 if left is None else left,
        "vias": len(last.message.vias),
    }
    shown_by = [*requests[:20], final]
    return found(NAME, variant, SEVERITY, confidence, shown_by, evidence)
