"""A message does not follow the grammar of SIP, so that whoever receives it may refuse it.

A server answers a malformed request with 400, a client drops a malformed response (RFC 3261, sections 16.3, 18.1.2,
18.3 and 21.4.1); what a receiver does not need for its work it may read past (section 8.2).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Correlation
from sipdiag.findings import Finding, Scene, Severity, found_flaw
from sipdiag.sip import INVALID

NAME = "message-malformed"
SEVERITY = Severity.ERROR

_TOLD_ELSEWHERE = frozenset({"header-missing", "header-omitted"})
_LENGTH = "content-length-"


def check(_seen: Correlation, scene: Scene) -> Iterator[Finding]:
    """Every kind of grammatical defect of every sender; a harmless kind only where the request was refused."""
    for flaw in scene.flaws():
        if flaw.kind not in _TOLD_ELSEWHERE and not flaw.kind.startswith(_LENGTH):
            finding = found_flaw(NAME, flaw, scene, only_harmful=flaw.kind not in INVALID)
            if finding is not None:
                yield finding
