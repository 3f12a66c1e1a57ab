"""Messages exchanged between hosts, as sightings: the short way to set a scene for `calls`, `findings` and `rules`."""

from __future__ import annotations

from sipdiag.calls import correlate, window_of
from sipdiag.findings import Scene
from sipdiag.sip import parse
from sipdiag.trace import Sighting

CALLER = "192.0.2.10:5060"
PROXY = "198.51.100.1:5060"
CALLEE = "203.0.113.20:5060"
SECOND = 1_000_000_000
START = 1_772_442_000 * SECOND


class Exchange:
    """Collects sightings; times are seconds since the first, frames count up."""

    def __init__(self) -> None:
        self.sightings: list[Sighting] = []
        self.until = 0.0
        """Seconds that the capture goes on, if longer than the last message."""

    def request(  # noqa: D102  (the parts of a message, named)
        self,
        method: str,
        at: float,
        *,
        source: str = CALLER,
        destination: str = CALLEE,
        call_id: str = "call-1",
        cseq: int = 1,
        cseq_method: str | None = None,
        branch: str = "one",
        from_tag: str = "caller",
        to_tag: str = "",
        uri: str = "sip:+12025550199@example.com",
        fields: str = "",
        ip_id: int = 0,
        transport: str = "udp",
    ) -> Sighting:
        to = f";tag={to_tag}" if to_tag else ""
        text = (
            f"{method} {uri} SIP/2.0\r\nVia: SIP/2.0/UDP {source};branch=z9hG4bK{branch}\r\n"
            f"From: <sip:+12025550100@example.com>;tag={from_tag}\r\nTo: <sip:+12025550199@example.com>{to}\r\n"
            f"Call-ID: {call_id}\r\nCSeq: {cseq} {cseq_method or method}\r\n{fields}Content-Length: 0\r\n\r\n"
        )
        return self._seen(text, at, source, destination, ip_id, transport)

    def response(  # noqa: D102
        self,
        status: int,
        to: Sighting,
        at: float,
        *,
        to_tag: str = "callee",
        fields: str = "",
        reason: str = "Reason",
        ip_id: int = 0,
        source: str | None = None,
        destination: str | None = None,
        via: str | None = None,
    ) -> Sighting:
        asked = to.message
        tag = asked.to_tag or to_tag
        text = (
            f"SIP/2.0 {status} {reason}\r\nVia: {via or asked.vias[0]}\r\n"
            f"From: {asked.field('from')}\r\nTo: <sip:+12025550199@example.com>;tag={tag}\r\n"
            f"Call-ID: {asked.call_id}\r\nCSeq: {asked.cseq} {asked.cseq_method}\r\n{fields}Content-Length: 0\r\n\r\n"
        )
        return self._seen(text, at, source or to.destination, destination or to.source, ip_id, to.transport)

    def again(self, sighting: Sighting, *times: float, ip_id: int = 0) -> list[Sighting]:
        """The same message sent again at each of `times`."""
        return [
            self._seen(
                sighting.message.head + "\r\n\r\n", at, sighting.source, sighting.destination, ip_id, sighting.transport
            )
            for at in times
        ]

    def elsewhere(self, sighting: Sighting, at: float, *, source: str, destination: str) -> Sighting:
        """The very same message on another link: behind a NAT or a bridge, which add no Via."""
        return self._seen(
            sighting.message.head + "\r\n\r\n", at, source, destination, sighting.ip_id, sighting.transport
        )

    def answered_call(self, *, ack: bool = True) -> Sighting:
        """INVITE, 180, 200 and ACK within two seconds; gives the 200."""
        invite = self.request("INVITE", 0)
        self.response(180, invite, 0.2)
        answer = self.response(200, invite, 1.5, fields=f"Contact: <sip:callee@{CALLEE}>\r\n")
        if ack:
            self.request("ACK", 1.6, branch="ack", to_tag="callee")
        return answer

    def scene(self) -> Scene:
        """Everything so far, correlated, in a capture that ends with the last message or at `until`."""
        seen = sorted(self.sightings, key=lambda each: each.time)
        end = max(seen[-1].time, START + round(self.until * SECOND))
        window = window_of([(seen[0].time, end)], seen)
        return Scene(window=window, correlation=correlate(seen))

    def _seen(self, text: str, at: float, source: str, destination: str, ip_id: int, transport: str) -> Sighting:
        message = parse(text.encode())
        assert message is not None
        sighting = Sighting(
            capture=0,
            frame=len(self.sightings) + 1,
            time=START + round(at * SECOND),
            source=source,
            destination=destination,
            transport=transport,
            message=message,
            ip_id=ip_id,
        )
        self.sightings.append(sighting)
        return sighting


def ladder(start: float, until: float = 32.0) -> list[float]:
    """When a message is repeated: T1, then at doubled intervals up to T2 (RFC 3261, section 17)."""
    times, interval, at = [], 0.5, start
    while at + interval < start + until:
        at += interval
        times.append(at)
        interval = min(interval * 2, 4.0)
    return times
