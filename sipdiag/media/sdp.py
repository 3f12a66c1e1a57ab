"""One session description: who is reached where, with which streams and formats (RFC 8866; RFC 3264).

What stands at session level and holds for every stream is read once and given to each stream that does not say
otherwise. Nothing is refused: what cannot be read stays empty, and every line is kept.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache
from typing import Final

import msgspec
from msgspec.structs import replace

from sipdiag.media.payload import NO_VOICE, STATIC

# type=value, the type one letter (RFC 8866, section 5); a blank before the value is wrong and seen
_LINE: Final = re.compile(r"(?m)^([A-Za-z])=[ \t]*+([^\r\n]*+)")
# media-field = %s"m" "=" media SP port ["/" integer] SP proto 1*(SP fmt) CRLF
_MEDIA: Final = re.compile(r"(\S+)[ \t]+([0-9]{1,10})(?:/([0-9]{1,5}))?[ \t]+(\S+)[ \t]*+(.*)")

SHORT: Final = 2_000
"""Characters of what stands behind an m= line, so few that it is kept for the next description that says the same."""
DIRECTIONS: Final = frozenset({"sendrecv", "sendonly", "recvonly", "inactive"})


class Connection(msgspec.Struct, frozen=True, kw_only=True):
    """Where media is expected: a c= line."""

    family: str
    """`IP4`, `IP6`."""
    address: str
    """Address or host name, without TTL and count."""


class Codec(msgspec.Struct, frozen=True, kw_only=True):
    """One format of a stream over RTP."""

    payload_type: str
    name: str
    """As rtpmap writes it; of a static payload type without rtpmap its registered name; else empty."""
    rate: int
    """Clock rate in hertz; 0 when unknown."""
    channels: int = 1
    parameters: str = ""
    """The fmtp of the format, as it stands."""

    @property
    def key(self) -> tuple[str, int, int]:
        """What makes two codecs the same whatever their numbers."""
        return self.name.lower(), self.rate, self.channels


class Crypto(msgspec.Struct, frozen=True, kw_only=True):
    """One a=crypto line (RFC 4568), without its key, which belongs in no report."""

    tag: str
    suite: str


class Fingerprint(msgspec.Struct, frozen=True, kw_only=True):
    """The certificate of a side that does DTLS-SRTP."""

    algorithm: str
    value: str


class Candidate(msgspec.Struct, frozen=True, kw_only=True):
    """One ICE candidate (RFC 8839, section 5.1)."""

    component: str
    transport: str
    address: str
    port: int
    kind: str
    """`host`, `srflx`, `prflx`, `relay`."""


class Media(msgspec.Struct, frozen=True, kw_only=True):
    """One stream: an m= line with what follows it."""

    kind: str
    """`audio`, `video`, `image`, `application`, …, in lower case."""
    port: int
    """0: rejected, or not offered."""
    protocol: str
    """`RTP/AVP`, `UDP/TLS/RTP/SAVPF`, `udptl`."""
    formats: tuple[str, ...]
    """As the m= line lists them, the preferred first."""
    connection: Connection | None
    """Its own, else the session's."""
    direction: str
    """Its own, else the session's, else `sendrecv`."""
    attributes: tuple[tuple[str, str], ...]
    """Name and value of each a= line of its own; the value of a flag is empty."""
    codecs: tuple[Codec, ...]
    """What `formats` mean, in that order; none for what is not RTP."""
    crypto: tuple[Crypto, ...]
    fingerprint: Fingerprint | None
    setup: str
    """`active`, `passive`, `actpass`, `holdconn`; empty when nothing is said (RFC 4145, section 4)."""
    candidates: tuple[Candidate, ...]
    ptime: int | None
    """Milliseconds in a packet, as this side wants to receive them."""
    rtcp: tuple[int, str] | None
    """Port and address of RTCP where a=rtcp names them (RFC 3605); the address empty when it is the stream's."""
    rtcp_mux: bool
    mid: str

    @property
    def secure(self) -> bool:
        """Whether its profile is one of SRTP."""
        return "SAVP" in self.protocol.upper()

    @property
    def is_fax(self) -> bool:
        """Whether it is T.38 over UDPTL or TCP (RFC 3362)."""
        return "t38" in (each.lower() for each in self.formats)

    @property
    def bundle_only(self) -> bool:
        """Whether its port of 0 means a stream that shares the bundle's port (RFC 9143, section 6)."""
        return ("bundle-only", "") in self.attributes

    @property
    def voices(self) -> tuple[Codec, ...]:
        """Its codecs without tones, comfort noise and the like."""
        return tuple(codec for codec in self.codecs if codec.name.lower() not in NO_VOICE)

    def attribute(self, name: str) -> str | None:
        """The value of its first a= line of this name; None when there is none."""
        return next((value for known, value in self.attributes if known == name), None)


