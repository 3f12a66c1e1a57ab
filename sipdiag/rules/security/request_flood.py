"""A host floods a server: far more new requests than any client has, and hardly one that is served.

A server that has too much to do answers 503 (RFC 3261, section 21.5.4) or nothing. Load that is served is no flood.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator

from sipdiag.calls import SECOND, Transaction, densest, status
from sipdiag.findings import Confidence, Finding, Scene, Severity, Source, found_below, frames_of, seconds

NAME = "request-flood"
SEVERITY = Severity.WARNING

SERVED = 0.1
"""Where more than this part of the requests is served, the host is busy, and no flood."""
MOST_FRAMES = 20


def check(source: Source, scene: Scene) -> Iterator[Finding]:
    """A host that floods."""
    limits = scene.settings
    asked = source.asked
    if len(asked) < limits.flood_requests or _served(asked) > SERVED * len(asked):
        return
    fastest = densest(asked, round(limits.flood_window_s * SECOND))
    if len(fastest) >= limits.flood_requests:
        yield _finding(source.host, fastest, scene)


def _served(asked: list[Transaction]) -> int:
    """How many were accepted, redirected or challenged."""
    codes = (status(each.final) for each in asked if each.final is not None)
    return sum(code < 400 or code in (401, 407) for code in codes)


def _finding(source: str, requests: list[Transaction], scene: Scene) -> Finding:
    shown_by = [each.request for each in requests if each.request is not None]
    codes = Counter(status(each.final) for each in requests if each.final is not None)
    unanswered = sum(not each.responses for each in requests)
    if not any(scene.window.hears(each.destination) for each in requests[:1]):
        variant, confidence = "one-sided", Confidence.INCONCLUSIVE
    else:
        variant, confidence = "unanswered" if 2 * unanswered > len(requests) else "refused", Confidence.LIKELY
    lasted = requests[-1].time - requests[0].time
    return found_below(
        NAME,
        variant,
        SEVERITY,
        confidence,
        capture=shown_by[0].capture,
        time=shown_by[0].time,
        frames=frames_of(shown_by)[:MOST_FRAMES],
        evidence={
            "source": source,
            "server": requests[0].destination,
            "requests": len(requests),
            "within_s": seconds(lasted),
            "per_second": round(len(requests) * SECOND / max(lasted, SECOND)),
            "unanswered": unanswered,
            "methods": sorted({each.method for each in requests}),
            "codes": [f"{code} ({count})" for code, count in sorted(codes.items())],
            "user_agent": shown_by[0].message.field("user-agent") or "",
            "first_frame": shown_by[0].frame,
        },
    )
