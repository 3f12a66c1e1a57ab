"""The media lane of a capture: datagrams that are no signalling become RTP streams and faxes, in the same pass.

A stream that is not convincing is left out, unless a session description in the capture names its destination port. One
to a port that is asked for as a fax over UDPTL (ITU-T T.38), whose packets bear their number where RTP has its version,
is left out too. A fax is what has the form of one where one was asked for, or goes on so for long.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import NamedTuple

from sipdiag.defect import Defect
from sipdiag.media import RtpStreams, Stream, UdptlStreams
from sipdiag.trace.sighting import Sighting, port
from sipdiag.transport import MediaColumns

_PORT = re.compile(rb"(?:^|\n)(?:m=\S+ |a=candidate:\S+ \d+ \S+ \d+ \S+ )(\d{1,5})(?!\d| (?i:udptl) )")
_FAX_PORT = re.compile(rb"(?i)(?:^|\n)m=image (\d{1,5}) udptl ")
LONG = 10
"""Packets, numbered one by one and built like a fax, that are one whatever the capture holds of its signalling."""


class MediaLane:
    """Follows the media of one capture."""

    def __init__(self, *, later: bool = False) -> None:
        """With `later`, follow the media of a later part of the capture, to be joined to those before."""
        self._streams = RtpStreams(later=later)
        self._faxes = UdptlStreams(later=later)

    def feed(self, columns: MediaColumns | None) -> None:
        """Take what the next chunk has of it."""
        if columns is not None:
            self._streams.feed(columns)
            self._faxes.feed(columns)

    @property
    def refused(self) -> int:
        """Packets of streams that were too many to follow."""
        return self._streams.refused

    @property
    def left_out(self) -> list[Defect]:
        """Defects on details of streams for which there was no room."""
        return [*self._streams.left_out]

    def join(self, later: MediaLane, shift: int) -> bool:
        """Take over what another lane followed behind the first `shift` frames.

        Gives whether the result is the same as if all had been followed here.
        """
        if not self._faxes and not later._faxes:
            return self._streams.join(later._streams, shift)
        if self._faxes.match(later._faxes) is None or not self._streams.join(later._streams, shift):
            return False
        return self._faxes.join(later._faxes, shift)

    def doubtful(self, capture: int) -> bool:
        """Whether a stream is not convincing, or a fax is short, so that the session descriptions decide."""
        short = any(each.packets < LONG for each in self._found_faxes(capture))
        return short or not all(each.is_convincing for each in self._streams.streams(capture))

    def streams(self, capture: int, sightings: Iterable[Sighting]) -> list[Stream]:
        """The streams of the capture, in the order in which they began."""
        found, faxes = self._streams.streams(capture), self._found_faxes(capture)
        if not faxes and all(each.is_convincing for each in found):
            return found
        named = _named_ports(sightings)
        known = [each for each in found if each.is_convincing or (named.wants(each) and not _is_of(each, faxes))]
        known += [each for each in faxes if each.packets >= LONG or named.wants_fax(each)]
        return sorted(known, key=lambda each: each.first_frame)

    def _found_faxes(self, capture: int) -> list[Stream]:
        return [each for each in self._faxes.streams(capture) if each.is_convincing] if self._faxes else []


def _is_of(stream: Stream, faxes: Iterable[Stream]) -> bool:
    """Whether what merely looks like RTP is of one of these faxes, which another capture may have asked for."""
    return any(
        (each.source, each.destination) == (stream.source, stream.destination)
        and each.first_time <= stream.first_time <= each.last_time
        for each in faxes
    )


class _Named(NamedTuple):
    """The ports that the session descriptions of a capture name."""

    media: set[int]
    """For anything but a fax."""
    faxes: dict[int, int]
    """For faxes, since when."""

    def wants(self, stream: Stream) -> bool:
        """Whether what merely looks like RTP is what one of them asks for."""
        fax = self.wants_fax(stream, stream.first_time)
        return port(stream.destination) in self.media and not fax

    def wants_fax(self, stream: Stream, time: int | None = None) -> bool:
        """Whether one of them asks for a fax where a stream begins or ends, and did at this time, if one is given."""
        since = [self.faxes[each] for each in (port(stream.destination), port(stream.source)) if each in self.faxes]
        return any(each <= (stream.last_time if time is None else time) for each in since)


def _named_ports(sightings: Iterable[Sighting]) -> _Named:
    bodies: dict[bytes, int] = {}
    for seen in sightings:
        if seen.message.body:
            bodies.setdefault(seen.message.body, seen.time)
    named = _Named(media=set(), faxes={})
    for body, time in bodies.items():
        named.media.update(map(int, _PORT.findall(body)))
        for number in map(int, _FAX_PORT.findall(body)):
            named.faxes[number] = min(time, named.faxes.get(number, time))
    return named
