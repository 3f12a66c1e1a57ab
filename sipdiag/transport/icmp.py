"""ICMP errors: which host says that datagrams did not arrive, why, and which datagrams (RFC 792, RFC 4443)."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from sipdiag.transport.delivery import Report, Undelivered
from sipdiag.transport.ip import ADDRESSES, IPV6_HEADER, IPPackets
from sipdiag.transport.udp import SHORTEST, TEXT

if TYPE_CHECKING:
    from sipdiag.defect import Defects
    from sipdiag.transport.endpoint import Endpoints

ICMP = {4: 1, 6: 58}
"""IP version → the protocol number of its ICMP."""
HEADER = 8
UDP_HEADER = 8
PORTS = 4
TRANSPORTS = {17: "udp", 6: "tcp", 132: "sctp"}
FRAGMENT = 44
"""The only IPv6 extension header that is expected in a quoted datagram: it was fragmented because it was too big."""

PORT_CLOSED, PROHIBITED, UNREACHABLE = "port-closed", "prohibited", "unreachable"
HOPS_EXCEEDED, TOO_BIG, FRAGMENT_MISSING = "hops-exceeded", "too-big", "fragment-missing"
ANY_CODE = -1

MEANINGS = {
    # RFC 792, RFC 1122 section 3.2.2.1, RFC 1812 section 5.2.7.1
    (4, 3, 0): (UNREACHABLE, "network unreachable"),
    (4, 3, 1): (UNREACHABLE, "host unreachable"),
    (4, 3, 2): (UNREACHABLE, "protocol unreachable"),
    (4, 3, 3): (PORT_CLOSED, "port unreachable"),
    (4, 3, 4): (TOO_BIG, "fragmentation needed"),
    (4, 3, 5): (UNREACHABLE, "source route failed"),
    (4, 3, 6): (UNREACHABLE, "destination network unknown"),
    (4, 3, 7): (UNREACHABLE, "destination host unknown"),
    (4, 3, 8): (UNREACHABLE, "source host isolated"),
    (4, 3, 9): (PROHIBITED, "network administratively prohibited"),
    (4, 3, 10): (PROHIBITED, "host administratively prohibited"),
    (4, 3, 11): (UNREACHABLE, "network unreachable for type of service"),
    (4, 3, 12): (UNREACHABLE, "host unreachable for type of service"),
    (4, 3, 13): (PROHIBITED, "communication administratively prohibited"),
    (4, 3, 14): (PROHIBITED, "host precedence violation"),
    (4, 3, 15): (PROHIBITED, "precedence cutoff in effect"),
    (4, 11, 0): (HOPS_EXCEEDED, "time to live exceeded in transit"),
    (4, 11, 1): (FRAGMENT_MISSING, "fragment reassembly time exceeded"),
    # RFC 4443, sections 3.1 to 3.3
    (6, 1, 0): (UNREACHABLE, "no route to destination"),
    (6, 1, 1): (PROHIBITED, "communication administratively prohibited"),
    (6, 1, 2): (UNREACHABLE, "beyond scope of source address"),
    (6, 1, 3): (UNREACHABLE, "address unreachable"),
    (6, 1, 4): (PORT_CLOSED, "port unreachable"),
    (6, 1, 5): (PROHIBITED, "source address failed ingress/egress policy"),
    (6, 1, 6): (PROHIBITED, "reject route to destination"),
    (6, 2, ANY_CODE): (TOO_BIG, "packet too big"),
    (6, 3, 0): (HOPS_EXCEEDED, "hop limit exceeded in transit"),
    (6, 3, 1): (FRAGMENT_MISSING, "fragment reassembly time exceeded"),
}
"""(IP version, ICMP type, ICMP code) → the kind of error, and its name."""

MOST_WAYS = 16_384
"""Pairs of endpoints, each with one reporter and one reason, that are kept; a port scan makes one for every port."""
MOST_REPORTS = 16_384
"""Errors on datagrams of text that are kept one by one."""
MOST_OF_OTHERS = 64
"""Errors on other datagrams, which are media as a rule, that are kept for one way; the rest are counted."""
LONGEST_QUOTE = 1_024
WAYS = f"pairs of endpoints with ICMP errors, more than {MOST_WAYS}"
REPORTS = f"ICMP errors on datagrams of text, more than {MOST_REPORTS}"

Way = tuple[bytes, bytes, bytes, int, int, int]
"""Reporter, source and destination of the datagram, its protocol, type and code."""


class Quoted(NamedTuple):
    """The datagram that an error quotes, as far as it does."""

    source: bytes
    """Address and port in network order."""
    destination: bytes
    protocol: int
    ip_id: int
    payload: bytes


class IcmpErrors:
    """Collects the ICMP errors of a capture by reporter, reason, and source and destination of the datagrams."""

    def __init__(self, endpoints: Endpoints, defects: Defects) -> None:
        self._endpoints, self._defects = endpoints, defects
        self._ways: dict[Way, Undelivered] = {}
        self._reports = 0

    @property
    def undelivered(self) -> list[Undelivered]:
        """What did not arrive, in the order of the first error on it."""
        return list(self._ways.values())

    def take(self, packets: IPPackets) -> None:
        """Take the errors among the packets."""
        rows = np.flatnonzero(packets.protocol == ICMP[packets.version])
        if len(rows):
            found = packets.select(rows)
            frames, times = found.packets.frames(found.row).tolist(), found.packets.time[found.row].tolist()
            start, there = found.start().tolist(), np.minimum(found.length(), found.present()).tolist()
            for row, begin in enumerate(start):
                data = found.packets.data[begin : begin + min(max(0, there[row]), LONGEST_QUOTE)].tobytes()
                self._take(data, found.head[row].tobytes(), found.version, frames[row], times[row])

    def _take(self, data: bytes, outer: bytes, version: int, frame: int, time: int) -> None:
        if len(data) < HEADER:
            return
        kind, code = data[0], data[1]
        meaning = MEANINGS.get((version, kind, code)) or MEANINGS.get((version, kind, ANY_CODE))
        quoted = None if meaning is None else _quoted(data[HEADER:], version)
        if meaning is None or quoted is None:
            return
        first, width = ADDRESSES[version]
        if outer[first + width : first + 2 * width] != quoted.source[:-2]:
            return  # the error went to a host that did not send the datagram
        way = (outer[first : first + width], quoted.source, quoted.destination, quoted.protocol, kind, code)
        told = self._way(way, meaning, _mtu(data, version, kind), frame)
        if told is None:
            return
        told.count += 1
        told.last_time = max(told.last_time, time)
        # Where nothing of the payload is quoted, it may have been text.
        text = not quoted.payload or bool(TEXT[list(quoted.payload[:SHORTEST])].all())
        if len(told.reports) < MOST_OF_OTHERS or (text and self._reports < MOST_REPORTS):
            self._reports += text
            quote = quoted.payload if text else b""
            told.reports.append(Report(frame=frame, time=time, ip_id=quoted.ip_id, quote=quote))
        elif text:
            self._defects.reach(REPORTS, frame)

    def _way(self, way: Way, meaning: tuple[str, str], mtu: int, frame: int) -> Undelivered | None:
        known = self._ways.get(way)
        if known is not None or len(self._ways) >= MOST_WAYS:
            if known is None:
                self._defects.reach(WAYS, frame)
            return known
        reporter, source, destination, protocol, kind, code = way
        self._ways[way] = found = Undelivered(
            source=self._endpoints[source],
            destination=self._endpoints[destination],
            transport=TRANSPORTS[protocol],
            reporter=self._endpoints[reporter + bytes(2)].rpartition(":")[0].strip("[]"),
            kind=meaning[0],
            words=f"{meaning[1]} (type {kind}, code {code})",
            mtu=mtu,
        )
        return found


def _mtu(data: bytes, version: int, kind: int) -> int:
    """The largest packet that would have passed, where the error says so (RFC 1191 section 4, RFC 4443 section 3.2)."""
    if version == 4:
        return int.from_bytes(data[6:8], "big") if kind == 3 and data[1] == 4 else 0
    return int.from_bytes(data[4:8], "big") if kind == 2 else 0


def _quoted(data: bytes, version: int) -> Quoted | None:
    """The datagram that an error quotes; None when it has no ports, as in a later fragment."""
    first, width = ADDRESSES[version]
    if len(data) < first + 2 * width or data[0] >> 4 != version:
        return None
    if version == 4:
        header, protocol, ip_id = (data[0] & 15) * 4, data[9], int.from_bytes(data[4:6], "big")
        later = bool(int.from_bytes(data[6:8], "big") & 0x1FFF)
    else:
        header, protocol, ip_id, later = IPV6_HEADER, data[6], 0, False
        if protocol == FRAGMENT and len(data) >= header + 8:
            protocol, later = data[header], bool(int.from_bytes(data[header + 2 : header + 4], "big") >> 3)
            header += 8
    ports = data[header : header + PORTS]
    if protocol not in TRANSPORTS or later or len(ports) < PORTS:
        return None
    return Quoted(
        source=data[first : first + width] + ports[:2],
        destination=data[first + width : first + 2 * width] + ports[2:],
        protocol=protocol,
        ip_id=ip_id,
        payload=data[header + UDP_HEADER :] if protocol == 17 else b"",
    )
