"""A peer does not answer the OPTIONS that ask whether it is there.

"The transaction layer can return a timeout error if the OPTIONS yields no response. This may indicate that the target
is unreachable and hence unavailable" (RFC 3261, section 11). Whoever asks takes the peer out of service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator

import msgspec

from sipdiag.calls import Correlation, Transaction
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds, silence_of
from sipdiag.trace import Sighting, host

NAME = "options-unanswered"
SEVERITY = Severity.ERROR

MOST_FRAMES = 40
"""So many pings show an outage; the rest are counted."""


class Outage(msgspec.Struct, kw_only=True):
    """Pings of one client to one server that stayed unanswered, one after the other."""

    pings: list[tuple[Sighting, str, Confidence]]
    """Each with how it stayed unanswered and how sure that is."""
    answered_before: bool
    recovered: Sighting | None = None
    """The first answer afterwards."""


def check(correlation: Correlation, scene: Scene) -> Iterator[Finding]:
    """Each outage of each peer that is asked; OPTIONS within a dialog ask about that dialog."""
    pings = [
        each
        for each in correlation.transactions
        if each.method == "OPTIONS" and each.origin is None and each.request is not None and not each.to_tag
    ]
    if all(each.responses for each in pings):
        return
    silent: dict[tuple[str, int], set[str]] = {}
    for each in pings:
        if not each.responses:
            silent.setdefault((each.call_id, each.cseq), set()).add(host(each.source))
    peers: dict[tuple[str, str], list[Transaction]] = {}
    for each in pings:
        # What a proxy sent on, to no avail, is told where it was sent on: there it arose.
        if each.responses or host(each.destination) not in silent[each.call_id, each.cseq]:
            peers.setdefault((host(each.source), each.destination), []).append(each)
    yield from _told([outage for asked in peers.values() for outage in _outages(asked, scene)], scene)


def _outages(asked: Iterable[Transaction], scene: Scene) -> Iterator[Outage]:
    current: Outage | None = None
    answered = False
    for each in asked:
        if each.responses:
            answered = True
            if current is not None:
                current.recovered = each.responses[0]
                yield current
                current = None
        elif each.request is not None and (verdict := silence_of(each, each.request, scene.window)) is not None:
            if scene.lost_in_flow(each):
                continue
            current = current or Outage(pings=[], answered_before=answered)
            current.pings.append((each.request, *verdict))
    if current is not None:
        yield current


def _told(outages: list[Outage], scene: Scene) -> Iterator[Finding]:
    once: dict[str, int] = {}
    verdicts = [(outage, _verdict(outage, scene)) for outage in outages]
    for outage, (variant, _, _) in verdicts:
        if variant == "once":
            client = host(outage.pings[0][0].source)
            once[client] = once.get(client, 0) + 1
    for outage, verdict in verdicts:
        # Who asks many addresses once each does not look after peers: he looks for some.
        if verdict[0] != "once" or once[host(outage.pings[0][0].source)] <= scene.settings.options_targets_count:
            yield _finding(outage, verdict, scene)


def _verdict(outage: Outage, scene: Scene) -> tuple[str, Severity, Confidence]:
    sure = [confidence for _, _, confidence in outage.pings if confidence is not Confidence.INCONCLUSIVE]
    confidence = Confidence.CERTAIN if Confidence.CERTAIN in sure else Confidence.LIKELY
    first, last = outage.pings[0][0], outage.pings[-1][0]
    if outage.recovered is not None:
        if len(outage.pings) == 1:
            return "missed", Severity.NOTE, confidence
        return "recovered", Severity.WARNING, confidence
    if not sure:
        return outage.pings[0][1], SEVERITY, Confidence.INCONCLUSIVE
    # Who never answered may be deaf to OPTIONS; who did must be heard after the last to be there.
    since = last.time if outage.answered_before else first.time
    if scene.last_heard(first.destination, first.source) > since:
        return "ignored", Severity.WARNING, Confidence.LIKELY
    if len(outage.pings) == 1 and not outage.answered_before:
        return "once", Severity.NOTE, Confidence.LIKELY
    return "down", SEVERITY, confidence


def _finding(outage: Outage, verdict: tuple[str, Severity, Confidence], scene: Scene) -> Finding:
    requests = [request for request, _, _ in outage.pings]
    first, last = requests[0], requests[-1]
    evidence: Evidence = {
        "request_frame": first.frame,
        "pings": len(requests),
        "answered_before": outage.answered_before,
        "silent_s": seconds(last.time - first.time),
        "recorded_after_s": seconds(scene.window.left(first.time)),
        "client": first.source,
        "server": first.destination,
        "transport": first.transport,
    }
    shown_by = requests[:MOST_FRAMES]
    if outage.recovered is not None:
        evidence["recovered_frame"] = outage.recovered.frame
        evidence["recovered_after_s"] = seconds(outage.recovered.time - first.time)
        shown_by = [*shown_by, outage.recovered]
    return found(NAME, *verdict, shown_by, evidence)
