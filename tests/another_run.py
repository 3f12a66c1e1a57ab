"""The same story told in another run: other Call-IDs, tags, branches, nonces, ports, and another day."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from sipdiag.sip import parse

if TYPE_CHECKING:
    from sipdiag.media import Stream
    from sipdiag.trace import Sighting, Trace
    from sipdiag.transport import Undelivered

LATER = 17 * 86_400 * 10**9 + 3_600 * 10**9 + 123_456_789
_TOKEN = re.compile(r'(?i)((?:tag|branch|nonce|cnonce|response|opaque)="?)(z9hG4bK)?([\w.-]+)')
_CALL_ID = re.compile(r"(?im)^((?:Call-ID|i)[ \t]*:[ \t]*)(\S+)")
_PORT = re.compile(r"(?<=[\w\]]):(\d{4,5})\b(?!@)")
_MEDIA_PORT = re.compile(r"(?m)^(m=\w+ )(\d{4,5})\b")
_SESSION = re.compile(r"(?m)^(o=\S+ )(\d+)\b")


def retold(trace: Trace) -> Trace:
    """`trace` with everything changed that changes from run to run."""
    facts = trace.facts
    moved = {name: value + LATER for name in ("first_time", "last_time") if (value := getattr(facts, name)) is not None}
    return msgspec.structs.replace(
        trace,
        facts=msgspec.structs.replace(facts, path=f"runs/{len(facts.path)}.pcap", **moved),
        sightings=[_seen(each) for each in trace.sightings],
        connections=[
            msgspec.structs.replace(
                each,
                **_moved_times(each),
                client=_ports(each.client),
                server=_ports(each.server),
                reset_by=None if each.reset_by is None else _ports(each.reset_by),
            )
            for each in trace.connections
        ],
        streams=[_stream(each) for each in trace.streams],
        clock_steps=[msgspec.structs.replace(each, **_moved_times(each)) for each in trace.clock_steps],
        undelivered=[_undelivered(each) for each in trace.undelivered],
        partial=[
            msgspec.structs.replace(
                each, **_moved_times(each), source=_ports(each.source), destination=_ports(each.destination)
            )
            for each in trace.partial
        ],
        handshakes=[  # the server's port is what tells TLS for SIP from that of web pages
            msgspec.structs.replace(
                each,
                **_moved_times(each),
                client=_ports(each.client),
                alert_by=each.alert_by if each.alert_by in (None, each.server) else _ports(str(each.alert_by)),
                closed_by=each.closed_by if each.closed_by in (None, each.server) else _ports(str(each.closed_by)),
            )
            for each in trace.handshakes
        ],
    )


def _moved_times(value: msgspec.Struct) -> dict[str, int]:
    names = (each.name for each in msgspec.structs.fields(value))
    return {
        name: told + LATER
        for name in names
        if (name == "time" or name.endswith("_time")) and isinstance(told := getattr(value, name), int) and told
    }


def _seen(sighting: Sighting) -> Sighting:
    message = sighting.message
    head = _CALL_ID.sub(lambda found: f"{found[1]}{found[2][::-1]}.again", _renamed(message.head))
    body = message.body.decode("utf-8", "surrogateescape")
    if "v=0" in body:
        body = _MEDIA_PORT.sub(lambda found: f"{found[1]}{int(found[2]) + 2}", _SESSION.sub(r"\g<1>77\2", body))
    again = parse(f"{head}\r\n\r\n{body}".encode("utf-8", "surrogateescape"))
    assert again is not None
    return msgspec.structs.replace(
        sighting,
        message=msgspec.structs.replace(again, cut_off=message.cut_off),
        time=sighting.time + LATER,
        source=_ports(sighting.source),
        destination=_ports(sighting.destination),
    )


def _renamed(text: str) -> str:
    return _ports(_TOKEN.sub(lambda found: f"{found[1]}{found[2] or ''}x{found[3][::-1]}", text))


def _stream(stream: Stream) -> Stream:
    gaps = (msgspec.structs.replace(each, begin=each.begin + LATER, end=each.end + LATER) for each in stream.gaps)
    ends = {"source": _media(stream.source), "destination": _media(stream.destination)}
    ssrc = stream.ssrc if stream.is_fax else stream.ssrc ^ 0x5A5A
    return msgspec.structs.replace(stream, ssrc=ssrc, gaps=tuple(gaps), **ends, **_moved_times(stream))


def _undelivered(told: Undelivered) -> Undelivered:
    ports = _ports if any(report.quote for report in told.reports) else _media
    reports = [
        msgspec.structs.replace(
            each,
            **_moved_times(each),
            quote=_renamed(each.quote.decode("utf-8", "surrogateescape")).encode("utf-8", "surrogateescape"),
        )
        for each in told.reports
    ]
    ends = {"source": ports(told.source), "destination": ports(told.destination)}
    return msgspec.structs.replace(told, **_moved_times(told), **ends, reports=reports)


def _media(endpoint: str) -> str:
    before, colon, number = endpoint.rpartition(":")
    return f"{before}{colon}{int(number) + 2}"


def _ports(text: str) -> str:
    return _PORT.sub(lambda found: f":{int(found[1]) + 7}", text)
