"""A side made an offer while another one was still open.

Neither side may make a new offer before its last one was answered or refused, nor while it owes an answer itself
(RFC 3264, section 4). An UPDATE that does so is refused with 500 or 491 (RFC 3311, section 5.2).
"""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from sipdiag.calls import MILLISECOND, Call, Exchange, Trait, sdp_in, status
from sipdiag.findings import Confidence, Evidence, Finding, Scene, Severity, found, seconds
from sipdiag.trace import Sighting

NAME = "offer-overlapping"
SEVERITY = Severity.WARNING
NEEDS = Trait.TROUBLED

ON_THE_WAY = 500 * MILLISECOND
"""Offers of both sides within this time may have crossed without anybody's fault."""


def check(call: Call, scene: Scene) -> Iterator[Finding]:
    """Every offer of the call that was made while another one of its dialog was open."""
    if not _could_overlap(call):
        return
    offers = _first_hops(scene.exchanges(call))
    for earlier, later in pairwise(offers):
        if _tags(earlier) != _tags(later) or later.offer.time >= _closed(earlier):
            continue
        if earlier.transaction.method == later.transaction.method == "INVITE":
            continue  # a glare of INVITEs has a rule of its own
        yield _finding(earlier, later, offers)


def _could_overlap(call: Call) -> bool:
    """A cheap look: an overlap takes an UPDATE, or a PRACK with a body."""
    return any(each.method in ("UPDATE", "PRACK") for each in call.transactions)


def _first_hops(exchanges: list[Exchange]) -> list[Exchange]:
    """Each exchange once, where its offer was seen first, in the order of the offers."""
    found_: dict[tuple[str, int, str, str], Exchange] = {}
    for exchange in sorted(exchanges, key=lambda each: each.offer.time):
        found_.setdefault(exchange.key, exchange)
    return list(found_.values())


def _closed(exchange: Exchange) -> int:
    """When the exchange ended for both sides: at any answer, even in a response that is not reliable."""
    ends = [each.time for each in (exchange.answer, exchange.closing) if each is not None]
    if not exchange.late:
        ends += [each.time for each in exchange.transaction.responses if sdp_in(each.message)]
    return min(ends, default=exchange.transaction.last_time)


def _tags(exchange: Exchange) -> frozenset[str]:
    message = (exchange.closing or exchange.offer).message
    return frozenset((message.from_tag, message.to_tag))


def _finding(earlier: Exchange, later: Exchange, offers: list[Exchange]) -> Finding:
    same = _sender(earlier) == _sender(later)
    gap = later.offer.time - earlier.offer.time
    crossed = not same and gap < ON_THE_WAY
    healed = later.answer is not None or any(
        each.answer is not None and each.offer.time > later.offer.time and _tags(each) == _tags(later)
        for each in offers
    )
    evidence: Evidence = {
        "first_frame": earlier.offer.frame,
        "second_frame": later.offer.frame,
        "first_method": earlier.transaction.method,
        "second_method": later.transaction.method,
        "first_sender": earlier.offer.source,
        "second_sender": later.offer.source,
        "gap_s": seconds(gap),
        "code": 0 if later.closing is None else status(later.closing),
    }
    variant = "crossed" if crossed else "same-side" if same else "other-side"
    severity = Severity.NOTE if healed or crossed else SEVERITY
    confidence = Confidence.CERTAIN if same else Confidence.LIKELY
    shown_by: list[Sighting] = [earlier.offer, later.offer]
    if later.closing is not None:
        shown_by.append(later.closing)
    return found(NAME, variant, severity, confidence, shown_by, evidence)


def _sender(exchange: Exchange) -> str:
    """The tag of the side that made the offer: in a response it is the To tag."""
    message = exchange.offer.message
    return message.to_tag if status(exchange.offer) else message.from_tag
