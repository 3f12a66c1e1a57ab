"""Tests of `sipdiag.calls.reach`."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.calls import crosses, is_private


@pytest.mark.parametrize(
    "address",
    [
        *("10.0.0.1", "172.16.0.1", "172.31.255.254", "192.168.1.1", "100.64.0.1", "100.127.255.254", "127.0.0.1"),
        *("169.254.1.1", "fd00::1", "[fe80::1%eth0]", "::1", "::ffff:10.0.0.1"),
    ],
)
def test_private_addresses_are_known(address: str) -> None:
    """RFC 1918, 6598 and 4193, link-local and loopback, however they are written."""
    assert is_private(address)


@pytest.mark.parametrize(
    "address",
    [
        *("192.0.2.1", "198.51.100.1", "203.0.113.1", "2001:db8::1", "8.8.8.8", "172.32.0.1", "100.128.0.1"),
        *("0.0.0.0", "pbx.example.com", "", "::ffff:192.0.2.1"),  # noqa: S104  (nothing is bound to it)
    ],
)
def test_others_are_not(address: str) -> None:
    """The documentation ranges count as public; a name may lead anywhere."""
    assert not is_private(address)


def test_two_private_hosts_may_be_one_network() -> None:
    """What stays among private addresses crosses nothing that the capture knows of."""
    talk = Exchange()
    inside = talk.request("OPTIONS", 0, source="10.0.0.1:5060", destination="192.168.1.1:5060")
    outside = talk.request("OPTIONS", 1, source="10.0.0.1:5060", destination="192.0.2.1:5060")
    assert [crosses(inside), crosses(outside)] == [False, True]
