"""What is wrong with the value of one header field: a check for each form of value (RFC 3261, sections 20 and 25.1).

The table at the end says which form each header field has.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from types import MappingProxyType
from typing import Final

from sipdiag.defect import Defect
from sipdiag.sip import strict
from sipdiag.sip.lists import has_empty_element, parameters_in, split_list

_LARGEST_NUMBER: Final = 2**32 - 1
"""The most of delta-seconds (RFC 3261, section 20.19) and of RSeq (RFC 3262, section 7.1)."""
_LARGEST_CSEQ: Final = 2**31 - 1
"""RFC 3261, section 8.1.1.5."""

Found = tuple[Defect, ...]


@lru_cache(maxsize=1024)
def value_defects(name: str, value: str) -> Found:
    """What is wrong with `value` of header field `name` (in lower case, never the compact form).

    Cached, because the addresses of a call stand in every one of its messages.
    """
    check = CHECKS.get(name)
    return () if check is None else tuple(check(value))


@lru_cache(maxsize=1024)
def uri_defects(uri: str) -> Found:
    """What is wrong with a URI that has no blanks in it (sections 19.1.1 and 25.1)."""
    sip = uri.partition(":")[0].lower() in {"sip", "sips"}
    pattern = strict.SIP_URI if sip else strict.ABSOLUTE_URI
    return () if pattern.fullmatch(uri) else (Defect(kind="uri-malformed", detail=uri),)


def has_headers(uri: str) -> bool:
    """Whether a well-formed SIP URI carries header fields (section 19.1.1)."""
    found = strict.SIP_URI.fullmatch(uri)
    return found is not None and found["headers"] is not None


def _address(value: str) -> Iterator[Defect]:
    """From, To and their like: name-addr or addr-spec, then parameters (section 20.10)."""
    found = strict.NAME_ADDR.fullmatch(value) or strict.ADDR_SPEC.fullmatch(value)
    if found is None:
        yield from _reasons(value)
        return
    yield from uri_defects(found["uri"])
    yield from _expiry(found["parameters"])


def _reasons(value: str) -> Iterator[Defect]:
    """Why `value` is no address: what stands between quotes is taken out first, since it may hold anything."""
    bare = strict.QUOTED.sub(r'"\1', value)
    before, opened, rest = bare.partition("<")
    inside, closed, after = rest.partition(">")
    kinds = []
    if bare.count('"') % 2:
        kinds.append("quote-unbalanced")
    elif bool(opened) != bool(closed) or (not opened and ">" in bare):
        kinds.append("bracket-unbalanced")
    elif opened:
        if before.strip(" \t") != '""' and not strict.DISPLAY_TOKENS.fullmatch(before):
            kinds.append("display-name-unquoted")
        if any(map(str.isspace, inside)):
            kinds.append("uri-blanks")
        kinds += _parameter_kinds(after)
    else:
        uri, semicolon, parameters = bare.partition(";")
        if "?" in uri or "," in bare:
            kinds.append("address-brackets-missing")
        elif len(uri.split()) > 1:
            kinds.append("uri-blanks")
        kinds += _parameter_kinds(semicolon + parameters)
    for kind in kinds or ["address-malformed"]:
        yield Defect(kind=kind, detail=value)


def _parameter_kinds(parameters: str) -> list[str]:
    if strict.EMPTY_PARAMETER.search(parameters):
        return ["parameter-empty"]
    return [] if strict.ONLY_PARAMETERS.fullmatch(parameters) else ["parameter-malformed"]


def _expiry(parameters: str) -> Iterator[Defect]:
    """The `expires` parameter of a Contact (section 20.10)."""
    if "expires" in parameters.lower():
        expires = parameters_in(parameters.split(";")).get("expires")
        if expires is not None:
            yield from _number(expires)


def _addresses(value: str) -> Iterator[Defect]:
    """Contact and its like: a comma list of addresses, or `*` alone (section 20.10)."""
    if value == "*":
        return
    yield from _gaps(value)
    for element in split_list(value) or [value]:
        yield from _address(element)


def _routes(value: str) -> Iterator[Defect]:
    """Route, Record-Route and their like: addresses in angle brackets only (sections 20.30 and 20.34)."""
    yield from _gaps(value)
    for element in split_list(value) or [value]:
        if strict.ADDR_SPEC.fullmatch(element):
            yield Defect(kind="address-brackets-missing", detail=element)
        else:
            yield from _address(element)


def _gaps(value: str) -> Iterator[Defect]:
    if has_empty_element(value):
        yield Defect(kind="list-element-empty", detail=value)


def _via(value: str) -> Iterator[Defect]:
    """Via (section 20.42)."""
    yield from _gaps(value)
    for element in split_list(value) or [value]:
        head = strict.VIA_HEAD.match(element)
        if head is None:
            yield Defect(kind="via-malformed", detail=element)
            continue
        rest = element[head.end() :]
        kinds = _parameter_kinds(rest) if rest.lstrip()[:1] in {"", ";"} else ["via-malformed"]
        for kind in kinds:
            yield Defect(kind=kind, detail=element)


def _cseq(value: str) -> Iterator[Defect]:
    """CSeq (sections 8.1.1.5 and 20.16)."""
    found = strict.CSEQ.fullmatch(value)
    if found is None:
        yield Defect(kind="cseq-malformed", detail=value)
    elif len(found[1]) > 10 or int(found[1] or "0") > _LARGEST_CSEQ:
        yield Defect(kind="cseq-too-large", detail=value)


def _max_forwards(value: str) -> Iterator[Defect]:
    """Max-Forwards (section 20.22)."""
    digits = value.lstrip("0") or value[:1]
    if not (digits.isascii() and digits.isdigit() and len(digits) <= 3 and int(digits) <= 255):
        yield Defect(kind="max-forwards-out-of-range", detail=value)


def _content_length(value: str) -> Iterator[Defect]:
    """Content-Length (section 20.14)."""
    if not (value.isascii() and value.isdigit()):
        yield Defect(kind="content-length-malformed", detail=value)
    elif len(value.lstrip("0")) > 10:
        yield Defect(kind="content-length-too-large", detail=value)


def _number(value: str) -> Iterator[Defect]:
    """Expires, Retry-After and their like (sections 20.19 and 20.33), and RSeq (RFC 3262, section 7.1)."""
    found = strict.NUMBER.fullmatch(value)
    if found is None:
        yield Defect(kind="number-malformed", detail=value)
    elif len(found[1]) > 10 or int(found[1] or "0") > _LARGEST_NUMBER:
        yield Defect(kind="number-too-large", detail=value)


def _date(value: str) -> Iterator[Defect]:
    """Date (section 20.17)."""
    if not strict.DATE.fullmatch(value):
        yield Defect(kind="date-malformed", detail=value)


def _call_id(value: str) -> Iterator[Defect]:
    """Call-ID (section 20.8)."""
    if not strict.CALL_ID.fullmatch(value):
        yield Defect(kind="call-id-malformed", detail=value)


def _warning(value: str) -> Iterator[Defect]:
    """Warning (section 20.43)."""
    if not all(map(strict.WARNING.fullmatch, split_list(value) or [value])):
        yield Defect(kind="warning-malformed", detail=value)


def _content_type(value: str) -> Iterator[Defect]:
    """Content-Type (section 20.15)."""
    if not strict.MEDIA_TYPE.fullmatch(value):
        yield Defect(kind="content-type-malformed", detail=value)


CHECKS: Final[Mapping[str, Callable[[str], Iterator[Defect]]]] = MappingProxyType(
    {
        "call-id": _call_id,
        "contact": _addresses,
        "content-length": _content_length,
        "content-type": _content_type,
        "cseq": _cseq,
        "date": _date,
        "expires": _number,
        "from": _address,
        "max-forwards": _max_forwards,
        "min-expires": _number,
        "min-se": _number,
        "p-asserted-identity": _addresses,
        "path": _routes,
        "record-route": _routes,
        "refer-to": _address,
        "reply-to": _address,
        "retry-after": _number,
        "route": _routes,
        "rseq": _number,
        "service-route": _routes,
        "session-expires": _number,
        "to": _address,
        "via": _via,
        "warning": _warning,
    }
)
"""Header field, by long name in lower case, → what checks its value; any other field may hold what it likes."""
