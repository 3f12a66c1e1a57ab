"""Every limit on what is read, and a capture in which it bites: the report says so, with how often and where first."""

from __future__ import annotations

import ast
import io
import struct
import zlib
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from sipdiag.analysis import conclude
from sipdiag.capture import Kept, open_capture
from sipdiag.trace.reader import Reader
from tests.capture.build import SECOND, block, enhanced, interface, pcap, section
from tests.transport.test_sctp import data as sctp_data
from tests.transport.test_sctp import frame as sctp
from tests.transport.test_tcp import answered, opening, sent
from tests.transport.wire import FIN, OPTIONS, SYN, ethernet, ipv4, ipv6, tcp, udp

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Trace

ROOT = Path(__file__).resolve().parents[1] / "sipdiag"
ROOMS = ("capture", "transport", "trace", "sip/framing.py", "media")
SIP = (
    b"OPTIONS sip:bob@example.com SIP/2.0\r\nVia: SIP/2.0/TCP 192.0.2.1;branch=z9hG4bK1\r\nCall-ID: 1\r\n"
    b"CSeq: 1 OPTIONS\r\nFrom: <sip:a@example.com>;tag=1\r\nTo: <sip:b@example.com>\r\n"
)
WHOLE = SIP + b"Content-Length: 0\r\n\r\n"
INNER = ipv4(udp(OPTIONS))
UPGRADE = b"GET / HTTP/1.1\r\nSec-WebSocket-Protocol: sip\r\n\r\n"
HELLO = b"\x16\x03\x01\x00\x2f\x01" + bytes(46)


def said(name: str) -> str:
    """What a limit is called, by `module.NAME`."""
    module, _, constant = name.rpartition(".")
    return str(getattr(import_module(f"sipdiag.{module}"), constant))


def in_links(name: str) -> str:
    """What a limit of a header is called, by the link type that stands for it."""
    tunnels, link = (import_module(f"sipdiag.transport.{each}") for each in ("tunnels", "link"))
    return str(tunnels.LIMITS[getattr(link, name)])


