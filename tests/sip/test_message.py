"""`sipdiag.sip.message`: reads anything, and every spelling of one message the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip import Message, Request, Response, begins_message, parse
from sipdiag.sip.grammar import COMPACT
from sipdiag.sip.message import MOST_SHARED
from strategies import MESSAGES, Plain, hostile, spellings

INVITE = Plain(
    start_line="INVITE sip:bob@example.com SIP/2.0",
    fields=[
        ("Via", "SIP/2.0/UDP Pbx.Example.com:5062;branch=z9hG4bKone, SIP/2.0/TCP 192.0.2.1;branch=z9hG4bKtwo"),
        ("From", '"A" <sip:a@example.com>;tag=from1'),
        ("To", "<sip:b@example.com>"),
        ("Call-ID", "c1@example.com"),
        ("CSeq", "7 INVITE"),
        ("Content-Length", "4"),
    ],
    body=b"v=0\n",
)


def parsed(data: bytes) -> Request | Response:
    """The message in `data`, which must be one."""
    message = parse(data)
    assert message is not None
    return message


def correlation(message: Message) -> tuple[object, ...]:
    """What tells transactions and dialogs apart."""
    return (
        message.call_id,
        message.cseq,
        message.cseq_method,
        message.from_tag,
        message.to_tag,
        message.branch,
        message.sent_by,
    )


def test_request_is_read() -> None:
    """A request's start line, correlation, header fields and body are read (RFC 3261, section 7)."""
    message = parsed(bytes(INVITE))
    assert isinstance(message, Request)
    assert (message.method, message.uri, message.body) == ("INVITE", "sip:bob@example.com", b"v=0\n")
    assert correlation(message) == ("c1@example.com", 7, "INVITE", "from1", "", "z9hG4bKone", "pbx.example.com:5062")
    assert message.start_line == "INVITE sip:bob@example.com SIP/2.0"
    assert [via.split(";")[0] for via in message.vias] == ["SIP/2.0/UDP Pbx.Example.com:5062", "SIP/2.0/TCP 192.0.2.1"]
    assert message.field("to") == "<sip:b@example.com>"
    assert message.field("subject") is None
    assert message.fields("CSEQ") == ["7 INVITE"]
    assert message.content_length == 4
    assert message.all_fields[-1] == ("Content-Length", "4")
    assert not message.cut_off


@pytest.mark.parametrize(("status", "final"), [(100, False), (183, False), (200, True), (699, True)])
def test_final_responses_end_the_transaction(status: int, final: bool) -> None:  # noqa: FBT001
    """Every class but 1xx is final (section 7.2)."""
    message = parsed(f"SIP/2.0 {status} Some reason \r\n\r\n".encode())
    assert isinstance(message, Response)
    assert (message.status, message.reason, message.final) == (status, "Some reason ", final)


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"\r\n\r\n",
        b"\x00" * 4,
        b"INVITE",
        b"INVITE sip:a",
        b"GET / HTTP/1.1\r\n\r\n",
        b"SIP/2.0 OK\r\n\r\n",
        b"a b",
    ],
)
def test_other_bytes_are_no_message(data: bytes) -> None:
    """Without a start line of SIP there is no message."""
    assert parse(data) is None
    assert not begins_message(data)


@pytest.mark.parametrize(
    "data", [b"A b SIP/2.0", b"\r\n\r\nA b SIP/2.0", b"SIP/2.0 200", b"sip/2.0  404 x", b"A b SIP/3.1 "]
)
def test_a_start_line_alone_is_a_message(data: bytes) -> None:
    """A start line makes a message, one that was cut off."""
    assert begins_message(data)
    assert parsed(data).cut_off


@given(MESSAGES, st.data())
def test_spellings_correlate_alike(plain: Plain, data: st.DataObject) -> None:
    """Compact forms, case, blanks, folds, comma lists and bare line feeds change nothing (section 7.3.1)."""
    message, other = parsed(bytes(plain)), parsed(data.draw(spellings(plain)))
    assert correlation(other) == correlation(message)
    assert (other.body, other.start_line) == (plain.body, plain.start_line)
    assert [via.split() for via in other.vias] == [via.split() for via in message.vias]
    assert other.content_length == len(plain.body)


@given(hostile())
def test_no_input_makes_parse_raise(data: bytes) -> None:
    """Any bytes are read or refused, and every view of what was read works."""
    message = parse(data)
    if message is not None:
        assert begins_message(data) or message.start_line
        assert message.vias is not None
        assert all(isinstance(value, str) for _, value in message.all_fields)
        assert message.content_length is None or message.content_length >= 0


@given(hostile())
def test_the_names_are_those_of_the_header_fields(data: bytes) -> None:
    """What is not among the names need not be looked for: each header field is, however its name is spelled."""
    message = parse(data)
    if message is not None:
        spelled = {name.lower() for name, _ in message.all_fields}
        assert message.names == spelled | {COMPACT[name] for name in spelled & COMPACT.keys()}


@given(hostile())
def test_no_byte_is_lost(data: bytes) -> None:
    """Head and body hold every byte but the empty line between them."""
    message = parse(data)
    if message is not None:
        head = message.head.encode("utf-8", "surrogateescape")
        assert data.lstrip(b"\r\n").startswith(head)
        assert data.endswith(message.body)
        assert len(data.lstrip(b"\r\n")) - len(head) - len(message.body) in ({0} if message.cut_off else {2, 3, 4})


