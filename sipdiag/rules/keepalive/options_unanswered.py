"""A peer does not answer the OPTIONS that ask whether it is there.

"The transaction layer can return a timeout error if the OPTIONS yields no response. This may indicate that the target
is unreachable and hence unavailable" (RFC 3261, section 11). The client then takes the peer out of service.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sipdiag.calls import Correlation, Transaction, moment
from sipdiag.findings import (
    KINDS,
    Confidence,
    Evidence,
    Finding,
    Notice,
    Scene,
    Severity,
    found,
    in_order,
    seconds,
    silence_of,
)
from sipdiag.trace import Sighting, host

NAME = "options-unanswered"
SEVERITY = Severity.ERROR

ONCE = frozenset({"once", *KINDS})
"""Variants of a finding on a single ping to a peer that never answered."""
MOST_FRAMES = 40
"""So many pings of an outage are shown; the rest are counted."""


class Outage(msgspec.Struct, kw_only=True):
    """Pings of one client to one server that stayed unanswered, one after the other."""

    pings: list[tuple[Sighting, str, Confidence]]
    """Each with the variant that says how it stayed unanswered, and how sure that is."""
    answered_before: bool
    recovered: Sighting | None = None
    """The first answer afterwards."""
    repeats: int = 0
    """Retransmissions of all of them together."""
    notices: list[Notice] = []
    """What ICMP says of them."""

    @property
    def is_single(self) -> bool:
        """Whether it is one ping to a peer that never answered: scanners, too, look for peers in this way."""
        return len(self.pings) == 1 and not self.answered_before


class Ping(msgspec.Struct, frozen=True, kw_only=True):
    """One OPTIONS outside a dialog, where it was sent first."""

    request: Sighting
    answer: Sighting | None
    verdict: tuple[str, Confidence] | None
    """How it stayed unanswered and how sure that is; None where it was answered or nothing can be said."""
    repeats: int = 0
    """How often it was sent again."""
    notice: Notice | None = None
    """What ICMP says of it."""


Part = dict[str, list[Ping]]
"""Server → pings."""


def gathered(part: Correlation, scene: Scene) -> dict[str, Part]:
    """The pings of each client to the peers that left one unanswered."""
    mute = scene.surroundings["mute"]
    pings = [
        each
        for each in (part.transactions if mute else ())
        if each.method == "OPTIONS" and each.origin is None and each.request is not None and not each.to_tag
    ]
    silent: dict[tuple[str, int], set[str]] = {}
    for each in pings:
        if not each.responses:
            silent.setdefault((each.call_id, each.cseq), set()).add(host(each.source))
    found: dict[str, Part] = {}
    for each in pings:
        client = host(each.source)
        if each.request is None or (client, each.destination) not in mute:
            continue
        # A ping that a proxy sent on in vain is reported at the hop where it stayed unanswered.
        if each.responses or host(each.destination) not in silent[each.call_id, each.cseq]:
            found.setdefault(client, {}).setdefault(each.destination, []).append(_ping(each, each.request, scene))
    return found


def _ping(each: Transaction, request: Sighting, scene: Scene) -> Ping:
    if each.responses:
        return Ping(request=request, answer=each.responses[0], verdict=None)
    notice = scene.notices.on([request, *each.request_repeats])
    if notice is not None:
        verdict: tuple[str, Confidence] | None = (notice.kind, notice.confidence(scene.window.left(request.time)))
    else:
        missed = scene.missed_bytes(request.destination, request.source)
        verdict = silence_of(each, request, scene.window, missed=missed)
    if verdict is not None and scene.lost_in_flow(each):
        verdict = None
    return Ping(request=request, answer=None, verdict=verdict, repeats=len(each.request_repeats), notice=notice)


def told(_: str, parts: Sequence[Part], scene: Scene) -> Iterator[Finding]:
    """Each outage of each peer that a client asks; OPTIONS within a dialog ask about that dialog."""
    peers: dict[str, list[list[Ping]]] = {}
    for part in parts:
        for server, pings in part.items():
            peers.setdefault(server, []).append(pings)
    asked = (in_order(pings, lambda each: moment(each.request)) for pings in peers.values())
    yield from _told([outage for pings in asked for outage in _outages(pings)], scene)


def _outages(pings: Iterable[Ping]) -> Iterator[Outage]:
    current: Outage | None = None
    answered = False
    for each in pings:
        if each.answer is not None:
            answered = True
            if current is not None:
                current.recovered = each.answer
                yield current
                current = None
        elif each.verdict is not None:
            current = current or Outage(pings=[], answered_before=answered)
            current.pings.append((each.request, *each.verdict))
            current.repeats += each.repeats
            current.notices += [] if each.notice is None else [each.notice]
    if current is not None:
        yield current


def _told(outages: list[Outage], scene: Scene) -> Iterator[Finding]:
    once: dict[str, int] = {}
    verdicts = [(outage, _verdict(outage, scene)) for outage in outages]
    for outage, (variant, _, _) in verdicts:
        if variant in ONCE and outage.is_single:
            client = host(outage.pings[0][0].source)
            once[client] = once.get(client, 0) + 1
    for outage, verdict in verdicts:
        # A client that asks many addresses once each does not watch over its peers: it looks for some.
        alone = verdict[0] in ONCE and outage.is_single
        if not alone or once[host(outage.pings[0][0].source)] <= scene.settings.options_targets_count:
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
    if outage.notices:  # with an ICMP message the peer is not simply silent
        return outage.notices[-1].kind, Severity.NOTE if outage.is_single else SEVERITY, confidence
    # A peer that never answered may ignore OPTIONS; one that did must be heard after the last ping to count as there.
    since = last.time if outage.answered_before else first.time
    if scene.last_heard(first.destination, first.source) > since:
        return "ignored", Severity.WARNING, Confidence.LIKELY
    if outage.is_single:
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
        "repeats": outage.repeats,
    }
    shown_by = requests[:MOST_FRAMES]
    if outage.recovered is not None:
        evidence["recovered_frame"] = outage.recovered.frame
        evidence["recovered_after_s"] = seconds(outage.recovered.time - first.time)
        shown_by = [*shown_by, outage.recovered]
    finding = found(NAME, *verdict, shown_by, evidence)
    return outage.notices[-1].added_to(finding) if outage.notices else finding
