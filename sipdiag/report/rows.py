"""The analysis told in the types of the JSON document; every other format of tables starts from these rows too."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from sipdiag import __version__
from sipdiag.analysis import Analysis
from sipdiag.calls import (
    Arrival,
    Call,
    Carriage,
    Correlation,
    Link,
    Registration,
    Repeat,
    Subscription,
    Transaction,
    meant_by,
    status,
)
from sipdiag.findings import Finding, unfolded
from sipdiag.report import document as doc
from sipdiag.report.escape import kept, kept_value
from sipdiag.report.streams import stream_rows
from sipdiag.report.tally import peer_rows, summary_in, tally_of
from sipdiag.report.times import iso, milliseconds
from sipdiag.report.words import Words
from sipdiag.sip import Request, Response, uri_in
from sipdiag.trace import CaptureFacts, Sighting

INDIRECT = frozenset({"ACK", "PRACK", "CANCEL"})
"""Requests that are about another message: the response or the INVITE that they confirm or give up."""
CLASSES = ("provisional", "success", "redirection", "client-error", "server-error", "global-failure")


def document_of(analysis: Analysis, words: Words) -> doc.Document:
    """The whole analysis as one document, in the language of `words`."""
    told: dict[str, Any] = {
        name: list(part) if isinstance(part, Iterator) else part for name, part in parts_of(analysis, words)
    }
    return doc.Document(**told)


def parts_of(analysis: Analysis, words: Words) -> Iterator[tuple[str, Any]]:
    """The document key by key, in its order; lists of rows as iterators, for what need not hold them all at once.

    Each iterator is to be used up before the next part is asked for: the last part tells what the others have named.
    """
    seen = analysis.correlation
    by_call_id = _findings_by_call_id(analysis.findings, seen)
    named: set[str] = set()
    yield "schema", doc.SCHEMA
    yield "version", __version__
    yield "captures", [capture_row(each) for each in analysis.captures]
    tally = tally_of(seen)
    yield "summary", summary_in(tally, analysis.findings, media_of(analysis.carriage))
    yield "peers", peer_rows(tally.peers)
    yield "responses", _response_rows(analysis, words, named)
    yield "requests", (row for each in seen.arrivals if (row := request_row(each, seen)) is not None)
    yield "calls", (call_row(each, by_call_id, analysis.carriage) for each in seen.calls)
    yield "registrations", (registration_row(each, by_call_id) for each in seen.registrations)
    yield "subscriptions", (subscription_row(each, by_call_id) for each in seen.subscriptions)
    yield "streams", iter(stream_rows(analysis.carriage))
    yield "findings", finding_rows(analysis.findings, words, named)
    yield "knowledge", entry_rows(named, words)


def _response_rows(analysis: Analysis, words: Words, named: set[str]) -> Iterator[doc.ResponseRow]:
    for each in analysis.correlation.arrivals:
        row = response_row(each, words)
        if row is not None:
            named.add(row.knowledge)
            yield row


def finding_rows(findings: Sequence[Finding], words: Words, named: set[str]) -> Iterator[doc.FindingRow]:
    """The findings; `named` gets the entries that they name."""
    named.update(f"rule/{each.rule}" for each in unfolded(findings))
    for each in findings:
        row = finding_row(each, words)
        named.update(told.knowledge for told in (row, *row.causes, *row.consequences))
        yield row


def capture_row(facts: CaptureFacts) -> doc.CaptureRow:
    """One input."""
    return doc.CaptureRow(
        path=kept(facts.path),
        format=facts.format,
        link_types=facts.link_types,
        packets=facts.packets,
        bytes=facts.bytes,
        first_time=None if facts.first_time is None else iso(facts.first_time),
        last_time=None if facts.last_time is None else iso(facts.last_time),
        sip_messages=facts.sip_messages,
        defects=[
            doc.CaptureDefect(kind=each.kind, detail=kept(each.detail), frame=each.frame) for each in facts.defects
        ],
    )


def summary_of(analysis: Analysis) -> doc.Summary:
    """The whole in figures; repeats are not counted."""
    return summary_in(tally_of(analysis.correlation), analysis.findings, media_of(analysis.carriage))


def media_of(carriage: Carriage) -> str:
    """Whether RTP of any call is there."""
    if not carriage.looked:
        return "left-out"
    return "seen" if carriage.seen else "none"


def response_row(arrival: Arrival, words: Words) -> doc.ResponseRow | None:
    """One response; None for a request."""
    sighting = arrival.sighting
    message = sighting.message
    if not isinstance(message, Response):
        return None
    request = None if arrival.transaction is None else arrival.transaction.request
    retransmission_of, duplicate_of = _first_copy(arrival)
    return doc.ResponseRow(
        capture=sighting.capture,
        frame=sighting.frame,
        time=iso(sighting.time),
        code=message.status,
        reason=kept(message.reason),
        class_=_class_of(message.status),
        method=message.cseq_method,
        call_id=kept(message.call_id),
        cseq=message.cseq,
        request_frame=None if request is None else request.frame,
        request_capture=None if request is None else request.capture,
        latency_ms=None if request is None else milliseconds(sighting.time - request.time),
        retransmission_of=retransmission_of,
        duplicate_of=duplicate_of,
        source=sighting.source,
        destination=sighting.destination,
        transport=sighting.transport,
        knowledge=words.status_key(sighting),
    )


@lru_cache(maxsize=1024)
def _class_of(code: int) -> str:
    return CLASSES[min(max(code // 100, 1), 6) - 1]


def _first_copy(arrival: Arrival) -> tuple[int | None, int | None]:
    """The frame of which this one is a retransmission, and that of which it is a duplicate."""
    first = arrival.first
    if first is None:
        return None, None
    return (first.frame, None) if arrival.repeat is Repeat.RETRANSMISSION else (None, first.frame)


def request_row(arrival: Arrival, seen: Correlation) -> doc.RequestRow | None:
    """One request; None for a response."""
    sighting = arrival.sighting
    message = sighting.message
    if not isinstance(message, Request):
        return None
    final = None
    if arrival.transaction is not None and message.method != "ACK":  # nothing answers an ACK
        final = arrival.transaction.final
    retransmission_of, duplicate_of = _first_copy(arrival)
    meant = meant_by(sighting, seen.transactions_of(message.call_id)) if message.method in INDIRECT else None
    return doc.RequestRow(
        capture=sighting.capture,
        frame=sighting.frame,
        time=iso(sighting.time),
        method=message.method,
        uri=kept(message.uri),
        call_id=kept(message.call_id),
        cseq=message.cseq,
        final_code=None if final is None else status(final),
        final_frame=None if final is None else final.frame,
        final_capture=None if final is None else final.capture,
        meant_frame=None if meant is None else meant.frame,
        retransmission_of=retransmission_of,
        duplicate_of=duplicate_of,
        source=sighting.source,
        destination=sighting.destination,
        transport=sighting.transport,
    )


def call_row(call: Call, findings: dict[str, list[int]], carriage: Carriage) -> doc.CallRow:
    """One call, with the indexes of its findings."""
    invite, answer, ending = call.invite, call.answer, None if call.ending is None else call.ending.request
    return doc.CallRow(
        id=call.number,
        call_ids=[kept(each) for each in call.call_ids],
        links=[_leg_link(each) for each in call.links],
        from_=party(call.opening, "from"),
        to=party(call.opening, "to"),
        state=call.state.value,
        final_code=None if call.final is None else status(call.final),
        invite_frame=None if invite is None else invite.frame,
        answer_frame=None if answer is None else answer.frame,
        ack_frame=None if call.ack is None else call.ack.frame,
        end_frame=None if ending is None else ending.frame,
        invite_capture=None if invite is None else invite.capture,
        answer_capture=None if answer is None else answer.capture,
        ack_capture=None if call.ack is None else call.ack.capture,
        end_capture=None if ending is None else ending.capture,
        setup_ms=_between(invite, answer),
        pdd_ms=_between(invite, call.first_indication),
        duration_ms=_between(answer, ending),
        ended_by=call.ended_by,
        hops=[_hop(hop) for hop in call.path],
        streams=[each.number for each in carriage.of(call).carried],
        findings=[index for key in (call.key, *call.call_ids[1:]) for index in findings.get(key, ())],
    )


def registration_row(registration: Registration, findings: dict[str, list[int]]) -> doc.RegistrationRow:
    """One registration."""
    return doc.RegistrationRow(
        call_id=kept(registration.call_id),
        aor=kept(registration.aor),
        contact=kept(registration.contact),
        expires=registration.expires,
        state=registration.state.value,
        final_code=None if registration.final is None else status(registration.final),
        frames=frames_of(registration.transactions),
        findings=findings.get(registration.call_id, []),
    )


def subscription_row(subscription: Subscription, findings: dict[str, list[int]]) -> doc.SubscriptionRow:
    """One subscription."""
    return doc.SubscriptionRow(
        call_id=kept(subscription.call_id),
        event=kept(subscription.event),
        contact=kept(subscription.contact),
        expires=subscription.expires,
        state=subscription.state.value,
        final_code=None if subscription.final is None else status(subscription.final),
        frames=frames_of(subscription.transactions),
        findings=findings.get(subscription.call_id, []),
    )


def finding_row(finding: Finding, words: Words) -> doc.FindingRow:
    """One finding, with its words."""
    return doc.FindingRow(
        rule=finding.rule,
        variant=finding.variant,
        severity=finding.severity.value,
        confidence=finding.confidence.value,
        message=words.message(finding),
        call_id=None if finding.call_id is None else kept(finding.call_id),
        capture=finding.capture,
        time=iso(finding.time),
        frames=finding.frames,
        evidence={name: kept_value(value) for name, value in finding.evidence.items()},
        remedy=words.remedy(finding),
        knowledge=words.finding_key(finding),
        causes=[finding_row(each, words) for each in finding.causes],
        consequences=[finding_row(each, words) for each in finding.consequences],
    )


def entry_rows(named: Iterable[str], words: Words) -> dict[str, doc.EntryRow]:
    """The entries of the catalogue that a document names."""
    return {key: entry for key in sorted(named) if (entry := entry_row(key, words)) is not None}


def entry_row(key: str, words: Words) -> doc.EntryRow | None:
    """One entry of the catalogue; None when there is none."""
    entry = words.entry(key)
    if entry is None:
        return None
    return doc.EntryRow(
        title=entry.title,
        meaning=entry.description,
        seen_when=list(entry.seen_when),
        fix=list(entry.fix),
        references=list(entry.references),
    )


def party(opening: Sighting, side: str) -> str:
    """The URI of From or To."""
    return kept(uri_in(opening.message.field(side) or ""))


def frames_of(transactions: list[Transaction]) -> list[int]:
    """The frames of all requests and responses, each once, ascending."""
    frames: set[int] = set()
    for each in transactions:
        seen = [each.request, *each.request_repeats, *each.responses, *(copy for _, copy in each.response_repeats)]
        frames.update(sighting.frame for sighting in seen if sighting is not None)
    return sorted(frames)


def _hop(transaction: Transaction) -> doc.Hop:
    return doc.Hop(
        source=transaction.source,
        destination=transaction.destination,
        call_id=kept(transaction.call_id),
        invite_frame=None if transaction.request is None else transaction.request.frame,
        final_code=None if transaction.final is None else status(transaction.final),
    )


def _leg_link(link: Link) -> doc.LegLink:
    return doc.LegLink(
        call_id=kept(link.call_id),
        linked_to=kept(link.linked_to),
        by=link.by,
        value=kept(link.value),
        certainty=link.certainty.value,
    )


def _between(earlier: Sighting | None, later: Sighting | None) -> float | None:
    return None if earlier is None or later is None else milliseconds(later.time - earlier.time)


def _findings_by_call_id(findings: list[Finding], seen: Correlation) -> dict[str, list[int]]:
    """Call-ID, or where one was used for several calls the call's key → the places of its findings."""
    indexes: dict[str, list[int]] = {}
    for index, finding in enumerate(findings):
        if finding.call_id is not None:
            call = seen.call_at(finding.call_id, finding.time)
            key = finding.call_id if call is None or call.turn == 1 else call.key
            indexes.setdefault(key, []).append(index)
    return indexes
