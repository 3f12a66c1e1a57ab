"""One SIP message: what correlation needs is read at once, the rest when it is asked for (RFC 3261, section 7)."""

from __future__ import annotations

from functools import lru_cache
from re import IGNORECASE, Pattern, escape
from re import compile as compile_pattern
from typing import ClassVar

import msgspec

from sipdiag.sip.grammar import (
    BRANCH,
    COMPACT,
    CSEQ,
    FIELD_VALUE,
    HEADER_FIELD,
    HEADER_NAME,
    PLAIN_VIA,
    REQUEST_LINE,
    START,
    STATUS_LINE,
    TAG,
    VIA,
)
from sipdiag.sip.lists import split_list
from sipdiag.sip.uri import parse_name_addr

MOST_SHARED = 64
"""Most header fields of a message whose layout is cached: with more of them it is hardly one of many alike."""

LONGEST_CSEQ = 20
"""Digits of a sequence number beyond which it is none; the method behind it is read all the same."""


class Message(msgspec.Struct, frozen=True, gc=False):
    """What requests and responses share; `parse` makes them, and nobody else.

    Text is UTF-8 decoded with `surrogateescape`: no byte is lost, and nothing is escaped before the report.
    """

    head: str
    """Start line and header fields, up to the empty line."""
    body: bytes
    names: frozenset[str]
    """Which header fields there are, by long name in lower case; messages that have the same few share it."""
    call_id: str
    """Empty when the message has none."""
    cseq: int
    """Sequence number of CSeq; -1 when it cannot be read."""
    cseq_method: str
    from_tag: str
    to_tag: str
    """Empty before a dialog exists."""
    branch: str
    """The branch parameter of the topmost Via; empty when there is none (RFC 2543)."""
    sent_by: str
    """The sent-by of the topmost Via, host in lower case: `host` or `host:port`."""
    cut_off: bool
    """True when the bytes ended before the empty line that ends the header fields."""

    def field(self, name: str) -> str | None:
        """The first value of header field `name`, unfolded; None when it is absent."""
        if name.lower() not in self.names:
            return None
        found = _field_pattern(name).search(self.head)
        return None if found is None else _unfolded(found[1])

    def fields(self, name: str) -> list[str]:
        """The value of every line of header field `name`, unfolded; lists stay as they stand."""
        if name.lower() not in self.names:
            return []
        return [_unfolded(value) for value in _field_pattern(name).findall(self.head)]

    def values(self, name: str) -> list[str]:
        """Every value of header field `name`, comma lists taken apart (RFC 3261, section 7.3.1)."""
        return [value for line in self.fields(name) for value in split_list(line)]

    @property
    def all_fields(self) -> list[tuple[str, str]]:
        """Every header field as (name as it stands, unfolded value), in order."""
        head = self.head
        parts = HEADER_NAME.split(head)
        values = parts[2::2]
        # Each line is a field, nothing is folded, and no line holds a carriage return but at its end.
        if head.count("\n") == len(values) and head.count("\r") == head.count("\r\n"):
            return [*zip(parts[1::2], [value.rstrip("\r \t") for value in values], strict=True)]
        return [(name, _unfolded(value)) for name, value in HEADER_FIELD.findall(head)]

    @property
    def start_line(self) -> str:
        """The first line, without its line end."""
        return _first_line(self.head)

    @property
    def vias(self) -> list[str]:
        """Every Via value, topmost first."""
        return self.values("via")

    @property
    def content_length(self) -> int | None:
        """The Content-Length that the message states; None when it is absent or not a number."""
        return length_in(self.field("content-length") or "")


class Request(Message, frozen=True, gc=False):
    """A request (RFC 3261, section 7.1)."""

    status: ClassVar[int] = 0
    """0: a request has no status code, and none that a response has is 0."""
    method: str
    uri: str
    """The Request-URI as it stands."""


class Response(Message, frozen=True, gc=False):
    """A response (RFC 3261, section 7.2)."""

    status: int
    reason: str
    """The reason phrase as the server wrote it."""

    @property
    def final(self) -> bool:
        """Whether it ends the transaction: every class but 1xx."""
        return self.status >= 200


def length_in(value: str) -> int | None:
    """The number of bytes that a Content-Length states; None when it is no number."""
    return int(value[-10:]) if value.isascii() and value.isdigit() and len(value.lstrip("0")) < 11 else None


def begins_message(data: bytes) -> bool:
    """Whether a SIP message begins here, empty lines before it aside: told by its start line, never by a port."""
    return START.match(data) is not None


