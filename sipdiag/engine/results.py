"""The result as tables: their columns are the format that people query, numbered and described in the README.

Times are nanoseconds UTC, durations milliseconds; text from packets is UTF-8 with stray bytes as escapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from typing import Any, Final

import msgspec
import pyarrow as pa

from sipdiag.calls import Arrival, Call, Correlation, Registration, Repeat, status, sums_of
from sipdiag.engine.reading import Outcome
from sipdiag.findings import Finding
from sipdiag.report import Words
from sipdiag.report.document import StreamRow
from sipdiag.report.escape import kept
from sipdiag.sip import Response, parse_name_addr
from sipdiag.trace import Sighting

SCHEMA: Final = "sipdiag-audit/1"
"""Raised when a column changes its meaning or goes; a new column is no change."""


def _schema(columns: list[tuple[str, pa.DataType, str]]) -> pa.Schema:
    """Columns with their meanings, which stand in the Parquet files too."""
    return pa.schema([pa.field(name, kind, metadata={"meaning": meaning}) for name, kind, meaning in columns])


TIME: Final = pa.timestamp("ns", tz="UTC")
TEXTS: Final = pa.list_(pa.string())

CALLS: Final = _schema(
    [
        ("call_id", pa.string(), "Call-ID; of a call with several legs that of the one nearest the caller"),
        ("call_ids", TEXTS, "of every leg"),
        ("turn", pa.int32(), "which call of its Call-ID, from 1"),
        ("time", TIME, "when its first message was seen"),
        ("from", pa.string(), "URI of From"),
        ("to", pa.string(), "URI of To"),
        ("source", pa.string(), "endpoint that sent it"),
        ("destination", pa.string(), "endpoint that it went to"),
        ("state", pa.string(), "answered, failed, cancelled, unfinished"),
        ("final_code", pa.int32(), "the final response in the end"),
        ("capture", pa.int32(), "number of the capture, as in captures.number"),
        ("invite_frame", pa.int64(), "frame of the INVITE"),
        ("answer_frame", pa.int64(), "frame of the 2xx"),
        ("end_frame", pa.int64(), "frame of the BYE or CANCEL"),
        ("invite_seen", pa.bool_(), "whether the capture holds its beginning"),
        ("setup_ms", pa.float64(), "INVITE to 2xx"),
        ("pdd_ms", pa.float64(), "INVITE to the first word to the caller"),
        ("duration_ms", pa.float64(), "2xx to BYE"),
        ("disconnect_ms", pa.float64(), "BYE to its 2xx"),
        ("completed", pa.bool_(), "whether the BYE was answered"),
        ("ended_by", pa.string(), "caller or callee"),
        ("legs", pa.int32(), "Call-IDs that are this one call"),
    ]
)
RESPONSES: Final = _schema(
    [
        ("capture", pa.int32(), "number of the capture, as in captures.number"),
        ("frame", pa.int64(), "number of the packet, as Wireshark counts"),
        ("time", TIME, "when it was seen"),
        ("code", pa.int32(), "status code"),
        ("reason", pa.string(), "reason phrase"),
        ("method", pa.string(), "method that it answers"),
        ("call_id", pa.string(), "Call-ID"),
        ("cseq", pa.int64(), "sequence number"),
        ("request_capture", pa.int32(), "capture of the request"),
        ("request_frame", pa.int64(), "frame of the first copy of the request; null when it was not seen"),
        ("latency_ms", pa.float64(), "request to response"),
        ("repeat", pa.string(), "empty, retransmission or duplicate"),
        ("source", pa.string(), "endpoint that sent it"),
        ("destination", pa.string(), "endpoint that it went to"),
        ("transport", pa.string(), "udp, tcp, tls, ws, wss, sctp"),
    ]
)
REGISTRATIONS: Final = _schema(
    [
        ("call_id", pa.string(), "Call-ID"),
        ("aor", pa.string(), "address-of-record"),
        ("contact", pa.string(), "Contact that was to be bound"),
        ("time", TIME, "its first REGISTER"),
        ("source", pa.string(), "endpoint that sent it"),
        ("destination", pa.string(), "endpoint that it went to"),
        ("state", pa.string(), "registered, removed, fetched, failed, unfinished"),
        ("final_code", pa.int32(), "the newest final response"),
        ("expires", pa.int64(), "seconds granted in the newest 2xx"),
        ("delay_ms", pa.float64(), "sum of the times from REGISTER to 2xx"),
        ("delays", pa.int32(), "how many those are"),
    ]
)
FINDINGS: Final = _schema(
    [
        ("number", pa.int64(), "place in the list, worst first"),
        ("part_of", pa.int64(), "number of the finding that this one is told with; null where it stands by itself"),
        ("role", pa.string(), "cause or consequence in that"),
        ("rule", pa.string(), "name of the rule"),
        ("variant", pa.string(), "which of its messages"),
        ("severity", pa.string(), "error, warning, note"),
        ("confidence", pa.string(), "certain, likely, inconclusive"),
        ("message", pa.string(), "what was found"),
        ("remedy", pa.string(), "what to do"),
        ("knowledge", pa.string(), "entry of the catalogue"),
        ("capture", pa.int32(), "number of the capture, as in captures.number"),
        ("time", TIME, "when it began"),
        ("frames", pa.list_(pa.int64()), "frames that show it"),
        ("call_id", pa.string(), "Call-ID of the call concerned; null where it is about none"),
        ("evidence", pa.string(), "facts from the capture, as JSON"),
    ]
)
STREAMS: Final = _schema(
    [
        ("capture", pa.int32(), "number of the capture, as in captures.number"),
        ("ssrc", pa.string(), "synchronisation source"),
        ("source", pa.string(), "endpoint that sent it"),
        ("destination", pa.string(), "endpoint that it went to"),
        ("payload_type", pa.int32(), "the most frequent"),
        ("codec", pa.string(), "its name"),
        ("packets", pa.int64(), "RTP packets, copies too"),
        ("lost", pa.int64(), "packets that never came"),
        ("loss_percent", pa.float64(), "of those sent"),
        ("jitter_ms", pa.float64(), "mean (RFC 3550)"),
        ("jitter_max_ms", pa.float64(), "maximum"),
        ("max_delta_ms", pa.float64(), "longest between two packets"),
        ("mos", pa.float64(), "estimate (ITU-T G.107)"),
        ("call_id", pa.string(), "Call-ID of its call; null where none is known"),
        ("direction", pa.string(), "caller-to-callee or callee-to-caller"),
        ("tied_by", pa.string(), "destination, return, source, or hosts for a guess"),
        ("first_time", pa.string(), "first packet"),
        ("last_time", pa.string(), "last packet"),
        ("first_frame", pa.int64(), "its first frame"),
        ("last_frame", pa.int64(), "its last frame"),
    ]
)
CAPTURES: Final = _schema(
    [
        ("number", pa.int32(), "in the order of time; -1 where it was not read"),
        ("path", pa.string(), "as it was named"),
        ("state", pa.string(), "read, duplicate of another, unreadable"),
        ("reason", pa.string(), "why it could not be read"),
        ("content", pa.string(), "hash of the content, and of how it was read"),
        ("format", pa.string(), "pcap or pcapng"),
        ("packets", pa.int64(), "packets in the capture"),
        ("bytes", pa.int64(), "size of the file"),
        ("first_time", TIME, "first packet"),
        ("last_time", TIME, "last packet"),
        ("sip_messages", pa.int64(), "messages found"),
        ("defects", TEXTS, "what was wrong with the bytes"),
    ]
)
TABLES: Final = {
    "calls": CALLS,
    "responses": RESPONSES,
    "registrations": REGISTRATIONS,
    "findings": FINDINGS,
    "streams": STREAMS,
    "captures": CAPTURES,
}
"""Dataset → columns."""

MILLISECOND = 1_000_000


def described() -> str:
    """The columns of all tables and what they mean, as JSON."""
    tables = {
        name: {each.name: {"type": str(each.type), "meaning": each.metadata[b"meaning"].decode()} for each in schema}
        for name, schema in TABLES.items()
    }
    return msgspec.json.format(msgspec.json.encode({"schema": SCHEMA, "tables": tables}), indent=2).decode()


def call_table(calls: Sequence[Call]) -> pa.Table:
    """The calls of one shard."""
    return pa.Table.from_pylist([_call(each) for each in calls], schema=CALLS)


def response_table(arrivals: Iterable[Arrival]) -> pa.Table:
    """The responses of one shard."""
    rows: list[tuple[Any, ...]] = [
        row for each in arrivals if isinstance(each.sighting.message, Response) and (row := _response(each))
    ]
    columns = list(zip(*rows, strict=True)) if rows else [() for _ in RESPONSES]
    return pa.table(dict(zip(RESPONSES.names, columns, strict=True)), schema=RESPONSES)


def registration_table(seen: Correlation) -> pa.Table:
    """The registrations of one shard."""
    return pa.Table.from_pylist([_registration(each) for each in seen.registrations], schema=REGISTRATIONS)


def stream_table(rows: Sequence[StreamRow]) -> pa.Table:
    """All streams, as the JSON document has them."""
    return pa.Table.from_pylist(list(map(stream_told, rows)), schema=STREAMS)


def stream_told(row: StreamRow) -> dict[str, Any]:
    """A stream by its columns."""
    return {name: getattr(row, name) for name in STREAMS.names}


def finding_table(findings: Sequence[Finding], words: Words) -> pa.Table:
    """All findings; those told with another one right behind it, with its number."""
    rows = finding_rows(((each, False) for each in findings), words)
    return pa.Table.from_pylist(list(rows), schema=FINDINGS)


def finding_rows(told: Iterable[tuple[Finding, bool]], words: Words) -> Iterator[dict[str, Any]]:
    """The same row by row: findings, and whether each is a consequence of the last that is not."""
    number = head = 0
    for finding, under in told:
        number += 1
        head = head if under else number
        yield _finding(finding, words, number, *((head, "consequence") if under else (None, None)))
        for role, members in (("cause", finding.causes), ("consequence", finding.consequences)):
            for each in members:
                number += 1
                yield _finding(each, words, number, head, role)


def capture_table(outcomes: Sequence[tuple[int, Outcome, str]]) -> pa.Table:
    """The captures: number (-1 where it was not read), what came of reading it, and its state."""
    return pa.Table.from_pylist([_capture(*each) for each in outcomes], schema=CAPTURES)


def _call(call: Call) -> dict[str, Any]:
    invite, answer, ending = call.invite, call.answer, None if call.ending is None else call.ending.request
    bye = None if call.ending is None or not call.ending.answers else call.ending.answers[0]
    opening = call.opening
    asked = call.transactions[0] if call.transactions else None
    return {
        "call_id": kept(call.call_id),
        "call_ids": [kept(each) for each in call.call_ids],
        "turn": call.turn,
        "time": opening.time,
        "from": _party(opening, "from"),
        "to": _party(opening, "to"),
        "source": opening.source if asked is None else asked.source,
        "destination": opening.destination if asked is None else asked.destination,
        "state": call.state.value,
        "final_code": None if call.final is None else status(call.final),
        "capture": opening.capture,
        "invite_frame": None if invite is None else invite.frame,
        "answer_frame": None if answer is None else answer.frame,
        "end_frame": None if ending is None else ending.frame,
        "invite_seen": invite is not None,
        "setup_ms": _between(invite, answer),
        "pdd_ms": _between(invite, call.first_indication),
        "duration_ms": _between(answer, ending),
        "disconnect_ms": _between(ending, bye),
        "completed": bye is not None,
        "ended_by": call.ended_by,
        "legs": max(1, len(call.legs)),
    }


def _response(arrival: Arrival) -> tuple[Any, ...]:
    seen = arrival.sighting
    message = seen.message
    assert isinstance(message, Response), "only responses are told"  # noqa: S101
    request = None if arrival.transaction is None else arrival.transaction.request
    return (
        seen.capture,
        seen.frame,
        seen.time,
        message.status,
        kept(message.reason),
        kept(message.cseq_method),
        kept(message.call_id),
        min(message.cseq, 2**63 - 1),
        None if request is None else request.capture,
        None if request is None else request.frame,
        None if request is None else (seen.time - request.time) / MILLISECOND,
        "" if arrival.repeat is Repeat.FIRST else arrival.repeat.value,
        seen.source,
        seen.destination,
        seen.transport,
    )


def _registration(each: Registration) -> dict[str, Any]:
    first, delays = each.transactions[0], sums_of([], [each]).registration_delays
    return {
        "call_id": kept(each.call_id),
        "aor": kept(each.aor),
        "contact": kept(each.contact),
        "time": first.time,
        "source": first.source,
        "destination": first.destination,
        "state": each.state.value,
        "final_code": None if each.final is None else status(each.final),
        "expires": each.expires,
        "delay_ms": delays.total / MILLISECOND if delays.count else None,
        "delays": delays.count,
    }


def _finding(finding: Finding, words: Words, number: int, head: int | None, role: str | None) -> dict[str, Any]:
    evidence = {name: _told(value) for name, value in finding.evidence.items()}
    return {
        "number": number,
        "part_of": head,
        "role": role,
        "rule": finding.rule,
        "variant": finding.variant,
        "severity": finding.severity.value,
        "confidence": finding.confidence.value,
        "message": words.message(finding),
        "remedy": words.remedy(finding),
        "knowledge": words.finding_key(finding),
        "capture": finding.capture,
        "time": finding.time,
        "frames": finding.frames,
        "call_id": None if finding.call_id is None else kept(finding.call_id),
        "evidence": msgspec.json.encode(evidence).decode(),
    }


def _capture(number: int, outcome: Outcome, state: str) -> dict[str, Any]:
    row: dict[str, Any] = {
        "number": number,
        "path": kept(outcome.place.name),
        "state": state,
        "reason": kept(outcome.reason),
        "content": outcome.content,
        "bytes": outcome.place.size,
    }
    if outcome.gist is not None:
        facts = outcome.gist.facts
        row |= {
            "format": facts.format,
            "packets": facts.packets,
            "bytes": facts.bytes,
            "first_time": facts.first_time,
            "last_time": facts.last_time,
            "sip_messages": facts.sip_messages,
            "defects": [kept(f"{each.kind}: {each.detail}") for each in facts.defects],
        }
    return row


def _told(value: object) -> object:
    if isinstance(value, str):
        return kept(value)
    return [_told(each) for each in value] if isinstance(value, list) else value


def _party(opening: Sighting, side: str) -> str:
    return kept(parse_name_addr(opening.message.field(side) or "").uri.text)


def _between(earlier: Sighting | None, later: Sighting | None) -> float | None:
    return None if earlier is None or later is None else (later.time - earlier.time) / MILLISECOND
