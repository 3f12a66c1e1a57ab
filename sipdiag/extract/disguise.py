"""The packets of a call with everything replaced that tells who called whom, and what they said."""

from __future__ import annotations

import struct
from collections.abc import Iterable

import msgspec

from sipdiag.capture import Record
from sipdiag.extract.blank import blanked
from sipdiag.extract.choice import Choice
from sipdiag.extract.copy import Copied
from sipdiag.extract.packet import TCP, UDP, Packet, Unreadable, packet_of, rebuilt, transport_checksum
from sipdiag.extract.pseudonyms import Pseudonyms
from sipdiag.extract.rewriting import Rewriting
from sipdiag.extract.silence import silenced
from sipdiag.extract.streams import Direction, Segment, segment_of
from sipdiag.sip import begins_message

_PLAIN = frozenset({"udp", "tcp"})
_UDP_HEADER = 8
_ETHERNET, _COOKED, _COOKED2 = 1, 113, 276
_SACK, _NOTHING = 5, 1
Flow = tuple[bytes, bytes, bytes]


class Disguised(msgspec.Struct, frozen=True, kw_only=True):
    """What came of the packets."""

    records: list[Record]
    frames: dict[int, int]
    """Place among the packets as they were → place among these, both from 1; what was left out is not there."""
    known: dict[str, str]
    """Every name, number and host that was replaced, and by what."""


def disguised(copied: Copied, choice: Choice, key: bytes) -> Disguised:
    """`copied` under `key`; raises `Unreadable` for a packet in which not everything can be replaced."""
    if strange := choice.transports - _PLAIN:
        raise Unreadable(f"SIP over {', '.join(sorted(strange))}")
    work = _Disguise(copied, choice, key)
    work.run()  # once to learn every name, so that it is known wherever it stands
    return work.run()


