"""The codec of a stream, by its payload type and its call, and the figures that need it (RFC 3551; ITU-T G.107)."""

from __future__ import annotations

import msgspec

from sipdiag.calls.carriage import Carried
from sipdiag.media import STATIC, Codec, Jitter, Stream, estimated_mos

FAX = "T.38"


class Told(msgspec.Struct, frozen=True, kw_only=True):
    """A stream with its codec, and the figures that depend on the codec."""

    stream: Stream
    codec: str | None
    """The codec's name; None where neither the call nor RFC 3551 gives it."""
    rate: int | None
    """The clock rate of the codec, in hertz."""
    jitter: Jitter | None
    mos: float | None
    """Estimated by the E-model; None where it says nothing of the codec."""


def told_of(stream: Stream, carried: Carried | None) -> Told:
    """`stream` with its codec; `carried` says how it belongs to its call, if it does; a fax has no clock."""
    if stream.is_fax:
        return Told(stream=stream, codec=FAX, rate=None, jitter=None, mos=None)
    name, rate = codec_of(stream.payload_type, carried)
    jitter = stream.jitter(rate) if rate is not None else stream.jitter()
    trips = [each.round_trip_ms for each in stream.reports if each.round_trip_ms]
    mos = None
    if name is not None and jitter is not None:
        mos = estimated_mos(name, stream.loss_percent, jitter.mean, trips[-1] if trips else None)
    return Told(stream=stream, codec=name, rate=rate, jitter=jitter, mos=mos)


def codec_of(payload_type: int, carried: Carried | None) -> tuple[str | None, int | None]:
    """Name and clock rate of a payload type: as its receiver described it, else its sender, else RFC 3551."""
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
