"""Transactions: a request, what answered it, and who said either again (RFC 3261, section 17; RFC 6026).

A transaction is seen at one link, between two hosts. A proxy sends its own request with a branch of its own, so each
hop has a transaction of its own; the very same message recorded on a second link (a bridge, a NAT, `tcpdump -i any`)
makes a second transaction that names the first as its `origin`.
"""

from __future__ import annotations

from collections.abc import Sequence
from enum import Enum

import msgspec

from sipdiag.sip import Request, Response
from sipdiag.trace import Sighting, host

MILLISECOND = 1_000_000
SECOND = 1_000 * MILLISECOND

T1 = 500 * MILLISECOND
"""Round-trip estimate that the retransmission ladder starts with (RFC 3261, section 17.1.1.1)."""
T2 = 4 * SECOND
"""Longest pause between retransmissions of a non-INVITE request or a 2xx (RFC 3261, section 17.1.2.1)."""
TIMEOUT = 64 * T1
"""Timers B, F, H, J, L, M, and the wait for the ACK of a 2xx: 32 s (RFC 3261, section 17; RFC 6026)."""

RELIABLE = frozenset({"tcp", "tls", "ws", "wss", "sctp"})
"""Transports on which a client does not retransmit its requests (RFC 3261, section 17.1)."""

SAME_PACKET = 100 * MILLISECOND
"""Two frames with one IP identification within this time are one packet recorded twice."""
SAME_PACKET_UNNUMBERED = 20 * MILLISECOND
"""The same without an identification (IPv6, or 0 with DF): far below any retransmission timer in use."""
SAME_PACKET_ON_ITS_WAY = 250 * MILLISECOND
"""Two frames of two recorders within this time may be one packet: no packet travels longer, and T1 is twice as long."""
MOST_RESPONSES = 400
"""The newest responses of one transaction that another is compared with: no fork has so many branches."""


class Repeat(Enum):
    """Whether a message arrived for the first time, was sent again, or was recorded twice."""

    FIRST = "first"
    RETRANSMISSION = "retransmission"
    """The sender sent it again."""
    DUPLICATE = "duplicate"
    """The recorder saw one packet twice."""


class Transaction(msgspec.Struct, kw_only=True):
    """One request at one link, with its responses; the ACK of a failed INVITE belongs to it (section 17.1.1.3)."""

    method: str
    call_id: str
    cseq: int
    branch: str
    request: Sighting | None = None
    """The first copy at this link; None when the capture does not hold it."""
    request_repeats: list[Sighting] = []
    """Retransmissions of the request, in order."""
    responses: list[Sighting] = []
    """Each response once: by status code and To tag, a provisional one also by content."""
    final: Sighting | None = None
    """The first final response; None while there is none."""
    answers: list[Sighting] = []
    """Every 2xx once, one for each To tag: a forked INVITE may have several (section 13.2.2.4)."""
    response_repeats: list[tuple[Sighting, Sighting]] = []
    """Retransmissions of responses, in order, as (first copy, this copy)."""
    acks: list[Sighting] = []
    """ACKs with the branch of an INVITE that failed, retransmissions included."""
    origin: Transaction | None = None
    """The transaction of which this is the same traffic, seen on another link."""

    @property
    def from_tag(self) -> str:
        """The caller's tag, taken from whichever message is there."""
        return self._any.message.from_tag

    @property
    def to_tag(self) -> str:
        """The callee's tag in the request; of a request outside a dialog empty."""
        return self._any.message.to_tag

    @property
    def time(self) -> int:
        """When its first message was seen."""
        return self._any.time

    @property
    def source(self) -> str:
        """`host:port` that the request came from."""
        return self.responses[0].destination if self.request is None else self.request.source

    @property
    def destination(self) -> str:
        """`host:port` that the request went to."""
        return self.responses[0].source if self.request is None else self.request.destination

    @property
    def finals(self) -> list[Sighting]:
        """Every final response once: a forked INVITE may have several 2xx (section 13.2.2.4)."""
        return [seen for seen in self.responses if status(seen) >= 200]

    @property
    def last_time(self) -> int:
        """When anything of it was last seen."""
        seen = [*self.responses, *self.request_repeats, *self.acks, *(copy for _, copy in self.response_repeats)]
        return max((each.time for each in seen), default=self.time)

    def repeats_of(self, response: Sighting) -> list[Sighting]:
        """The retransmissions of one of its responses, in order."""
        return [copy for first, copy in self.response_repeats if first is response]

    @property
    def _any(self) -> Sighting:
        return self.responses[0] if self.request is None else self.request


