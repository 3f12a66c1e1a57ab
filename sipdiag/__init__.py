"""Reads packet captures of SIP, explains every response, and says what went wrong and how sure it is.

    import sipdiag

    analysis = sipdiag.analyze(["trace.pcap"])
    words = sipdiag.Words(sipdiag.Catalogue("en"))
    for finding in analysis.findings:
        print(finding.rule, finding.confidence.value, finding.frames, finding.evidence)
        print(words.message(finding), words.remedy(finding))

The names below are the front door. Each is imported when it is first used (PEP 562), so importing `sipdiag` costs
nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from sipdiag.analysis import Analysis, analyze, conclude, read
    from sipdiag.calls import Call, Registration, Subscription, Transaction
    from sipdiag.errors import CaptureError, SipdiagError
    from sipdiag.findings import Confidence, Finding, Settings, Severity
    from sipdiag.knowledge import Catalogue, Entry
    from sipdiag.report import Words

__version__ = "0.1.0"

_ROOMS = {
    "Analysis": "analysis",
    "Call": "calls",
    "CaptureError": "errors",
    "Catalogue": "knowledge",
    "Confidence": "findings",
    "Entry": "knowledge",
    "Finding": "findings",
    "Registration": "calls",
    "Settings": "findings",
    "Severity": "findings",
    "SipdiagError": "errors",
    "Subscription": "calls",
    "Transaction": "calls",
    "Words": "report",
    "analyze": "analysis",
    "conclude": "analysis",
    "read": "analysis",
}

__all__ = [
    "Analysis",
    "Call",
    "CaptureError",
    "Catalogue",
    "Confidence",
    "Entry",
    "Finding",
    "Registration",
    "Settings",
    "Severity",
    "SipdiagError",
    "Subscription",
    "Transaction",
    "Words",
    "analyze",
    "conclude",
    "read",
]


if not TYPE_CHECKING:  # a type checker is to find misspelt names

    def __getattr__(name: str) -> Any:  # noqa: ANN401  (each name has a type of its own, told above)
        if name not in _ROOMS:
            raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
        return getattr(import_module(f"sipdiag.{_ROOMS[name]}"), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *_ROOMS})
