"""The TLS handshakes of a capture: each connection is followed until it is encrypted, or over, and no longer."""

from __future__ import annotations

from typing import TYPE_CHECKING

from sipdiag.transport.segments import ACK, FIN, RST, SYN
from sipdiag.transport.stream import Hoard, Stream
from sipdiag.transport.tls import (
    ALERT,
    ALERTS,
    APPLICATION_DATA,
    CHANGE_CIPHER_SPEC,
    CLEAR_ALERT,
    CLIENT_HELLO,
    HANDSHAKE,
    SEALED_ALERT,
    SHORTEST_FINISHED,
    Handshake,
    Hello,
    Record,
    Records,
    begins_hello,
    hello_in,
)

if TYPE_CHECKING:
    from sipdiag.defect import Defects
    from sipdiag.transport.segments import Segment

MOST = 65_536
"""Handshakes that are remembered."""
TOO_MANY = f"TLS handshakes, more than {MOST}"
MOST_SEGMENTS = 256
"""Segments of one handshake; the longest chains of certificates need a few dozen."""
FATAL = 2


class _Side:
    """One direction."""

    def __init__(self, source: str, destination: str, hoard: Hoard) -> None:
        self.stream = Stream(source, destination, 0, hoard)
        self.records = Records()
        self.sealed = False
        """Whether it sent ChangeCipherSpec, after which its records are encrypted; in TLS 1.3 that means nothing."""


class _Followed:
    """A handshake under way."""

    def __init__(self, hoard: Hoard) -> None:
        self.handshake: Handshake | None = None
        self.over = False
        """Whether it is complete, or nothing more can be learned of it."""
        self._hoard = hoard
        self._sides: dict[str, _Side] = {}
        self._segments = 0
        self._farewell: Segment | None = None
        """A record that may be the server's alert, after the client took the handshake for complete."""

    def add(self, segment: Segment) -> None:
        """Take the next segment of either side."""
        self._segments += 1
        if segment.flags & SYN and self.handshake is not None:
            self.over = True  # the ports begin another connection
            return
        if segment.source not in self._sides:
            self._sides[segment.source] = _Side(segment.source, segment.destination, self._hoard)
        side = self._sides[segment.source]
        for data in side.stream.add(segment):
            side.records.lost |= data.gap
            for record in side.records.feed(data.payload):
                self._take(side, record, segment)
        other = self._sides.get(segment.destination)
        if other is not None and segment.flags & ACK:
            # Data that the other side has received and the capture lacks will not come again.
            missing = any(data.gap for data in other.stream.acknowledged(segment.acknowledgment, 0, 0))
            side.records.lost |= missing
        shake = self.handshake
        if shake is None:
            self.over = bool(segment.flags & RST) or self._segments >= MOST_SEGMENTS
            return
        shake.last_time = segment.time
        shake.server_heard = shake.server_heard or shake.server in self._sides
        if self.over:
            return
        if segment.flags & (FIN | RST) and shake.closed_frame is None:
            self._close(shake, segment)
        lost = side.records.lost or self._segments >= MOST_SEGMENTS
        shake.whole &= not lost
        self.over = lost or bool(segment.flags & RST)

    def _close(self, shake: Handshake, segment: Segment) -> None:
        shake.closed_frame, shake.closed_by, shake.reset = segment.frame, segment.source, bool(segment.flags & RST)
        farewell = self._farewell
        if farewell is not None and segment.source != shake.client:
            # After the client's last flight the server sent only a record of the size of an alert, and closed.
            shake.completed_frame = None
            _note_sealed_alert(shake, farewell)

    def _take(self, side: _Side, record: Record, segment: Segment) -> None:
        shake = self.handshake
        hello = hello_in(record.payload) if record.type == HANDSHAKE and not side.sealed else None
        if shake is None:
            if hello is not None and hello[0] == CLIENT_HELLO:
                self.handshake = _begun(hello[1], segment)
        elif hello is not None and hello[0] != CLIENT_HELLO and shake.server_hello_frame is None:
            shake.server_hello_frame = segment.frame
            shake.version = next(iter(hello[1].versions), "")
        elif record.type == CHANGE_CIPHER_SPEC:
            side.sealed = True
        elif shake.completed_frame is not None:
            self._listen_on(shake, record, segment)
        elif record.type == ALERT or (record.type == APPLICATION_DATA and record.length == SEALED_ALERT):
            _note_alert(shake, record, segment)
        elif shake.alert_frame is None and self._completes(shake, record, segment):
            shake.completed_frame = segment.frame
            self.over = shake.version != "1.3"

    def _completes(self, shake: Handshake, record: Record, segment: Segment) -> bool:
        """Whether this record shows that the handshake is complete: it is the last Finished, or came after it."""
        if shake.server_hello_frame is None:
            return False
        sealed = record.type == APPLICATION_DATA
        if shake.version == "1.3":
            # The client's Finished comes last (RFC 8446, section 2); before it there may be its certificate.
            return sealed and record.length >= SHORTEST_FINISHED and segment.source == shake.client
        both = len(self._sides) > 1 and all(side.sealed for side in self._sides.values())
        return sealed or (record.type == HANDSHAKE and both)

    def _listen_on(self, shake: Handshake, record: Record, segment: Segment) -> None:
        """In TLS 1.3 the server may still refuse the client's last flight, its certificate, by an alert."""
        if segment.source == shake.client:
            return
        if record.length == SEALED_ALERT and self._farewell is None:
            self._farewell = segment
        else:
            self.over = True


