"""The media lane of a capture: datagrams that are no signalling become RTP streams, in the same pass.

What merely looks like RTP is left out, unless a session description in the capture names one of its ports.
"""

from __future__ import annotations

import re
from collections.abc import Iterable

from sipdiag.defect import Defect
from sipdiag.media import RtpStreams, Stream
from sipdiag.trace.sighting import Sighting, port
from sipdiag.transport import MediaColumns

_PORT = re.compile(rb"(?:^|\n)(?:m=\S+ |a=candidate:\S+ \d+ \S+ \d+ \S+ )(\d{1,5})")


class MediaLane:
    """Follows the media of one capture."""

    def __init__(self, *, later: bool = False) -> None:
        """Say whether it is the media of a later part of the capture."""
        self._streams = RtpStreams(later=later)

    def feed(self, columns: MediaColumns | None) -> None:
        """Take what the next chunk has of it."""
        if columns is not None:
            self._streams.feed(columns)

    @property
    def refused(self) -> int:
        """Packets of streams that were too many to follow."""
        return self._streams.refused

    @property
    def left_out(self) -> list[Defect]:
        """Details of streams that were too many."""
        return [*self._streams.left_out]

    def join(self, later: MediaLane, shift: int) -> bool:
        """Take what another has followed behind the first `shift` frames; whether that came out as if followed here."""
        return self._streams.join(later._streams, shift)

    def doubtful(self, capture: int) -> bool:
        """Whether something merely looks like a stream, so that the session descriptions decide."""
        return not all(each.is_convincing for each in self._streams.streams(capture))

    def streams(self, capture: int, sightings: Iterable[Sighting]) -> list[Stream]:
        """The streams of the capture, in the order in which they began."""
        found = self._streams.streams(capture)
        if all(each.is_convincing for each in found):
            return found
        named = _named_ports(sightings)
        return [each for each in found if each.is_convincing or port(each.destination) in named]


def _named_ports(sightings: Iterable[Sighting]) -> set[int]:
    """The ports that the session descriptions of a capture name."""
    bodies = {seen.message.body for seen in sightings if seen.message.body}
    return {int(number) for body in bodies for number in _PORT.findall(body)}
