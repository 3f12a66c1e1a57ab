"""Content-Length does not fit the body: a receiver refuses the message or reads only part of it.

Over UDP bytes behind the stated length are discarded, and a request that ends before it is refused with 400, a
response discarded (RFC 3261, section 18.3); over TCP the length alone says where the next message begins (20.14).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.findings import Fault, Finding, Scene, Severity, found_fault

NAME = "content-length-wrong"
SEVERITY = Severity.ERROR


def check(fault: Fault, scene: Scene) -> Iterator[Finding]:
    """Every way in which a sender gets the length wrong; what only the recorder cut off is none."""
    if fault.kind.startswith("content-length-"):
        finding = found_fault(NAME, fault, scene)
        if finding is not None:
            yield finding
