"""A fax without what is on its pages: UDPTL of the same shape, with nothing in it (ITU-T T.38, section 9.1)."""

from __future__ import annotations

from sipdiag.media.fax import MOST_REPEATED, PADDING, PARITY, REPEATS


def blanked(payload: bytes, *, cut: bool) -> bytes | None:
    """A datagram of a fax, as long as it was, without its content; None for what is not built like one.

    Of each part the first octet stays, which says how it is sent; of what was `cut` off nobody can tell the end.
    """
    told = bytearray(len(payload))
    told[:2] = payload[:2]
    at = _part(payload, told, 2)
    if at < len(payload):
        kind = payload[at]
        if kind not in (REPEATS, PARITY):
            return None
        told[at] = kind
        at = _part(payload, told, at + 1, kept=2) if kind == PARITY else at + 1
    if at < len(payload):
        count = told[at] = payload[at]
        if count > MOST_REPEATED:
            return None
        at += 1
        for _ in range(count):
            at = _part(payload, told, at)
    elif not cut:
        return None
    over = len(payload) - at
    return bytes(told) if 0 <= over <= PADDING or (cut and over < 0) else None


def _part(payload: bytes, told: bytearray, at: int, *, kept: int = 1) -> int:
    """Take the length of the part at a place, and its first octets; gives where it ends (ITU-T X.691, 10.9)."""
    if at >= len(payload):
        return len(payload) + 1
    size, width = payload[at], 1
    if size >= 0x80 and at + 1 < len(payload):
        size, width = (size & 0x3F) << 8 | payload[at + 1], 2
    begin = at + width
    stays = min(begin + min(size, kept), len(payload))
    told[at:stays] = payload[at:stays]
    return begin + size