class Description(msgspec.Struct, frozen=True, kw_only=True):
    """A session description as a whole."""

    lines: tuple[tuple[str, str], ...]
    """Type and value of every line, in order."""
    version: str
    origin: str
    name: str
    connection: Connection | None
    """At session level."""
    attributes: tuple[tuple[str, str], ...]
    """At session level."""
    media: tuple[Media, ...]
    bundles: tuple[tuple[str, ...], ...]
    """The mids of each a=group:BUNDLE (RFC 9143)."""

    @property
    def origin_version(self) -> tuple[str, str]:
        """Session id and version of o=; empty texts when it cannot be read."""
        parts = self.origin.split()
        return (parts[1], parts[2]) if len(parts) > 2 else ("", "")


@lru_cache(maxsize=1024)
def parse_sdp(body: bytes) -> Description:
    """The session description in `body`; never raises, and gives one without streams when it is none."""
    text = body.decode("utf-8", "surrogateescape").replace("\r\n", "\n").replace("\r", "\n")
    begun, *sections = f"\n{text}".split("\nm=")
    head = _block(begun)
    media = tuple(_media(*section.partition("\n")[::2], head) for section in sections)
    return Description(
        lines=(*head.lines, *(line for _, lines in media for line in lines)),
        version=_first(head.lines, "v"),
        origin=_first(head.lines, "o"),
        name=_first(head.lines, "s"),
        connection=head.connection,
        attributes=head.attributes,
        media=tuple(each for each, _ in media),
        bundles=tuple(
            tuple(value.split()[1:])
            for name, value in head.attributes
            if name == "group" and value[:6].upper() == "BUNDLE"
        ),
    )


Lines = Iterable[tuple[str, str]]
Attributes = tuple[tuple[str, str], ...]


class _Block(msgspec.Struct, frozen=True):
    """The lines before the first m= line, or behind one."""

    lines: tuple[tuple[str, str], ...]
    attributes: Attributes
    connection: Connection | None


# Address and port are each call's own, but what one endpoint says of its streams is mostly the same in all of its
# calls, and read once.


def _block(text: str) -> _Block:
    lines = tuple((found[1], found[2].rstrip()) for found in _LINE.finditer(text))
    return _Block(lines, _attributes(lines), _connection(lines))


_shared_block = lru_cache(maxsize=1024)(_block)


def _media(first: str, rest: str, session: _Block) -> tuple[Media, Lines]:
    """The stream that an m= line with this value, and what follows it, describe; and those lines."""
    value = first.lstrip(" \t").rstrip()
    found = _MEDIA.match(value)
    kind, port, _, protocol, listed = found.groups() if found else (value.partition(" ")[0], "0", None, "", "")
    formats = tuple(listed.split())
    short = len(rest) <= SHORT
    own = (_shared_block if short else _block)(rest)
    told = (_shared_stream if short else _stream)(
        own.attributes, session.attributes, formats if "RTP/" in protocol.upper() else ()
    )
    media = replace(
        told,
        kind=kind.lower(),
        port=int(port),
        protocol=protocol,
        formats=formats,
        connection=own.connection or session.connection,
    )
    return media, (("m", value), *own.lines)


