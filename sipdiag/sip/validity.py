"""What is wrong with one message by itself, judged by RFC 3261 (sections 7, 8.1.1, 18.3 and 20)."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from functools import lru_cache
from typing import Final

from sipdiag.defect import Defect
from sipdiag.sip.grammar import COMPACT, MAGIC_COOKIE
from sipdiag.sip.kinds import INVALID
from sipdiag.sip.lists import split_parameters
from sipdiag.sip.message import Request, Response, length_in
from sipdiag.sip.strict import NO_HEADER_FIELD
from sipdiag.sip.values import has_headers, uri_defects, value_defects

_REQUIRED: Final = {"via": "Via", "from": "From", "to": "To", "call-id": "Call-ID", "cseq": "CSeq"}
"""Header fields without which a message belongs to no transaction or dialog (sections 8.1.1 and 8.2.6.2)."""

_REQUIRED_BY_METHOD: Final = {
    "NOTIFY": ("Event",),  # RFC 6665, section 8.2.1
    "PRACK": ("RAck",),  # RFC 3262, section 7.2
    "PUBLISH": ("Event",),  # RFC 3903, section 4
    "REFER": ("Refer-To",),  # RFC 3515, section 2.4.1
    "SUBSCRIBE": ("Event",),  # RFC 6665, section 8.2.1
}
"""Method → header fields without which a UAS cannot act on such a request."""

_EXPECTED_BY_METHOD: Final = {
    "INVITE": ("Contact",),  # RFC 3261, section 8.1.1.8
    "NOTIFY": ("Subscription-State",),  # RFC 6665, section 8.2.3
    "REFER": ("Contact",),  # RFC 3515, section 2.2
    "SUBSCRIBE": ("Contact",),  # RFC 6665, section 4.1.2.1
    "UPDATE": ("Contact",),  # RFC 3311, section 6
}
"""Method → header fields that such a request must have, but that receivers do without."""

_EXPECTED_BY_STATUS: Final = {
    401: ("WWW-Authenticate",),
    405: ("Allow",),
    407: ("Proxy-Authenticate",),
    420: ("Unsupported",),
    422: ("Min-SE",),  # RFC 4028, section 6
    423: ("Min-Expires",),
    489: ("Allow-Events",),  # RFC 6665, section 8.3.2
}
"""Status code → what a refusal must say so that the client can do better: RFC 3261, section 21.4, unless noted."""

_ONE_ONLY: Final = frozenset(
    ["call-id", "content-length", "content-type", "cseq", "event", "from", "max-forwards", "rack", "refer-to", "to"]
)
"""Single-valued header fields on which the handling of the message depends: two that differ leave open which counts."""

_ONE_ENOUGH: Final = frozenset(
    [
        "content-disposition",
        "date",
        "expires",
        "join",
        "mime-version",
        "min-expires",
        "min-se",
        "organization",
        "priority",
        "referred-by",
        "replaces",
        "reply-to",
        "retry-after",
        "rseq",
        "server",
        "session-expires",
        "sip-etag",
        "sip-if-match",
        "subject",
        "subscription-state",
        "timestamp",
        "user-agent",
    ]
)
"""Further single-valued header fields: a second one makes no receiver stumble."""


def defects(message: Request | Response, *, stream: bool = False) -> list[Defect]:
    """What is wrong with `message`, in the order of its parts; `stream` says that it came over TCP, TLS or the like."""
    fields: Fields = {}
    for name, value in message.all_fields:
        fields.setdefault(_long(name), []).append(value)
    found: list[Defect] = []
    for check in MESSAGE_CHECKS:
        found += check(message, fields)
    found += _body_length(message, fields, stream=stream)
    return found


@lru_cache(maxsize=1024)
def _long(name: str) -> str:
    """The long form of a name, in lower case."""
    lower = name.lower()
    return COMPACT.get(lower, lower)


def refusable(found: list[Defect]) -> bool:
    """Whether a receiver may refuse a message that has these defects: see `kinds.INVALID`."""
    return any(defect.kind in INVALID for defect in found)


Fields = dict[str, list[str]]
"""The values of a message's header fields, by long name in lower case, in order."""


def _start_line(message: Request | Response, fields: Fields) -> Iterator[Defect]:  # noqa: ARG001  (all checks are alike)
    """Start line (sections 7.1 and 7.2)."""
    line = message.start_line
    if isinstance(message, Request):
        version = line.split()[-1]
        exact = line == f"{message.method} {message.uri} {version}"
        yield from _request_uri(message.uri)
    else:
        version, _, rest = line.partition(" ")
        code = rest.lstrip(" ").partition(" ")[0]
        exact = rest[:1] != " "
        if len(code) != 3 or not 100 <= message.status <= 699:
            yield Defect(kind="status-code-out-of-range", detail=code)
        if rest.strip(" ") == code and not rest.endswith(" "):
            yield Defect(kind="status-line-short", detail=line)
    if not exact:
        yield Defect(kind="start-line-blanks", detail=line)
    if version.upper() != "SIP/2.0":
        yield Defect(kind="version-unsupported", detail=version)


def _request_uri(uri: str) -> Iterator[Defect]:
    """Request-URI (sections 7.1 and 19.1.1)."""
    if uri[:1] == "<":
        yield Defect(kind="request-uri-bracketed", detail=uri)
    elif any(map(str.isspace, uri)):
        yield Defect(kind="request-uri-blanks", detail=uri)
    else:
        yield from uri_defects(uri)
        if "?" in uri and has_headers(uri):
            yield Defect(kind="request-uri-headers", detail=uri)


