"""Tests of `sipdiag.calls.anew`: what was sent anew, looked up in no time however often it was."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from exchange import Exchange
from sipdiag.calls import Anew, Transaction
from sipdiag.trace import host

ENDS = st.sampled_from(["192.0.2.1:5060", "192.0.2.1:40000", "192.0.2.2:5060", "198.51.100.20:5060"])
SENT = st.tuples(st.integers(0, 5), ENDS, ENDS, st.sampled_from(["a", "b"]), st.booleans())


def transactions(sent: list[tuple[int, str, str, str, bool]]) -> list[Transaction]:
    talk = Exchange()
    for number, (time, source, destination, tag, answered) in enumerate(sent):
        ends = {"source": source, "destination": destination}
        request = talk.request("OPTIONS", time + number / 1000, branch=f"z9hG4bK{number}", from_tag=tag, **ends)
        if answered:
            talk.response(200, request, time + number / 1000 + 0.0001)
    return talk.scene().correlation.transactions


@given(st.lists(SENT, min_size=1, max_size=8))
def test_it_says_what_a_look_at_all_of_them_says(sent: list[tuple[int, str, str, str, bool]]) -> None:
    """Whoever sent them, whenever, to whomever."""
    seen = transactions(sent)
    anew = Anew(seen)
    for one in seen:
        alike = [
            each
            for each in seen
            if each.method == one.method and each.from_tag == one.from_tag and each.final and each.time > one.time
        ]
        here = one.source
        assert anew.from_elsewhere(one, here) == any(each.request and each.request.source != here for each in alike)
        assert anew.to_elsewhere(one) == any(
            host(each.source) == host(here) and each.destination != one.destination for each in alike
        )
