"""Tests of `sipdiag.transport.handshakes`: real handshakes of OpenSSL, completed and failed."""

from __future__ import annotations

import ssl
from typing import TYPE_CHECKING

import pytest

from tests.transport.shaking import NAME, PORT, certificate, contexts, flights, segments
from tests.transport.wire import ALICE, BOB, Outcome

if TYPE_CHECKING:
    from sipdiag.transport import Handshake

CLIENT, SERVER = f"{ALICE}:40000", f"{BOB}:{PORT}"
V12, V13 = ssl.TLSVersion.TLSv1_2, ssl.TLSVersion.TLSv1_3


def only(frames: list[bytes]) -> Handshake:
    (handshake,) = Outcome(frames).handshakes
    return handshake


@pytest.mark.parametrize("version", [V12, V13])
def test_a_handshake_that_completes(version: ssl.TLSVersion) -> None:
    """Who asked whom for which name, what was chosen, and the frame that made it safe."""
    client, server = contexts()
    client.maximum_version = version
    client.set_alpn_protocols(["sip/2"])
    wire = flights(client, server, b"OPTIONS sip:pbx.example.com SIP/2.0\r\n\r\n", b"SIP/2.0 200 OK\r\n\r\n")
    seen = only(segments(wire, closed_by_client=True))
    assert (seen.client, seen.server, seen.server_name, seen.protocols) == (CLIENT, SERVER, NAME, ("sip/2",))
    assert (seen.connection, seen.hello_frame) == (1, 4)
    assert seen.version == ("1.2" if version is V12 else "1.3")
    assert seen.completed_frame is not None
    assert (seen.alert, seen.whole) == ("", True)
    assert seen.sealed >= 2


@pytest.mark.parametrize("version", [V12, V13])
def test_a_client_that_does_not_trust_the_server(version: ssl.TLSVersion) -> None:
    """OpenSSL says why in clear, even where the server already encrypts."""
    _, server = contexts()
    client = ssl.create_default_context()
    client.maximum_version = version
    seen = only(segments(flights(client, server), closed_by_client=True))
    assert seen.completed_frame is None
    assert (seen.alert, seen.fatal, seen.alert_by) == ("unknown_ca", True, CLIENT)
    assert (seen.closed_by, seen.reset, seen.whole) == (CLIENT, False, True)


def test_versions_that_do_not_meet() -> None:
    """The server says so in clear, and names no version of its own."""
    client, server = contexts()
    client.maximum_version, server.minimum_version = V12, V13
    seen = only(segments(flights(client, server), closed_by_client=False))
    assert (seen.alert, seen.alert_by, seen.version, seen.offered) == ("protocol_version", SERVER, "", ("1.2",))


@pytest.mark.parametrize("version", [V12, V13])
def test_a_server_that_wants_a_certificate_of_the_client(version: ssl.TLSVersion) -> None:
    """In TLS 1.3 the client believes that all is well before the server turns it down."""
    client, server = contexts()
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(certificate())
    client.maximum_version = version
    seen = only(segments(flights(client, server), closed_by_client=False))
    assert seen.completed_frame is None
    assert seen.alert_by == SERVER
    assert seen.alert == ("encrypted" if version is V13 else "handshake_failure")


def test_a_client_with_a_certificate() -> None:
    """Both sides show one, and both are taken."""
    client, server = contexts()
    server.verify_mode = ssl.CERT_REQUIRED
    server.load_verify_locations(certificate())
    client.load_cert_chain(certificate())
    seen = only(segments(flights(client, server, b"hello there", b"hello"), closed_by_client=False))
    assert seen.completed_frame is not None
    assert seen.alert == ""


def test_a_keep_alive_is_no_alert() -> None:
    """An answer of two bytes has the size of an alert; nobody closes after it."""
    client, server = contexts()
    server.num_tickets = 0
    wire = flights(client, server, b"\r\n\r\n", b"\r\n", b"\r\n\r\n", b"\r\n")
    seen = only(segments(wire, closed_by_client=True))
    assert seen.completed_frame is not None
    assert seen.alert == ""


def test_a_hello_that_nobody_answers() -> None:
    """The server is there for TCP, and silent."""
    client, server = contexts()
    seen = only(segments(flights(client, server)[:1]))
    assert (seen.server_hello_frame, seen.completed_frame, seen.closed_frame) == (None, None, None)


def test_lost_bytes_leave_it_open() -> None:
    """A segment that the recorder missed: what it said is not known."""
    client, server = contexts()
    client.maximum_version = V12
    frames = segments(flights(client, server, b"x" * 100, b"y" * 100))
    del frames[4]
    seen = only(frames)
    assert not seen.whole or seen.completed_frame is not None


def test_each_packet_twice_is_one_handshake() -> None:
    """A recorder on two interfaces."""
    client, server = contexts()
    frames = segments(flights(client, server, b"hello there", b"hello"), closed_by_client=True)
    seen = only([each for each in frames for _ in range(2)])
    assert seen.completed_frame is not None
    assert seen.whole


def test_ports_used_again_make_another_handshake() -> None:
    """A SYN between the same ports begins anew."""
    client, server = contexts()
    first = segments(flights(client, server, b"hello there", b"hello"), closed_by_client=True)
    bad = ssl.create_default_context()
    outcome = Outcome([*first, *segments(flights(bad, server), closed_by_client=True)])
    assert [each.completed_frame is None for each in outcome.handshakes] == [False, True]


def test_an_answer_in_clear_ends_it() -> None:
    """A server that knows no TLS answers in its own words: not whole, so nothing is concluded."""
    client, server = contexts()
    hello = flights(client, server)[0]
    seen = only(segments([hello, (False, b"SIP/2.0 400 Bad Request\r\n\r\n")]))
    assert seen.server_hello_frame is None
    assert not seen.whole
