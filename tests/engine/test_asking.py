"""Tests of `sipdiag.engine.asking`: an answer on disk is that of all shards together."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sipdiag.engine import run
from sipdiag.engine.asking import MANY, answers_of, offer, put_up
from sipdiag.engine.run import Run
from sipdiag.findings import PIECES, merged

HOSTS = st.sampled_from(["192.0.2.1", "198.51.100.7", "\udcff"])
LINES = st.dictionaries(HOSTS, st.sets(st.sampled_from(["sip:a@example.com", "sip:b@example.com"]), min_size=1))


@given(parts=st.lists(LINES, min_size=1, max_size=9))
def test_answers_are_those_of_all_shards(parts: list[dict[str, set[str]]]) -> None:
    """By key, with nothing for keys that nobody answered; what is not on disk stays."""
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "SHARDS_A_BUCKET", 2)
        place = Run(folder=Path(folder), data=Path(folder), read=Path(folder), shards=len(parts))
        for shard, lines in enumerate(parts):
            kept = offer(place, shard, {**{key: {} for key in PIECES}, "lines": lines, "heard": {"a": shard}})
            assert kept["heard"] == {"a": shard}
            assert not any(kept[name] for name in MANY)
        for bucket in range(place.buckets):
            put_up(place, bucket)
        answers = answers_of(place)
        assert answers.keys() == set(MANY)
        assert dict(answers["lines"]) == merged("lines", parts)
        assert answers["lines"].get("203.0.113.99") is None
        assert len(answers["owners"]) == 0
