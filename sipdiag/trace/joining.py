"""The RTP streams of several captures: which of them are one."""

from __future__ import annotations

from collections.abc import Iterable

from sipdiag.media import Stream

SECOND = 1_000_000_000
APART = 60 * SECOND
"""After a longer pause between two captures it is a second stream."""


def joined_streams(parts: Iterable[list[Stream]]) -> list[Stream]:
    """The streams of several captures, in the order in which they began; one that goes on in the next capture is one.

    Where two captures see a stream at the same time, they see it at two points of the network: it stays two streams.
    """
    known: dict[tuple[str, str, int], int] = {}
    joined: list[Stream] = []
    for stream in sorted((each for part in parts for each in part), key=lambda each: (each.first_time, each.capture)):
        key = (stream.source, stream.destination, stream.ssrc)
        at = known.get(key)
        before = None if at is None else joined[at]
        if at is not None and before is not None and _goes_on(before, stream):
            joined[at] = _one(before, stream)
        else:
            known[key] = len(joined)
            joined.append(stream)
    return joined


def _goes_on(before: Stream, stream: Stream) -> bool:
    if before.capture == stream.capture:
        return False
    return before.last_time <= stream.first_time <= before.last_time + APART


def _one(before: Stream, stream: Stream) -> Stream:
    from msgspec.structs import replace  # noqa: PLC0415  (several captures are rare)

    from sipdiag.media import merged  # noqa: PLC0415  (NumPy is behind it)

    return replace(merged(before, stream), capture=before.capture)
