"""Challenges and the credentials that answer them (RFC 3261, section 22; RFC 2617, section 3.2)."""

from __future__ import annotations

import re
from typing import Final

import msgspec

from sipdiag.sip import Message
from sipdiag.trace import Sighting

# auth-param = token "=" ( token / quoted-string )
_PARAMETER: Final = re.compile(r'([\w.-]+)[ \t]*+=[ \t]*+(?:"((?>(?:[^"\\]|\\.)*))"|([^\s,"]*+))')


class Challenge(msgspec.Struct, frozen=True, kw_only=True):
    """What a server asks a client to prove its identity with."""

    scheme: str
    """In lower case, as a rule `digest`."""
    realm: str
    nonce: str
    stale: bool
    """Whether the server says that only the nonce was at fault, not the password (RFC 2617, section 3.2.1)."""
    algorithm: str
    """As it stands; MD5 when the server does not say."""


class Credentials(msgspec.Struct, frozen=True, kw_only=True):
    """What a client answers a challenge with."""

    username: str
    realm: str
    nonce: str


def challenges_in(response: Sighting) -> list[Challenge]:
    """The challenges of a 401 or 407; each has a header line of its own, as everybody writes them."""
    return [
        Challenge(
            scheme=scheme,
            realm=values.get("realm", ""),
            nonce=values.get("nonce", ""),
            stale=values.get("stale", "").lower() == "true",
            algorithm=values.get("algorithm") or "MD5",
        )
        for scheme, values in _values(response.message, "www-authenticate", "proxy-authenticate")
    ]


def credentials_in(request: Sighting | None) -> list[Credentials]:
    """The credentials of a request; none when the request was not seen."""
    if request is None:
        return []
    return [
        Credentials(username=values.get("username", ""), realm=values.get("realm", ""), nonce=values.get("nonce", ""))
        for _, values in _values(request.message, "authorization", "proxy-authorization")
    ]


def _values(message: Message, *names: str) -> list[tuple[str, dict[str, str]]]:
    """The scheme and the parameters of each line of the header fields `names`."""
    found = []
    for name in names:
        for line in message.fields(name):
            scheme, _, rest = line.strip().partition(" ")
            parameters = {key.lower(): quoted or bare for key, quoted, bare in _PARAMETER.findall(rest)}
            found.append((scheme.lower(), parameters))
    return found
