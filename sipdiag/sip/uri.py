"""SIP, SIPS and tel URIs, and the name-addr around them (RFC 3261, sections 19.1 and 25.1; RFC 3966)."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import Final

import msgspec

from sipdiag.sip.grammar import QUOTED_STRING
from sipdiag.sip.lists import parameters_in, split_parameters, unquoted

# SIP-URI = "sip:" [ userinfo ] hostport uri-parameters [ headers ]
# The user part may hold ';', '?' and '/', so it ends at an '@': at the last one that stands before any parameter,
# because `sip:user@domain@proxy`, though wrong, is sent.
_SIP_URI: Final = re.compile(
    r"([A-Za-z][A-Za-z0-9+.-]*+):(?>(?:([^@]*+(?>(?:@[^@;?]*+(?=@))*))@)?)"
    r"(\[[^\]]*+\]|[^:;?@\[\]]*+)(?::([0-9]{1,10}))?((?:;[^?]*+)?)(?:\?(.*))?\Z",
    re.DOTALL,
)
# telephone-uri = "tel:" telephone-subscriber (RFC 3966, section 3)
_TEL_URI: Final = re.compile(r"([Tt][Ee][Ll]):([^;]*+)((?:;.*)?)\Z", re.DOTALL)
# name-addr = [ display-name ] LAQUOT addr-spec RAQUOT
_NAME_ADDR: Final = re.compile(rf"\s*+({QUOTED_STRING}|[^<\"]*+)\s*+<([^>]*+)>?(.*)\Z", re.DOTALL)
# escaped = "%" HEXDIG HEXDIG
_ESCAPED: Final = re.compile(r"(?>(?:%[0-9A-Fa-f]{2})+)")


class Uri(msgspec.Struct, frozen=True, kw_only=True):
    """A URI taken apart; what cannot be read stays empty, and `text` always holds the whole."""

    text: str
    scheme: str = ""
    """In lower case: `sip`, `sips`, `tel`."""
    user: str = ""
    """The user part, its %HH escapes decoded; in a tel URI the number."""
    host: str = ""
    """In lower case, an IPv6 address with its brackets."""
    port: int | None = None
    parameters: dict[str, str] = {}
    """The URI's own parameters, names in lower case."""
    headers: str = ""
    """What follows the `?`, as it stands."""


class NameAddr(msgspec.Struct, frozen=True, kw_only=True):
    """The value of From, To, Contact, Route and their like: display name, URI, header parameters."""

    display_name: str
    """Without quotes; empty where there is none."""
    uri: Uri
    parameters: dict[str, str]
    """Those of the header field, such as `tag` and `expires`, names in lower case."""


@lru_cache(maxsize=4096)
def parse_uri(text: str) -> Uri:
    """`text` as a URI; never raises."""
    text = text.strip()
    tel = _TEL_URI.match(text)
    if tel is not None:
        return Uri(text=text, scheme="tel", user=tel[2], parameters=parameters_in(tel[3].split(";")[1:]))
    sip = _SIP_URI.match(text)
    if sip is None:
        return Uri(text=text)
    scheme, userinfo, host, port, parameters, headers = sip.groups()
    return Uri(
        text=text,
        scheme=scheme.lower(),
        user=_unescaped((userinfo or "").partition(":")[0]),  # a password may follow the user
        host=host.lower(),
        port=None if port is None else int(port),
        parameters=parameters_in(parameters.split(";")[1:]),
        headers=headers or "",
    )


@lru_cache(maxsize=4096)
def parse_name_addr(value: str) -> NameAddr:
    """A header field value in name-addr or addr-spec form; never raises.

    Without angle brackets, parameters belong to the header field, not to the URI (RFC 3261, section 20).
    """
    bracketed = _NAME_ADDR.match(value)
    if bracketed is None:
        uri, parameters = split_parameters(value)
        return NameAddr(display_name="", uri=parse_uri(uri), parameters=parameters)
    display_name, uri, rest = bracketed.groups()
    _, parameters = split_parameters(rest)
    return NameAddr(display_name=unquoted(display_name.strip()), uri=parse_uri(uri), parameters=parameters)


def uri_in(value: str) -> str:
    """The URI in a header field value of name-addr or addr-spec form, as it stands: `parse_name_addr(…).uri.text`."""
    bracketed = _NAME_ADDR.match(value)
    return (split_parameters(value)[0] if bracketed is None else bracketed[2]).strip()


def _unescaped(text: str) -> str:
    """`text` with its %HH escapes decoded (RFC 3261, section 19.1.2); other bytes stay as surrogates."""
    if "%" not in text:
        return text
    return _ESCAPED.sub(lambda run: bytes.fromhex(run[0].replace("%", "")).decode("utf-8", "surrogateescape"), text)
