"""The sequence diagram of a call as lanes and arrows; drawing is left to each format."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sipdiag.calls import CALLEE, Call, Carried, Transaction
from sipdiag.findings import Finding
from sipdiag.report.escape import shown
from sipdiag.sip import Response
from sipdiag.trace import Sighting, host


class Arrow(msgspec.Struct, frozen=True, kw_only=True):
    """One message from one lane to another, with its retransmissions folded in."""

    capture: int
    frame: int
    time: int
    source: int
    """Index into the ladder's lanes."""
    destination: int
    label: str
    """`INVITE`, `200 OK (INVITE)`."""
    code: int = 0
    """The status code of a response; 0 for a request."""
    repeats: list[int] = []
    """Frames of its retransmissions."""
    last_time: int = 0
    """When it was sent last."""
    findings: list[int] = []
    """Numbers of the findings that name one of its frames, from 1."""
    media: bool = False
    """Whether it is a stream of media, from its first packet to that at `last_time`: a thick line."""


class Ladder(msgspec.Struct, frozen=True, kw_only=True):
    """The messages of a call, and its media if they are wanted, between the hosts that sent them."""

    lanes: list[str]
    """Hosts, in the order they were first seen; endpoints where one host talks to itself."""
    arrows: list[Arrow]
    """In the order of time."""


def ladder_of(
    call: Call, findings: dict[tuple[int, int], list[int]] | None = None, media: Sequence[tuple[Carried, str]] = ()
) -> Ladder:
    """The ladder of `call`; `findings` maps (capture, frame) to the numbers of the findings that name it.

    `media` are the streams that are to stand in it, each with its label.
    """
    sent = sent_in(call)
    own_lane = {host(first.source) for first, _ in sent if host(first.source) == host(first.destination)}
    lanes: dict[str, int] = {}
    arrows = []
    for first, repeats in sent:
        source, destination = (
            lanes.setdefault(end if host(end) in own_lane else host(end), len(lanes))
            for end in (first.source, first.destination)
        )
        frames = [first.frame, *(each.frame for each in repeats)]
        numbers = {number for frame in frames for number in (findings or {}).get((first.capture, frame), ())}
        arrows.append(
            Arrow(
                capture=first.capture,
                frame=first.frame,
                time=first.time,
                source=source,
                destination=destination,
                label=label_of(first),
                code=first.message.status if isinstance(first.message, Response) else 0,
                repeats=frames[1:],
                last_time=repeats[-1].time if repeats else first.time,
                findings=sorted(numbers),
            )
        )
    for carried, label in media if sent else ():
        arrows.append(_media_arrow(carried, label, sent[0][0], lanes, own_lane, findings or {}))
    arrows.sort(key=lambda each: (each.time, each.capture, each.frame))
    return Ladder(lanes=list(lanes), arrows=arrows)


def _media_arrow(
    carried: Carried,
    label: str,
    opening: Sighting,
    lanes: dict[str, int],
    own_lane: set[str],
    findings: dict[tuple[int, int], list[int]],
) -> Arrow:
    """The arrow of one stream, from host to host; where one host talks to itself, from side to side."""
    stream = carried.stream
    ends = [host(stream.source), host(stream.destination)]
    if own_lane.intersection(ends):
        ends = (
            [opening.source, opening.destination] if carried.toward == CALLEE else [opening.destination, opening.source]
        )
    source, destination = (lanes.setdefault(end, len(lanes)) for end in ends)
    frames = (stream.first_frame, stream.last_frame)
    return Arrow(
        capture=stream.capture,
        frame=stream.first_frame,
        time=stream.first_time,
        source=source,
        destination=destination,
        label=label,
        last_time=stream.last_time,
        findings=sorted({number for frame in frames for number in findings.get((stream.capture, frame), ())}),
        media=True,
    )


def sent_in(call: Call) -> list[tuple[Sighting, list[Sighting]]]:
    """Every message of `call` with its retransmissions, in the order of time: one for each arrow of its ladder."""
    sent = [each for transaction in call.transactions for each in _sent_in(transaction)]
    sent += _acknowledged(call)
    sent.sort(key=lambda each: (each[0].time, each[0].capture, each[0].frame))
    return sent


def marks_of(findings: list[Finding]) -> dict[tuple[int, int], list[int]]:
    """(capture, frame) → the numbers of the findings that name it, from 1, themselves or by what they are tied to."""
    numbers: dict[tuple[int, int], list[int]] = {}
    for number, finding in enumerate(findings, 1):
        for each in (finding, *finding.causes, *finding.consequences):
            for frame in each.frames:
                numbers.setdefault((each.capture, frame), []).append(number)
    return numbers


def troubled(calls: list[Call], findings: list[Finding]) -> list[Call]:
    """The calls that a finding is about, itself or by what it is tied to."""
    named = {each.call_id for one in findings for each in (one, *one.causes, *one.consequences)}
    return [call for call in calls if named.intersection(call.call_ids)]


def label_of(sighting: Sighting) -> str:
    """What stands on the arrow of one message."""
    message = sighting.message
    if isinstance(message, Response):
        return f"{message.status} {shown(message.reason)}".rstrip() + f" ({shown(message.cseq_method)})"
    label = shown(message.method)
    return f"{label} (SDP)" if message.body and "sdp" in (message.field("content-type") or "").lower() else label


def _sent_in(transaction: Transaction) -> list[tuple[Sighting, list[Sighting]]]:
    sent: list[tuple[Sighting, list[Sighting]]] = []
    if transaction.request is not None:
        sent.append((transaction.request, transaction.request_repeats))
    sent += [(response, transaction.repeats_of(response)) for response in transaction.responses]
    if transaction.acks:
        sent.append((transaction.acks[0], transaction.acks[1:]))
    return sent


def _acknowledged(call: Call) -> list[tuple[Sighting, list[Sighting]]]:
    """The ACKs of 2xx responses, those sent again folded into the first."""
    sent: dict[tuple[str, ...], tuple[Sighting, list[Sighting]]] = {}
    for ack in call.acks:
        message = ack.message
        key = (str(message.cseq), message.branch, message.to_tag, ack.source, ack.destination)
        if key in sent:
            sent[key][1].append(ack)
        else:
            sent[key] = (ack, [])
    return list(sent.values())
