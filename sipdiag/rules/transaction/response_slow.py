"""A server took long to send its first response to a request.

An INVITE is answered within 200 ms, with a 100 if with nothing else (RFC 3261, section 17.2.1); any other request "must
complete immediately", since its client gives up after 32 s whatever happens (RFC 4321, section 1.1). It is reported
once for each server.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence

import msgspec

from sipdiag.calls import (
    AT_ONCE_AFTER_A_COPY,
    SECOND,
    Correlation,
    Transaction,
    begun,
    first_word,
    last_copy_before,
    status,
)
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found_below, in_order, seconds
from sipdiag.trace import Sighting, host

NAME = "response-slow"
SEVERITY = Severity.WARNING

WAITED_FOR_OTHERS = frozenset({408, 504})
"""With one of these a server says that it was another element that did not answer."""
EXAMPLES = 5
"""So many of the slowest responses are shown by their frames."""

Slow = tuple[Transaction, Sighting]
"""A transaction, and the response that the client waited for."""
Passage = tuple[str, str, int, str]
"""Call-ID, method, CSeq number, From tag: what all hops of one request share."""

Server = tuple[str, bool]
"""The endpoint of a server; whether the requests were INVITEs."""


class Part(msgspec.Struct):
    """Requests that a server answered."""

    answered: int = 0
    slow: list[Slow] = []
    """Those that it was slow to answer."""


def gathered(part: Correlation, scene: Scene) -> dict[Server, Part]:
    """The requests that were answered later than the limit, and how many were answered at all."""
    limit = round(scene.settings.response_slow_s * SECOND)
    slow = [(each, word) for each in part.transactions if (word := _slow_word(each, limit)) is not None]
    passed_on = _passed_on(part, slow) if slow else {}
    by_server: dict[Server, list[Slow]] = {}
    for each, word in slow:
        if not _waited_for(each, word, passed_on):
            by_server.setdefault((each.destination, each.method == "INVITE"), []).append((each, word))
    wanted = scene.surroundings["late"]
    if not wanted:
        return {}
    totals = Counter(
        (each.destination, each.method == "INVITE")
        for each in part.transactions
        if each.responses and each.request is not None and each.origin is None and each.destination in wanted
    )
    return {server: Part(answered=total, slow=by_server.get(server, [])) for server, total in totals.items()}


def told(_: Server, parts: Sequence[Part], scene: Scene) -> Iterator[Finding]:
    """A server that answered late, once for INVITEs and once for other requests."""
    alike = in_order((part.slow for part in parts), lambda each: begun(each[0]))
    if alike:
        yield _finding(alike, sum(part.answered for part in parts), scene)


def _slow_word(each: Transaction, limit: int) -> Sighting | None:
    """The response that the client waited for, if it came late because of the server and not of a lost packet."""
    if each.request is None or each.origin is not None or not each.responses:
        return None
    if each.responses[-1].time - each.request.time < limit:
        return None  # the common case
    word = first_word(each)
    if word is None or word.time - each.request.time < limit or status(word) in WAITED_FOR_OTHERS:
        return None
    if each.request.transport == "udp":
        # A client that does not ask again has heard something that the recorder missed.
        asked_again = any(copy.time < word.time for copy in each.request_repeats)
        if not asked_again or word.time - last_copy_before(each, word) < AT_ONCE_AFTER_A_COPY:
            return None
    return word


def _passed_on(whole: Correlation, slow: list[Slow]) -> dict[Passage, list[Transaction]]:
    """The hops of the slow requests, so that a proxy is not blamed for the server behind it."""
    found: dict[Passage, list[Transaction]] = {_passage(each): [] for each, _ in slow}
    for each in whole.transactions:
        if (hops := found.get(_passage(each))) is not None:
            hops.append(each)
    return found


def _waited_for(each: Transaction, word: Sighting, hops: dict[Passage, list[Transaction]]) -> bool:
    """Whether the server had passed the request on and waited for the response itself."""
    for hop in hops[_passage(each)]:
        if hop is each or hop.request is None or host(hop.source) != host(each.destination):
            continue
        behind = first_word(hop)
        until = word.time if behind is None else behind.time
        if each.time <= hop.request.time and until - hop.request.time >= (word.time - each.time) / 2:
            return True
    return False


def _finding(alike: list[Slow], answered: int, scene: Scene) -> Finding:
    settings = scene.settings
    often = len(alike) >= max(settings.response_slow_count, settings.response_slow_share * answered)
    slowest = sorted(alike, key=lambda each: each[0].time - each[1].time)
    first, word = slowest[0]
    waits = [late.time - each.time for each, late in slowest]
    request = first.request or word
    evidence: Evidence = {
        "server": first.destination,
        "client": first.source,
        "method": first.method,
        "limit_s": settings.response_slow_s,
        "slow": len(alike),
        "answered": answered,
        "slow_percent": round(100 * len(alike) / answered, 1),
        "slowest_s": seconds(waits[0]),
        "median_s": seconds(waits[len(waits) // 2]),
        "request_frame": request.frame,
        "response_frame": word.frame,
        "code": status(word),
        "methods": sorted({each.method for each, _ in alike}),
    }
    shown_by = [seen for each, late in slowest[:EXAMPLES] for seen in (each.request, late) if seen is not None]
    variant = "invite" if first.method == "INVITE" else "request"
    return found_below(  # it is about a server, not about the call in which it happened to be slowest
        NAME,
        variant,
        SEVERITY if often else Severity.NOTE,
        Confidence.LIKELY,
        capture=shown_by[0].capture,
        time=shown_by[0].time,
        frames=[seen.frame for seen in shown_by if seen.capture == shown_by[0].capture],
        evidence=evidence,
    )


def _passage(each: Transaction) -> Passage:
    return each.call_id, each.method, each.cseq, each.from_tag
