"""The JSON document: its types, from which its JSON Schema is generated, and the analysis told in them.

Times are ISO 8601 UTC with nanoseconds, durations milliseconds, addresses `host:port`, frames 1-based packet numbers.
"""

from __future__ import annotations

from typing import Any

import msgspec

SCHEMA = "sipdiag/1"


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What every object of the document is."""


class CaptureDefect(Row, frozen=True, kw_only=True):
    """Something wrong with the capture itself."""

    kind: str
    detail: str
    frame: int | None


class CaptureRow(Row, frozen=True, kw_only=True):
    """One input."""

    path: str
    format: str
    link_types: list[int]
    """LINKTYPE numbers, as tcpdump.org lists them."""
    packets: int
    bytes: int
    first_time: str | None
    last_time: str | None
    sip_messages: int
    defects: list[CaptureDefect]


class Summary(Row, frozen=True, kw_only=True):
    """The whole in figures."""

    calls: int
    answered: int
    failed: int
    cancelled: int
    unfinished: int
    registrations: int
    subscriptions: int
    sip_requests: int
    """Requests, retransmissions and packets recorded twice not counted."""
    sip_responses: int
    responses_by_code: dict[str, int]
    findings_by_severity: dict[str, int]
    kpi: dict[str, float | int | None]
    """Figures of RFC 6076, and ASR, NER and ACD; null where the captures give no figure."""
    media: str = "seen"
    """`seen none left-out`: whether RTP of any call is there; with the latter two nothing is known of the audio."""


class PeerRow(Row, frozen=True, kw_only=True):
    """What came of the calls that were sent to one host, at the hop that leads to it."""

    host: str
    calls: int
    answered: int
    registrations: int
    kpi: dict[str, float | int | None]
    """The figures of `summary.kpi`, over this host's calls and registrations."""


class ResponseRow(Row, frozen=True, kw_only=True):
    """One SIP response."""

    capture: int
    """Index into `captures`."""
    frame: int
    time: str
    code: int
    reason: str
    class_: str = msgspec.field(name="class")
    """`provisional success redirection client-error server-error global-failure`."""
    method: str
    """The method in CSeq."""
    call_id: str
    cseq: int
    request_frame: int | None
    """The first copy of its request as seen at that hop; null when it is not in the capture."""
    request_capture: int | None
    """Which capture holds that frame."""
    latency_ms: float | None
    """Since the first copy of the request."""
    retransmission_of: int | None
    duplicate_of: int | None
    """The frame that holds the same packet, recorded twice."""
    source: str
    destination: str
    transport: str
    knowledge: str
    """The entry that explains it: `status/403`."""


class RequestRow(Row, frozen=True, kw_only=True):
    """One SIP request."""

    capture: int
    frame: int
    time: str
    method: str
    uri: str
    call_id: str
    cseq: int
    final_code: int | None
    final_frame: int | None
    final_capture: int | None
    meant_frame: int | None
    """Of an ACK the final response, of a PRACK the provisional one, of a CANCEL the INVITE that it is about."""
    retransmission_of: int | None
    duplicate_of: int | None
    source: str
    destination: str
    transport: str


class Hop(Row, frozen=True, kw_only=True):
    """One link that the call's INVITE crossed."""

    source: str
    destination: str
    call_id: str
    invite_frame: int | None
    final_code: int | None


class LegLink(Row, frozen=True, kw_only=True):
    """Why two Call-IDs are taken for one call."""

    call_id: str
    linked_to: str
    """The Call-ID of the earlier leg."""
    by: str
    """The header field that says so, in lower case, or `likeness`: a guess."""
    value: str
    """What both have, or what of them is alike."""
    certainty: str
    """`certain likely`."""


class CallRow(Row, frozen=True, kw_only=True):
    """One call."""

    id: int
    """Its number in the list, from 1; `--call` takes it."""
    call_ids: list[str]
    """One a leg, that of the leg nearest the caller first."""
    links: list[LegLink]
    """What ties the legs together; empty when the call has one Call-ID."""
    from_: str = msgspec.field(name="from")
    to: str
    state: str
    """`answered failed cancelled unfinished`."""
    final_code: int | None
    invite_frame: int | None
    answer_frame: int | None
    ack_frame: int | None
    end_frame: int | None
    """The BYE or CANCEL."""
    invite_capture: int | None
    """Which capture holds the frame of that name; a call may span several."""
    answer_capture: int | None
    ack_capture: int | None
    end_capture: int | None
    setup_ms: float | None
    """First INVITE to the 2xx."""
    pdd_ms: float | None
    """Post-dial delay: first INVITE to the first response that tells the caller something (RFC 6076, section 4.3)."""
    duration_ms: float | None
    """2xx to BYE."""
    ended_by: str | None
    """`caller callee`."""
    hops: list[Hop]
    streams: list[int]
    """Indexes into `streams`."""
    findings: list[int]
    """Indexes into `findings`."""