LIMITS = {
    "capture/pcapng.py MOST_SECRETS": said("capture.pcapng.KEY_LOGS"),
    "capture/pcapng.py MOST_INTERFACES": said("capture.pcapng.INTERFACES"),
    "capture/kept.py MOST_WAITING": said("capture.kept.WAITING"),
    "capture/kept.py MOST_KEPT": said("capture.kept.KEPT"),
    "capture/resuming.py MOST_PLACES": said("capture.resuming.PLACES"),
    "transport/aggregate.py MOST_PARTS": said("transport.aggregate.PARTS"),
    "transport/link.py DEEPEST_TAG": in_links("TAGGED_ON"),
    "transport/link.py MOST_LABELS": in_links("LABELLED_ON"),
    "transport/link.py MOST_ATTRIBUTES": in_links("ATTRIBUTED_ON"),
    "transport/link.py MOST_WORDS": in_links("FLAGGED_ON"),
    "transport/tunnels.py MOST_EXTENSIONS": in_links("EXTENDED_ON"),
    "transport/tunnels.py WIDTH": in_links("PREFIXED_ON"),
    "transport/internet.py DEEPEST": said("transport.internet.TUNNELS"),
    "transport/extension.py MOST_HEADERS": said("transport.internet.HEADERS"),
    "transport/extension.py MOST_BYTES": said("transport.internet.HEADERS"),
    "transport/foreign.py MOST": said("transport.foreign.BEYOND"),
    "transport/foreign.py DEEPEST": said("transport.foreign.NESTED"),
    "transport/fragments.py MOST_OPEN": said("transport.fragments.OPEN"),
    "transport/fragments.py MOST_BYTES": said("transport.fragments.SIZE"),
    "transport/fragments.py MOST_PIECES": said("transport.fragments.SIZE"),
    "transport/fragments.py MOST_OVERLAPPING": said("transport.fragments.SIZE"),
    "transport/fragments.py MOST_DEFECTS": said("transport.fragments.LOST"),
    "transport/sctp.py MOST_CHUNKS": said("transport.sctp.CHUNKS"),
    "transport/sctp.py MOST_OPEN": said("transport.sctp.UNDER_WAY"),
    "transport/sctp.py MOST_BYTES": said("transport.sctp.UNDER_WAY"),
    "transport/sctp.py MOST_PARTS": said("transport.sctp.UNDER_WAY"),
    "transport/exported.py MOST_TAGS": said("transport.exported.TAGS"),
    "transport/hep.py MOST_CHUNKS": said("transport.hep.CHUNKS"),
    "transport/hep.py MOST_UNPACKED": said("transport.hep.UNPACKED"),
    "transport/carriage.py MOST_HELD": said("transport.carriage.HELD"),
    "transport/websocket.py LONGEST": said("transport.websocket.MESSAGE"),
    "transport/websocket.py LONGEST_HANDSHAKE": said("transport.websocket.HANDSHAKE"),
    "transport/tcp.py MOST_OPEN": said("transport.tcp.OPEN"),
    "transport/tcp.py MOST_SIGNALLING": said("transport.tcp.SIGNALLING"),
    "transport/tcp.py MOST_FAILED": said("transport.tcp.FAILED"),
    "transport/probes.py MOST_FLOWS": said("transport.probes.WATCHED"),
    "transport/probes.py MOST_HELD": said("transport.probes.WATCHED"),
    "transport/probes.py MOST_BYTES": said("transport.probes.SIZE"),
    "transport/probes.py MOST_SEGMENTS": said("transport.probes.SIZE"),
    "transport/probes.py MOST_LARGE": said("transport.probes.SIZE"),
    "transport/probes.py MOST_DISORDERED": said("transport.probes.SIZE"),
    "transport/probes.py MOST_LOOKS": said("transport.probes.SIZE"),
    "transport/handshakes.py MOST": said("transport.handshakes.TOO_MANY"),
    "transport/demultiplexer.py MOST_SEALED": said("transport.demultiplexer.SEALED"),
    "trace/streams.py MOST_HELD": said("trace.streams.HELD"),
    "trace/streams.py MOST_DEFECTS": said("trace.streams.GAPS"),
    "trace/clock.py MOST_STEPS": said("trace.clock.STEPS"),
    "sip/framing.py LARGEST_HEAD": said("trace.stream.HEADS"),
    "sip/framing.py LARGEST_BODY": said("trace.stream.BODIES"),
    "sip/framing.py LARGEST_BODY_DIGITS": said("trace.stream.BODIES"),
}
"""Where a limit stands → what the report calls it."""

OTHERWISE = {
    "capture/header.py LONGEST": "record-damaged, record-skipped",
    "capture/header.py LONGEST_EVER": "record-damaged, record-skipped",
    "capture/pcapng.py LONGEST": "record-damaged, record-skipped",
    "capture/compressed.py MOST_MEMORY": "compression-damaged",
    "transport/stream.py MOST_HELD": "stream-gap",
    "transport/stream.py MOST_HELD_BYTES": "stream-gap",
    "transport/stream.py MOST_AWAITING_BYTES": "stream-gap",
    "transport/stream.py MOST_HOARDED_BYTES": "stream-gap",
    "transport/fragments.py LONGEST_WAIT": "fragment-lost",
    "transport/icmp.py MOST_WAYS": "limit-reached",
    "transport/icmp.py MOST_REPORTS": "limit-reached",
    "trace/streams.py MOST_KEPT": "limit-reached",
    "trace/rotation.py MOST_FOLLOWED": "limit-reached",
    "trace/shortening.py MOST_MARGINS": "limit-reached",
    "media/streams.py MOST_STREAMS": "media-streams-too-many",
    "media/streams.py MOST_ENDED": "media-streams-too-many",
}
"""What is told as a defect of another kind, each tested beside its module."""

