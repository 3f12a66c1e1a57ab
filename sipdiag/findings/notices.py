"""What ICMP says of messages that did not arrive: which of them, who says so, and why (RFC 792, RFC 4443).

A client that gets an ICMP error fails at once (RFC 3261, sections 8.1.3.1 and 18.4). An error belongs to the message
that it quotes: the one with its IP identification, or with the branch in the quote, else the last one sent before it.
"""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence

import msgspec

from sipdiag.calls import SECOND
from sipdiag.findings.finding import Confidence, Evidence, Finding
from sipdiag.trace import Sighting, port
from sipdiag.transport import Report, Undelivered

KINDS = frozenset({"port-closed", "prohibited", "unreachable", "hops-exceeded", "too-big", "fragment-missing"})
"""Kinds of ICMP errors: see `Undelivered.kind`."""
OF_SIZE = frozenset({"too-big", "fragment-missing"})
"""Errors on large packets, which media are not."""
SOON = 5 * SECOND
"""An error comes within this time of the packet: a router looks for a host for three seconds before it gives up."""
REASSEMBLED = 75 * SECOND
"""An error on a missing fragment comes within this time: a host waits at most so long (RFC 1122, section 3.3.2)."""
SETTLED = 2 * SECOND
"""A client that tries again after an error, and is answered, does so within this time."""
SURE = 4 * SECOND
"""A server that was only just starting would answer a repeat within this time."""
MOST_FRAMES = 8
STEADY = 3
"""With at least so many errors, from the beginning of a stretch of time to its end, no media arrive in it."""
CONNECTING = 130 * SECOND
"""For at most this time a client repeats its SYN."""
AT_AN_END = 3 * SECOND
"""An error this close to the beginning, or to the end, counts as there: a host sends one a second at most."""


class Notice(msgspec.Struct, frozen=True, kw_only=True):
    """The news that one message, with its copies, did not arrive."""

    undelivered: Undelivered
    reports: list[Report]
    """The ICMP errors on it."""
    every: bool
    """Whether there is an error on each copy of the message."""

    @property
    def kind(self) -> str:
        """The kind of error, which is also the variant of a finding on it."""
        return self.undelivered.kind

    def frames_in(self, capture: int) -> list[int]:
        """The frames of the errors in one capture, the first ones."""
        return [each.frame for each in self.reports if each.capture == capture][:MOST_FRAMES]

    @property
    def evidence(self) -> Evidence:
        """Who says it, where and in which words."""
        told = self.undelivered
        return {
            "icmp_by": told.reporter,
            "icmp_words": told.words,
            "icmp_frame": self.reports[0].frame,
            "icmp_errors": len(self.reports),
            "icmp_port": port(told.destination),
            "icmp_mtu": told.mtu,
        }

    def added_to(self, finding: Finding) -> Finding:
        """`finding` with the errors in its frames and evidence; `icmp_frame` is in its capture if any error is."""
        frames = self.frames_in(finding.capture)
        evidence = self.evidence | ({"icmp_frame": frames[0]} if frames else {})
        return msgspec.structs.replace(
            finding,
            frames=list(dict.fromkeys([*finding.frames, *frames])),
            evidence=finding.evidence | evidence,
        )

    def confidence(self, recorded: int) -> Confidence:
        """How sure it is that this is why nobody answered, when `recorded` nanoseconds follow the message."""
        if recorded < SETTLED:
            return Confidence.INCONCLUSIVE
        return Confidence.CERTAIN if self.every and recorded >= SURE else Confidence.LIKELY


