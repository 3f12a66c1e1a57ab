"""What a recorder sees of a conversation: packets with their times, written as a capture file.

A script says everything that happened; `since`, `until` and `hears` say how little of it the recorder saw.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from scapy.layers.inet import ICMP, IP, TCP, UDP
from scapy.layers.inet6 import IPv6, in6_chksum
from scapy.layers.l2 import CookedLinux, Dot1Q, Ether
from scapy.packet import Packet, Raw
from scapy.utils import EDecimal, PcapWriter

from conversation import Host, Message, token

START = int(datetime(2026, 3, 2, 9, tzinfo=UTC).timestamp())
"""When every recording begins."""
USUAL_PAUSE = 0.018
"""Seconds from one message to the next when a script does not say."""
TIMEOUT = 32.0
"""64*T1: when a sender gives up (RFC 3261, section 17.1.1.2)."""
LADDER = (0.5, 1.5, 3.5, 7.5, 11.5, 15.5, 19.5, 23.5, 27.5, 31.5)
"""When anything but an INVITE is said again: T1, doubled up to T2 (sections 13.3.1.4, 17.1.2.2 and 17.2.1)."""
LADDER_OF_INVITE = (0.5, 1.5, 3.5, 7.5, 15.5, 31.5)
"""When an INVITE is said again: T1, doubled every time (section 17.1.1.2)."""
MICROSECONDS = 1_000_000
MOST_QUOTED = 548
"""Bytes of a packet that an ICMP error quotes: all of it, or as much as makes 576 (RFC 1812, section 4.3.2.3)."""
ETHERTYPES = {IP: 0x0800, IPv6: 0x86DD}


@dataclass(frozen=True, kw_only=True)
class Copy:
    """How a packet is recorded; a mirror port or `tcpdump -i any` records each one several times."""

    delay: int = 0
    """Microseconds after the packet was sent."""
    vlan: int | None = None
    hops: int = 0
    """Routers passed: how much the TTL is lower."""


@dataclass(frozen=True, kw_only=True)
class Sent:
    """One packet on the wire."""

    time: int
    """Microseconds since the recording began."""
    source: Host
    destination: Host
    layer: Packet
    """UDP or TCP with what it carries."""
    message: Message | None = None
    """The SIP message in it, when it carries exactly one."""
    refused: tuple[Sent, int, int, int] | None = None
    """Of an ICMP error: the packet that it quotes, type, code, and how many bytes may pass."""
    fragment: tuple[int, bool, int] | None = None
    """Of a part of an IP datagram: where it begins, whether more follow, and the identification of the datagram."""


@dataclass(kw_only=True)
class Recording:
    """What goes over the wire, in any order, and what of it is recorded."""

    path: Path
    clock: float = 0.0
    """Seconds since the beginning: when the last thing that the script told happened."""
    since: float = 0.0
    until: float = float("inf")
    hears: tuple[Host, ...] = ()
    """The senders whose packets pass by the recorder; all of them when empty."""
    cooked: bool = False
    """Linux cooked capture, as `tcpdump -i any` writes, instead of Ethernet."""
    copies: tuple[Copy, ...] = (Copy(),)
    packets: list[Sent] = field(default_factory=list)

    def wait(self, seconds: float) -> None:
        """Let time pass: nothing is said, or nothing that comes by the recorder."""
        self.clock += seconds

    def send(self, message: Message, source: Host, destination: Host, *, after: float = USUAL_PAUSE) -> None:
        """`message` in a UDP datagram, `after` seconds later."""
        self.clock += after
        self._datagram(message, source, destination, self.clock)

    def repeat(self, message: Message, source: Host, destination: Host, times: Iterable[float]) -> None:
        """`message` again, at these times after now; the clock stays."""
        for time in times:
            self._datagram(message, source, destination, self.clock + time)

    def add(self, source: Host, destination: Host, layer: Packet, message: Message | None = None) -> None:
        """A packet of whatever kind, now."""
        self._add(self.clock, source, destination, layer, message)

    def go_on(self, seconds: float) -> None:
        """Record so much longer, until a host asks what time it is: the recording ends when a packet does."""
        self.wait(seconds)
        clock = Host(address="192.0.2.10", port=123)
        asked = bytes((0x23, *bytes(47)))  # NTP, version 4, a client's question (RFC 5905, section 7.3)
        self.add(clock, Host(address="192.0.2.123", port=123), UDP(sport=123, dport=123) / Raw(asked))

    def refuse(self, by: Host, kind: int, code: int, *, mtu: int = 0, after: float = 0.0004) -> None:
        """An ICMP error of `by` on the last packet, told to who sent it (RFC 792, RFC 4443)."""
        self.refuse_each(by, kind, code, self.packets[-1:], mtu=mtu, after=after)

    def refuse_each(
        self, by: Host, kind: int, code: int, packets: Iterable[Sent], *, mtu: int = 0, after: float = 0.0004
    ) -> None:
        """An ICMP error of `by` on each of `packets`."""
        for each in list(packets):
            time = each.time + round(after * MICROSECONDS)
            told = Sent(time=time, source=by, destination=each.source, layer=Raw(), refused=(each, kind, code, mtu))
            self.packets.append(told)

    def fragments(self, layer: Packet, source: Host, destination: Host, size: int, *, kept: int) -> None:
        """The first `kept` parts of a datagram that is sent in parts of `size` bytes (RFC 791, section 3.2)."""
        data = bytes(IP(src=source.address, dst=destination.address) / layer)[20:]
        number = int(token("fragments", source.address, len(self.packets)), 16) % 50_000
        for begin in list(range(0, len(data), size))[:kept]:
            place = (begin, begin + size < len(data), number)
            self.wait(0.0001)
            moment = round(self.clock * MICROSECONDS)
            part = Raw(data[begin : begin + size])
            self.packets.append(Sent(time=moment, source=source, destination=destination, layer=part, fragment=place))

    def seen(self) -> list[tuple[int, Copy, Sent]]:
        """What the recorder saw, in the order of time: when, how, and what."""
        heard = {host.sent_by for host in self.hears}
        packets = [each for each in self.packets if not heard or each.source.sent_by in heard]
        packets = [each for each in packets if self.since <= each.time / MICROSECONDS <= self.until]
        return sorted(
            ((each.time + copy.delay, copy, each) for each in packets for copy in self.copies), key=lambda seen: seen[0]
        )

    def write(self) -> None:
        """Write the capture."""
        numbers: dict[str, int] = {}
        given: dict[int, int] = {}
        with PcapWriter(str(self.path), linktype=113 if self.cooked else 1, sync=False) as writer:
            for time, copy, sent in self.seen():
                address = sent.source.address
                if id(sent) not in given:
                    numbers[address] = numbers.get(address, int(token("ip", address), 16) % 50_000) + 1
                    given[id(sent)] = numbers[address]
                quoted = b""
                if sent.refused is not None:
                    about = sent.refused[0]
                    quoted = bytes(self._frame(about, Copy(), given.get(id(about), 1)).payload)[:MOST_QUOTED]
                frame = self._frame(sent, copy, given[id(sent)], quoted)
                frame.time = EDecimal(START) + EDecimal(Decimal(time) / MICROSECONDS)
                writer.write(frame)

    def _datagram(self, message: Message, source: Host, destination: Host, time: float) -> None:
        layer = UDP(sport=source.port, dport=destination.port) / Raw(bytes(message))
        self._add(time, source, destination, layer, message)

    def _add(self, time: float, source: Host, destination: Host, layer: Packet, message: Message | None) -> None:
        moment = round(time * MICROSECONDS)
        self.packets.append(Sent(time=moment, source=source, destination=destination, layer=layer, message=message))

    def _frame(self, sent: Sent, copy: Copy, number: int, quoted: bytes = b"") -> Packet:
        source, destination, hops = sent.source.address, sent.destination.address, 64 - copy.hops
        if ":" in source:
            internet = IPv6(src=source, dst=destination, hlim=hops)
            if sent.refused is not None:
                internet.nh = 58
        else:
            internet = IP(src=source, dst=destination, id=number, ttl=hops)
            if sent.fragment is not None:
                begin, more, number = sent.fragment
                internet.id, internet.frag, internet.flags, internet.proto = number, begin // 8, int(more), 17
        ethertype = ETHERTYPES[type(internet)]
        if self.cooked:
            link = CookedLinux(pkttype=0, lladdrlen=6, src=bytes.fromhex(_mac(source)) + bytes(2), proto=ethertype)
        else:
            link = Ether(src=_colons(_mac(source)), dst=_colons(_mac(destination)))
            link.type = ethertype
            if copy.vlan is not None:
                link.type = 0x8100
                link /= Dot1Q(vlan=copy.vlan, type=ethertype)
        return link / internet / (sent.layer if sent.refused is None else _error(sent, sent.refused, quoted))


@dataclass(kw_only=True)
class Connection:
    """A TCP connection between two hosts."""

    recording: Recording
    client: Host
    server: Host
    sent: dict[str, int] = field(default_factory=dict)
    """Sequence number of the next byte of each side."""

    def open(self) -> None:
        """SYN, SYN/ACK, ACK."""
        self.sent = {host.sent_by: int(token("tcp", host.sent_by), 16) % 2**31 for host in (self.client, self.server)}
        for source, flags in ((self.client, "S"), (self.server, "SA"), (self.client, "A")):
            self._segment(source, flags, b"")

    def send(self, source: Host, data: bytes, *, after: float = USUAL_PAUSE) -> None:
        """One segment of `source` with `data`, and the other side's acknowledgement."""
        self.recording.wait(after)
        self._segment(source, "PA", data)
        self._segment(self._peer(source), "A", b"")

    def close(self) -> None:
        """The client closes, then the server."""
        self.recording.wait(USUAL_PAUSE)
        for source, flags in ((self.client, "FA"), (self.server, "FA"), (self.client, "A")):
            self._segment(source, flags, b"")

    def refuse(self, *, after: float = USUAL_PAUSE) -> None:
        """SYN, and the server's RST: nobody listens there (RFC 9293, section 3.5.2)."""
        self.recording.wait(after)
        self.knock()
        self._segment(self.server, "RA", b"")

    def knock(self) -> None:
        """A SYN, and nothing more; again the same when it was sent before."""
        hosts = (self.client, self.server)
        self.sent = {host.sent_by: int(token("tcp", host.sent_by), 16) % 2**31 for host in hosts}
        self._segment(self.client, "S", b"")

    def reset(self, by: Host, *, after: float = USUAL_PAUSE) -> None:
        """One side throws the connection away."""
        self.recording.wait(after)
        self._segment(by, "RA", b"")

    def _peer(self, host: Host) -> Host:
        return self.server if host is self.client else self.client

    def _segment(self, source: Host, flags: str, data: bytes) -> None:
        peer = self._peer(source)
        layer = TCP(
            sport=source.port,
            dport=peer.port,
            flags=flags,
            seq=self.sent[source.sent_by],
            ack=self.sent[peer.sent_by] if "A" in flags else 0,
            window=64_240,
        )
        self.recording.wait(0.001)
        self.recording.add(source, peer, layer / Raw(data) if data else layer)
        self.sent[source.sent_by] += len(data) + ("S" in flags or "F" in flags)


def _error(sent: Sent, refused: tuple[Sent, int, int, int], quoted: bytes) -> Packet:
    """The ICMP error that a packet is."""
    _, kind, code, mtu = refused
    if ":" not in sent.source.address:
        return ICMP(type=kind, code=code, nexthopmtu=mtu) / Raw(quoted)
    body = bytes((kind, code, 0, 0)) + mtu.to_bytes(4, "big") + quoted
    checksum = in6_chksum(58, IPv6(src=sent.source.address, dst=sent.destination.address), body)
    return Raw(body[:2] + checksum.to_bytes(2, "big") + body[4:])


def _mac(address: str) -> str:
    """A locally administered MAC address for an IP address."""
    return f"02{token('mac', address)}"


def _colons(mac: str) -> str:
    return ":".join(mac[at : at + 2] for at in range(0, 12, 2))
