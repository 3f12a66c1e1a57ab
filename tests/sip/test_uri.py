"""`sipdiag.sip.uri`: URIs and name-addr."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.sip import Uri, parse_name_addr, parse_uri, uri_in
from strategies import addresses


@pytest.mark.parametrize(
    ("text", "user", "host", "port", "parameters", "headers"),
    [
        ("sip:alice@Example.com", "alice", "example.com", None, {}, ""),
        ("SIPS:example.com:5061", "", "example.com", 5061, {}, ""),
        (
            "sip:a:secret@[2001:DB8::1]:5060;LR;transport=tcp",
            "a",
            "[2001:db8::1]",
            5060,
            {"lr": "", "transport": "tcp"},
            "",
        ),
        ("sip:u;p=x?y@example.com;z=1?to=b", "u;p=x?y", "example.com", None, {"z": "1"}, "to=b"),
        ("sip:a@example.com;x=b@c", "a", "example.com", None, {"x": "b@c"}, ""),
        ("sip:a@example.com?Replaces=1@example.net", "a", "example.com", None, {}, "Replaces=1@example.net"),
        ("sip:a@example.com@192.0.2.1", "a@example.com", "192.0.2.1", None, {}, ""),
        ("sip:%61l%C3%A9@example.com", "alé", "example.com", None, {}, ""),
        ("sip:%ff@example.com", "\udcff", "example.com", None, {}, ""),
        ("sip:%zz@example.com", "%zz", "example.com", None, {}, ""),
    ],
)
def test_sip_uris_come_apart(
    text: str, user: str, host: str, port: int | None, parameters: dict[str, str], headers: str
) -> None:
    """User, host, port, parameters and headers stand where section 19.1.1 has them."""
    uri = parse_uri(text)
    assert (uri.user, uri.host, uri.port, uri.parameters, uri.headers) == (user, host, port, parameters, headers)
    assert uri.text == text


def test_tel_uris_hold_a_number() -> None:
    """The user of a tel URI is its number (RFC 3966, section 3)."""
    assert parse_uri("TEL:+1-555-0100;phone-context=example.com") == Uri(
        text="TEL:+1-555-0100;phone-context=example.com",
        scheme="tel",
        user="+1-555-0100",
        parameters={"phone-context": "example.com"},
    )


@pytest.mark.parametrize("text", ["", "*", "no-scheme", "sip:[unclosed", "sip:a@h:port"])
def test_what_is_no_uri_keeps_its_text(text: str) -> None:
    """What cannot be read stays empty, and nothing is lost."""
    assert parse_uri(f" {text} ") == Uri(text=text)


@pytest.mark.parametrize(
    ("value", "name", "uri", "parameters"),
    [
        ('"A \\"B\\" <x>" <sip:a@example.com;lr> ; tag = 1', 'A "B" <x>', "sip:a@example.com;lr", {"tag": "1"}),
        ("Alice Smith<sip:a@example.com>", "Alice Smith", "sip:a@example.com", {}),
        ("sip:a@example.com;tag=1", "", "sip:a@example.com", {"tag": "1"}),
        ("<sip:unclosed", "", "sip:unclosed", {}),
        ('"unclosed <sip:a@example.com>', "", '"unclosed <sip:a@example.com>', {}),
        ("", "", "", {}),
    ],
)
def test_name_addrs_come_apart(value: str, name: str, uri: str, parameters: dict[str, str]) -> None:
    """Without brackets the parameters are the header field's (section 20.10)."""
    read = parse_name_addr(value)
    assert (read.display_name, read.uri.text, read.parameters) == (name, uri, parameters)


@given(addresses())
def test_healthy_addresses_have_a_host(value: str) -> None:
    """Every healthy address has a scheme, a user and a host."""
    uri = parse_name_addr(value).uri
    assert uri.scheme == "sip"
    assert uri.user
    assert uri.host


@given(st.one_of(st.text(max_size=40), st.text(alphabet='sip:@;?[]<>"\\% a0', max_size=40)))
def test_no_text_makes_them_raise(text: str) -> None:
    """Any text is read or kept."""
    assert parse_uri(text).text == text.strip()
    assert isinstance(parse_name_addr(text).parameters, dict)
    assert uri_in(text) == parse_name_addr(text).uri.text


@pytest.mark.parametrize("run", ["@", "@[", "@;", "[", ":", " ", '"', "<", '\\"', "%41", ";", "?", "a@", "\t "])
@pytest.mark.parametrize("start", ["", "sip:", "sip:a@", "tel:", '"', "<"])
def test_time_is_linear(start: str, run: str) -> None:
    """Half a megabyte of any one thing is read in well under a second."""
    text = start + run * (2**19 // len(run)) + "["
    began = time.perf_counter()
    parse_uri(text)
    parse_name_addr(text)
    assert time.perf_counter() - began < 2
