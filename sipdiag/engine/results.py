"""The result as tables: their columns are the format that people query, numbered and described in the README.

Times are nanoseconds UTC, durations milliseconds; text from packets is UTF-8 with stray bytes as escapes.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
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

TIME: Final = pa.timestamp("ns", tz="UTC")
TEXTS: Final = pa.list_(pa.string())

CALLS: Final = pa.schema(
    [
        ("call_id", pa.string()),
        ("call_ids", TEXTS),
        ("turn", pa.int32()),
        ("time", TIME),
        ("from", pa.string()),
        ("to", pa.string()),
        ("source", pa.string()),
        ("destination", pa.string()),
        ("state", pa.string()),
        ("final_code", pa.int32()),
        ("capture", pa.int32()),
        ("invite_frame", pa.int64()),
        ("answer_frame", pa.int64()),
        ("end_frame", pa.int64()),
        ("invite_seen", pa.bool_()),
        ("setup_ms", pa.float64()),
        ("pdd_ms", pa.float64()),
        ("duration_ms", pa.float64()),
        ("disconnect_ms", pa.float64()),
        ("completed", pa.bool_()),
        ("ended_by", pa.string()),
        ("legs", pa.int32()),
    ]
)
RESPONSES: Final = pa.schema(
    [
        ("capture", pa.int32()),
        ("frame", pa.int64()),
        ("time", TIME),
        ("code", pa.int32()),
        ("reason", pa.string()),
        ("method", pa.string()),
        ("call_id", pa.string()),
        ("cseq", pa.int64()),
        ("request_capture", pa.int32()),
        ("request_frame", pa.int64()),
        ("latency_ms", pa.float64()),
        ("repeat", pa.string()),
        ("source", pa.string()),
        ("destination", pa.string()),
        ("transport", pa.string()),
    ]
)
REGISTRATIONS: Final = pa.schema(
    [
        ("call_id", pa.string()),
        ("aor", pa.string()),
        ("contact", pa.string()),
        ("time", TIME),
        ("source", pa.string()),
        ("destination", pa.string()),
        ("state", pa.string()),
        ("final_code", pa.int32()),
        ("expires", pa.int64()),
        ("delay_ms", pa.float64()),
        ("delays", pa.int32()),
    ]
)
FINDINGS: Final = pa.schema(
    [
        ("number", pa.int64()),
        ("part_of", pa.int64()),
        ("role", pa.string()),
        ("rule", pa.string()),
        ("variant", pa.string()),
        ("severity", pa.string()),
        ("confidence", pa.string()),
        ("message", pa.string()),
        ("remedy", pa.string()),
        ("knowledge", pa.string()),
        ("capture", pa.int32()),
        ("time", TIME),
        ("frames", pa.list_(pa.int64())),
        ("call_id", pa.string()),
        ("evidence", pa.string()),
    ]
)
STREAMS: Final = pa.schema(
    [
        ("capture", pa.int32()),
        ("ssrc", pa.string()),
        ("source", pa.string()),
        ("destination", pa.string()),
        ("payload_type", pa.int32()),
        ("codec", pa.string()),
        ("packets", pa.int64()),
        ("lost", pa.int64()),
        ("loss_percent", pa.float64()),
        ("jitter_ms", pa.float64()),
        ("jitter_max_ms", pa.float64()),
        ("max_delta_ms", pa.float64()),
        ("mos", pa.float64()),
        ("call_id", pa.string()),
        ("direction", pa.string()),
        ("tied_by", pa.string()),
        ("first_time", pa.string()),
        ("last_time", pa.string()),
        ("first_frame", pa.int64()),
        ("last_frame", pa.int64()),
    ]
)
CAPTURES: Final = pa.schema(
    [
        ("number", pa.int32()),
        ("path", pa.string()),
        ("state", pa.string()),
        ("reason", pa.string()),
        ("content", pa.string()),
        ("format", pa.string()),
        ("packets", pa.int64()),
        ("bytes", pa.int64()),
        ("first_time", TIME),
        ("last_time", TIME),
        ("sip_messages", pa.int64()),
        ("defects", TEXTS),
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
    told = [{name: getattr(row, name) for name in STREAMS.names} for row in rows]
    return pa.Table.from_pylist(told, schema=STREAMS)


def finding_table(findings: Sequence[Finding], words: Words) -> pa.Table:
    """All findings; those told with another one right behind it, with its number."""
    rows: list[dict[str, Any]] = []
    for finding in findings:
        head = len(rows) + 1
        rows.append(_finding(finding, words, head, None, None))
        for role, members in (("cause", finding.causes), ("consequence", finding.consequences)):
            rows += [_finding(each, words, len(rows) + 1 + index, head, role) for index, each in enumerate(members)]
    return pa.Table.from_pylist(rows, schema=FINDINGS)


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
    first, delays = each.transactions[0], sums_of([], [each]).registering
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
        "path": kept(outcome.place.path),
        "state": state,
        "reason": kept(outcome.reason),
        "content": outcome.content,
        "bytes": outcome.place.size,
    }
    if outcome.reading is not None:
        facts = outcome.reading.trace.facts
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