NOTHING_LOST = {
    "capture/plain.py MOST": "what is larger is read in columns",
    "transport/icmp.py MOST_OF_OTHERS": "the rest are counted",
    "transport/icmp.py LONGEST_QUOTE": "as long as any error quotes (RFC 1812)",
    "transport/sieve.py WIDTH": "bytes that are looked at to choose packets",
    "capture/compressed.py LONGEST_MAGIC": "bytes that tell a compression",
    "capture/pcapng.py MOST_COMMON": "numbers of blocks, for a guess that is proven",
    "capture/wireshark.py LONGEST_COMPLAINT": "characters of what tshark complains of",
    "capture/write.py LONGEST": "what a file that is written says of itself",
    "transport/foreign.py LONGEST": "bytes in which a header is looked for",
    "transport/fragments.py MOST_DONE": "recognises copies, which are complete without it",
    "transport/handshakes.py MOST_SEGMENTS": "the handshake counts as not seen whole",
    "transport/link.py LONGEST_LENGTH": "tells a length from a type",
    "transport/probes.py LONGEST_LINE": "as long as any start line that is believed",
    "transport/sctp.py MOST_SEEN": "recognises what was sent again, which is told as a repeat without it",
    "transport/tcp.py FARTHEST_BEGIN": "from where a stream is counted",
    "transport/tls.py LONGEST": "what is longer is no TLS (RFC 5246)",
    "trace/stream.py LONGEST_FRAGMENT": "of a message that is told as incomplete anyway",
    "trace/second.py MOST_TASKS": "what those who divide work keep to",
    "trace/edge.py MOST_GIVEN": "messages after which a stream is surely read from where they begin",
    "trace/edge.py LONGEST_BEGINNING": "the message that is cut stays incomplete, as without the other capture",
    "trace/edge.py MOST_SAID": "what proves that something is sent again; the gap or the repeat stays as without it",
    "trace/edge.py LONGEST_SAID": "the same",
    "trace/edge.py MOST_LOOKED_AT": "the same",
    "transport/tcp.py MOST_ENDS": "what other captures may show of these connections; each stays as this one shows it",
    "trace/connecting.py MOST_FOLLOWED": "the same",
    "trace/rotation.py FARTHEST": "from where a stream is counted",
    "trace/chain.py LONGEST": "as long as the longest message that is believed, twice",
    "trace/chain.py MOST_UNKNOWN": "as much as is looked at before a connection counts as one without SIP",
    "trace/chain.py MOST_UNPROVEN": "the message that is cut stays incomplete, as without the other captures",
    "trace/reader.py MOST_UNWEIGHED": "messages between two looks at how much room they take",
    "media/jitter.py LONGEST": "a step of the clock, no jitter",
    "media/rising.py MOST": "the highest jitter of two joined parts may be told a little low; no packet is left out",
    "media/table.py MOST_ROWS": "how far room is made ahead; streams.py says how many streams there may be",
    "media/fax.py MOST_REPEATED": "what claims to hold more is no fax that is believed: senders repeat a few",
    "media/rtcp.py MOST_BLOCKS": "what five bits can count (RFC 3550)",
    "media/sequence.py MOST_LOST": "what RFC 3550 calls a restart",
    "media/sequence.py MOST_LATE": "the same",
}
"""Why a limit leaves nothing out."""


def constants() -> list[str]:
    """Every constant of the reading rooms that is called like a limit."""
    words = ("MOST", "LONGEST", "LARGEST", "DEEPEST", "FARTHEST", "WIDTH")
    found = []
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")) if (ROOT / room).is_dir() else [ROOT / room]:
            for node in ast.parse(path.read_text(encoding="utf-8")).body:
                targets = node.targets if isinstance(node, ast.Assign) else [getattr(node, "target", None)]
                names = [each.id for each in targets if isinstance(each, ast.Name)]
                found += [f"{path.relative_to(ROOT)} {name}" for name in names if name.split("_")[0] in words]
    return found


def test_every_limit_is_listed() -> None:
    """A constant that cuts something off is told, or it is said here why nothing is lost."""
    listed = {*LIMITS, *OTHERWISE, *NOTHING_LOST, *IN_MEDIA}
    assert sorted(set(constants()) - listed) == []
    assert sorted(listed - set(constants())) == []


