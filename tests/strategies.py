"""Generators of random input: healthy SIP messages, the spellings that mean the same, and hostile mutations of them."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from hypothesis import strategies as st

COMPACT = {
    "Call-ID": "i",
    "Contact": "m",
    "Content-Length": "l",
    "Content-Type": "c",
    "From": "f",
    "Subject": "s",
    "To": "t",
    "Via": "v",
}

TOKENS = st.text(alphabet="abcdefghijkmnopqrsuwxyzABCXYZ0123456789-._", min_size=1, max_size=12)
HOSTS = st.sampled_from(
    ["example.com", "pbx.example.net", "192.0.2.7", "198.51.100.20", "203.0.113.9", "[2001:db8::7]", "a-b.example.org"]
)
PORTS = st.sampled_from(["", ":5060", ":5061", ":49152"])
USERS = st.sampled_from(["alice", "bob", "+15550100", "user%20name", "a;b=c", "o'brien", "1000"])
DISPLAY_NAMES = st.sampled_from(["", "Alice ", '"Bob, the \\"builder\\"" ', '"<none>" ', "Two Words ", '"Ünïcode" '])
REQUEST_METHODS = st.sampled_from(
    ["INVITE", "ACK", "BYE", "CANCEL", "OPTIONS", "REGISTER", "MESSAGE", "INFO", "UPDATE"]
)
STATUS_LINES = st.sampled_from(
    [(100, "Trying"), (180, "Ringing"), (200, "OK"), (302, "Moved"), (404, "Not Found"), (503, ""), (603, "Decline")]
)
BODIES = st.sampled_from(
    [b"", b"v=0\r\ns=-\r\n", b"\r\n\r\nINVITE sip:no@example.com SIP/2.0\r\nX: y\r\n\r\n", b"\x00\xff"]
)


@dataclass(frozen=True, kw_only=True)
class Plain:
    """A healthy message in its plainest spelling."""

    start_line: str
    fields: list[tuple[str, str]] = field(default_factory=list)
    body: bytes = b""

    def __bytes__(self) -> bytes:
        """The message with CRLF, long names and one value a line."""
        return self.spelled([f"{name}: {value}" for name, value in self.fields])

    def spelled(self, lines: list[str], line_end: str = "\r\n") -> bytes:
        """The message with these header lines."""
        return line_end.join([self.start_line, *lines, "", ""]).encode() + self.body

    def with_fields(self, *fields: tuple[str, str]) -> Plain:
        """The same with more header fields."""
        return replace(self, fields=[*self.fields, *fields])


@st.composite
def addresses(draw: st.DrawFn) -> str:
    """A name-addr without header parameters."""
    name = draw(DISPLAY_NAMES)
    return f"{name}<sip:{draw(USERS)}@{draw(HOSTS)}{draw(PORTS)}{draw(st.sampled_from(['', ';lr', ';transport=tcp']))}>"


@st.composite
def vias(draw: st.DrawFn) -> str:
    """A Via value of RFC 3261."""
    transport = draw(st.sampled_from(["UDP", "TCP", "TLS", "WSS"]))
    received = draw(st.sampled_from(["", ";rport", ";rport=5062;received=192.0.2.99", ";received=2001:db8::1"]))
    return f"SIP/2.0/{transport} {draw(HOSTS)}{draw(PORTS)};branch=z9hG4bK{draw(TOKENS)}{received}"


@st.composite
def _common(draw: st.DrawFn, method: str, to_tag: str) -> list[tuple[str, str]]:
    fields = [("Via", via) for via in draw(st.lists(vias(), min_size=1, max_size=3))]
    fields += [
        ("From", f"{draw(addresses())};tag={draw(TOKENS)}"),
        ("To", draw(addresses()) + to_tag),
        ("Call-ID", f"{draw(TOKENS)}@{draw(st.sampled_from(['192.0.2.1', 'example.com']))}"),
        ("CSeq", f"{draw(st.integers(0, 2**31 - 1))} {method}"),
        ("Contact", draw(addresses())),
        ("Subject", "what, it is; about"),
    ]
    return fields


@st.composite
def requests(draw: st.DrawFn) -> Plain:
    """A healthy request."""
    method = draw(REQUEST_METHODS)
    body = draw(BODIES)
    to_tag = draw(st.sampled_from(["", ";tag=callee"]))
    fields = [*draw(_common(method, to_tag)), ("Max-Forwards", str(draw(st.integers(0, 255))))]
    uri = f"sip:{draw(USERS)}@{draw(HOSTS)}{draw(PORTS)}"
    return _with_body(Plain(start_line=f"{method} {uri} SIP/2.0", fields=fields), body)


@st.composite
def responses(draw: st.DrawFn) -> Plain:
    """A healthy response."""
    status, reason = draw(STATUS_LINES)
    fields = draw(_common(draw(REQUEST_METHODS), "" if status == 100 else f";tag={draw(TOKENS)}"))
    return _with_body(Plain(start_line=f"SIP/2.0 {status} {reason}", fields=fields), draw(BODIES))


def _with_body(message: Plain, body: bytes) -> Plain:
    fields = [("Content-Type", "application/octet-stream")] if body else []
    return replace(message, fields=[*message.fields, *fields, ("Content-Length", str(len(body)))], body=body)


MESSAGES = st.one_of(requests(), responses())


@st.composite
def spellings(draw: st.DrawFn, message: Plain, *, line_ends: tuple[str, ...] = ("\r\n", "\n")) -> bytes:
    """`message` in another spelling: compact names, any case, blanks, folds, comma lists, bare line feeds."""
    line_end = draw(st.sampled_from(line_ends))
    lines: list[str] = []
    for name, value in _joined(message.fields) if draw(st.booleans()) else message.fields:
        spelling = draw(st.sampled_from([name, name.upper(), name.lower(), name.swapcase(), COMPACT.get(name, name)]))
        colon = draw(st.sampled_from([":", ": ", " : ", "\t:\t", f" :{line_end} "]))
        lines.append(
            spelling + colon + _folded(value, draw(st.sampled_from([" ", "  ", f" {line_end}\t ", f"{line_end} "])))
        )
    return message.spelled(lines, line_end)


def _joined(fields: list[tuple[str, str]]) -> list[tuple[str, str]]:
    """The Vias as one comma list (RFC 3261, section 7.3.1)."""
    vias = [value for name, value in fields if name == "Via"]
    return [("Via", " , ".join(vias)), *(pair for pair in fields if pair[0] != "Via")]


def _folded(value: str, blank: str) -> str:
    """`value` with its last blank outside quotes written as `blank`."""
    before, space, after = value.rpartition(" ")
    return before + blank + after if space and '"' not in after else value


_SPLINTERS = st.one_of(
    st.binary(max_size=8),
    st.sampled_from([b"\r\n", b"\n ", b'"', b"<", b">", b";", b",", b"\x00", b"\xff", b":", b"SIP/2.0", b"%", b"\\"]),
)


@st.composite
def hostile(draw: st.DrawFn) -> bytes:
    """A healthy message that somebody cut, doubled and splintered; or any bytes."""
    if draw(st.integers(0, 9)) == 0:
        return draw(st.binary(max_size=200))
    data = bytes(draw(MESSAGES))
    for _ in range(draw(st.integers(1, 6))):
        start = draw(st.integers(0, len(data)))
        end = min(start + draw(st.integers(0, 20)), len(data))
        data = data[:start] + draw(_SPLINTERS) * draw(st.integers(0, 3)) + data[end:]
    return data
