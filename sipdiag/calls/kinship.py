"""Kinship: what ties together calls of different Call-IDs that are legs of one call through a B2BUA or SBC.

A B2BUA uses a Call-ID of its own on its far side (RFC 7092). Some pass on an identifier that both legs then have:
Session-ID (RFC 7989), the icid of P-Charging-Vector (RFC 7315, section 4.6), X-CID; some name the other leg's Call-ID:
Replaces (RFC 3891), In-Reply-To (RFC 3261, section 20.21). Where there is neither, likeness is left: caller, callee,
time and SDP together, and only between two calls of which neither is like a third.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Sequence
from operator import itemgetter

import msgspec

from sipdiag.calls.call import Call, CallState
from sipdiag.calls.link import Certainty, Link
from sipdiag.calls.transaction import SECOND, moment
from sipdiag.sip import Message
from sipdiag.trace import Sighting, host

MOST_SHARING = 16
"""A value that so many calls share at the same time identifies no call: no call has more legs."""
SOON = 2 * SECOND
"""A B2BUA sends its own INVITE within this time of the one that it received, unless it asks people first."""
CROWD = 8
"""More calls between the same two parties within `SOON` than this are a load test: there a guess has no partner."""
SHORTEST_NUMBER = 8
"""Digits by which two spellings of a number agree, with or without country and trunk prefixes."""


Description = tuple[bytes, set[bytes]]
"""Whose session an SDP says it is, and its codecs."""


class Leg(msgspec.Struct, kw_only=True):
    """One Call-ID, with what its kinship is judged by."""

    call_id: str
    begun: tuple[int, int, int]
    """When its INVITE was seen, in which capture, in which frame."""
    ends: tuple[str, str]
    """The hosts that the INVITE went from and to."""
    end: float
    """When it was over, in nanoseconds after 1970; infinite for an answered call whose end was not seen."""
    tokens: list[tuple[str, str]] = []
    """The identifiers in the INVITE: (header field in lower case, value)."""
    invite: Sighting | None
    """None once `settled` has kept what is needed of it."""
    said: tuple[tuple[str, str] | None, Description | None] | None = None
    """What `settled` kept of the INVITE: `parties` and `description`."""

    @property
    def time(self) -> int:
        """When its INVITE was seen."""
        return self.begun[0]

    @property
    def parties(self) -> tuple[str, str] | None:
        """Caller and callee; None where the caller does not say who it is."""
        return self.said[0] if self.invite is None and self.said else _parties(self._invite.message.head)

    @property
    def description(self) -> Description | None:
        """What the SDP of the INVITE says; None without SDP."""
        return self.said[1] if self.invite is None and self.said else _description(self._invite)

    @property
    def _invite(self) -> Sighting:
        assert self.invite is not None, "a settled leg has been asked already"  # noqa: S101
        return self.invite

    def settled(self) -> Leg:
        """The same without its messages, to be kept or sent."""
        return msgspec.structs.replace(self, invite=None, said=(self.parties, self.description))


# Session-ID = "Session-ID" HCOLON session-id *( SEMI session-id-param ), RFC 7989; 32 hex digits, the caller's first
_TOKEN = re.compile(
    r"\n(session-id|p-charging-vector|x-cid|x-call-?id|in-reply-to|replaces)[ \t]*+:[ \t]*+([^\r\n]++)", re.IGNORECASE
)
_NAMES = frozenset(["session-id", "p-charging-vector", "x-cid", "x-callid", "x-call-id", "in-reply-to", "replaces"])
"""What `_TOKEN` looks for."""
_ICID = re.compile(r"icid-value=\"?([^\";,\s]+)", re.IGNORECASE)
_NIL = "0" * 32
"""The nil UUID, which stands for a side that is not known yet (RFC 7989)."""


def legs_in(calls: Sequence[Call]) -> Iterator[Leg]:
    """The calls that could be legs: those whose first INVITE was seen."""
    for call in calls:
        invite = call.invite
        if invite is not None and call.call_id and call.turn == 1:  # a Call-ID used again names no one call
            yield Leg(
                call_id=call.call_id,
                begun=moment(invite),
                ends=(host(invite.source), host(invite.destination)),
                end=_end(call),
                tokens=list(_tokens(invite.message)),
                invite=invite,
            )


def _end(call: Call) -> float:
    if call.ending is not None:
        return call.ending.last_time
    if call.state is CallState.ANSWERED or call.final is None:
        return float("inf")
    return call.final.time


def _tokens(message: Message) -> Iterator[tuple[str, str]]:
    for name, value in () if _NAMES.isdisjoint(message.names) else _TOKEN.findall(message.head):
        field = name.lower()
        if field == "p-charging-vector":
            icid = _ICID.search(value)
            token = "" if icid is None else icid[1]
        else:
            token = value.partition(";")[0].strip()
            if field == "session-id":
                token = token.lower()
        if token and token != _NIL:
            yield field, token


def links_by_header(legs: Sequence[Leg]) -> Iterator[Link]:
    """What header fields say: a value that two legs share, or the Call-ID of one in the other."""
    by_call_id = {leg.call_id: leg for leg in legs}

    def named(leg: Leg, value: str) -> str | None:
        others = (by_call_id.get(call_id) for call_id in named_by(value))
        return next((other.call_id for other in others if other is not None and may_name(leg, other)), None)

    tokens = ((leg, place, name, value) for leg in legs for place, (name, value) in enumerate(leg.tokens))
    return (link for _, link in sorted(links_by_token(tokens, named), key=itemgetter(0)))


Token = tuple[Leg, int, str, str]
"""A header field of a leg: its place there, its name in lower case, its value."""
Order = tuple[int, tuple[int, int, int], int, tuple[int, int, int]]
"""What links are sorted by: kind of link; begin of the first leg with its value; place of field; begin of its leg."""


def links_by_token(tokens: Iterable[Token], named: Callable[[Leg, str], str | None]) -> Iterator[tuple[Order, Link]]:
    """The links of header fields, those of one value together, in the order in which their legs began.

    `named` gives the Call-ID of the leg that a value names. Tokens of other values make no difference to the outcome.
    """
    sharing: dict[tuple[str, str], list[Token]] = {}
    for token in tokens:
        leg, place, name, value = token
        other = named(leg, value) if may_be_call_id(name) else None
        if other is not None:
            certainty = Certainty.LIKELY if name == "in-reply-to" else Certainty.CERTAIN
            yield (0, leg.begun, place, leg.begun), _link(leg, other, name, value, certainty)
        elif name not in ("in-reply-to", "replaces"):
            sharing.setdefault((name, value), []).append(token)
    for (name, value), members in sharing.items():
        if len(members) > 1:
            first, place = members[0][:2]
            for leg, before in _shared([member[0] for member in members]):
                yield (1, first.begun, place, leg.begun), _link(leg, before, name, value, Certainty.CERTAIN)


def may_be_call_id(name: str) -> bool:
    """Whether the value of a header field may be the Call-ID of another leg."""
    return name not in ("session-id", "p-charging-vector")


def named_by(value: str) -> list[str]:
    """The Call-IDs that a value may name, the likeliest first."""
    return [value, *(part.strip() for part in value.split(","))]


def may_name(leg: Leg, other: Leg) -> bool:
    """Whether `other`, which `leg` names, was going on when `leg` began: to call back later makes a new call."""
    return other.call_id != leg.call_id and other.time <= leg.time <= other.end


def _shared(members: list[Leg]) -> list[tuple[Leg, str]]:
    """The legs that share a value, each with the Call-ID of an earlier one.

    There are none where two legs between the same hosts have the value at the same time: it identifies no call then.
    """
    links: list[tuple[Leg, str]] = []
    going: list[Leg] = []
    for leg in sorted(members, key=lambda each: each.begun):
        if going and leg.time > going[0].end:
            going = []
        if going:
            if leg.ends == going[0].ends or len(going) >= MOST_SHARING:
                return []
            before = next((each for each in reversed(going) if each.ends[1] == leg.ends[0]), going[0])
            links.append((leg, before.call_id))
        going.append(leg)
    return links


def links_by_likeness(legs: Sequence[Leg]) -> Iterator[Link]:
    """Guesses: pairs alike in caller, callee, time and SDP of which neither has a second partner.

    Two calls of one load test run between the same hosts, so they are never a pair; and where calls crowd, nothing is.
    """
    return (link for _, link in likenesses(legs))


def likenesses(legs: Sequence[Leg]) -> Iterator[tuple[Order, Link]]:
    """The same, each with what it is sorted by; legs of other parties make no difference to the outcome."""
    if len({leg.ends for leg in legs}) < 2:
        return
    by_parties: dict[tuple[str, str], list[Leg]] = {}
    for leg in legs:
        parties = leg.parties
        if parties is not None:
            by_parties.setdefault(parties, []).append(leg)
    for group in by_parties.values():
        if len({leg.ends for leg in group}) > 1:
            first = group[0].begun
            for leg, link in _pairs(sorted(group, key=lambda each: each.begun)):
                yield (2, first, 0, leg.begun), link


def _pairs(group: list[Leg]) -> Iterator[tuple[Leg, Link]]:
    after: dict[int, dict[int, str]] = {}
    before: dict[int, list[int]] = {}
    crowded = _crowded([leg.time for leg in group])
    for later, leg in enumerate(group):
        if crowded[later]:
            continue
        for earlier in range(later - 1, -1, -1):
            if leg.time - group[earlier].time > SOON:
                break
            alike = _likeness(group[earlier], leg)
            if alike:
                before.setdefault(later, []).append(earlier)
                after.setdefault(earlier, {})[later] = alike
    for later, partners in before.items():
        earlier = partners[0]
        if len(partners) == 1 and len(after[earlier]) == 1 and not crowded[earlier]:
            alike = after[earlier][later]
            yield group[later], _link(group[later], group[earlier].call_id, "likeness", alike, Certainty.LIKELY)


def _crowded(times: list[int]) -> list[bool]:
    """Of each of the ascending `times` whether more than `CROWD` others are near it."""
    crowded, first, last = [], 0, 0
    for time in times:
        while times[first] < time - SOON:
            first += 1
        while last < len(times) and times[last] <= time + SOON:
            last += 1
        crowded.append(last - first - 1 > CROWD)
    return crowded


def _likeness(one: Leg, other: Leg) -> str:
    """What is alike of two legs with the same parties; empty where they cannot be legs of one call."""
    (source, destination), (next_source, next_destination) = one.ends, other.ends
    if source == next_source or destination == next_destination or other.time > one.end:
        return ""
    one_sdp, other_sdp = one.description, other.description
    if (one_sdp is None) != (other_sdp is None):
        return ""
    if one_sdp is not None and other_sdp is not None:
        if one_sdp[0] and one_sdp[0] == other_sdp[0]:
            return "caller, callee, time, SDP origin"
        if not one_sdp[1] & other_sdp[1]:
            return ""
    if destination != next_source:
        return ""
    told = "no SDP in either" if one_sdp is None else "codecs"
    return f"caller, callee, time, {told}, host {destination} between them"


# o=<username> <sess-id> <sess-version> <nettype> <addrtype> <unicast-address>, RFC 8866, section 5.2
_ORIGIN = re.compile(rb"^o=(\S+ \S+ )\S+( .*?)\r?$", re.MULTILINE)
# m=<media> <port> <proto> <fmt> ..., RFC 8866, section 5.14
_MEDIA = re.compile(rb"^m=\S+ \S+ \S+ ([^\r\n]+)", re.MULTILINE)
_CODEC = re.compile(rb"^a=rtpmap:\d+ ([^/\r\n]+)", re.MULTILINE)


def _description(invite: Sighting) -> Description | None:
    """Whose session the SDP says it is, and its codecs; None without SDP."""
    body = invite.message.body
    if b"v=0" not in body:
        return None
    origin = _ORIGIN.search(body)
    codecs = {name.lower() for name in _CODEC.findall(body)} - {b"telephone-event"}
    # Static payload types need no rtpmap (RFC 3551, section 6).
    static = {each for line in _MEDIA.findall(body) for each in line.split() if each in (b"0", b"8", b"9", b"18")}
    names = {b"0": b"pcmu", b"8": b"pcma", b"9": b"g722", b"18": b"g729"}
    return b"" if origin is None else origin[1] + origin[2], codecs | {names[each] for each in static}


_PARTY = re.compile(r"\n(from|f|to|t)[ \t]*+:[^\r\n]*?(?:sips?|tel):([^@;>\r\n]++)", re.IGNORECASE)
_NOBODY = frozenset({"anonymous", "unknown", "restricted", "unavailable", "asterisk"})
"""Users of From that name nobody (the last is what an Asterisk writes by default)."""


def _parties(head: str) -> tuple[str, str] | None:
    """The users of From and To, numbers by their last digits; None where the caller does not say who it is."""
    users = {name[0].lower(): user for name, user in _PARTY.findall(head)}
    caller, callee = _user(users.get("f", "")), _user(users.get("t", ""))
    return (caller, callee) if caller and callee and caller not in _NOBODY else None


def _user(text: str) -> str:
    """A user in lower case, or the last digits of a number."""
    digits = text.translate(_SEPARATORS)
    return digits[-SHORTEST_NUMBER:] if digits.isascii() and digits.isdigit() else text.lower()


_SEPARATORS = {ord(each): None for each in "+-.() "}


def _link(leg: Leg, earlier: str, by: str, value: str, certainty: Certainty) -> Link:
    return Link(call_id=leg.call_id, linked_to=earlier, by=by, value=value, certainty=certainty)