def gtp(extensions: int) -> bytes:
    """A user's packet behind so many extension headers."""
    headers = b"".join(bytes([1, 0, 0, 0x85 if i < extensions - 1 else 0]) for i in range(extensions))
    body = bytes(3) + bytes([0x85 if extensions else 0]) + headers + INNER
    return ethernet(ipv4(udp(struct.pack(">BBHI", 0x34, 255, len(body), 1) + body, destination=2152)))


def nflog(attributes: int, size: int = 4) -> bytes:
    """A packet behind so many attributes."""
    others = (struct.pack("<HH", 4 + size, 1) + bytes(size)) * attributes
    return b"\x02\0\0\0" + others + struct.pack("<HH", 4 + len(INNER), 9) + INNER


def radiotap(words: int) -> bytes:
    """Wi-Fi behind a header with so many words that say what it holds."""
    head = struct.pack("<BBH", 0, 0, 4 + 4 * words) + b"\0\0\0\x80" * (words - 1) + bytes(4)
    return head + b"\x08\x01" + bytes(22) + b"\xaa\xaa\x03\0\0\0\x08\0" + INNER


def teredo(authentication: int) -> bytes:
    """IPv6 in Teredo behind what proves who sent it."""
    head = b"\0\1" + bytes([authentication, 0]) + bytes(authentication + 9)
    return ethernet(ipv4(udp(head + ipv6(udp(OPTIONS)), destination=3544)))


def backbone(layers: int) -> bytes:
    """Ethernet in Ethernet, as a provider's backbone carries it, in so many VLANs."""
    tags = b"".join(struct.pack(">HH", 7, 0x8100) for _ in range(layers)) + struct.pack(">HH", 7, 0x0800)
    return ethernet(struct.pack(">I", 7) + bytes(12) + b"\x81\0" + tags + INNER, ethertype=0x88E7)


def exported(tags: int) -> bytes:
    """A message behind so many tags."""
    return b"\0\x0c\0\x04sip\0" * tags + bytes(4) + WHOLE


def hep(*chunks: tuple[int, int, bytes]) -> bytes:
    """A packet of version 3."""
    body = b"".join(struct.pack(">HHH", vendor, kind, 6 + len(value)) + value for vendor, kind, value in chunks)
    return ethernet(ipv4(udp(b"HEP3" + struct.pack(">H", 6 + len(body)) + body, destination=9060)))


