"""Tests of `sipdiag.extract.addresses`: networks stay networks, and what kind an address is stays so too."""

from __future__ import annotations

from ipaddress import IPv4Address, IPv6Address, ip_address, ip_network

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.extract.addresses import Addresses

KEY = b"0123456789abcdef"
ONE = Addresses(KEY)
V4, V6 = st.ip_addresses(v=4), st.ip_addresses(v=6)
KINDS = [
    "10.0.0.0/8", "172.16.0.0/12", "192.168.0.0/16", "100.64.0.0/10", "169.254.0.0/16", "127.0.0.0/8", "224.0.0.0/4",
    "192.0.2.0/24", "198.51.100.0/24", "203.0.113.0/24", "fc00::/7", "fe80::/10", "ff00::/8", "2001:db8::/32",
]  # fmt: skip


def common(one: IPv4Address | IPv6Address, other: IPv4Address | IPv6Address) -> int:
    """How many bits two addresses begin with in common."""
    return one.max_prefixlen - (int(one) ^ int(other)).bit_length()


@pytest.mark.parametrize("addresses", [V4, V6], ids=["v4", "v6"])
def test_what_two_addresses_have_in_common_they_keep(addresses: st.SearchStrategy[IPv4Address]) -> None:
    """Just so many leading bits, not one more: that is what prefix-preserving means, and it makes it one to one."""

    @given(addresses, addresses)
    def law(one: IPv4Address, other: IPv4Address) -> None:
        assert common(ONE.replaced(one), ONE.replaced(other)) == common(one, other)

    law()


@pytest.mark.parametrize("kind", KINDS)
def test_the_kind_of_an_address_stays(kind: str) -> None:
    """Private stays private, and nothing else becomes it: findings depend on that."""
    network = ip_network(kind)
    inside = [network[1], network[network.num_addresses // 3], network[-2]]
    assert all(ONE.replaced(each) in network for each in inside)

    @given(V4 if network.version == 4 else V6)
    def law(address: IPv4Address) -> None:
        assert (ONE.replaced(address) in network) == (address in network)

    law()


@pytest.mark.parametrize(
    "address", [str(IPv4Address(0)), "127.0.0.1", "255.255.255.255", "224.0.1.75", "::", "::1", "ff02::1"]
)
def test_addresses_of_nobody_stay(address: str) -> None:
    """The unspecified one means a call on hold; loopback and groups name nobody."""
    assert ONE.text(address) == address


def test_a_key_decides() -> None:
    """The same key gives the same, another gives something else, and nothing stays as it was."""
    addresses = [str(ip_address(f"8.8.{number}.{number}")) for number in range(50)]
    again, other = Addresses(KEY), Addresses(b"another key here")
    assert [ONE.text(each) for each in addresses] == [again.text(each) for each in addresses]
    assert [ONE.text(each) for each in addresses] != [other.text(each) for each in addresses]
    assert len(set(addresses) & {ONE.text(each) for each in addresses}) < 5


def test_a_mapped_address_is_the_one_it_maps() -> None:
    """::ffff:192.0.2.1 is 192.0.2.1 (RFC 4291, section 2.5.5.2)."""
    mapped = IPv6Address(ONE.text("::ffff:8.8.8.8") or "")
    assert str(mapped.ipv4_mapped) == ONE.text("8.8.8.8")


def test_what_is_no_address_is_none() -> None:
    """Names, and addresses with something behind them."""
    assert [ONE.text(each) for each in ("example.com", "1.2.3", "1.2.3.4:5060", "", "fe80::1%eth0x/")] == [None] * 5
    assert ONE.packed(b"\x08\x08\x08\x08") == ip_address(ONE.text("8.8.8.8") or "").packed
