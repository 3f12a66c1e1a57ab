"""Tests of `sipdiag.calls.link`."""

from __future__ import annotations

import pickle

from sipdiag.calls import Certainty, Link


def test_a_link_travels_between_processes() -> None:
    """An analysis pickles, and so does what ties its legs."""
    link = Link(call_id="far", linked_to="near", by="x-cid", value="near", certainty=Certainty.CERTAIN)
    assert pickle.loads(pickle.dumps(link)) == link  # noqa: S301  (a pickle of its own)
