"""What scapy opens; `tests/test_wrappings.py` has a whole conversation of it."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.transport import foreign
from sipdiag.transport.foreign import BY_ETHERTYPE, KNOWN
from sipdiag.transport.link import LINKS
from tests.transport.wire import OPTIONS, Outcome, ethernet, ipv4, udp

if TYPE_CHECKING:
    import pytest

BACKBONE = ethernet(struct.pack(">I", 7) + ethernet(ipv4(udp(OPTIONS))), ethertype=0x88E7)


def test_scapy_reads_every_link_type_that_it_is_asked_about() -> None:
    """None of them is read natively, and none is unknown to scapy."""
    from scapy.config import conf  # noqa: PLC0415
    from scapy.layers import all as _all  # noqa: F401, PLC0415

    assert KNOWN & set(LINKS) == set()
    assert set(conf.l2types.num2layer) >= KNOWN


def test_the_slow_lane_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Packets beyond its length are left out, and the report says how many and from which on."""
    monkeypatch.setattr(foreign, "MOST", 3)
    outcome = Outcome([BACKBONE] * 5)
    assert [datagram.frame for datagram in outcome.datagrams] == [1, 2, 3]
    (defect,) = outcome.defects
    assert (defect.kind, defect.frame) == ("limit-reached", 4)
    assert defect.detail.endswith("(2 times)")


@settings(deadline=None)
@given(st.binary(max_size=200), st.sampled_from([*KNOWN, *BY_ETHERTYPE]))
def test_no_bytes_make_it_raise(noise: bytes, link: int) -> None:
    """Whatever scapy does with bytes that it was not made for."""
    outcome = Outcome([noise], link=link) if link >= 0 else Outcome([ethernet(noise, ethertype=-link)])
    assert len(outcome.datagrams) <= 1