class RegistrationRow(Row, frozen=True, kw_only=True):
    """One registration."""

    call_id: str
    aor: str
    contact: str
    expires: int | None
    """Seconds that the registrar granted."""
    state: str
    """`registered removed fetched failed unfinished`."""
    final_code: int | None
    frames: list[int]
    findings: list[int]


class SubscriptionRow(Row, frozen=True, kw_only=True):
    """One subscription."""

    call_id: str
    event: str
    contact: str
    expires: int | None
    state: str
    """`pending active terminated accepted failed unfinished`."""
    final_code: int | None
    frames: list[int]
    findings: list[int]


class KeyRow(Row, frozen=True, kw_only=True):
    """A key that was pressed, as a telephone event (RFC 4733)."""

    key: str
    frame: int
    time: str


class ReportRow(Row, frozen=True, kw_only=True):
    """The last RTCP report of its kind on a stream."""

    kind: str
    """`sent received voip`."""
    frame: int
    packets: int | None
    lost: int | None
    loss_percent: float | None
    jitter_ms: float | None
    round_trip_ms: float | None
    mos: float | None


class TimelineRow(Row, frozen=True, kw_only=True):
    """A stream step by step."""

    step_ms: float
    """Steps begin with whole seconds of the clock."""
    before_ms: float
    """How much of the first step had passed when the first packet came."""
    packets: list[int]
    lost: list[int]
    jitter_ms: list[float]
    """By how much packets came earlier or later than the one before them would have it, on the average of each step."""


class StreamRow(Row, frozen=True, kw_only=True):
    """One RTP stream, or one of a fax over UDPTL (ITU-T T.38), whose codec is `T.38`."""

    capture: int
    ssrc: str | None
    """Eight hexadecimal digits behind `0x`; null for a fax."""
    source: str
    destination: str
    payload_type: int | None
    """The most frequent; null for a fax."""
    payload_types: list[int]
    codec: str | None
    """As the session descriptions of its call name the payload type, else as RFC 3551 does; null when neither does."""
    clock_rate: int | None
    packets: int
    """Copies too."""
    lost: int
    loss_percent: float
    duplicates: int
    reordered: int
    jitter_ms: float | None
    """Mean of RFC 3550's estimate over the stream."""
    jitter_max_ms: float | None
    max_delta_ms: float | None
    """Longest time between two packets where no talkspurt begins."""
    bitrate_kbps: float | None
    """With the headers of IP and UDP."""
    mos: float | None
    """An estimate by the E-model (ITU-T G.107)."""
    silent_percent: float | None
    """Of the packets of PCMU and PCMA that were looked at, those with nothing but silence."""
    comfort_noise: int
    keys: list[KeyRow]
    reports: list[ReportRow]
    timeline: TimelineRow
    call_id: str | None
    tied_by: str | None
    """`destination return source`: what ties it to the call; `hosts` is a guess."""
    direction: str | None
    """`caller-to-callee callee-to-caller`."""
    first_time: str
    last_time: str
    first_frame: int
    last_frame: int


class FindingRow(Row, frozen=True, kw_only=True):
    """One finding."""

    rule: str
    variant: str
    """Which of the rule's messages tells it."""
    severity: str
    """`error warning note`."""
    confidence: str
    """`certain likely inconclusive`."""
    message: str
    call_id: str | None
    capture: int
    time: str
    frames: list[int]
    evidence: dict[str, Any]
    remedy: str
    knowledge: str
    causes: list[FindingRow]
    """What brought it about, told here only; without causes and consequences of their own."""
    consequences: list[FindingRow]
    """What it or its causes led to, told here only."""


class EntryRow(Row, frozen=True, kw_only=True):
    """An entry of the catalogue that the document names."""

    title: str
    meaning: str
    seen_when: list[str]
    fix: list[str]
    references: list[str]


class Document(Row, frozen=True, kw_only=True):
    """The result of `sipdiag analyze --format json`."""

    schema: str
    version: str
    captures: list[CaptureRow]
    summary: Summary
    peers: list[PeerRow]
    """The busiest first."""
    responses: list[ResponseRow]
    requests: list[RequestRow]
    calls: list[CallRow]
    registrations: list[RegistrationRow]
    subscriptions: list[SubscriptionRow]
    streams: list[StreamRow]
    findings: list[FindingRow]
    knowledge: dict[str, EntryRow]


def json_schema() -> dict[str, Any]:
    """The JSON Schema (draft 2020-12) of the document."""
    schema = msgspec.json.schema(Document)
    return {"$schema": "https://json-schema.org/draft/2020-12/schema", "title": SCHEMA, **schema}
