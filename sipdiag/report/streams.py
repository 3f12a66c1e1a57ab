"""RTP streams told in figures: the rows of the JSON document, from which other formats take theirs."""

from __future__ import annotations

from sipdiag.calls import CALLER, Carriage, Carried, told_of
from sipdiag.media import Report, Stream
from sipdiag.report import document as doc
from sipdiag.report.escape import kept
from sipdiag.report.times import iso, milliseconds

MILLISECOND = 1_000_000


def stream_rows(carriage: Carriage) -> list[doc.StreamRow]:
    """Every stream, in the order in which they began."""
    owners = carriage.owners
    return [
        stream_row(each, owners[number][1] if number in owners else None)
        for number, each in enumerate(carriage.streams)
    ]


def stream_row(stream: Stream, carried: Carried | None) -> doc.StreamRow:
    """One stream."""
    told = told_of(stream, carried)
    jitter = told.jitter
    kilobits = stream.kilobits
    return doc.StreamRow(
        capture=stream.capture,
        ssrc=None if stream.is_fax else f"0x{stream.ssrc:08X}",
        source=stream.source,
        destination=stream.destination,
        payload_type=None if stream.is_fax else stream.payload_type,
        payload_types=[] if stream.is_fax else sorted(each.payload_type for each in stream.formats),
        codec=None if told.codec is None else kept(told.codec),
        clock_rate=told.rate,
        packets=stream.packets,
        lost=stream.lost,
        loss_percent=round(stream.loss_percent, 2),
        duplicates=stream.duplicates,
        reordered=stream.reordered,
        jitter_ms=None if jitter is None else round(jitter.mean, 3),
        jitter_max_ms=None if jitter is None else round(jitter.highest, 3),
        max_delta_ms=milliseconds(stream.max_delta) if stream.packets > 1 else None,
        bitrate_kbps=None if kilobits is None else round(kilobits, 1),
        mos=told.mos,
        silent_percent=round(100 * stream.silent / stream.sampled, 1) if stream.sampled else None,
        comfort_noise=stream.noise,
        keys=[doc.KeyRow(key=each.key, frame=each.frame, time=iso(each.time)) for each in stream.keys],
        reports=[_report(each, told.rate) for each in stream.reports],
        timeline=_timeline(stream),
        call_id=None if carried is None or carried.line is None else kept(carried.line.call_id),
        tied_by=None if carried is None else carried.by,
        direction=None if carried is None or carried.line is None else direction_of(carried),
        first_time=iso(stream.first_time),
        last_time=iso(stream.last_time),
        first_frame=stream.first_frame,
        last_frame=stream.last_frame,
    )


def direction_of(carried: Carried) -> str:
    """Which way a stream goes in its call."""
    return "callee-to-caller" if carried.toward == CALLER else "caller-to-callee"


def _report(report: Report, rate: int | None) -> doc.ReportRow:
    return doc.ReportRow(
        kind=report.kind,
        frame=report.frame,
        packets=report.packets,
        lost=report.lost,
        loss_percent=report.loss_percent,
        jitter_ms=None if report.jitter is None or not rate else round(report.jitter * 1_000 / rate, 3),
        round_trip_ms=report.round_trip_ms,
        mos=report.mos,
    )


def _timeline(stream: Stream) -> doc.TimelineRow:
    return doc.TimelineRow(
        step_ms=stream.step / MILLISECOND,
        before_ms=stream.first_time % stream.step / MILLISECOND,
        packets=list(stream.steps.packets),
        lost=[max(0, missing) for missing in stream.steps.missing],
        jitter_ms=list(stream.steps.jitter),
    )