class _Disguise:
    """Goes through the packets of one call."""

    def __init__(self, copied: Copied, choice: Choice, key: bytes) -> None:
        self._codecs, self._faxes = choice.codecs, choice.faxes
        self._names = Pseudonyms(key)
        self._rewriting = Rewriting(self._names)
        self._packets = [_taken_apart(record) for record in copied.records]
        self._media = {
            number for number, record in enumerate(copied.records) if (record.capture, record.frame) in copied.media
        }

    def run(self) -> Disguised:
        """Every packet, in order."""
        payloads: dict[int, bytes | None] = {}
        payloads |= self._streams()
        payloads |= self._fragments()
        records: list[Record] = []
        frames: dict[int, int] = {}
        for number, packet in enumerate(self._packets):
            payload = payloads[number] if number in payloads else self._datagram(number, packet)
            if payload is not None:
                records.append(self._record(packet, payload))
                frames[number + 1] = len(records)
        return Disguised(records=records, frames=frames, known=dict(self._names.known))

    def _datagram(self, number: int, packet: Packet) -> bytes | None:
        """A UDP datagram that came whole; None for media that is neither RTP nor RTCP, nor a fax."""
        if packet.protocol != UDP or len(packet.payload) < _UDP_HEADER:
            raise _unreadable(packet, f"IP protocol {packet.protocol}")
        content = packet.payload[_UDP_HEADER:]
        if number in self._media:
            ends = frozenset(struct.unpack_from("!HH", packet.payload))
            silent = blanked(content, cut=packet.cut > 0) if ends & self._faxes else None
            silent = silent or silenced(content, self._codecs, self._names)
            return None if silent is None else self._udp(packet, packet.payload[:_UDP_HEADER], silent, packet.cut)
        if not begins_message(content):
            raise _unreadable(packet, "a datagram that does not begin with a message")
        return self._udp(packet, packet.payload[:_UDP_HEADER], self._rewriting.message(content), packet.cut)

    def _udp(self, packet: Packet, header: bytes, content: bytes, cut: int) -> bytes:
        """A datagram with its length and checksum right; no checksum where there was none, or where bytes are cut."""
        length = 0 if header[4:6] == b"\0\0" else min(_UDP_HEADER + len(content) + cut, 0xFFFF)
        head = header[:4] + struct.pack("!HH", length, 0)
        if header[6:8] == b"\0\0" or cut:
            return head + content
        told = transport_checksum(head + content, UDP, *self._ends(packet)) or 0xFFFF
        return head[:6] + struct.pack("!H", told) + content

    # Datagrams in fragments

    def _fragments(self) -> dict[int, bytes | None]:
        groups: dict[tuple[bytes, bytes, int, int, int], list[int]] = {}
        for number, packet in enumerate(self._packets):
            if packet.fragmented:
                if packet.protocol != UDP:
                    raise _unreadable(packet, "a fragment of something else than UDP")
                key = (packet.source, packet.destination, packet.identification, packet.version, packet.record.capture)
                groups.setdefault(key, []).append(number)
        told: dict[int, bytes | None] = {}
        for numbers in groups.values():
            told |= self._reassembled(sorted(numbers, key=lambda number: self._packets[number].offset))
        return told

    def _reassembled(self, numbers: list[int]) -> dict[int, bytes | None]:
        """The pieces of one datagram, cut where they were cut; a datagram that is not whole keeps its lengths."""
        pieces = [self._packets[number] for number in numbers]
        data = b"".join(piece.payload for piece in _each_once(pieces))
        last = max(pieces, key=lambda piece: piece.offset)
        whole = not last.more and len(data) == last.offset + len(last.payload) and len(data) >= _UDP_HEADER
        if not whole:
            return {number: self._lost(piece) for number, piece in zip(numbers, pieces, strict=True)}
        content = self._rewriting.message(data[_UDP_HEADER:])
        datagram = self._udp(pieces[0], data[:_UDP_HEADER], content, last.cut)
        ends = sorted({piece.offset for piece in pieces})
        if ends[-1] >= len(datagram):  # it shrank by more than its last piece: cut it anew, at every eighth octet
            step = max(len(datagram) // len(ends) // 8 * 8, 8)
            ends = [min(step * place, (len(datagram) - 1) // 8 * 8) for place in range(len(ends))]
        place = dict(
            zip(
                sorted({piece.offset for piece in pieces}),
                zip(ends, [*ends[1:], len(datagram)], strict=True),
                strict=True,
            )
        )
        return {number: datagram[slice(*place[piece.offset])] for number, piece in zip(numbers, pieces, strict=True)}

    def _lost(self, piece: Packet) -> bytes:
        """A piece of what never became whole: as long as it was."""
        if piece.offset or len(piece.payload) < _UDP_HEADER:
            return b"x" * len(piece.payload)
        content = self._rewriting.message(piece.payload[_UDP_HEADER:])
        room = len(piece.payload) - _UDP_HEADER
        return piece.payload[:6] + b"\0\0" + content[:room].ljust(room)

    # TCP

    def _streams(self) -> dict[int, bytes | None]:
        segments: dict[int, Segment] = {}
        flows: dict[Flow, list[Segment]] = {}
        for number, packet in enumerate(self._packets):
            if packet.protocol == TCP and not packet.fragmented:
                segment = segment_of(packet)
                if segment is None or packet.cut:
                    raise _unreadable(packet, "a TCP segment that is not all there")
                segments[number] = segment
                flows.setdefault(_flow(segment), []).append(segment)
        directions = {flow: Direction(listed, self._rewriting.message) for flow, listed in flows.items()}
        return {number: self._segment(segment, directions) for number, segment in segments.items()}

    def _segment(self, segment: Segment, directions: dict[Flow, Direction]) -> bytes:
        own, other = directions[_flow(segment)], directions.get(_flow(segment, back=True))
        header = bytearray(segment.header)
        opens = header[13] & 2
        sequence, acknowledged = struct.unpack_from("!II", header, 4)
        moved = own.sequence((sequence + bool(opens)) % (1 << 32)) - bool(opens)
        if other is not None and header[13] & 16:
            acknowledged = other.sequence(acknowledged)
        struct.pack_into("!II", header, 4, moved % (1 << 32), acknowledged)
        header[20:] = _without_sack(bytes(header[20:]))
        header[16:18] = b"\0\0"
        told = bytes(header) + own.payload(segment)
        check = transport_checksum(told, TCP, *self._ends(segment.packet))
        return told[:16] + struct.pack("!H", check) + told[18:]

    # Below

    def _ends(self, packet: Packet) -> tuple[bytes, bytes]:
        addresses = self._names.addresses
        return addresses.packed(packet.source), addresses.packed(packet.destination)

    def _record(self, packet: Packet, payload: bytes) -> Record:
        source, destination = self._ends(packet)
        link = bytearray(packet.record.data[: packet.ip_at])
        kind = packet.record.link
        for first, last in {_ETHERNET: ((0, 6), (6, 12)), _COOKED: ((6, 12),), _COOKED2: ((12, 18),)}.get(kind, ()):
            link[first:last] = self._names.hardware(bytes(link[first:last]))
        return rebuilt(packet, payload, source=source, destination=destination, link=bytes(link))


def _taken_apart(record: Record) -> Packet:
    try:
        return packet_of(record)
    except (Unreadable, struct.error, IndexError) as error:
        raise Unreadable(f"{error} (frame {record.frame})") from error


def _unreadable(packet: Packet, what: str) -> Unreadable:
    return Unreadable(f"{what} (frame {packet.record.frame})")


def _each_once(pieces: Iterable[Packet]) -> list[Packet]:
    """Fragments in order, without copies."""
    return list({piece.offset: piece for piece in pieces}.values())


def _flow(segment: Segment, *, back: bool = False) -> Flow:
    packet, ports = segment.packet, segment.header[:4]
    if back:
        return packet.destination, packet.source, ports[2:] + ports[:2]
    return packet.source, packet.destination, ports


def _without_sack(options: bytes) -> bytes:
    """TCP options with selective acknowledgments, which name sequence numbers, taken out."""
    told, at = bytearray(options), 0
    while at + 1 < len(options) and options[at]:
        size = 1 if options[at] == _NOTHING else max(options[at + 1], 2)
        if options[at] == _SACK:
            end = min(at + size, len(options))
            told[at:end] = bytes([_NOTHING]) * (end - at)
        at += size
    return bytes(told)