class Arrival(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """A sighting with its place: which transaction it belongs to and whether it is a repeat."""

    sighting: Sighting
    transaction: Transaction | None
    """None for an ACK that completes no transaction seen here."""
    repeat: Repeat = Repeat.FIRST
    first: Sighting | None = None
    """Of a repeat: the first copy."""


def moment(seen: Sighting) -> tuple[int, int, int]:
    """What sightings are ordered by: when, and where, each was seen."""
    return seen.time, seen.capture, seen.frame


def begun(transaction: Transaction) -> tuple[int, int, int]:
    """What transactions are ordered by: the request, or the first response where it was not seen."""
    return moment(transaction.responses[0] if transaction.request is None else transaction.request)


def status(sighting: Sighting) -> int:
    """The status code of a response; 0 for a request."""
    return sighting.message.status


def reason_phrase(sighting: Sighting) -> str:
    """The reason phrase of a response; empty for a request."""
    message = sighting.message
    return message.reason if isinstance(message, Response) else ""


def request_uri(sighting: Sighting) -> str:
    """The Request-URI of a request; empty for a response."""
    message = sighting.message
    return message.uri if isinstance(message, Request) else ""


Key = tuple[str, int, str, str, str]
"""Call-ID, CSeq number, method, branch, sent-by."""


class TransactionTable:
    """Finds for each message the transaction it belongs to, in the order of time."""

    def __init__(self) -> None:
        self._table: dict[Key, list[Transaction]] = {}
        """Key → the transactions that have it, one for each link they were seen at."""
        self.transactions: list[Transaction] = []
        """All of them, in the order they began."""

    def add(self, sighting: Sighting) -> Arrival:
        """Place one message; ACKs too, where they belong to the transaction of a failed INVITE."""
        message = sighting.message
        if isinstance(message, Request):
            return self._acknowledge(sighting, message) if message.method == "ACK" else self._request(sighting, message)
        return self._response(sighting, message)

    def _request(self, sighting: Sighting, message: Request) -> Arrival:
        links = self._table.setdefault(_key(message, message.method), [])
        for transaction in links:
            if transaction.request is None:
                # A response came first: the recorder may swap packets that are microseconds apart.
                if _reversed(sighting, transaction.responses[0]):
                    transaction.request = sighting
                    return Arrival(sighting=sighting, transaction=transaction)
            elif _same_link(sighting, transaction.request):
                copies = [transaction.request, *transaction.request_repeats]
                repeat = repeat_of(copies, sighting)
                if sighting.time - copies[-1].time > TIMEOUT and repeat is not Repeat.DUPLICATE:
                    links.remove(
                        transaction
                    )  # its timers ran out long ago: a new request has all its identifiers again
                    break
                if repeat is Repeat.RETRANSMISSION:
                    transaction.request_repeats.append(sighting)
                return Arrival(sighting=sighting, transaction=transaction, repeat=repeat, first=transaction.request)
        transaction = self._open(links, message, message.method)
        transaction.request = sighting
        return Arrival(sighting=sighting, transaction=transaction)

    def _response(self, sighting: Sighting, message: Response) -> Arrival:
        links = self._table.setdefault(_key(message, message.cseq_method), [])
        transaction = _answered_link(links, sighting)
        if transaction is None:
            transaction = self._open(links, message, message.cseq_method)
        for first in transaction.responses[-MOST_RESPONSES:]:
            if _same_response(first, message):
                repeat = repeat_of([first, *transaction.repeats_of(first)], sighting)
                if repeat is Repeat.RETRANSMISSION:
                    transaction.response_repeats.append((first, sighting))
                return Arrival(sighting=sighting, transaction=transaction, repeat=repeat, first=first)
        transaction.responses.append(sighting)
        if message.final:
            transaction.final = transaction.final or sighting
            if message.status < 300:
                transaction.answers.append(sighting)
        return Arrival(sighting=sighting, transaction=transaction)

    def _acknowledge(self, sighting: Sighting, message: Request) -> Arrival:
        for transaction in self._table.get(_key(message, "INVITE"), ()):
            same_link = transaction.request is not None and _same_link(sighting, transaction.request)
            if same_link and not transaction.answers:
                repeat = Repeat.FIRST
                if transaction.acks:
                    repeat = repeat_of(transaction.acks, sighting)
                first = transaction.acks[0] if transaction.acks else None
                if repeat is not Repeat.DUPLICATE:
                    transaction.acks.append(sighting)
                return Arrival(sighting=sighting, transaction=transaction, repeat=repeat, first=first)
        return Arrival(sighting=sighting, transaction=None)

    def _open(self, links: list[Transaction], message: Request | Response, method: str) -> Transaction:
        transaction = Transaction(
            method=method,
            call_id=message.call_id,
            cseq=message.cseq,
            branch=message.branch,
            origin=links[0] if links else None,
        )
        links.append(transaction)
        self.transactions.append(transaction)
        return transaction


def repeat_of(copies: Sequence[Sighting], later: Sighting) -> Repeat:
    """Whether `later`, the same message as `copies` at the same link, was sent again or only recorded twice.

    The IP identification decides where there is one; else the time: no SIP timer fires within milliseconds. The clocks
    of two recorders may differ by any amount: so of two captures the same IP identification is enough.
    """
    earlier = copies[-1]
    if later.ip_id and any(copy.ip_id == later.ip_id and copy.capture != later.capture for copy in copies):
        return Repeat.DUPLICATE
    gap = later.time - earlier.time
    if earlier.ip_id and later.ip_id:
        same = earlier.ip_id == later.ip_id and gap < SAME_PACKET
    else:
        same = gap < (SAME_PACKET_UNNUMBERED if earlier.capture == later.capture else SAME_PACKET_ON_ITS_WAY)
    return Repeat.DUPLICATE if same else Repeat.RETRANSMISSION


def _key(message: Request | Response, method: str) -> Key:
    """What the messages of one transaction share: branch, sent-by and method (sections 17.1.3 and 17.2.3).

    Call-ID and CSeq tell transactions apart that have no branch (RFC 2543), or the branch of the client's last request.
    """
    return message.call_id, message.cseq, method, message.branch, message.sent_by


def _answered_link(links: list[Transaction], sighting: Sighting) -> Transaction | None:
    """The transaction that a response belongs to, of those with its key: the one at its link, else the only one."""
    for transaction in links:
        if transaction.request is not None and _reversed(transaction.request, sighting):
            return transaction
        if transaction.request is None and _same_link(sighting, transaction.responses[0]):
            return transaction
    # An element with several addresses may answer from another one than it was asked at.
    return links[0] if len(links) == 1 and links[0].request is not None else None


def _same_link(one: Sighting, other: Sighting) -> bool:
    """Whether both messages went from the same host to the same host: behind a NAT the port may change."""
    if one.source == other.source and one.destination == other.destination:
        return True
    return host(one.source) == host(other.source) and host(one.destination) == host(other.destination)


def _reversed(one: Sighting, other: Sighting) -> bool:
    """Whether `other` went from the host that `one` went to back to the host that `one` came from.

    Ports do not count: that of a response follows Via, not the request (section 18.2.2).
    """
    if one.source == other.destination and one.destination == other.source:
        return True
    return host(one.source) == host(other.destination) and host(one.destination) == host(other.source)


def _same_response(first: Sighting, message: Response) -> bool:
    known = first.message
    if not isinstance(known, Response) or known.status != message.status or known.to_tag != message.to_tag:
        return False
    # A second 180 or 183 may bring something new (another RSeq, another body); a final response cannot.
    return message.status >= 200 or (known.head == message.head and known.body == message.body)