def _stream(own: Attributes, session: Attributes, formats: tuple[str, ...]) -> Media:
    """What the attributes say of a stream over RTP with these formats; the m= and c= lines are yet to be told."""
    both = (*own, *session)
    fingerprint = _value(both, "fingerprint").split()
    return Media(
        kind="",
        port=0,
        protocol="",
        formats=formats,
        connection=None,
        direction=next((name for name, _ in both if name in DIRECTIONS), "sendrecv"),
        attributes=own,
        codecs=_codecs(formats, own),
        crypto=tuple(_crypto(value) for name, value in own if name == "crypto"),
        fingerprint=Fingerprint(algorithm=fingerprint[0], value=fingerprint[1]) if len(fingerprint) > 1 else None,
        setup=_value(both, "setup").strip().lower(),
        candidates=tuple(each for name, value in own if name == "candidate" and (each := _candidate(value))),
        ptime=_number(_value(own, "ptime")),
        rtcp=_rtcp(_value(own, "rtcp")),
        rtcp_mux=("rtcp-mux", "") in own,
        mid=_value(own, "mid"),
    )


_shared_stream = lru_cache(maxsize=1024)(_stream)


def _codecs(formats: tuple[str, ...], attributes: Attributes) -> tuple[Codec, ...]:
    """What each of `formats` means (RFC 8866, sections 6.6 and 6.15)."""
    maps, parameters = _by_format(attributes, "rtpmap"), _by_format(attributes, "fmtp")
    codecs = []
    for payload_type in formats:
        # rtpmap-value = payload-type SP encoding-name "/" clock-rate [ "/" encoding-params ]
        name, _, rest = maps.get(payload_type, "").partition("/")
        rate, _, channels = rest.partition("/")
        registered = STATIC.get(payload_type, ("", 0))
        codecs.append(
            Codec(
                payload_type=payload_type,
                name=name or registered[0],
                rate=(_number(rate) or 0) if name else registered[1],
                channels=_number(channels) or 1,
                parameters=parameters.get(payload_type, ""),
            )
        )
    return tuple(codecs)


def _by_format(attributes: Attributes, name: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for known, value in attributes:
        if known == name:
            payload_type, _, rest = value.strip().partition(" ")
            found.setdefault(payload_type, rest.strip())
    return found


def _crypto(value: str) -> Crypto:
    # crypto-attribute = tag 1*WSP crypto-suite 1*WSP key-params *(1*WSP session-param)
    tag, suite = [*value.split()[:2], "", ""][:2]
    return Crypto(tag=tag, suite=suite)


def _candidate(value: str) -> Candidate | None:
    # candidate-attribute = foundation component-id transport priority address port "typ" type …
    parts = value.split()
    port = _number(parts[5]) if len(parts) > 7 else None
    if port is None:
        return None
    return Candidate(component=parts[1], transport=parts[2].lower(), address=parts[4], port=port, kind=parts[7])


def _connection(lines: Lines) -> Connection | None:
    # connection-field = %s"c" "=" nettype SP addrtype SP connection-address; /ttl and /count may follow
    parts = _first(lines, "c").split()
    return Connection(family=parts[1].upper(), address=parts[2].partition("/")[0]) if len(parts) > 2 else None


def _rtcp(value: str) -> tuple[int, str] | None:
    parts = value.split()
    port = _number(parts[0]) if parts else None
    return None if port is None else (port, parts[3] if len(parts) > 3 else "")


def _attributes(lines: Lines) -> Attributes:
    found = []
    for kind, value in lines:
        if kind == "a":
            name, _, rest = value.partition(":")
            found.append((name.strip().lower(), rest.strip()))
    return tuple(found)


def _first(lines: Lines, kind: str) -> str:
    return next((value for known, value in lines if known == kind), "")


def _value(attributes: Attributes, name: str) -> str:
    return next((value for known, value in attributes if known == name), "")


def _number(text: str) -> int | None:
    digits = text.strip()[:10]
    return int(digits) if digits.isascii() and digits.isdigit() else None
