"""What the two sides of a call agreed on for each of its streams, and from when to when (RFC 3264; RFC 6337).

A *line* is one m= line at one hop of the call, because elements on the way may put in addresses of their own. Its
*terms* change with every offer and answer: an address, a codec, a hold.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from itertools import zip_longest

import msgspec
from msgspec.structs import replace

from sipdiag.calls.call import Call
from sipdiag.calls.dialog import side_of
from sipdiag.calls.session import Exchange, description_in, sdp_in
from sipdiag.calls.transaction import status
from sipdiag.media import Media
from sipdiag.trace import Sighting, host

CALLER, CALLEE = "caller", "callee"
OTHER = {CALLER: CALLEE, CALLEE: CALLER}
NOWHERE = frozenset({"0.0.0.0", "::"})  # noqa: S104  (what a hold of RFC 2543 writes)
_MAY_SEND = frozenset({"sendrecv", "sendonly"})
_MAY_RECEIVE = frozenset({"sendrecv", "recvonly"})


class End(msgspec.Struct, frozen=True, kw_only=True):
    """Where one side wants to receive a stream, and as what."""

    endpoint: str
    """`host:port`, `[v6]:port`; the host as the session description writes it."""
    media: Media
    told: Sighting
    """The message with the session description."""

    @property
    def endpoints(self) -> tuple[str, ...]:
        """All endpoints where it may receive, those of its ICE candidates included (RFC 8839)."""
        candidates = (each for each in self.media.candidates if each.transport == "udp")
        return (self.endpoint, *(endpoint_of(each.address, each.port) for each in candidates))

    @property
    def receives(self) -> bool:
        """Whether it wants the stream at all; with ICE the address in c= may be 0.0.0.0 (RFC 8840)."""
        connection = self.media.connection
        if self.media.candidates:
            return True
        open_ = self.media.port or self.media.bundle_only
        return bool(open_) and connection is not None and connection.address not in NOWHERE


class Agreement(msgspec.Struct, frozen=True, kw_only=True):
    """One offer with its answer, as they concern one line."""

    offered: int
    """When the offer was seen."""
    agreed: int
    """When the answer was seen; without an answer when the closing response was, or the offer."""
    answered: int | None
    """When the 2xx that closes it was seen; None for early media."""
    caller: End | None
    callee: End | None
    dialog: str
    """The To tag of the answer: each branch of a forked call agrees by itself."""

    def end(self, side: str) -> End | None:
        """Where `side` receives."""
        return self.caller if side == CALLER else self.callee

    def lets(self, side: str) -> bool:
        """Whether `side` may send, and the other side wants to hear it."""
        own, other = self.end(side), self.end(OTHER[side])
        if own is None or other is None or not other.receives or not own.media.port:
            return False
        return own.media.direction in _MAY_SEND and other.media.direction in _MAY_RECEIVE


class MediaLine(msgspec.Struct, frozen=True, kw_only=True):
    """One m= line of a call at one hop, with its terms in the order of time."""

    kind: str
    """`audio`, `video`, `image`, …"""
    number: int
    """Its place in the session description, from 0."""
    call_id: str
    hop: tuple[str, str]
    """The endpoints that the signalling of this hop goes between."""
    terms: list[Agreement]
    """One for each offer, in the order of their answers."""

    @property
    def carries_fax(self) -> bool:
        """Whether it was ever to carry a fax."""
        ends = (end for agreed in self.terms for end in (agreed.caller, agreed.callee))
        return any(end is not None and end.media.kind == "image" for end in ends)

    @property
    def begin(self) -> int:
        """When it was first offered."""
        return self.terms[0].offered


def endpoint_of(address: str, port: int) -> str:
    """`host:port`, an IPv6 address in brackets."""
    return f"[{address.lower()}]:{port}" if ":" in address else f"{address}:{port}"


def lines_of(call: Call, exchanges: Iterable[Exchange]) -> list[MediaLine]:
    """The lines of a leg; `exchanges`, and so the lines, come with the hop nearest to the side that answered first."""
    lines: dict[tuple[frozenset[str], int], MediaLine] = {}
    exchanges = list(exchanges)
    hops = _hops_continued(exchanges)
    for exchange in exchanges:
        hop = _hop_of(exchange)
        for number, kind, terms in _terms_in(call, exchange):
            for ends in hops[frozenset(hop)]:
                key = (ends, number)
                if key not in lines:
                    lines[key] = MediaLine(kind=kind, number=number, call_id=call.call_id, hop=hop, terms=[])
                lines[key].terms.append(terms)
    for line in lines.values():
        line.terms.sort(key=lambda each: each.agreed)
    return list(lines.values())


def _hop_of(exchange: Exchange) -> tuple[str, str]:
    return exchange.transaction.source, exchange.transaction.destination


def _hops_continued(exchanges: Iterable[Exchange]) -> dict[frozenset[str], list[frozenset[str]]]:
    """For each hop the hops whose lines it continues: itself, or those that it takes the place of inside the dialog.

    Where a side moved to another address, a proxy left the path, or a new connection was opened, offers are seen on a
    new hop and no longer on the old one: they then change the lines of the old one.
    """
    seen: dict[tuple[str, int, str, str], set[frozenset[str]]] = {}
    for each in exchanges:
        seen.setdefault(each.key, set()).add(frozenset(_hop_of(each)))
    continued: dict[frozenset[str], list[frozenset[str]]] = {}
    for each in exchanges:
        ends = frozenset(_hop_of(each))
        if ends in continued:
            continue
        before = [own for own, lines in continued.items() if own in lines] if each.within else []
        left = [own for own in before if own not in seen[each.key] and _hosts(own) & _hosts(ends)]
        continued[ends] = left or [ends]
    return continued


def _hosts(ends: frozenset[str]) -> set[str]:
    return {host(each) for each in ends}


def _terms_in(call: Call, exchange: Exchange) -> Iterator[tuple[int, str, Agreement]]:
    """The number and kind of each line of an exchange, with its terms."""
    request = exchange.transaction.request
    if request is None:
        return
    asking = CALLEE if side_of(call, request) == CALLEE else CALLER
    offering = OTHER[asking] if exchange.late else asking
    answer = exchange.answer or _early_answer(exchange)
    if exchange.refused and answer is None and exchange.within:
        return  # the session stays as it was
    offered = _sections(exchange.offer)
    answered = [] if answer is None else _sections(answer)
    accepted = exchange.closing if exchange.closing is not None and status(exchange.closing) < 300 else None
    closing = answer or exchange.closing or exchange.offer
    for number, (one, other) in enumerate(zip_longest(offered, answered)):
        ends = {
            offering: None if one is None else _end(one, exchange.offer),
            OTHER[offering]: None if other is None or answer is None else _end(other, answer),
        }
        yield (
            number,
            (one or other).kind,
            Agreement(
                offered=exchange.offer.time,
                agreed=closing.time,
                answered=None if accepted is None else accepted.time,
                caller=ends[CALLER],
                callee=ends[CALLEE],
                dialog=closing.message.to_tag,
            ),
        )


def _early_answer(exchange: Exchange) -> Sighting | None:
    """The answer in a provisional response of an INVITE that failed in the end."""
    told = (each for each in exchange.transaction.responses if 100 < status(each) < 200 and sdp_in(each.message))
    return next(told, None) if not exchange.late else None


def _sections(told: Sighting) -> list[Media]:
    """The m= lines of a message; those of a bundle are received where its first one is (RFC 9143, section 7.2)."""
    description = description_in(told)
    lead = {mid: group[0] for group in description.bundles for mid in group}
    by_mid = {media.mid: media for media in description.media if media.mid}
    sections = []
    for media in description.media:
        first = by_mid.get(lead.get(media.mid, ""))
        if first is not None and first is not media and (media.port or media.bundle_only):
            media = replace(media, port=first.port, connection=first.connection, candidates=first.candidates)  # noqa: PLW2901
        sections.append(media)
    return sections


def _end(media: Media, told: Sighting) -> End:
    address = "" if media.connection is None else media.connection.address
    return End(endpoint=endpoint_of(address, media.port), media=media, told=told)