class Notices:
    """All ICMP errors, by source and destination of what did not arrive.

    A recording may have been rotated between a message and the error on it: whichever capture holds the error counts.
    """

    def __init__(self, undelivered: Iterable[Undelivered]) -> None:
        self._ways: dict[tuple[str, str], list[Undelivered]] = {}
        self._to: dict[str, list[Undelivered]] = {}
        for each in _in_all_captures(undelivered):
            self._ways.setdefault((each.source, each.destination), []).append(each)
            self._to.setdefault(each.destination, []).append(each)

    def __bool__(self) -> bool:
        """Whether anything is said at all."""
        return bool(self._ways)

    def to(self, endpoint: str) -> list[Undelivered]:
        """What is said of datagrams to an endpoint."""
        return self._to.get(endpoint, [])

    def of_connection(self, capture: int, client: str, server: str, begun: int) -> Notice | None:
        """What is said of the SYN, sent from `begun` on, of a TCP connection that did not come about."""
        for told in self._ways.get((client, server), ()):
            soon = (each for each in told.reports if begun <= each.time <= begun + CONNECTING)
            reports = [each for each in soon if each.capture == capture]
            if reports and told.transport == "tcp" and told.kind not in OF_SIZE:
                return Notice(undelivered=told, reports=reports, every=True)
        return None

    def against(self, endpoint: str, begin: int, end: int) -> Notice | None:
        """What is said, all the time from `begin` to `end`, of the media that go to `endpoint`."""
        for told in self._to.get(endpoint, ()):
            reports = [each for each in told.reports if begin <= each.time <= end]
            steady = len(reports) >= STEADY and reports[0].time <= begin + AT_AN_END
            # Of many errors only the first are kept, and when the last one came.
            last = told.last_time if reports and reports[-1] is told.reports[-1] else reports[-1].time if reports else 0
            if steady and last >= end - AT_AN_END and told.kind not in OF_SIZE and told.transport == "udp":
                return Notice(undelivered=told, reports=reports, every=True)
        return None

    def on(self, sent: Sequence[Sighting]) -> Notice | None:
        """What is said of `sent`, the copies of one message on one way: of several reasons the most frequent."""
        if not sent or not self._ways:
            return None
        first = sent[0]
        told = [
            (each, errors)
            for each in self._ways.get((first.source, first.destination), ())
            if each.transport == first.transport and (errors := _on(each, sent))
        ]
        if not told:
            return None
        most, by_copy = max(told, key=lambda each: len(each[1]))
        on_them = sorted({(each.capture, each.frame): each for each in by_copy.values()}.values(), key=_time)
        return Notice(undelivered=most, reports=on_them, every=len(by_copy) == len(sent))


def _in_all_captures(undelivered: Iterable[Undelivered]) -> Iterator[Undelivered]:
    """What one host says of one way for one reason, taken together, its errors in order of time."""
    alike: dict[tuple[str, ...], list[Undelivered]] = {}
    for each in undelivered:
        key = each.source, each.destination, each.transport, each.reporter, each.kind, each.words
        alike.setdefault(key, []).append(each)
    for same in alike.values():
        yield msgspec.structs.replace(
            same[0],
            mtu=max(each.mtu for each in same),
            count=sum(each.count for each in same),
            last_time=max(each.last_time for each in same),
            reports=sorted((report for each in same for report in each.reports), key=_time),
        )


def _time(report: Report) -> int:
    return report.time


def _on(told: Undelivered, sent: Sequence[Sighting]) -> dict[tuple[int, int], Report]:
    """Capture and frame of each copy that an error is about, with that error."""
    found: dict[tuple[int, int], Report] = {}
    patience = REASSEMBLED if told.kind == "fragment-missing" else SOON
    copies = sorted(sent, key=lambda each: each.time)
    for number, copy in enumerate(copies):
        at = bisect_left(told.reports, copy.time, key=_time)
        for report in told.reports[at:]:
            if report.time > copy.time + patience:
                break
            named = _named(copy, report)
            later = number + 1 < len(copies) and copies[number + 1].time <= report.time
            # An error of another capture that quotes too little may be about the message of another site.
            unnamed = named is None and not later and report.capture == copy.capture
            if named or unnamed:
                found.setdefault((copy.capture, copy.frame), report)
                break
    return found


def _named(copy: Sighting, report: Report) -> bool | None:
    """Whether the error quotes this copy; None where it quotes too little to tell."""
    message = copy.message
    if copy.ip_id and report.ip_id:
        return copy.ip_id == report.ip_id
    if b"branch=" in report.quote and message.branch:
        return message.branch.encode("utf-8", "surrogateescape") in report.quote
    start = message.head[:16].encode("utf-8", "surrogateescape")
    return None if report.quote[: len(start)] in (start[: len(report.quote)], b"") else False
