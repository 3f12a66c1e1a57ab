"""Which packets of some captures belong to certain Call-IDs: signalling by its frames, media by what was negotiated."""

from __future__ import annotations

from collections.abc import Iterable, Sequence

import msgspec

from sipdiag.media import Media, Stream, parse_sdp
from sipdiag.trace import Sighting, Trace, host, port
from sipdiag.transport import Place

BEFORE, AFTER = 1_000_000_000, 5_000_000_000
"""Nanoseconds: media may be under way before the answer is seen, and go on until the other side has seen the BYE."""


class Choice(msgspec.Struct, frozen=True, kw_only=True):
    """The packets to copy."""

    call_ids: list[str]
    frames: list[list[int]]
    """For each capture the frames of signalling, ascending."""
    places: list[Place]
    """Where media was negotiated, and when it may have flowed."""
    connections: list[tuple[Place, Place]]
    """The ends of connections that are to be copied whole: those of this call only, or not to be read in parts."""
    transports: frozenset[str]
    """What bore the messages: `udp`, `tcp`, `tls`."""
    codecs: dict[int, str]
    """Payload type of RTP → name, as the offers and answers map them."""
    faxes: frozenset[int]
    """Ports where a fax over UDPTL was asked for."""
    messages: int
    """How many there are."""
    shared: int
    """How many of the frames bear messages of other Call-IDs too."""


def choice_of(traces: Sequence[Trace], call_ids: Iterable[str], streams: Iterable[Stream] = ()) -> Choice:
    """The packets of `call_ids`: every message on every leg, what carried them, and their media.

    Media is what went to or from a place that was negotiated; `streams` are known to be of the call wherever they went.
    """
    wanted = set(call_ids)
    frames: list[set[int]] = [set() for _ in traces]
    others: list[set[int]] = [set() for _ in traces]
    sightings: list[Sighting] = []
    for number, trace in enumerate(traces):
        before = len(sightings)
        for sighting in trace.sightings:
            own = sighting.message.call_id in wanted
            (frames if own else others)[number].update(sighting.frames or (sighting.frame,))
            for capture, frame in sighting.elsewhere:
                (frames if own else others)[capture].add(frame)
            if own:
                sightings.append(sighting)
        here = sightings[before:]
        frames[number] |= _connection_frames(trace, here)
        frames[number] |= _lost_fragments(trace, wanted, here)
    return Choice(
        call_ids=sorted(wanted),
        frames=[sorted(each) for each in frames],
        places=[*_places(sightings), *_places_of(streams)],
        connections=_connections(sightings, _used_by_others(traces, wanted)),
        transports=frozenset(each.transport for each in sightings),
        codecs=_codecs(sightings),
        faxes=_fax_ports(sightings),
        messages=len(sightings),
        shared=sum(len(own & other) for own, other in zip(frames, others, strict=True)),
    )


def _connection_frames(trace: Trace, sightings: list[Sighting]) -> set[int]:
    """How the TCP connections of the messages began and ended, as far as it lies around the messages."""
    ends = {frozenset((each.source, each.destination)) for each in sightings if each.transport != "udp"}
    frames: set[int] = set()
    for connection in trace.connections:
        if frozenset((connection.client, connection.server)) in ends:
            told = (connection.syn_frame, connection.established_frame, connection.fin_frame, connection.reset_frame)
            frames.update(frame for frame in told if frame is not None)
    return frames


def _lost_fragments(trace: Trace, call_ids: set[str], sightings: list[Sighting]) -> set[int]:
    """The fragments of datagrams that never became whole: where the first names the call, or is not there to tell.

    Of the latter those that went between hosts of the call, in its time.
    """
    if not trace.partial or not sightings:
        return set()
    named = [call_id.encode("utf-8", "surrogateescape") for call_id in call_ids if call_id]
    pairs = {frozenset((host(each.source), host(each.destination))) for each in sightings}
    first, last = (pick(each.time for each in sightings) for pick in (min, max))
    frames: set[int] = set()
    for lost in trace.partial:
        between = frozenset((host(lost.source), host(lost.destination))) in pairs
        meant = between and first - BEFORE <= lost.time <= last + AFTER
        if any(call_id in lost.payload for call_id in named) if lost.payload else meant:
            frames.update(lost.frames)
    return frames


def _places(sightings: Sequence[Sighting]) -> list[Place]:
    """Every address and port that an offer or an answer names, for the time of the call."""
    if not sightings:
        return []
    first = min(each.time for each in sightings) - BEFORE
    last = max(each.time for each in sightings) + AFTER
    ends = {
        end
        for sighting in sightings
        if sighting.message.body
        for media in parse_sdp(sighting.message.body).media
        for end in _ends(media)
    }
    signalling = {(host(end), port(end)) for each in sightings for end in (each.source, each.destination)}
    return [
        Place(address=address, port=number, first=first, last=last) for address, number in sorted(ends - signalling)
    ]


def _connections(sightings: Iterable[Sighting], others: set[frozenset[str]]) -> list[tuple[Place, Place]]:
    """TLS, WebSocket, SCTP: everything but datagrams; of plain TCP what no other call used, with every repeat."""
    ends = {
        (each.source, each.destination)
        for each in sightings
        if each.transport not in ("udp", "tcp")
        or (each.transport == "tcp" and frozenset((each.source, each.destination)) not in others)
    }
    return [(_whenever(one), _whenever(other)) for one, other in sorted(ends)]


def _used_by_others(traces: Sequence[Trace], call_ids: set[str]) -> set[frozenset[str]]:
    """The ends of TCP connections that bear other calls too."""
    return {
        frozenset((each.source, each.destination))
        for trace in traces
        for each in trace.sightings
        if each.transport == "tcp" and each.message.call_id not in call_ids
    }


def _whenever(end: str) -> Place:
    return Place(address=host(end), port=port(end), first=0, last=0)


def _places_of(streams: Iterable[Stream]) -> list[Place]:
    """Both ends of each stream, and the ports next to them, where its reports go."""
    return [
        Place(address=host(end), port=number, first=stream.first_time, last=stream.last_time)
        for stream in streams
        for end in (stream.source, stream.destination)
        for number in (port(end), port(end) + 1)
    ]


def _codecs(sightings: Sequence[Sighting]) -> dict[int, str]:
    described = [media for each in sightings if each.message.body for media in parse_sdp(each.message.body).media]
    codecs = (codec for media in described for codec in media.codecs)
    return {int(each.payload_type): each.name for each in codecs if each.payload_type.isdecimal() and each.name}


def _fax_ports(sightings: Sequence[Sighting]) -> frozenset[int]:
    described = (media for each in sightings if each.message.body for media in parse_sdp(each.message.body).media)
    return frozenset(media.port for media in described if media.kind == "image" and media.port)


def _ends(media: Media) -> set[tuple[str, int]]:
    """RTP, RTCP on the next port or the one named (RFC 3605), and every ICE candidate."""
    ends = {(each.address, each.port) for each in media.candidates if each.transport == "udp"}
    if media.port and media.connection is not None:
        address = media.connection.address
        ends |= {(address, media.port), (address, media.port + 1)}
        if media.rtcp is not None:
            ends.add((media.rtcp[1] or address, media.rtcp[0]))
    return {(address, number) for address, number in ends if 0 < number < 1 << 16}
