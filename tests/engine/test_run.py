"""Tests of `sipdiag.engine.run`: where what belongs together goes."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

from hypothesis import given
from hypothesis import strategies as st

from sipdiag.engine.columns import octets_of
from sipdiag.engine.files import put_parts
from sipdiag.engine.run import BUCKETS, SHARDS_A_BUCKET, Run, bucketed, keep_homes, tie_of

CALL_IDS = st.text("ab\udcff", min_size=1, max_size=3)


def place_in(folder: Path, shards: int = 5) -> Run:
    return Run(folder=folder, data=folder, read=folder, shards=shards)


@given(shards=st.integers(1, 1000))
def test_buckets_are_enough_for_all_processes_and_small_enough_for_one(shards: int) -> None:
    """As many as `BUCKETS` where there are as many shards; none of more than `SHARDS_A_BUCKET`."""
    place = Run(folder=Path(), data=Path(), read=Path(), shards=shards, together=bucketed(shards))
    assert place.buckets >= min(shards, BUCKETS)
    assert place.together <= SHARDS_A_BUCKET
    assert [shard for bucket in range(place.buckets) for shard in place.shards_in(bucket)] == list(range(shards))


@given(ties=st.lists(st.tuples(CALL_IDS, CALL_IDS), max_size=12))
def test_what_is_tied_has_one_home(ties: list[tuple[str, str]]) -> None:
    """However long the chain, in whatever order; what is tied to nothing stays in the shard of its hash."""
    with TemporaryDirectory() as folder:
        place = place_in(Path(folder))
        moving = keep_homes(place, [tie_of(*each) for each in ties])
        named = {each for tie in ties for each in tie}
        homes = {each: place.home_of(octets_of(each)) for each in named}
        assert moving == any(homes[each] != place.shard_of(octets_of(each)) for each in named)
        assert all(homes[one] == homes[other] for one, other in ties)
        assert place.home_of(b"alone") == place.shard_of(b"alone")


def test_a_long_chain_is_one_family(tmp_path: Path) -> None:
    """Of a thousand Call-IDs, each tied to the next only."""
    place = place_in(tmp_path, shards=1000)
    keep_homes(place, [tie_of(f"{number}", f"{number + 1}") for number in range(1000)])
    assert len({place.home_of(f"{number}".encode()) for number in range(1001)}) == 1


def test_what_is_told_comes_in_the_order_of_who_tells_it(tmp_path: Path) -> None:
    """By number, and to whom it was told only."""
    place = place_in(tmp_path)
    for teller in (10, 9, 2):
        put_parts(tmp_path / "said" / f"{teller}", {1: teller, 2: "other"})
    put_parts(tmp_path / "said" / "3", {2: "other"})
    assert list(place.told("said", 1)) == [2, 9, 10]
    assert list(place.told("nothing", 1)) == []