@pytest.mark.parametrize("blank", [b"\n\n", b"\r\n\r\n", b"\n\r\n", b"\r\n\n"])
def test_the_first_empty_line_ends_the_head(blank: bytes) -> None:
    """Whatever ends the lines, the first empty one ends the head, in a datagram as in a stream."""
    message = parsed(b"A b SIP/2.0\r\nX: y" + blank + b"body\n\nbody\r\n\r\nbody")
    assert (message.field("x"), message.body) == ("y", b"body\n\nbody\r\n\r\nbody")


@pytest.mark.parametrize(
    ("value", "tag"),
    [
        ("<sip:a@example.com;tag=uri>", ""),
        ("sip:a@example.com;tag=1", "1"),
        ('"x;tag=no" <sip:a@example.com>;TAG = 2', "2"),
        ('<sip:a@example.com>;tag=3;x="<y>"', "3"),
        ('"unclosed <sip:a@example.com>;tag=4', "4"),
        ("<sip:a@example.com>\r\n ;\r\n tag\r\n = 5", "5"),
    ],
)
def test_a_tag_is_a_header_parameter(value: str, tag: str) -> None:
    """The tag stands behind the brackets, and outside quotes (section 20.10)."""
    assert parsed(f"A b SIP/2.0\r\nf: {value}\r\n\r\n".encode()).from_tag == tag


@pytest.mark.parametrize(
    ("field", "branch", "sent_by"),
    [
        ("Via: SIP / 2.0 / UDP [2001:DB8::1] : 5070 ; branch = x", "x", "[2001:db8::1]:5070"),
        ("Via: SIP/2.0/UDP 192.0.2.1", "", "192.0.2.1"),
        ("Via: nonsense", "", ""),
        ("Via: SIP/2.0/UDP 192.0.2.1, SIP/2.0/UDP 192.0.2.2;branch=second", "", "192.0.2.1"),
        ("X: y", "", ""),
    ],
)
def test_the_topmost_via_is_read(field: str, branch: str, sent_by: str) -> None:
    """Branch and sent-by come from the topmost Via only (section 20.42)."""
    message = parsed(f"A b SIP/2.0\r\n{field}\r\n\r\n".encode())
    assert (message.branch, message.sent_by) == (branch, sent_by)


@pytest.mark.parametrize(
    ("value", "length"), [("12", 12), ("0" * 5000 + "7", 7), ("-1", None), ("", None), ("1" * 5000, None), ("x", None)]
)
def test_content_length_is_a_number_or_nothing(value: str, length: int | None) -> None:
    """What is no number, or absurd, is no Content-Length (section 20.14)."""
    assert parsed(f"A b SIP/2.0\r\nl: {value}\r\n\r\n".encode()).content_length == length


def test_the_first_of_doubled_fields_counts() -> None:
    """Of a header field that stands twice the first is read."""
    message = parsed(b"A b SIP/2.0\r\nCSeq: 1 A\r\nCSeq: 2 A\r\nCallback: x\r\nTo: nothing\r\n\r\n")
    assert (message.cseq, message.to_tag, message.call_id) == (1, "", "")


RUNS = [
    b" ",
    b"\n ",
    b"\r\n ",
    b'"',
    b"<",
    b";branch",
    b";tag=",
    b",",
    b'\\"',
    b"\nVia:",
    b" SIP/2.0",
    b"@[",
    b"\n",
    b"a",
]


@pytest.mark.parametrize("run", RUNS)
@pytest.mark.parametrize(
    "start", [b"INVITE ", b"A b SIP/2.0\r\nVia: SIP/2.0/UDP h", b"A b SIP/2.0\r\nX:", b'A b SIP/2.0\r\nm: "']
)
def test_time_is_linear(start: bytes, run: bytes) -> None:
    """A megabyte of any one thing is read in well under a second."""
    data = start + run * (2**20 // len(run)) + b"x\r\n y\r\n\r\n"
    began = time.perf_counter()
    begins_message(data)
    message = parse(data)
    if message is not None:
        assert message.all_fields is not None
        message.values("contact")
    assert time.perf_counter() - began < 2  # a tenth of it here; quadratic would be minutes


def test_the_names_of_a_message_with_many_are_not_remembered() -> None:
    """Messages of a busy server are alike; thousands of names that no other message has would stay for nothing."""
    head = "OPTIONS sip:bob@example.com SIP/2.0\r\n"
    few, many = (
        head + "".join(f"X-{number}: 1\r\n" for number in range(count)) for count in (MOST_SHARED, MOST_SHARED + 1)
    )
    assert names_of(few) is names_of(few)
    assert names_of(many) == names_of(many)
    assert names_of(many) is not names_of(many)


def names_of(head: str) -> frozenset[str]:
    message = parse(f"{head}\r\n".encode())
    assert message is not None
    return message.names


def test_a_sequence_number_that_is_none_leaves_its_method() -> None:
    """RFC 4475, 3.1.2.5: more digits than any number has; the method behind them is read all the same."""
    for digits, number in (("9" * 20, int("9" * 20)), ("9" * 21, -1), ("9" * 200, -1)):
        message = parse(f"SIP/2.0 503 Service Unavailable\r\nCSeq: {digits} OPTIONS\r\n\r\n".encode())
        assert (message.cseq, message.cseq_method) == (number, "OPTIONS")
