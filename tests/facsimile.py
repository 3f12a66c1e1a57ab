"""Packets of a fax over UDPTL (ITU-T T.38), as the transport room gives them."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from described import sdp
from streaming import HERE, SECOND, THERE, Talk, half
from tests.media.spoken import Said

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from streaming import End

PTIME = 0.04


def page(number: int) -> bytes:
    """What a packet holds of a page, other bytes in each."""
    return bytes([0xD0, 0x01, 0xE0, 0x00, 0x0D]) + bytes(number * 7 + at * 29 & 0xFF for at in range(14))


def idle(number: int) -> bytes:
    """What one holds in which nothing is said."""
    del number
    return b"\x06"


def sized(part: bytes) -> bytes:
    """A part behind its length (ITU-T X.691, section 10.9)."""
    return (bytes([len(part)]) if len(part) < 0x80 else struct.pack(">H", 0x8000 | len(part))) + part


def udptl(number: int, *, data: Callable[[int], bytes] = page, repeated: int = 2, parity: bool = False) -> bytes:
    """One packet, with so many earlier ones behind it, or parity in their place."""
    earlier = b"".join(sized(data(number - more)) for more in range(1, repeated + 1))
    kind = b"\x80\x01\x03" if parity else b"\x00"
    return struct.pack(">H", number & 0xFFFF) + sized(data(number)) + kind + bytes([repeated]) + earlier


def faxed(
    source: End,
    destination: End,
    begin: float,
    seconds: float,
    *,
    first: int = 0,
    lost: Collection[int] = (),
    **options: object,
) -> list[Said]:
    """Packets every 40 ms; times are seconds since the first message of the exchange, `lost` counts from the first."""
    ends = (0, half(source[0]), 0, half(destination[0]), source[1], destination[1])
    return [
        Said(time=round((begin + at * PTIME) * SECOND), payload=udptl(first + at, **options), ends=ends)  # type: ignore[arg-type]
        for at in range(round(seconds / PTIME))
        if at not in lost
    ]


FAX = "m=image 4000 udptl t38"
"""Where the caller receives one, which is where its voice went."""
FAX_ANSWER = sdp("m=image 6000 udptl t38", address=THERE[0])


def turned(at: float = 4, offer: str = FAX, answer: bytes = FAX_ANSWER) -> Talk:
    """A call in which both are heard for three seconds, and that turns into a fax then."""
    talk = Talk().begin().say(HERE, THERE, 1.1, 2.9).say(THERE, HERE, 1.1, 2.9, ssrc=8)
    return talk.change(at, sdp(offer), answer)


def sent(talk: Talk, source: End, destination: End, begin: float, seconds: float, **options: object) -> Talk:
    """A fax goes one way for some seconds."""
    talk.said += faxed(source, destination, begin, seconds, **options)  # type: ignore[arg-type]
    return talk