def fragment(payload: bytes, ident: int, at: int = 0, *, more: bool = True) -> bytes:
    """A piece of an IPv4 datagram."""
    return ethernet(ipv4(payload, ident=ident, place=at // 8 | (0x2000 if more else 0)))


def times(*seconds: int) -> bytes:
    """A capture whose clock jumps."""
    records = [struct.pack("<IIII", SECOND + at, 0, len(INNER), len(INNER)) + INNER for at in seconds]
    return pcap([], link=101) + b"".join(records)


def framed(payload: bytes, first: int = 0x81) -> bytes:
    """One WebSocket frame."""
    return bytes([first, 127]) + len(payload).to_bytes(8, "big") + payload


def ported(made: Callable[[int], list[bytes]], count: int) -> bytes:
    """The same on so many ports."""
    return pcap([frame for port in range(40_000, 40_000 + count) for frame in made(port)])


KEYS = section() + interface() + block(10, struct.pack("<II", 0x544C534B, 8) + b"# 234567")
TLS = section() + interface() + enhanced(sent(HELLO, sequence=101), 1)
BROKEN = b"\xff" * 40
CASES: dict[str, tuple[int | None, Callable[[], bytes]]] = {
    "capture/pcapng.py MOST_SECRETS": (
        8,
        lambda: section() + interface() + block(10, struct.pack("<II", 0x544C534B, 9) + b"# 2345678") * 3,
    ),
    "capture/pcapng.py MOST_INTERFACES": (2, lambda: section() + interface() * 4 + enhanced(ethernet(INNER), 1)),
    "capture/kept.py MOST_WAITING": (100, lambda: TLS + TLS + KEYS),
    "capture/kept.py MOST_KEPT": (100, lambda: KEYS + TLS + TLS),
    "capture/resuming.py MOST_PLACES": (
        1,
        lambda: pcap([]) + BROKEN.join([pcap([ethernet(INNER)] * 9)[24:]] * 4),
    ),
    "transport/aggregate.py MOST_PARTS": (2, lambda: pcap([b"\x88\x01" + bytes(22) + b"\x80\0" + bytes(99)], link=105)),
    "transport/link.py DEEPEST_TAG": (None, lambda: pcap([ethernet(INNER, tags=[0x8100] * 4)])),
    "transport/link.py MOST_LABELS": (
        None,
        lambda: pcap([ethernet(b"\0\1\0\7" * 9 + b"\0\1\1\7" + INNER, ethertype=0x8847)]),
    ),
    "transport/link.py MOST_ATTRIBUTES": (None, lambda: pcap([nflog(24), nflog(3, 700)], link=239)),
    "transport/link.py MOST_WORDS": (None, lambda: pcap([radiotap(14)], link=127)),
    "transport/tunnels.py MOST_EXTENSIONS": (None, lambda: pcap([gtp(7)])),
    "transport/tunnels.py WIDTH": (None, lambda: pcap([teredo(99)])),
    "transport/internet.py DEEPEST": (None, lambda: pcap([ipv4(b"", protocol=4) * 14 + INNER], link=101)),
    "transport/extension.py MOST_HEADERS": (
        None,
        lambda: pcap([ethernet(ipv6((bytes([60, 0]) + bytes(6)) * 17, protocol=60))]),
    ),
    "transport/extension.py MOST_BYTES": (
        None,
        lambda: pcap([ethernet(ipv6((bytes([60, 255]) + bytes(2_046)) * 3, protocol=60))]),
    ),
    "transport/foreign.py MOST": (2, lambda: pcap([backbone(1)] * 5)),
    "transport/foreign.py DEEPEST": (None, lambda: pcap([backbone(40)])),
    "transport/fragments.py MOST_OPEN": (3, lambda: pcap([fragment(bytes(16), ident) for ident in range(9)])),
    "transport/fragments.py MOST_BYTES": (None, lambda: pcap([fragment(bytes(1_400), 1, 65_000)])),
    "transport/fragments.py MOST_PIECES": (4, lambda: pcap([fragment(bytes(8), 1, 8 * i) for i in range(9)])),
    "transport/fragments.py MOST_OVERLAPPING": (30, lambda: pcap([fragment(bytes(24), 1)] * 5)),
    "transport/fragments.py MOST_DEFECTS": (2, lambda: pcap([fragment(bytes(16), ident) for ident in range(9)])),
    "transport/sctp.py MOST_CHUNKS": (None, lambda: pcap([sctp(b"\x03\0\0\4" * 600 + sctp_data(WHOLE, 1))])),
    "transport/sctp.py MOST_OPEN": (
        2,
        lambda: pcap([sctp(sctp_data(OPTIONS[:9], 10 * i, flags=2, stream=i)) for i in range(1, 6)]),
    ),
    "transport/sctp.py MOST_BYTES": (9, lambda: pcap([sctp(sctp_data(b"a part", i, flags=0)) for i in range(1, 6)])),
    "transport/sctp.py MOST_PARTS": (2, lambda: pcap([sctp(sctp_data(b"a part", i, flags=0)) for i in range(1, 6)])),
    "transport/exported.py MOST_TAGS": (None, lambda: pcap([exported(70)], link=252)),
    "transport/hep.py MOST_CHUNKS": (None, lambda: pcap([hep(*[(1, 1, b"x")] * 70, (0, 15, WHOLE))])),
    "transport/hep.py MOST_UNPACKED": (None, lambda: pcap([hep((0, 16, zlib.compress(WHOLE + bytes(1 << 21))))])),
    "transport/carriage.py MOST_HELD": (
        50,
        lambda: ported(
            lambda port: [
                *opening(port),
                sent(UPGRADE, sequence=101, port=port),
                sent(framed(bytes(99))[:60], sequence=101 + len(UPGRADE), port=port),
            ],
            3,
        ),
    ),
    "transport/websocket.py LONGEST": (
        None,
        lambda: pcap(
            [
                *opening(),
                sent(UPGRADE, sequence=101),
                sent(framed(bytes(99))[:2] + bytes(5) + b"\xff" * 3, sequence=101 + len(UPGRADE)),
            ]
        ),
    ),
    "transport/websocket.py LONGEST_HANDSHAKE": (
        60,
        lambda: pcap([*opening(), sent(UPGRADE[:-2] + b"X: y\r\n" * 9, sequence=101)]),
    ),
    "transport/tcp.py MOST_OPEN": (
        2,
        lambda: ported(lambda port: [*opening(port), answered(b"\xff" * 9, sequence=901, port=port)], 4),
    ),
    "transport/tcp.py MOST_SIGNALLING": (
        2,
        lambda: ported(lambda port: [*opening(port), sent(WHOLE, sequence=101, port=port)], 4),
    ),
    "transport/tcp.py MOST_FAILED": (
        1,
        lambda: pcap([ethernet(ipv4(tcp(flags=SYN, sequence=i, source=9), protocol=6)) for i in range(1, 6)]),
    ),
    "transport/probes.py MOST_FLOWS": (2, lambda: ported(lambda port: [sent(b"OPT", sequence=1, port=port)], 5)),
    "transport/probes.py MOST_HELD": (2, lambda: ported(lambda port: [sent(b"OPT", sequence=1, port=port)], 5)),
    "transport/probes.py MOST_BYTES": (20, lambda: pcap([sent(b"x" * 15, sequence=15 * i) for i in range(9)])),
    "transport/probes.py MOST_SEGMENTS": (5, lambda: pcap([sent(b"xyzu", sequence=4 * i) for i in range(9)])),
    "transport/probes.py MOST_LARGE": (2, lambda: pcap([sent(b"x" * 99, sequence=99 * i) for i in range(9)])),
    "transport/probes.py MOST_DISORDERED": (
        3,
        lambda: pcap([sent(b"xyzu", sequence=8 * i) for i in range(9)]),
    ),
    "transport/probes.py MOST_LOOKS": (5, lambda: pcap([sent(b"x\r\nx\r\n", sequence=6 * i) for i in range(9)])),
    "transport/handshakes.py MOST": (
        1,
        lambda: ported(lambda port: [*opening(port), sent(HELLO, sequence=101, port=port)], 3),
    ),
    "transport/demultiplexer.py MOST_SEALED": (
        1,
        lambda: pcap(
            [
                ethernet(ipv4(tcp(b"\x17\3\3\0\x20" + bytes(32), source=port, destination=5061), protocol=6))
                for port in range(40_000, 40_004)
            ]
        ),
    ),
    "trace/streams.py MOST_HELD": (
        900,
        lambda: ported(lambda port: [*opening(port), sent(SIP, sequence=101, port=port)], 4),
    ),
    "trace/streams.py MOST_DEFECTS": (
        1,
        lambda: pcap(
            [
                *opening(),
                *[sent(WHOLE, sequence=101 + 2 * i * len(WHOLE)) for i in range(5)],
                sent(flags=FIN, sequence=101 + 10 * len(WHOLE)),
            ]
        ),
    ),
    "trace/clock.py MOST_STEPS": (2, lambda: times(*[i % 2 for i in range(9)])),
    "sip/framing.py LARGEST_HEAD": (
        None,
        lambda: pcap(
            [*opening(), sent(SIP, sequence=101)]
            + [sent(b"X: " + b"x" * 995 + b"\r\n", sequence=101 + len(SIP) + 1_000 * i) for i in range(70)]
        ),
    ),
    "sip/framing.py LARGEST_BODY": (
        None,
        lambda: pcap(
            [*opening(), sent(SIP + b"Content-Length: 5000000\r\n\r\n", sequence=101)]
            + [sent(b"x" * 60_000, sequence=128 + len(SIP) + 60_000 * i) for i in range(90)]
        ),
    ),
    "sip/framing.py LARGEST_BODY_DIGITS": (
        None,
        lambda: pcap([*opening(), sent(SIP + b"Content-Length: 99999999999\r\n\r\n", sequence=101)]),
    ),
}
"""A limit → to what it is lowered for this, if at all, and a capture in which it is reached."""
IN_MEDIA = {
    "media/table.py MOST_FORMATS": said("media.table.FORMATS"),
    "media/streams.py MOST_REPORTS": said("media.streams.REPORTS"),
    "media/stream.py MOST_GAPS": said("media.stream.GAPS"),
    "media/stream.py MOST_KEYS": said("media.stream.KEYS"),
}
"""Limits on details of streams: a long call reaches them without harm, so that they are told, and are no finding."""


def rtp(number: int, second: int, kind: int = 0, body: bytes = bytes(160)) -> tuple[int, bytes]:
    """One packet of a stream, and when it comes."""
    head = struct.pack(">BBHII", 0x80, kind, number, 8_000 * second, 7)
    return second, ethernet(ipv4(udp(head + body, source=7_000, destination=7_002)))


def at_seconds(packets: list[tuple[int, bytes]]) -> bytes:
    """A capture of packets at those seconds."""
    return pcap([]) + b"".join(
        struct.pack("<IIII", SECOND + second, 0, len(data), len(data)) + data for second, data in packets
    )


def receiver_report(source: int) -> bytes:
    """RTCP of one receiver about one stream."""
    return struct.pack(">BBHII", 0x81, 201, 7, source, source + 1) + bytes(20)


STREAMS = {
    "media/table.py MOST_FORMATS": lambda: at_seconds([rtp(i, i, kind=i % 5) for i in range(20)]),
    "media/streams.py MOST_REPORTS": lambda: pcap(
        [ethernet(ipv4(udp(receiver_report(i), source=7_001, destination=7_003))) for i in range(9)]
    ),
    "media/stream.py MOST_GAPS": lambda: at_seconds([rtp(i, 3 * i) for i in range(9)]),
    "media/stream.py MOST_KEYS": lambda: at_seconds(
        [rtp(i, i, 101 if i > 4 else 0, bytes([i % 10, 0x8A, 3, 32]) if i > 4 else bytes(160)) for i in range(20)]
    ),
}


@pytest.mark.parametrize("limit", IN_MEDIA)
def test_details_of_streams_left_out_are_told(limit: str) -> None:
    """As a defect of the capture, with how often."""
    name = limit.partition(" ")[2]
    home = import_module("sipdiag.media.streams" if name == "MOST_REPORTS" else "sipdiag.media.table")
    with patch.object(home, name, 2):
        trace = read(STREAMS[limit]())
    told = [each.detail.rpartition(" (")[0] for each in trace.facts.defects if each.kind == "media-detail-limit"]
    assert told == [IN_MEDIA[limit]]
    assert not [each for each in conclude([trace]).findings if each.rule == "capture-damaged"]


def read(capture: bytes) -> Trace:
    """What is read of a capture."""
    with (
        open_capture("-", stream=io.BytesIO(capture)) as source,
        Kept(source.defects, source.secrets, keyed=False) as kept,
    ):
        reader = Reader(source, 0, media=True, kept=kept)
        for _ in reader.chunks():
            pass
        reader.finish()
        if source.secrets:
            kept.path()
        return reader.trace()


@pytest.mark.parametrize("limit", LIMITS)
def test_a_limit_that_bites_is_told(limit: str) -> None:
    """Among the capture's defects, and as a finding that anybody reads."""
    lowered, made = CASES[limit]
    path, _, name = limit.partition(" ")
    module = import_module("sipdiag." + path.removesuffix(".py").replace("/", "."))
    homes = [module, import_module("sipdiag.capture.pcap")] if name == "MOST_PLACES" else [module]
    capture = made()
    patches = [patch.object(each, name, lowered) for each in homes if lowered is not None]
    for each in patches:
        each.start()
    try:
        trace = read(capture)
    finally:
        patch.stopall()
    told = [each for each in trace.facts.defects if each.kind == "limit-reached"]
    assert [each.detail.rpartition(" (")[0] for each in told] == [LIMITS[limit]]
    assert all(each.frame and each.detail.endswith((" time)", " times)")) for each in told)
    findings = [each for each in conclude([trace]).findings if each.rule == "capture-damaged"]
    assert LIMITS[limit] in str({each.variant: each.evidence["detail"] for each in findings}["limit-reached"])
