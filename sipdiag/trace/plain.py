"""A small capture of nothing but signalling, read packet by packet: that takes less time than to import NumPy.

A capture that is not plain (see `capture/plain.py` and `transport/plain.py`) is read by columns, with the same result.
"""

from __future__ import annotations

from itertools import pairwise

from sipdiag.capture import plain_capture
from sipdiag.sip import begins_message, parse
from sipdiag.trace.clock import WORTH_NOTING
from sipdiag.trace.room import Room
from sipdiag.trace.sighting import Sighting
from sipdiag.trace.trace import CaptureFacts, Trace
from sipdiag.transport import Datagram, plain_datagrams


def plain_trace(path: str, *, capture: int, media: bool, room: int) -> Trace | None:
    """The trace of a capture if it is plain and its messages fit into `room` bytes; else None."""
    source = plain_capture(path)
    if source is None:
        return None
    times = [time for time, _ in source.packets]
    if any(before - time >= WORTH_NOTING for before, time in pairwise(times)):
        return None
    datagrams = plain_datagrams(source.packets, source.link, begins_message, media=media)
    if datagrams is None:
        return None
    sightings = [seen for each in datagrams if (seen := _sighting(each, capture))]
    weighed = Room(room)
    weighed.fit(sightings)
    if weighed.left_out:
        return None
    return Trace(
        facts=CaptureFacts(
            path=path,
            format="pcap",
            link_types=[source.link],
            packets=len(source.packets),
            bytes=source.bytes,
            first_time=min(times),
            last_time=max(times),
            sip_messages=len(sightings),
            defects=[],
        ),
        sightings=sightings,
        connections=[],
        media=media,
    )


def _sighting(datagram: Datagram, capture: int) -> Sighting | None:
    message = parse(datagram.payload)
    if message is None:
        return None
    return Sighting(
        capture=capture,
        frame=datagram.frame,
        time=datagram.time,
        source=datagram.source,
        destination=datagram.destination,
        transport=datagram.transport,
        message=message,
        ip_id=datagram.ip_id,
    )
