"""A message does not follow the grammar of SIP, so that its receiver may refuse it.

A server answers a malformed request with 400, a client drops a malformed response (RFC 3261, sections 16.3, 18.1.2,
18.3 and 21.4.1); a malformed header field that a receiver does not need it may ignore (section 8.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.findings import Fault, Finding, Scene, Severity, found_fault
from sipdiag.sip import INVALID

NAME = "message-malformed"
SEVERITY = Severity.ERROR

_TOLD_ELSEWHERE = frozenset({"header-missing", "header-omitted"})
_LENGTH = "content-length-"


def check(fault: Fault, scene: Scene) -> Iterator[Finding]:
    """Every kind of grammatical defect of every sender; a harmless kind only where the request was refused."""
    if fault.kind not in _TOLD_ELSEWHERE and not fault.kind.startswith(_LENGTH):
        finding = found_fault(NAME, fault, scene, only_harmful=fault.kind not in INVALID)
        if finding is not None:
            yield finding
