"""What a stream is in its call: its codec by name, and the figures that hang on that (RFC 3551; ITU-T G.107)."""

from __future__ import annotations

import msgspec

from sipdiag.calls.carriage import Carried
from sipdiag.media import STATIC, Codec, Jitter, Stream, estimated_mos


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A stream with what only its call can say of it."""

    stream: Stream
    codec: str | None
    rate: int | None
    """The clock of its codec, in hertz."""
    jitter: Jitter | None
    mos: float | None


def told_of(stream: Stream, carried: Carried | None) -> Told:
    """What a stream is, with its codec by name and what hangs on that."""
    name, rate = codec_of(stream.payload_type, carried)
    jitter = stream.jitter(rate) if rate is not None else stream.jitter()
    trips = [each.round_trip_ms for each in stream.reports if each.round_trip_ms]
    mos = None
    if name is not None and jitter is not None:
        mos = estimated_mos(name, stream.loss_percent, jitter.mean, trips[-1] if trips else None)
    return Told(stream=stream, codec=name, rate=rate, jitter=jitter, mos=mos)


def codec_of(payload_type: int, carried: Carried | None) -> tuple[str | None, int | None]:
    """Name and clock rate of a payload type: as the hearing side described it, the other side, or RFC 3551."""
    ends = []
    if carried is not None and carried.line is not None:
        agreed = sorted(carried.line.terms, key=lambda each: each.agreed, reverse=True)
        hearing = [each.end(carried.toward) for each in agreed]
        ends = [*hearing, *(end for each in agreed for end in (each.caller, each.callee))]
    codecs: list[Codec] = [codec for end in ends if end is not None for codec in end.media.codecs]
    named = next((each for each in codecs if each.payload_type == str(payload_type) and each.name), None)
    if named is not None:
        return named.name, named.rate or None
    return STATIC.get(str(payload_type), (None, None))