def parse(data: bytes) -> Request | Response | None:
    """The message in `data`, or None when its first line is no start line of SIP; never raises on content."""
    if data[:1] in b"\r\n":
        data = data.lstrip(b"\r\n")
    head, body = _head_and_body(data)
    parts = HEADER_NAME.split(head)  # the start line, then name and value by turns
    start = _start(parts[0])
    if start is None:
        return None
    method_or_reason, uri, code = start
    names = tuple(parts[1::2])
    layout = _shared_layout(names) if len(names) <= MOST_SHARED else _layout(names)
    parts.append("")  # the value of what is absent
    shared = (
        head,
        body or b"",
        layout.names,
        _value(parts[layout.call_id]),
        *_cseq(parts[layout.cseq]),
        _tag(parts[layout.from_]),
        _tag(parts[layout.to]),
        *_topmost_via(parts[layout.via]),
        body is None,
    )
    return Request(*shared, method_or_reason, uri) if code is None else Response(*shared, code, method_or_reason)


# What many messages have in common is read once: the start lines, CSeqs and orders of header fields at a busy server
# are few, and the Via and the addresses of a transaction stand in each of its messages. Each gets the text as it stands
# between one name and the next.


@lru_cache(maxsize=4096)
def _start(text: str) -> tuple[str, str, int | None] | None:
    """Of a response (reason phrase, "", status code); of a request (method, Request-URI, None)."""
    line = _first_line(text)
    if (status := STATUS_LINE.match(line)) is not None:
        return status[3] or "", "", int(status[2][:10])
    if (request := REQUEST_LINE.match(line)) is not None:
        return request[1], request[2].rstrip(" "), None
    return None


class _Layout(msgspec.Struct, frozen=True, kw_only=True):
    """Where a message with header fields in a certain order has what correlation needs."""

    names: frozenset[str]
    via: int
    """Index of the topmost value among the parts of the message; where a field occurs twice, its first value counts."""
    from_: int
    to: int
    call_id: int
    cseq: int


def _layout(names: tuple[str, ...]) -> _Layout:
    lower = [name.lower() for name in names]
    long = [COMPACT.get(name, name) for name in lower]
    place = {name: 2 * index + 2 for index, name in reversed([*enumerate(long)])}
    via, from_, to, call_id, cseq = (place.get(name, -1) for name in ("via", "from", "to", "call-id", "cseq"))
    return _Layout(names=frozenset([*long, *lower]), via=via, from_=from_, to=to, call_id=call_id, cseq=cseq)


_shared_layout = lru_cache(maxsize=4096)(_layout)


def _head_and_body(data: bytes) -> tuple[str, bytes | None]:
    """What stands before and behind the first empty line, whether lines end in CRLF or LF; None without such a line."""
    end, width = data.find(b"\n\r\n"), 3
    bare = data.find(b"\n\n", 0, end + 1 if end >= 0 else len(data))
    if bare >= 0:
        end, width = bare, 2
    if end < 0:
        return data.decode("utf-8", "surrogateescape"), None
    line_end = end - 1 if data[end - 1] == 0x0D else end
    return data[:line_end].decode("utf-8", "surrogateescape"), data[end + width :]


def _first_line(head: str) -> str:
    end = head.find("\n")
    return (head if end < 0 else head[:end]).rstrip("\r")


def _unfolded(value: str) -> str:
    """A fold and the blanks around it mean one space (RFC 3261, section 7.3.1)."""
    if "\n" in value:
        value = " ".join(part for line in value.split("\n") if (part := line.strip(" \t\r")))
    return value.rstrip(" \t")


def _value(text: str) -> str:
    """The value at the beginning of `text`, which may run on into lines that are no header fields."""
    value = text.rstrip("\r")
    if "\n" in value or "\r" in value:
        found = FIELD_VALUE.match(text)
        value = "" if found is None else found[0]
    return _unfolded(value)


@lru_cache(maxsize=1024)
def _cseq(text: str) -> tuple[int, str]:
    found = CSEQ.match(_value(text))
    if found is None:
        return -1, ""
    return int(found[1]) if len(found[1]) <= LONGEST_CSEQ else -1, found[2]


@lru_cache(maxsize=4096)
def _topmost_via(text: str) -> tuple[str, str]:
    plain = PLAIN_VIA.match(text)
    if plain is not None:
        return plain[3], plain[1].lower() + (plain[2] or "")
    via = VIA.match(_value(text))
    if via is None:
        return "", ""
    host, port, parameters = via.group(4, 5, 6)
    branch = BRANCH.search(parameters)
    sent_by = host.lower()
    return "" if branch is None else branch[1], sent_by if port is None else f"{sent_by}:{port}"


@lru_cache(maxsize=4096)
def _tag(text: str) -> str:
    """The tag of a From or To: header parameters stand behind the angle brackets (section 20.10)."""
    value = _value(text)
    if '"' in value and (tag := parse_name_addr(value).parameters.get("tag")):
        return tag
    found = TAG.search(value, value.rfind(">") + 1)
    return "" if found is None else found[1]


@lru_cache(maxsize=256)
def _field_pattern(name: str) -> Pattern[str]:
    spellings = [escape(name), *(short for short, long in COMPACT.items() if long == name.lower())]
    return compile_pattern(
        rf"\n(?:{'|'.join(spellings)})[ \t]*+:[ \t]*+([^\r\n]*+(?>(?:\r?\n[ \t][^\r\n]*+)*))", IGNORECASE
    )
