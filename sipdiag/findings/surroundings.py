"""What rules ask about other calls, in a form that can be put together from parts of the traffic.

A rule judges one call, but asks about others: whether the same phone was accepted under another Call-ID, when a host
was last heard. Each such question is a *piece*: `parts` answers it for one part of the traffic, by key; `merged` puts
the answers of several parts together. Neither the number of parts nor their order makes a difference, as long as each
Call-ID lies in one part. A capture that is read alone is one part, and takes the same way.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Hashable, Iterable, Mapping
from typing import Any, Final

import msgspec

from sipdiag.calls import (
    SECOND,
    Correlation,
    account_of,
    conditions_stated,
    kinds_of,
    moment,
    opening_requests,
    status,
)
from sipdiag.findings.settings import Settings
from sipdiag.trace import Sighting, host

Facts = Mapping[Any, Any]
"""Key → fact."""


class Piece(msgspec.Struct, frozen=True, kw_only=True):
    """One question that rules ask about other calls."""

    parts: Callable[[Correlation, Settings], Facts]
    """Gives the answers of one part of the traffic, by key."""
    merged: Callable[[list[Any]], Any]
    """Puts together the answers of several parts under one key."""


def _heard(seen: Correlation, _: Settings) -> Facts:
    """(source host, destination host) → when the first last sent SIP to the second."""
    ends = {(each.sighting.source, each.sighting.destination): each.sighting.time for each in seen.arrivals}
    heard: dict[tuple[str, str], int] = {}
    for (one, other), time in ends.items():
        between = host(one), host(other)
        heard[between] = max(time, heard.get(between, 0))
    return heard


def _accepted(seen: Correlation, _: Settings) -> Facts:
    """The 2xx to REGISTERs by address-of-record and client host, and by address alone."""
    found: dict[tuple[str, str], list[Sighting]] = {}
    for registration in seen.registrations:
        for each in registration.transactions:
            final = each.final
            if final is not None and status(final) < 300:
                for key in ((registration.aor, host(each.source)), (registration.aor, "")):
                    found.setdefault(key, []).append(final)
    return found


def _lines(seen: Correlation, _: Settings) -> Facts:
    """The addresses-of-record that each client host asked for."""
    found: dict[str, set[str]] = {}
    for registration in seen.registrations:
        for each in registration.transactions:
            found.setdefault(host(each.source), set()).add(registration.aor)
    return found


def _watched(seen: Correlation, _: Settings) -> Facts:
    """The 2xx to SUBSCRIBEs by event and subscriber host."""
    found: dict[tuple[str, str], list[Sighting]] = {}
    for subscription in seen.subscriptions:
        for each in subscription.subscribes:
            final = each.final
            if final is not None and status(final) < 300:
                found.setdefault((subscription.event, host(each.source)), []).append(final)
    return found


def _renewed(seen: Correlation, _: Settings) -> Facts:
    """The last SUBSCRIBE of each subscription by event and subscriber: when that began, its Call-ID, the response."""
    found: dict[tuple[str, str], list[tuple[int, str, Sighting]]] = {}
    for subscription in seen.subscriptions:
        for last in subscription.subscribes[-1:]:
            if last.final is not None:
                told = (subscription.transactions[0].time, subscription.call_id, last.final)
                found.setdefault((subscription.event, last.source), []).append(told)
    return found


def _owners(seen: Correlation, _: Settings) -> Facts:
    """Account → the hosts that registered with it, each since when."""
    found: dict[str, dict[str, int]] = {}
    for registration in seen.registrations:
        for each in registration.transactions:
            if each.final is not None and status(each.final) < 300 and (account := account_of(each)):
                hosts = found.setdefault(account, {})
                hosts[host(each.source)] = min(each.time, hosts.get(host(each.source), each.time))
    return found


def _signed(seen: Correlation, _: Settings) -> Facts:
    """How many INVITEs bear an Identity header field, by link."""
    found: dict[tuple[str, str], int] = {}
    for call in seen.legs:
        for request in opening_requests(call):
            if request.message.field("identity"):
                link = host(request.source), host(request.destination)
                found[link] = found.get(link, 0) + 1
    return found


def _mute(seen: Correlation, _: Settings) -> Facts:
    """The peers that left an OPTIONS outside a dialog unanswered: client host and server."""
    return {
        (host(each.source), each.destination): True
        for each in seen.transactions
        if each.method == "OPTIONS" and not each.responses and each.origin is None
    }


def _again(seen: Correlation, _: Settings) -> Facts:
    """How many requests had to be sent again, by client host and server."""
    ours = (each for each in seen.transactions if each.request_repeats and each.origin is None)
    return Counter((host(each.source), each.destination) for each in ours)


def _late(seen: Correlation, settings: Settings) -> Facts:
    """The servers with a response later than the limit."""
    limit = round(settings.response_slow_s * SECOND)
    answered = (each for each in seen.transactions if each.responses)
    return {each.destination: True for each in answered if each.responses[-1].time - each.time >= limit}


def _large(seen: Correlation, settings: Settings) -> Facts:
    """The ways that a large request over UDP took: from host, to host."""
    limit = settings.message_oversized_bytes - EMPTY_LINE
    requests = (each.request for each in seen.transactions if each.request is not None)
    large = (each for each in requests if size_of(each) > limit and each.transport == "udp")
    return {(host(each.source), host(each.destination)): True for each in large}


EMPTY_LINE: Final = 4
"""Bytes between header fields and body (two CRLF), which neither of them includes."""


def size_of(seen: Sighting) -> int:
    """Characters of a message but for the empty line: of plain ASCII its bytes."""
    return len(seen.message.head) + len(seen.message.body)


def _known(_: list[bool]) -> bool:
    return True


def _in_order(parts: list[list[Sighting]]) -> list[Sighting]:
    return sorted((each for part in parts for each in part), key=moment)


def _begun(parts: list[list[tuple[int, str, Sighting]]]) -> list[tuple[int, str, Sighting]]:
    return sorted((each for part in parts for each in part), key=lambda each: (each[:2], moment(each[2])))


def _together(parts: list[set[Any]]) -> set[Any]:
    return set().union(*parts)


def _since(parts: list[dict[str, int]]) -> dict[str, int]:
    """The earliest time of each key, the earliest of all first."""
    merged: dict[str, int] = {}
    for part in parts:
        for key, time in part.items():
            merged[key] = min(time, merged.get(key, time))
    return dict(sorted(merged.items(), key=lambda each: (each[1], each[0])))


PIECES: Final = {
    "heard": Piece(parts=_heard, merged=max),
    "accepted": Piece(parts=_accepted, merged=_in_order),
    "lines": Piece(parts=_lines, merged=_together),
    "watched": Piece(parts=_watched, merged=_in_order),
    "renewed": Piece(parts=_renewed, merged=_begun),
    "owners": Piece(parts=_owners, merged=_since),
    "signed": Piece(parts=_signed, merged=sum),
    "again": Piece(parts=_again, merged=sum),
    "late": Piece(parts=_late, merged=_known),
    "large": Piece(parts=_large, merged=_known),
    "mute": Piece(parts=_mute, merged=_known),
    "kinds": Piece(parts=lambda seen, _: kinds_of(seen.arrivals), merged=sum),
    "stated": Piece(parts=lambda seen, _: conditions_stated(seen.transactions), merged=_together),
}
"""Name → piece."""


class Surroundings:
    """The pieces of all the traffic, each worked out when it is first asked for."""

    def __init__(self, correlation: Correlation, settings: Settings, given: Mapping[str, Facts]) -> None:
        self._correlation, self._settings = correlation, settings
        self._facts: dict[str, Facts] = dict(given)

    def __getitem__(self, name: str) -> Facts:
        """One piece, by its key."""
        facts = self._facts.get(name)
        if facts is None:
            facts = self._facts[name] = merged(name, [PIECES[name].parts(self._correlation, self._settings)])
        return facts


def merged(name: str, parts: Iterable[Facts]) -> Facts:
    """One piece of several parts of the traffic."""
    found: dict[Hashable, list[Any]] = {}
    for part in parts:
        for key, value in part.items():
            found.setdefault(key, []).append(value)
    together = PIECES[name].merged
    return {key: together(values) for key, values in found.items()}
