"""The recorder hears one direction only: what came the other way is missing from every result.

A response goes back to the source of its request (RFC 3261, section 18.2.2). So a host that sends an ACK, or answers a
challenge, must have got a response, and a host that sends a response must have got a request. Where nothing of the kind
is seen, the other host may as well have been silent.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from sipdiag.calls import SECOND, Correlation, Transaction, carries_credentials, moment
from sipdiag.findings import Confidence, Finding, Scene, Severity, first_of_each_capture, found_below, frames_of
from sipdiag.trace import Sighting, host

NAME = "capture-one-sided"
SEVERITY = Severity.NOTE

AT_THE_BEGINNING = SECOND
"""A response this soon after the first packet may answer a request that was sent before it."""
MANY = 2
"""A single response without its request may have another explanation."""
MOST_FRAMES = 20
MOST_HOSTS = 10

Pair = tuple[str, str]
"""The host that is heard, the host that it speaks to."""


class _Heard(msgspec.Struct):
    """What shows that the other direction was there."""

    opened: Sighting | None = None
    """The first message whose counterpart would have gone the other way."""
    went_on: list[Sighting] = []
    """Requests that a client sends only after it got a response."""
    answered: list[Sighting] = []
    """Responses to requests that are not in the capture."""
    unanswered: dict[tuple[str, str], Sighting] = {}
    """Call-ID and method → the first request without credentials that got no response."""

    @property
    def proofs(self) -> list[Sighting]:
        answers = self.answered if len(self.answered) >= MANY else []
        return sorted([*self.went_on, *answers], key=moment)


Part = dict[Pair, _Heard]


def gathered(part: Correlation, scene: Scene) -> dict[str, Part]:
    """What is seen between each pair of hosts; the findings are about all pairs together, so there is one key."""
    directions = scene.window.directions
    pairs = {pair: _Heard() for pair in directions if pair[0] != pair[1] and pair[::-1] not in directions}
    if not pairs:
        return {}
    for transaction in part.transactions:
        _weigh(transaction, pairs, scene)
    _weigh_acks(part, pairs)
    return {"": {pair: _joined([heard]) for pair, heard in pairs.items() if heard.opened or heard.proofs}}


def _joined(parts: Sequence[_Heard]) -> _Heard:
    """What several parts show of one pair, with no more proofs than a finding names."""
    opened = [each.opened for each in parts if each.opened is not None]
    return _Heard(
        opened=min(opened, key=moment, default=None),
        went_on=first_of_each_capture((seen for each in parts for seen in each.went_on), MOST_FRAMES),
        answered=first_of_each_capture((seen for each in parts for seen in each.answered), MOST_FRAMES),
    )


def told(_: str, parts: Sequence[Part], scene: Scene) -> Iterator[Finding]:
    """One finding for all pairs where it is proven, and one for all where it stays open."""
    del scene
    heard: dict[Pair, list[_Heard]] = {}
    for part in parts:
        for pair, shown in part.items():
            heard.setdefault(pair, []).append(shown)
    pairs = {pair: _joined(shown) for pair, shown in heard.items()}
    opened = {pair: shown.opened for pair, shown in pairs.items() if shown.opened is not None}
    proven = [pair for pair in sorted(pairs) if pairs[pair].proofs]
    if proven:
        proofs = [proof for pair in proven for proof in pairs[pair].proofs]
        certain = all(pairs[pair].went_on for pair in proven)
        yield _finding("proven", Confidence.CERTAIN if certain else Confidence.LIKELY, proven, proofs)
    open_pairs = [pair for pair in sorted(opened) if pair not in proven]
    if open_pairs:
        yield _finding("unheard", Confidence.INCONCLUSIVE, open_pairs, [opened[pair] for pair in open_pairs])


def _weigh(transaction: Transaction, pairs: Part, scene: Scene) -> None:
    """Note in `pairs` what one transaction proves, or leaves open."""
    if transaction.origin is not None:
        return
    request = transaction.request
    if request is None:
        response = transaction.responses[0]
        pair = (host(response.source), host(response.destination))
        if pair in pairs:
            pairs[pair].opened = _earlier(pairs[pair].opened, response)
            if response.time - scene.window.begin(response.time) > AT_THE_BEGINNING:
                pairs[pair].answered.append(response)
        return
    pair = (host(request.source), host(request.destination))
    heard = pairs.get(pair)
    if heard is None or transaction.responses:
        return
    heard.opened = _earlier(heard.opened, request)
    heard.went_on += transaction.acks[:1]
    key = (transaction.call_id, transaction.method)
    if not carries_credentials(transaction):
        heard.unanswered.setdefault(key, request)
    elif key in heard.unanswered and heard.unanswered[key].message.cseq < transaction.cseq:
        heard.went_on.append(request)


def _earlier(one: Sighting | None, other: Sighting) -> Sighting:
    return other if one is None else min(one, other, key=moment)


def _weigh_acks(correlation: Correlation, pairs: Part) -> None:
    """Note in `pairs` each ACK of a 2xx that was not seen, sent to the host that the INVITE had gone to."""
    for call in correlation.legs:
        for attempt in call.attempts if call.acks else ():
            request = attempt.first.request
            if request is None or attempt.first.responses:
                continue
            pair = (host(request.source), host(request.destination))
            for ack in call.acks:
                same = (host(ack.source), host(ack.destination)) == pair and ack.message.cseq == request.message.cseq
                if pair in pairs and same and ack.message.to_tag:
                    pairs[pair].went_on.append(ack)
                    break


def _finding(variant: str, confidence: Confidence, pairs: list[Pair], shown_by: list[Sighting]) -> Finding:
    first = min(shown_by, key=moment)
    return found_below(
        NAME,
        variant,
        SEVERITY,
        confidence,
        capture=first.capture,
        time=first.time,
        frames=frames_of([first, *shown_by])[:MOST_FRAMES],
        evidence={
            "missing": [f"{to} → {heard}" for heard, to in pairs],
            "directions": len(pairs),
            "hosts_heard": sorted({heard for heard, _ in pairs})[:MOST_HOSTS],
            "first_frame": first.frame,
            "open": [],
            "open_count": 0,
        },
    )