def _head(message: Request | Response, fields: Fields) -> Iterator[Defect]:
    """The lines of the header block (sections 7 and 7.3.1)."""
    head = message.head.rstrip("\r\n")  # one that was cut off may end in a line end
    line_feeds = head.count("\n")
    if not line_feeds == head.count("\r\n") == head.count("\r"):
        yield Defect(kind="line-end-not-crlf")
    folds = head.count("\n ") + head.count("\n\t")
    if line_feeds - folds != sum(map(len, fields.values())):
        for line in NO_HEADER_FIELD.findall(head):
            yield Defect(kind="header-line-malformed", detail=line)
    if message.cut_off:
        yield Defect(kind="head-unterminated", detail=head[head.rfind("\n") + 1 :])
    if not head.isascii():
        try:
            head.encode()
        except UnicodeEncodeError as error:
            yield Defect(kind="text-not-utf-8", detail=head[error.start : error.end])


def _presence(message: Request | Response, fields: Fields) -> Iterator[Defect]:
    """Header fields that must be there (section 20, table 2)."""
    for name, title in _REQUIRED.items():
        if name not in fields:
            yield Defect(kind="header-missing", detail=title)
    expected: tuple[str, ...]
    if isinstance(message, Request):
        for title in _REQUIRED_BY_METHOD.get(message.method, ()):
            if title.lower() not in fields:
                yield Defect(kind="header-missing", detail=title)
        expected = ("Max-Forwards", *_EXPECTED_BY_METHOD.get(message.method, ()))
    elif 200 <= message.status <= 299:
        expected = ("Contact",) if message.cseq_method in {"INVITE", "UPDATE"} else ()
    else:
        expected = _EXPECTED_BY_STATUS.get(message.status, ())
    for title in expected:
        if title.lower() not in fields:
            yield Defect(kind="header-omitted", detail=title)


def _repetition(message: Request | Response, fields: Fields) -> Iterator[Defect]:  # noqa: ARG001
    """Header fields that must stand once (section 7.3.1)."""
    for name, values in fields.items():
        if len(values) > 1:
            if name in _ONE_ONLY and len(set(values)) > 1:
                yield Defect(kind="header-repeated", detail=f"{name}: {' | '.join(values)}")
            elif name in _ONE_ONLY or name in _ONE_ENOUGH:
                yield Defect(kind="header-redundant", detail=f"{name}: {' | '.join(values)}")


def _values(message: Request | Response, fields: Fields) -> Iterator[Defect]:  # noqa: ARG001
    """Each header field's own grammar (sections 20 and 25.1)."""
    for name, values in fields.items():
        for value in values:
            yield from value_defects(name, value)


def _correlation(message: Request | Response, fields: Fields) -> Iterator[Defect]:
    """What tells transactions and dialogs apart (sections 8.1.1.3, 8.1.1.5, 8.1.1.7 and 8.2.6.2)."""
    if "via" in fields:
        branch = message.branch.lower()
        if not branch:
            yield Defect(kind="branch-missing", detail=fields["via"][0])
        elif branch == MAGIC_COOKIE.lower():
            yield Defect(kind="branch-empty", detail=message.branch)
        elif not branch.startswith(MAGIC_COOKIE.lower()):
            yield Defect(kind="branch-without-cookie", detail=message.branch)
    if "from" in fields and not message.from_tag:
        yield Defect(kind="tag-missing", detail=f"From: {fields['from'][0]}")
    if isinstance(message, Request):
        if message.cseq_method and message.cseq_method != message.method:
            yield Defect(kind="cseq-method-mismatch", detail=f"{message.method}, CSeq {message.cseq_method}")
    elif "to" in fields and not message.to_tag and message.status != 100:
        yield Defect(kind="tag-missing", detail=f"To: {fields['to'][0]}")


def _body_type(message: Request | Response, fields: Fields) -> Iterator[Defect]:
    """The body and its Content-Type (sections 7.4 and 20.15; RFC 2046, section 5.1.1)."""
    if not message.body:
        return
    body = message.body[: message.content_length]
    if not body.strip():
        return
    if "content-type" not in fields:
        yield Defect(kind="content-type-missing", detail=f"{len(body)} bytes")
        return
    media_type, parameters = split_parameters(fields["content-type"][0])
    if media_type[:10].lower() == "multipart/":
        boundary = parameters.get("boundary", "").encode("utf-8", "surrogateescape")
        if not boundary or b"--" + boundary + b"--" not in body:
            yield Defect(kind="multipart-malformed", detail=fields["content-type"][0])


def _body_length(message: Request | Response, fields: Fields, *, stream: bool) -> Iterator[Defect]:
    """Content-Length against the bytes that are there (sections 18.3 and 20.14)."""
    values = fields.get("content-length")
    if values is None:
        if stream:
            yield Defect(kind="content-length-missing")
        return
    stated = length_in(values[0])
    if stated is None or len(values) > 1 or message.cut_off:
        return  # `_values` or `_head` has named that defect
    there = len(message.body)
    if stated > there:
        yield Defect(kind="content-length-too-large", detail=f"{stated}, {there} bytes there")
    elif stated < there:
        yield Defect(kind="content-length-too-small", detail=f"{stated}, {there} bytes there")


MESSAGE_CHECKS: Final[tuple[Callable[[Request | Response, Fields], Iterator[Defect]], ...]] = (
    _start_line,
    _head,
    _presence,
    _repetition,
    _values,
    _correlation,
    _body_type,
)
"""What every message is asked, in the order in which the answers are given."""
