"""A TCP connection with SIP on it was torn down by a reset, not closed.

A reset discards what was under way (RFC 9293, section 3.5.2): a request without a final response has failed (RFC 3261,
section 18.4), and a phone behind a NAT cannot be reached until it connects anew (RFC 5626, section 4.4).
"""

from __future__ import annotations

from collections.abc import Iterator

from sipdiag.calls import Transaction
from sipdiag.findings import Confidence, Finding, Scene, Severity, found_below, number_of, seconds
from sipdiag.trace import Trace
from sipdiag.transport import Connection

NAME = "tcp-reset"
SEVERITY = Severity.ERROR

MOST_FRAMES = 20
MOST_CALLS = 200

Ends = frozenset[str]


def check(trace: Trace, scene: Scene) -> Iterator[Finding]:
    """Every connection that was reset while a request was open; and once for each server, those reset while idle."""
    reset = [each for each in trace.connections if each.signalling and _was_reset(each)]
    if not reset:
        return
    on_connection: dict[Ends, list[Transaction]] = {frozenset((each.client, each.server)): [] for each in reset}
    for transaction in scene.correlation.transactions:
        request = transaction.request
        if request is not None and request.transport != "udp":
            found = on_connection.get(frozenset((request.source, request.destination)))
            if found is not None:
                found.append(transaction)
    idle: dict[tuple[str, bool], list[tuple[Connection, int]]] = {}
    for connection in reset:
        carried = on_connection[frozenset((connection.client, connection.server))]
        pending = [each for each in carried if _is_open(each, connection)]
        if pending:
            yield _interrupted(connection, pending, trace, scene)
        else:
            by_server = connection.reset_by == connection.server
            idle.setdefault((connection.server, by_server), []).append((connection, _last_said(carried, connection)))
    for connections in idle.values():
        yield _idle(connections, trace, scene)


def _was_reset(connection: Connection) -> bool:
    """Whether the reset came before either side had closed: after that it only ends the waiting."""
    reset, fin = connection.reset_frame, connection.fin_frame
    begun = connection.established_frame is not None or connection.continued
    return reset is not None and begun and (fin is None or reset < fin)


def _is_open(transaction: Transaction, connection: Connection) -> bool:
    """Whether the request was sent on this connection and had no final response when the reset came."""
    ended, began = connection.reset_time or 0, connection.syn_time or 0
    in_time = began <= transaction.time <= ended
    return in_time and (transaction.final is None or transaction.final.time > ended)


def _was_done(transaction: Transaction, scene: Scene) -> bool:
    """Whether the request got its final response after all, on another connection or sent anew."""
    if transaction.final is not None:
        return True
    again = scene.correlation.transactions_of(transaction.call_id)
    return any(
        each.method == transaction.method and each.time >= transaction.time and each.final is not None for each in again
    )


def _interrupted(connection: Connection, pending: list[Transaction], trace: Trace, scene: Scene) -> Finding:
    lost = [each for each in pending if not _was_done(each, scene)]
    shown = lost or pending
    frames = [each.request.frame for each in shown if each.request is not None]
    reset_time = connection.reset_time or 0
    call_ids = list(dict.fromkeys(each.call_id for each in shown))
    return found_below(
        NAME,
        "request-lost" if lost else "recovered",
        SEVERITY if lost else Severity.NOTE,
        Confidence.LIKELY,
        capture=number_of(trace, scene),
        time=reset_time,
        frames=[connection.reset_frame or 0, *frames][:MOST_FRAMES],
        call_id=call_ids[0] if len(call_ids) == 1 else None,
        evidence={
            "client": connection.client,
            "server": connection.server,
            "reset_by": connection.reset_by or "",
            "reset_frame": connection.reset_frame or 0,
            "pending": len(shown),
            "methods": sorted({each.method for each in shown}),
            "request_frame": frames[0],
            "waited_s": seconds(reset_time - shown[0].time),
            "call_ids": call_ids[:MOST_CALLS],
        },
    )


def _last_said(carried: list[Transaction], connection: Connection) -> int:
    """When the last message was sent on a connection that goes on from an earlier capture; 0 for any other."""
    if not connection.continued:
        return 0
    seen = [each for transaction in carried for each in (transaction.request, transaction.final) if each is not None]
    return max((each.time for each in seen if each.time <= (connection.reset_time or 0)), default=0)


def _idle(idle: list[tuple[Connection, int]], trace: Trace, scene: Scene) -> Finding:
    connections = [connection for connection, _ in idle]
    first = connections[0]
    quiet = [_idle_time(connection, trace, before) for connection, before in idle]
    return found_below(
        NAME,
        "idle",
        Severity.NOTE,
        Confidence.CERTAIN,
        capture=number_of(trace, scene),
        time=first.reset_time or 0,
        frames=[connection.reset_frame or 0 for connection in connections][:MOST_FRAMES],
        evidence={
            "client": first.client,
            "server": first.server,
            "reset_by": first.reset_by or "",
            "reset_frame": first.reset_frame or 0,
            "connections": len(connections),
            "shortest_idle_s": seconds(min(quiet)),
            "longest_idle_s": seconds(max(quiet)),
        },
    )


def _idle_time(connection: Connection, trace: Trace, before: int) -> int:
    """How long the connection had been silent when the reset came; `before` is the last message in another capture."""
    ends, ended = (connection.client, connection.server), connection.reset_time or 0
    for seen in reversed(trace.sightings):
        if seen.time <= ended and seen.source in ends and seen.destination in ends:
            return ended - max(seen.time, before)
    return ended - before if before else 0