class Handshakes:
    """Takes the segments of connections that began with a ClientHello, in order of capture."""

    def __init__(self, defects: Defects) -> None:
        self._defects = defects
        self.all: list[Handshake] = []
        """In the order in which they began."""
        self._expected = 0
        self._followed: dict[int, _Followed] = {}
        self._latest: dict[int, Handshake] = {}
        self._hoard = Hoard()

    @property
    def flows(self) -> list[int]:
        """The flows whose segments are wanted."""
        return list(self._followed)

    @property
    def known(self) -> list[int]:
        """The flows of all handshakes."""
        return list(self._latest)

    def follow(self, flow: int, frame: int) -> None:
        """Expect a handshake on a flow, which begins in that frame."""
        if self._expected < MOST:
            self._expected += flow not in self._followed
            self._followed.setdefault(flow, _Followed(self._hoard))
        else:
            self._defects.reach(TOO_MANY, frame)

    def add(self, flow: int, segment: Segment, connection: int) -> None:
        """Take the next segment of a flow; `connection` is its number, where that is known."""
        if flow not in self._followed and begins_hello(segment.payload):
            self.follow(flow, segment.frame)  # the ports are used again
        followed = self._followed.get(flow)
        if followed is None:
            return
        followed.add(segment)
        shake = followed.handshake
        if shake is not None and self._latest.get(flow) is not shake:
            shake.connection = connection
            self.all.append(shake)
            self._latest[flow] = shake
        if followed.over:
            del self._followed[flow]

    def count(self, flow: int, segments: int) -> None:
        """Note encrypted segments of a flow."""
        if flow in self._latest:
            self._latest[flow].sealed += segments


def _begun(hello: Hello, segment: Segment) -> Handshake:
    return Handshake(
        connection=0,
        client=segment.source,
        server=segment.destination,
        time=segment.time,
        hello_frame=segment.frame,
        server_name=hello.server_name,
        protocols=hello.protocols,
        offered=hello.versions,
        last_time=segment.time,
    )


def _note_alert(shake: Handshake, record: Record, segment: Segment) -> None:
    if shake.alert_frame is not None:
        return
    if record.type == ALERT and record.length == CLEAR_ALERT:
        level, description = record.payload
        shake.alert, shake.fatal = ALERTS.get(description, str(description)), level == FATAL
        shake.alert_frame, shake.alert_by = segment.frame, segment.source
    else:  # nothing else is so short before the client's Finished
        _note_sealed_alert(shake, segment)


def _note_sealed_alert(shake: Handshake, segment: Segment) -> None:
    shake.alert, shake.fatal = "encrypted", True
    shake.alert_frame, shake.alert_by = segment.frame, segment.source
