"""Requests had to be sent again before they were answered: packets get lost, or the server is slower than T1.

Over UDP a client repeats its request after T1, then with doubled pauses, until a response comes (RFC 3261, sections
17.1.1.2 and 17.1.2.2). That makes up for lost packets and is no fault in itself: it is reported once for two peers, as
a note, unless many requests had to be sent so often that people wait.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from sipdiag.calls import SECOND, Correlation, Transaction, Wait, begun, cause_of_repeats, first_word
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found_below, in_order
from sipdiag.trace import host

NAME = "request-retransmitted"
SEVERITY = Severity.WARNING

MANY_REPEATS = 3
"""So many repeats (3.5 s) are not due to a single lost packet, and somebody waits."""
EXAMPLES = 3
"""So many of the worst requests are shown by their frames."""
VARIANTS = {
    Wait.REQUEST_LOST: "requests-lost",
    Wait.RESPONSE_LOST: "responses-lost",
    Wait.SERVER_SLOW: "server-slow",
}

Link = tuple[str, str]
"""Client host, server endpoint."""


class Part(msgspec.Struct):
    """Requests between two peers."""

    requests: int = 0
    repeated: list[tuple[Transaction, Wait]] = []
    """Those that were sent again, and why."""


def gathered(part: Correlation, scene: Scene) -> dict[Link, Part]:
    """The requests that were repeated and answered in the end, and how many there were in all."""
    repeated: dict[Link, list[tuple[Transaction, Wait]]] = {}
    for each in part.transactions:
        if not each.request_repeats or each.origin is not None or each.request is None:
            continue
        cause = cause_of_repeats(each)
        if cause is not None and not _told_as_slow(each, cause, scene):
            repeated.setdefault(_link(each), []).append((each, cause))
    least = scene.settings.retransmitted_count
    wanted = {link for link, count in scene.surroundings["again"].items() if count >= least}
    if not wanted:
        return {}
    ours = (_link(each) for each in part.transactions if each.request is not None and each.origin is None)
    totals = Counter(link for link in ours if link in wanted)
    return {link: Part(requests=total, repeated=repeated.get(link, [])) for link, total in totals.items()}


def told(_: Link, parts: Sequence[Part], scene: Scene) -> Iterator[Finding]:
    """Two peers between which requests were repeated often."""
    alike = in_order((part.repeated for part in parts), lambda each: begun(each[0]))
    if len(alike) >= scene.settings.retransmitted_count:
        yield _finding(alike, sum(part.requests for part in parts), scene)


def _told_as_slow(each: Transaction, cause: Wait, scene: Scene) -> bool:
    """Whether the server took so long that the rule on slow responses reports it."""
    word = first_word(each)
    if cause is not Wait.SERVER_SLOW or word is None:
        return False
    return word.time - each.time >= scene.settings.response_slow_s * SECOND


def _finding(alike: list[tuple[Transaction, Wait]], requests: int, scene: Scene) -> Finding:
    causes = Counter(cause for _, cause in alike)
    cause = causes.most_common(1)[0][0]
    often = [each for each, _ in alike if len(each.request_repeats) >= MANY_REPEATS]
    settings = scene.settings
    grave = len(often) >= max(settings.retransmitted_count, settings.retransmitted_share * requests)
    # How slow a server may be is for another rule to say.
    severity = SEVERITY if grave and cause is not Wait.SERVER_SLOW else Severity.NOTE
    worst = sorted((each for each, _ in alike), key=lambda each: -len(each.request_repeats))
    evidence: Evidence = {
        "client": worst[0].source,
        "server": worst[0].destination,
        "requests": requests,
        "repeated": len(alike),
        "repeated_percent": round(100 * len(alike) / requests, 1),
        "repeated_often": len(often),
        "most_repeats": len(worst[0].request_repeats),
        "request_frame": worst[0].request.frame if worst[0].request is not None else 0,
        "requests_lost": causes[Wait.REQUEST_LOST],
        "responses_lost": causes[Wait.RESPONSE_LOST],
        "server_slow": causes[Wait.SERVER_SLOW],
        "methods": sorted({each.method for each, _ in alike}),
    }
    shown_by = [
        seen
        for each in worst[:EXAMPLES]
        for seen in (each.request, *each.request_repeats, first_word(each))
        if seen is not None
    ]
    return found_below(  # it is about two peers, not about the call in which it happened to be worst
        NAME,
        VARIANTS[cause],
        severity,
        Confidence.LIKELY,
        capture=shown_by[0].capture,
        time=shown_by[0].time,
        frames=[seen.frame for seen in shown_by if seen.capture == shown_by[0].capture],
        evidence=evidence,
    )


def _link(each: Transaction) -> Link:
    return host(each.source), each.destination
