"""Tests of `sipdiag.transport.tls`: records and hellos, byte by byte."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.transport.tls import CLIENT_HELLO, Records, begins_hello, hello_in
from tests.transport.shaking import NAME, contexts, flights

DATA = bytes([23, 3, 3, 0, 4]) + b"seal"
ALERT = bytes([21, 3, 3, 0, 2, 2, 48])


def client_hello() -> bytes:
    client, server = contexts()
    client.set_alpn_protocols(["sip/2", "h2"])
    return flights(client, server)[0][1]


def test_a_client_hello_is_read() -> None:
    """Name, protocols and versions of what OpenSSL sends."""
    data = client_hello()
    assert begins_hello(data)
    told = hello_in(data[5:])
    assert told is not None
    kind, hello = told
    assert kind == CLIENT_HELLO
    assert (hello.server_name, hello.protocols) == (NAME, ("sip/2", "h2"))
    assert hello.versions == ("1.3", "1.2")


@given(st.integers(min_value=1, max_value=40))
def test_records_do_not_depend_on_where_the_stream_is_cut(size: int) -> None:
    """However TCP cuts the bytes, the same records come out."""
    stream = ALERT + DATA * 3 + ALERT
    whole = Records().feed(stream)
    cut = Records()
    parts = [cut.feed(stream[at : at + size]) for at in range(0, len(stream), size)]
    assert [record for part in parts for record in part] == whole
    assert [each.type for each in whole] == [21, 23, 23, 23, 21]
    assert whole[0].payload == bytes([2, 48])


def test_what_is_no_tls_is_lost() -> None:
    """And stays so: nothing is guessed after it."""
    records = Records()
    assert records.feed(b"SIP/2.0 200 OK\r\n") == []
    assert records.lost
    assert records.feed(ALERT) == []


@given(st.binary(max_size=300), st.integers(min_value=0, max_value=299))
def test_nothing_raises(noise: bytes, at: int) -> None:
    """Neither noise nor a hello that is cut or broken."""
    hello = client_hello()[5:]
    hello_in(noise)
    hello_in(bytes([1, 0, 0]) + noise)
    hello_in(hello[:at])
    hello_in(hello[:at] + noise + hello[at:])
    Records().feed(noise)
