"""The course of a conversation: its messages in order, each once, however many hops it took and repeats it needed."""

from __future__ import annotations

from collections.abc import Iterable

import msgspec

from sipdiag.calls import Arrival, Carriage, Correlation, Repeat
from sipdiag.sip import Response
from sipdiag.trace import Sighting


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One message of a conversation, where it was first seen."""

    label: str
    """`INVITE`, `200 INVITE`."""
    sighting: Sighting
    repeats: list[Sighting] = []
    """Its retransmissions, on whatever link."""


class Courses:
    """The courses of everything in a correlation, by Call-ID."""

    def __init__(self, correlation: Correlation, carriage: Carriage | None = None) -> None:
        self.carriage = carriage
        self._arrivals: dict[str, list[Arrival]] = {}
        for arrival in correlation.arrivals:
            self._arrivals.setdefault(arrival.sighting.message.call_id, []).append(arrival)

    def arrivals(self, call_ids: Iterable[str]) -> list[Arrival]:
        """Every message of these Call-IDs, in the order of time."""
        found = [arrival for call_id in dict.fromkeys(call_ids) for arrival in self._arrivals.get(call_id, ())]
        found.sort(key=lambda each: (each.sighting.time, each.sighting.capture, each.sighting.frame))
        return found

    def sightings(self, call_ids: Iterable[str]) -> list[Sighting]:
        """Every message of these Call-IDs once for each link where it was seen."""
        return [each.sighting for each in self.arrivals(call_ids) if each.repeat is Repeat.FIRST]

    def steps(self, call_ids: Iterable[str]) -> list[Step]:
        """The messages of these Call-IDs, each once."""
        steps: dict[tuple[str, ...], Step] = {}
        for arrival in self.arrivals(call_ids):
            sighting = arrival.sighting
            key = _key(sighting)
            if key not in steps:
                steps[key] = Step(label=label_of(sighting), sighting=sighting, repeats=[])
            elif arrival.repeat is Repeat.RETRANSMISSION:
                steps[key].repeats.append(sighting)
        return list(steps.values())


def label_of(sighting: Sighting) -> str:
    """What a message is called in expectations: `INVITE`, `200 INVITE`."""
    message = sighting.message
    if isinstance(message, Response):
        return f"{message.status} {message.cseq_method}".rstrip()
    return message.method


def is_called(label: str, name: str) -> bool:
    """Whether the message `label` is what an expectation calls `name`: `200 INVITE`, `200`, `18x`."""
    code, _, method = label.partition(" ")
    wanted, _, asked = name.partition(" ")
    if asked and asked != method:
        return False
    return code == wanted or (code.isdigit() and has_code(code, wanted))


def has_code(code: str, wanted: str) -> bool:
    """Whether a status code is `wanted`, in which `x` stands for any digit."""
    return len(code) == len(wanted) and all(here in (there, "x") for here, there in zip(wanted, code, strict=True))


def _key(sighting: Sighting) -> tuple[str, ...]:
    """The same for one message at all its hops: proxies change neither CSeq nor tags (RFC 3261, section 16.6)."""
    message = sighting.message
    ends = (message.call_id, str(message.cseq), message.from_tag)
    if not isinstance(message, Response):
        return (message.method, *ends)
    # Before a dialog each hop sends a 100 of its own, without a tag that would tell them apart.
    tag = "" if message.status == 100 else message.to_tag
    return (str(message.status), message.cseq_method, *ends, tag)
