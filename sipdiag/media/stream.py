"""One RTP stream as a value: what a source sent to a destination under one SSRC, in figures (RFC 3550, section 3).

A stream holds what it takes to join it with what came later of the same stream, from another part of a capture.
"""

from __future__ import annotations

import msgspec

from sipdiag.media.rtcp import Report

UDPTL = -1
"""What stands for SSRC and payload type of a fax, which has neither."""
MOST_GAPS = 64
GAPS = f"pauses of an RTP stream, more than {MOST_GAPS}"
MOST_KEYS = 200
KEYS = f"telephone events of an RTP stream, more than {MOST_KEYS}"


def is_steady(sent: int, steady: int) -> bool:
    """Whether enough of the packets sent bear the number behind that of the one before."""
    return sent >= 3 and 2 * steady >= sent - 1


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One step of a timeline."""

    packets: int
    missing: int
    """How many more are missing after it; less than none where some that were came late."""
    jitter: float
    """Milliseconds by which packets came earlier or later than the one before them would have it, on the average."""


class Steps(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of a timeline in columns: of many streams nobody asks for them."""

    packets: tuple[int, ...] = ()
    missing: tuple[int, ...] = ()
    jitter: tuple[float, ...] = ()


class Format(msgspec.Struct, frozen=True, kw_only=True):
    """The packets of one payload type in a stream."""

    payload_type: int
    packets: int
    first_frame: int
    first_time: int
    length: int
    """Bytes behind the fixed header of its first packet."""


class Jitter(msgspec.Struct, frozen=True, kw_only=True):
    """What the jitter of a stream is if its clock runs at `rate`; milliseconds."""

    rate: int
    mean: float
    highest: float
    last: float
    count: int
    """Packets that mean and maximum are of."""
    length: int
    """Packets that it was followed over."""
    inherits: float
    """How much of an estimate before its first packet the sum behind the mean would hold."""
    rising: bytes
    """Where among its first packets it rose higher than before: see `rising.py`."""
    marked: bool
    """Whether its first packet began a talkspurt."""
    first_time: int
    first_timestamp: int
    last_time: int
    last_timestamp: int


class Gap(msgspec.Struct, frozen=True, kw_only=True):
    """A pause of a second or more between two packets."""

    begin: int
    """When the packet before it came."""
    end: int
    frame: int
    """The packet that ended it."""


class Key(msgspec.Struct, frozen=True, kw_only=True):
    """A key that was pressed."""

    key: str
    """`!` is a flash of the hook."""
    timestamp: int
    frame: int
    time: int


class Stream(msgspec.Struct, frozen=True, kw_only=True):
    """What one source sent to one destination under one SSRC."""

    capture: int = 0
    """Which capture of the analysis, from 0."""
    source: str
    """`host:port`, `[v6]:port`."""
    destination: str
    ssrc: int
    """`UDPTL` for a fax."""
    first_frame: int
    last_frame: int
    first_time: int
    """Nanoseconds since 1970-01-01 UTC."""
    last_time: int
    packets: int
    """Copies too, as Wireshark counts them."""
    bytes: int
    """Of RTP, headers included."""
    cut: int
    """Packets of which the capture holds a part only."""
    duplicates: int
    reordered: int
    restarts: int
    """How often the sequence numbers began anew."""
    begun: int
    """Extended sequence numbers: that of the first packet, and below of others."""
    lowest: int
    highest: int
    last: int
    """That of the last packet."""
    number: int
    """The same as the packet bears it, which is another one where the sender began anew."""
    received: int
    """Bit `k`: the number `highest - k` came."""
    steady: int
    """Packets whose number is the one after that of the packet before."""
    regular: bool
    """Whether its first packet begins no talkspurt and is no comfort noise."""
    talkspurts: int
    """Packets with the marker."""
    noise: int
    """Packets of comfort noise (RFC 3389), and those of a codec that end with a description of silence."""
    max_delta: int
    """Nanoseconds: the longest between two packets, where no talkspurt begins."""
    formats: tuple[Format, ...]
    """The most frequent first."""
    jitters: tuple[Jitter, ...]
    """For each clock rate that its payload types allow."""
    gaps: tuple[Gap, ...]
    keys: tuple[Key, ...]
    sampled: int
    """Packets of PCMU and PCMA whose payload was looked at."""
    silent: int
    """Of those, packets that hold nothing but silence."""
    last_loud: int | None
    """When the last of those came that do not."""
    steps: Steps
    step: int
    """Nanoseconds of a step of the timeline."""
    unrepaired: int = 0
    """Packets of a fax that were missing when one came which did not bring them again; some may have come late."""
    reports: tuple[Report, ...] = ()
    """The last RTCP reports on it, or by its sender, of each kind."""

    @property
    def timeline(self) -> tuple[Step, ...]:
        """Packets, loss and unevenness, step by step, up to the last with a packet."""
        columns = zip(self.steps.packets, self.steps.missing, self.steps.jitter, strict=True)
        return tuple(Step(packets=packets, missing=missing, jitter=jitter) for packets, missing, jitter in columns)

    @property
    def expected(self) -> int:
        """Packets that were sent from the first to the last one seen."""
        return self.highest - self.lowest + 1

    @property
    def lost(self) -> int:
        """Packets that never came."""
        return max(0, self.expected - (self.packets - self.duplicates))

    @property
    def lost_for_good(self) -> int:
        """Packets of a fax that never came, and that none behind them brought again."""
        return min(self.lost, self.unrepaired)

    @property
    def loss_percent(self) -> float:
        """Of those sent."""
        return 100 * self.lost / self.expected

    @property
    def payload_type(self) -> int:
        """The most frequent."""
        return self.formats[0].payload_type

    @property
    def duration(self) -> int:
        """Nanoseconds from the first packet to the last."""
        return self.last_time - self.first_time

    @property
    def kilobits(self) -> float | None:
        """Kilobits a second with the headers of IP and UDP; None for a single packet."""
        below = self.packets * (8 + (40 if self.source.startswith("[") else 20))
        return (self.bytes + below) * 8 / (self.duration / 1_000_000) if self.duration > 0 else None

    @property
    def is_convincing(self) -> bool:
        """Whether it looks like RTP by itself: its numbers go on one by one, as chance would not have them."""
        return is_steady(self.packets - self.duplicates, self.steady)

    @property
    def is_fax(self) -> bool:
        """Whether it is T.38 over UDPTL, whose packets are numbered like those of RTP but have no clock."""
        return self.ssrc == UDPTL

    def jitter(self, rate: int | None = None) -> Jitter | None:
        """The jitter at a clock rate; without one at that which makes it least, as the true one does."""
        if rate is not None:
            return next((each for each in self.jitters if each.rate == rate), None)
        return min((each for each in self.jitters if each.count), key=lambda each: each.mean, default=None)

    def heard(self, begin: int, end: int) -> bool:
        """Whether a packet came in this time, as far as its pauses tell."""
        if self.first_time > end or self.last_time < begin:
            return False
        return not any(gap.begin < begin and end < gap.end for gap in self.gaps)
