"""Tests of `sipdiag.trace.sighting`."""

from __future__ import annotations

import pickle

import pytest

from exchange import Exchange
from sipdiag.trace import host, port


@pytest.mark.parametrize(
    ("endpoint", "name", "number"),
    [
        ("192.0.2.1:5060", "192.0.2.1", 5060),
        ("[2001:db8::1]:5061", "2001:db8::1", 5061),
        ("[fe80::1%eth0]:0", "fe80::1%eth0", 0),
    ],
)
def test_an_endpoint_is_a_host_and_a_port(endpoint: str, name: str, number: int) -> None:
    """The brackets of an IPv6 address belong to the notation, not to the host."""
    assert (host(endpoint), port(endpoint)) == (name, number)


def test_a_sighting_survives_the_way_to_another_process() -> None:
    """What is made once per message is small, frozen and picklable."""
    sighting = Exchange().request("INVITE", 0)
    assert pickle.loads(pickle.dumps(sighting)) == sighting  # noqa: S301  (our own bytes)
    with pytest.raises(AttributeError):
        sighting.frame = 2  # type: ignore[misc]
