"""A message lacks a header field that it must have.

Every request has Via, Max-Forwards, From, To, Call-ID and CSeq (RFC 3261, section 8.1.1), some methods more; some
responses are of no use without what they demand: 401 without a challenge (section 20).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Arrival, Correlation, Flaw, harm_of, status
from sipdiag.findings import Confidence, Finding, Scene, Severity, flaw_evidence, found, found_flaw

NAME = "header-missing"
SEVERITY = Severity.ERROR

DEMANDED = frozenset({"WWW-Authenticate", "Proxy-Authenticate", "Min-SE"})
"""What a response asks for, in header fields of which a client must know the value to try again."""


def check(_seen: Correlation, scene: Scene) -> Iterator[Finding]:
    """Every header field that a sender leaves out, where it matters."""
    for flaw in scene.flaws():
        if flaw.kind == "header-missing":
            finding = found_flaw(NAME, flaw, scene)
        elif flaw.kind == "header-omitted":
            finding = (
                _unusable(flaw, scene) if flaw.detail in DEMANDED else found_flaw(NAME, flaw, scene, only_harmful=True)
            )
        else:
            continue
        if finding is not None:
            yield finding


def _unusable(flaw: Flaw, scene: Scene) -> Finding | None:
    """A refusal that does not say what it wants, where the client did not get through all the same."""
    arrival = next((each for each in flaw.arrivals if not _got_through(each, scene)), None)
    if arrival is None:
        return None
    seen = arrival.sighting
    evidence = flaw_evidence(flaw, harm_of(flaw))
    evidence |= {"message_frame": seen.frame, "code": status(seen), "receiver": seen.destination}
    request = None if arrival.transaction is None else arrival.transaction.request
    shown_by = [seen] if request is None else [request, seen]
    return found(NAME, "unusable", Severity.WARNING, Confidence.CERTAIN, shown_by, evidence)


def _got_through(arrival: Arrival, scene: Scene) -> bool:
    """Whether the client had a success later with the same Call-ID and method."""
    seen = arrival.sighting
    return any(
        each.method == seen.message.cseq_method and answer.time > seen.time
        for each in scene.correlation.transactions_of(seen.message.call_id)
        for answer in each.answers
    )
