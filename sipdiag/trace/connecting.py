"""TCP connections over several captures: what one capture shows of their beginning and another of their end.

Two parts on the same ports are of one connection where no SYN stands between them (RFC 9293, section 3.5).
"""

from __future__ import annotations

from collections.abc import Iterable

import msgspec
from msgspec.structs import replace

from sipdiag.transport import Connection

SECOND = 1_000_000_000
PATIENCE = 130 * SECOND
"""A SYN is repeated for so long, with pauses that double (RFC 6298, sections 2 and 5); all copies are one attempt."""
MOST_FOLLOWED = 65_536

Ends = frozenset[str]
Place = tuple[int, int]
"""The number of a capture, and the index of a connection in it: -1 where it is only among the capture's `parts`."""


class _Known(msgspec.Struct):
    """A connection as it was seen last."""

    place: Place
    connection: Connection


class Connecting:
    """Follows TCP connections from capture to capture, in the order of time."""

    def __init__(self) -> None:
        self.changes: dict[int, dict[int, Connection]] = {}
        """Capture → index of a connection → what it is once the other captures are known."""
        self.added: dict[int, list[Connection]] = {}
        """Capture → connections in it that only other captures show to carry SIP."""
        self._open: dict[Ends, _Known] = {}

    def take(self, number: int, connections: Iterable[Connection], parts: Iterable[Connection]) -> None:
        """Go on with the next capture."""
        parts = list(parts)
        for connection in parts:
            if connection.syn_frame is None:
                self._follow((number, -1), connection)
        for place, connection in enumerate(connections):
            self._follow((number, place), connection)
        for connection in parts:
            if connection.syn_frame is not None:
                self._follow((number, -1), connection)
        for ends in list(self._open)[: max(0, len(self._open) - MOST_FOLLOWED)]:
            del self._open[ends]

    def _follow(self, place: Place, connection: Connection) -> None:
        ends = frozenset((connection.client, connection.server))
        before = self._open.pop(ends, None)
        if before is not None and before.place[0] != place[0]:
            if connection.syn_frame is None:
                connection = self._joined(before, place, connection)
            elif _is_repeated(before.connection, connection):
                first, came_about = before.connection, not _was_in_vain(connection)
                count = first.syn_count + connection.syn_count
                self._put(before.place, replace(first, syn_count=count, continued=came_about))
        if connection.fin_frame is None and connection.reset_frame is None:
            self._open[ends] = _Known(place, connection)

    def _joined(self, before: _Known, place: Place, connection: Connection) -> Connection:
        """What a connection is that goes on from an earlier capture."""
        first = before.connection
        if _was_in_vain(first) and connection.reset_by is not None and connection.established_frame is None:
            told = replace(first, reset_by=connection.reset_by, reset_time=connection.reset_time)
            self._put(before.place, told)  # the frame is in another capture
            return connection
        heard = {first.client} if first.client_heard else set()
        heard |= {first.server} if first.server_heard else set()
        heard |= {connection.client} if connection.client_heard else set()
        heard |= {connection.server} if connection.server_heard else set()
        both = {
            "client": first.client,
            "server": first.server,
            "client_heard": first.client in heard,
            "server_heard": first.server in heard,
            "continued": True,
        }
        joined = replace(
            connection, **both, signalling=first.signalling or connection.signalling, syn_time=first.syn_time
        )
        if joined.signalling or first.established_frame is None:
            self._put(before.place, replace(first, **both))
        if joined.signalling and (place[1] >= 0 or joined.reset_frame is not None):
            self._put(place, joined)
        return joined

    def _put(self, place: Place, connection: Connection) -> None:
        number, at = place
        if at >= 0:
            self.changes.setdefault(number, {})[at] = connection
        elif connection.signalling:
            self.added.setdefault(number, []).append(connection)


def _is_repeated(first: Connection, again: Connection) -> bool:
    """Whether a SYN that nobody answered was sent again in a later capture."""
    return _was_in_vain(first) and (again.syn_time or 0) - (first.syn_time or 0) <= PATIENCE


def _was_in_vain(connection: Connection) -> bool:
    """Whether nothing answered the SYN."""
    return connection.syn_frame is not None and connection.established_frame is None and not connection.signalling
