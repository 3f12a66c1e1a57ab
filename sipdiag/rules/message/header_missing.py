"""A message lacks a header field that it must have.

Every request has Via, Max-Forwards, From, To, Call-ID and CSeq (RFC 3261, section 8.1.1), and some methods need more;
some responses are of no use without the header field that says what they want: a 401 without a challenge (section 20).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import status
from sipdiag.findings import Confidence, Fault, Finding, Scene, Severity, fault_evidence, found, found_fault

NAME = "header-missing"
SEVERITY = Severity.ERROR

DEMANDED = frozenset({"WWW-Authenticate", "Proxy-Authenticate", "Min-SE"})
"""Header fields of a refusal without whose value a client cannot try again."""


def check(fault: Fault, scene: Scene) -> Iterator[Finding]:
    """Every header field that a sender leaves out, where it matters."""
    if fault.kind == "header-missing":
        finding = found_fault(NAME, fault, scene)
    elif fault.kind != "header-omitted":
        return
    elif fault.named in DEMANDED:
        finding = _unusable(fault)
    else:
        finding = found_fault(NAME, fault, scene, only_harmful=True)
    if finding is not None:
        yield finding


def _unusable(fault: Fault) -> Finding | None:
    """A refusal that does not say what it wants, where the client did not get through all the same."""
    arrival = fault.fruitless
    if arrival is None:
        return None
    seen = arrival.sighting
    evidence = fault_evidence(fault)
    evidence |= {"message_frame": seen.frame, "code": status(seen), "receiver": seen.destination}
    request = None if arrival.transaction is None else arrival.transaction.request
    shown_by = [seen] if request is None else [request, seen]
    return found(NAME, "unusable", Severity.WARNING, Confidence.CERTAIN, shown_by, evidence)
