"""Media without what was said: RTP of the same shape with silence in it, RTCP without names (RFC 3550, 3551, 4733)."""

from __future__ import annotations

import struct
from collections.abc import Mapping
from typing import Final

from sipdiag.extract.pseudonyms import Pseudonyms

_SILENT_OCTET: Final = {"pcmu": b"\xff", "pcma": b"\xd5", "g722": b"\xff"}
"""Octets that are silence (ITU-T G.711); of the other codecs zeros carry nothing of what was said."""
_RTCP: Final = range(192, 224)
_SDES, _BYE, _APPLICATION = 202, 203, 204
_OVER: Final = 8
"""Octets of an RTCP header with the source."""


def silenced(payload: bytes, codecs: Mapping[int, str], names: Pseudonyms) -> bytes | None:
    """A datagram of media, as long as it was, without its content; None for what is neither RTP nor RTCP."""
    if len(payload) < _OVER or payload[0] >> 6 != 2:
        return None
    if payload[1] in _RTCP:
        return _report(payload, names)
    header = 12 + 4 * (payload[0] & 15)
    if payload[0] & 0x10 and len(payload) >= header + 4:
        (words,) = struct.unpack_from("!H", payload, header + 2)
        extension = min(header + 4 + 4 * words, len(payload))
        head = payload[: header + 4] + bytes(extension - header - 4)
        header = extension
    else:
        header = min(header, len(payload))
        head = payload[:header]
    return head + _content(payload[header:], codecs.get(payload[1] & 0x7F, "").lower(), padded=bool(payload[0] & 0x20))


def _content(content: bytes, codec: str, *, padded: bool) -> bytes:
    if codec == "telephone-event" and content:
        return b"\0" + content[1:]  # which key it was; how long and how loud stays
    padding = content[-1:] if padded else b""
    octet = _SILENT_OCTET.get(codec, b"\0")
    return octet * (len(content) - len(padding)) + padding


def _report(payload: bytes, names: Pseudonyms) -> bytes:
    """A compound packet, part by part: reports stay, texts are replaced, what applications add is emptied."""
    told, at = bytearray(), 0
    while at + 4 <= len(payload):
        kind, (words,) = payload[at + 1], struct.unpack_from("!H", payload, at + 2)
        end = min(at + 4 + 4 * words, len(payload))
        part = payload[at:end]
        if kind == _SDES:
            part = part[:4] + _described(part[4:], names)
        elif kind == _BYE:
            sources = 4 + 4 * (part[0] & 31)
            part = part[:sources] + part[sources : sources + 1] + _text(part[sources + 1 :], names)
        elif kind == _APPLICATION:
            part = part[:12] + bytes(len(part) - 12) if len(part) > 12 else part
        elif not 200 <= kind <= 207:
            part = part[:4] + bytes(len(part) - 4)
        told += part
        at = end
    return bytes(told) + bytes(len(payload) - len(told))


def _described(chunks: bytes, names: Pseudonyms) -> bytes:
    """Items of type, length and text, chunk by chunk (RFC 3550, section 6.5)."""
    told, at = bytearray(), 0
    while at + 4 <= len(chunks):
        told += chunks[at : at + 4]
        at += 4
        while at < len(chunks) and chunks[at]:
            size = chunks[at + 1] if at + 1 < len(chunks) else 0
            told += chunks[at : at + 2] + _text(chunks[at + 2 : at + 2 + size], names)
            at += 2 + size
        end = min((at // 4 + 1) * 4, len(chunks))
        told += bytes(max(end - at, 0))
        at = end
    return bytes(told[: len(chunks)]).ljust(len(chunks), b"\0")


def _text(text: bytes, names: Pseudonyms) -> bytes:
    """As many octets, none of them as it was."""
    told = names.shaped("prose", text.decode("latin-1")).encode("latin-1", "replace")
    return told[: len(text)].ljust(len(text), b"\0")
