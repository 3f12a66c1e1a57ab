"""Endpoints as text."""

from __future__ import annotations

import pytest

from sipdiag.transport.endpoint import Endpoints


@pytest.mark.parametrize(
    ("key", "text"),
    [
        ("c0000201 13c4", "192.0.2.1:5060"),
        ("00000000 0000", "0.0.0.0:0"),
        ("20010db8000000000000000000000001 ffff", "[2001:db8::1]:65535"),
        ("00000000000000000000ffffc0000201 0050", "[::ffff:192.0.2.1]:80"),
    ],
)
def test_text(key: str, text: str) -> None:
    """IPv4 stands in dots, IPv6 shortest and in brackets."""
    assert Endpoints()[bytes.fromhex(key)] == text


def test_equal_endpoints_are_one_object() -> None:
    """The same endpoint is the same string, however often it is asked for."""
    endpoints = Endpoints()
    assert endpoints[bytes([192, 0, 2, 1, 0, 80])] is endpoints[bytes([192, 0, 2, 1, 0, 80])]
