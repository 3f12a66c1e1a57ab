"""The good twin: of all requests that worked, the one most like a request that failed, and how the two differ.

What differs is told by aspects, each under the kind of difference that an entry of the catalogue may call decisive:
the domain and the number form of From, the source address, the credentials, and so on. A number itself is no
difference, its form is: two calls to two people differ in nothing that explains a 403.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache

import msgspec

from sipdiag.calls.session import sdp_in
from sipdiag.calls.transaction import Transaction, begun, request_uri, status
from sipdiag.media import Media, parse_sdp
from sipdiag.sip import Request, parse_name_addr, parse_uri, split_parameters
from sipdiag.trace import Sighting, host

NEAREST = 40
"""How many requests that worked are compared, of those before and of those after: enough to find one alike."""

Aspects = dict[tuple[str, str], str]
"""(kind, aspect) → value: `("from", "domain")` → `example.com`. What a request does not have is left out."""


class Difference(msgspec.Struct, frozen=True, kw_only=True):
    """One aspect in which the twins are not alike."""

    kind: str
    """As the catalogue names it in `decisive`: `from`, `credentials`, `trunk`."""
    aspect: str
    failed: str
    """The value in the request that failed; empty when it has none."""
    worked: str
    """The value in the request that worked; empty when it has none."""


class Twin(msgspec.Struct, frozen=True, kw_only=True):
    """The request that worked, and the differences."""

    transaction: Transaction
    differences: list[Difference]


class Twins:
    """Finds twins among the transactions of one correlation: requests that got `better`, any 2xx by default."""

    def __init__(self, transactions: Iterable[Transaction], better: int | None = None) -> None:
        self._worked: dict[str, list[Transaction]] = {}
        for each in sorted(transactions, key=begun):
            worked = any(status(final) == better for final in each.finals) if better else bool(each.answers)
            # A request inside a dialog is no twin of one that opens it.
            if worked and each.request is not None and each.origin is None and not each.to_tag:
                self._worked.setdefault(each.method, []).append(each)
        self._times = {method: [each.time for each in group] for method, group in self._worked.items()}
        self._aspects: dict[int, Aspects] = {}
        """By the identity of the transaction: many refusals have the same neighbours."""

    def closest(self, failed: Transaction) -> Twin | None:
        """The closest request with the same method that got a 2xx; None when there is none or nothing differs."""
        candidates = self._near(failed)
        if not candidates or failed.request is None:
            return None
        wanted = aspects_of(failed.request)
        compared = [(self._known(each, each.request), each) for each in candidates if each.request is not None]
        there, twin = min(compared, key=lambda pair: _distance(wanted, pair[0], failed, pair[1]))
        differences = list(_differences(wanted, there))
        return Twin(transaction=twin, differences=differences) if differences else None

    def _known(self, each: Transaction, request: Sighting) -> Aspects:
        aspects = self._aspects.get(id(each))
        if aspects is None:
            aspects = self._aspects[id(each)] = aspects_of(request)
        return aspects

    def _near(self, failed: Transaction) -> Sequence[Transaction]:
        group = self._worked.get(failed.method, [])
        middle = bisect_left(self._times.get(failed.method, []), failed.time)
        return group[max(middle - NEAREST, 0) : middle + NEAREST]


def aspects_of(request: Sighting) -> Aspects:
    """What may decide between acceptance and refusal in one request."""
    message = request.message
    aspects: Aspects = {
        ("source", "address"): host(request.source),
        ("trunk", "address"): host(request.destination),
        ("trunk", "transport"): request.transport,
    }
    for kind, field in (("from", "from"), ("to", "to"), ("pai", "p-asserted-identity")):
        if value := message.field(field):
            aspects |= {(kind, aspect): text for aspect, text in _party(parse_name_addr(value).uri.text)}
    if isinstance(message, Request):
        aspects |= {("ruri", aspect): text for aspect, text in _party(message.uri)}
        if context := parse_uri(message.uri).parameters.get("phone-context"):
            aspects["phone-context", "value"] = context
    for kind, field in (("user-agent", "user-agent"), ("expires", "expires"), ("event", "event")):
        if value := message.field(field):
            aspects[kind, "value"] = split_parameters(value)[0]
    aspects["credentials", "account"] = _account(request)
    if message.body:
        aspects |= _offered(sdp_in(message))
    return aspects


def _offered(body: bytes) -> Aspects:
    """What a session description offers, but for addresses, ports and keys, which differ in every call."""
    media = [each for each in parse_sdp(body).media if each.port]
    aspects: Aspects = {}
    for each in media:
        if each.kind not in ("audio", "video") or ("codecs", each.kind) in aspects:
            continue
        names = sorted({f"{codec.name or codec.payload_type}/{codec.rate}" for codec in each.voices})
        aspects["codecs", each.kind] = ", ".join(names)
        aspects["crypto", "profile"] = each.protocol.upper()
        aspects["crypto", "keys"] = _keys(each)
        if each.kind == "audio":
            tones = any(codec.name.lower() == "telephone-event" for codec in each.codecs)
            aspects["codecs", "tones"] = "telephone-event" if tones else "none"
            if each.ptime is not None:
                aspects["ptime", "audio"] = f"{each.ptime} ms"
    if media:
        aspects["codecs", "streams"] = ", ".join(sorted(each.kind for each in media))
    return aspects


def _keys(media: Media) -> str:
    """How SRTP gets its keys, if it does: by a=crypto (RFC 4568) or by DTLS (RFC 5763)."""
    suites = sorted({each.suite for each in media.crypto})
    ways = [*suites, *(["DTLS"] if media.fingerprint is not None else [])]
    return ", ".join(ways) or "none"


def _party(uri: str) -> Iterator[tuple[str, str]]:
    parsed = parse_uri(uri)
    if parsed.host:
        yield "domain", parsed.host
    if parsed.user:
        yield "form", _form(parsed.user)


# global-number = "+" 1*phonedigit, local-number without (RFC 3966, section 3)
_NUMBER = re.compile(r"(\+?)([0-9().\-]+)")


@lru_cache(maxsize=4096)
def _form(user: str) -> str:
    """How a user part is written, whoever it names: `E.164 with +`, `00 prefix, 13 digits`, `name`, `anonymous`."""
    number = _NUMBER.fullmatch(user.partition(";")[0])
    if number is None:
        return "anonymous" if user.lower() == "anonymous" else "name"
    digits = re.sub(r"\D", "", number[2])
    if number[1]:
        return "E.164 with +"
    prefix = "00 prefix" if digits.startswith("00") else "0 prefix" if digits.startswith("0") else "no prefix"
    return f"{prefix}, {len(digits)} digits"


def _account(request: Sighting) -> str:
    """User name and realm of the credentials: `alice@example.com`; `none` where there are none."""
    message = request.message
    value = message.field("authorization") or message.field("proxy-authorization")
    if not value:
        return "none"
    found = dict(re.findall(r'(username|realm)\s*=\s*"([^"]*)"', value))
    return f"{found.get('username', '')}@{found.get('realm', '')}"


def _distance(wanted: Aspects, there: Aspects, failed: Transaction, twin: Transaction) -> tuple[int, int, int]:
    """What twins are sorted by: fewest differences, then numbers that are alike longest, then the nearest in time."""
    # An aspect that both have, with different values, makes two items of the symmetric difference; any other makes one.
    alone = len(wanted.keys() ^ there.keys())
    unlike = alone + (len(wanted.items() ^ there.items()) - alone) // 2
    return unlike, -_alike(_number(failed), _number(twin)), abs(failed.time - twin.time)


def _number(transaction: Transaction) -> str:
    request = transaction.request
    return "" if request is None else parse_uri(request_uri(request)).user


def _alike(one: str, other: str) -> int:
    """How many characters both begin with."""
    return next((index for index, pair in enumerate(zip(one, other, strict=False)) if pair[0] != pair[1]), len(one))


def _differences(failed: Aspects, worked: Aspects) -> Iterator[Difference]:
    for kind, aspect in sorted(failed.keys() | worked.keys()):
        here, there = failed.get((kind, aspect), ""), worked.get((kind, aspect), "")
        if here != there:
            yield Difference(kind=kind, aspect=aspect, failed=here, worked=there)
