"""Tests of `sipdiag.engine.kin`: links found in buckets are those of all legs together, and in their order."""

from __future__ import annotations

from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.calls import Leg, Link, families_of, links_of
from sipdiag.engine import kin, run
from sipdiag.engine.columns import octets_of
from sipdiag.engine.run import Run, keep_homes

SECOND = 1_000_000_000
NAMES = ("session-id", "p-charging-vector", "x-cid", "in-reply-to", "replaces")
CALL_IDS = [f"call-{number}" for number in range(12)]
HOSTS = ("192.0.2.1", "198.51.100.1", "198.51.100.2", "203.0.113.1")
TOKENS = st.tuples(st.sampled_from(NAMES), st.sampled_from(["a", "b", "c", *CALL_IDS, "call-1, call-2"]))
PARTIES = st.sampled_from([None, ("20255501", "20255502"), ("20255503", "20255504")])
DESCRIPTIONS = st.sampled_from([None, (b"o", {b"pcmu"}), (b"", {b"pcmu", b"g729"})])


@st.composite
def legs_of_calls(draw: st.DrawFn) -> list[Leg]:
    """Legs that have much in common."""
    legs = []
    for number, call_id in enumerate(CALL_IDS[: draw(st.integers(2, len(CALL_IDS)))]):
        begun = draw(st.integers(0, 4)) * SECOND // 2
        legs.append(
            Leg(
                call_id=call_id,
                begun=(begun, 0, number),
                ends=(draw(st.sampled_from(HOSTS)), draw(st.sampled_from(HOSTS))),
                end=draw(st.sampled_from([float("inf"), begun + SECOND])),
                tokens=draw(st.lists(TOKENS, max_size=3, unique=True)),
                invite=None,
                said=(draw(PARTIES), draw(DESCRIPTIONS)),
            )
        )
    return legs


def tied(place: Run, legs: list[Leg], *, guess: bool) -> list[Link]:
    """What the stages find, shard by shard, each with whole calls."""
    ties: list[bytes] = []
    for shard in range(place.shards):
        kin.offer(place, shard, [leg for leg in legs if place.shard_of(octets_of(leg.call_id)) == shard])
    for step in (kin.name, kin.tie, *([kin.guess] if guess else [])):
        ties += [step(place, bucket) for bucket in range(place.buckets)]
    keep_homes(place, ties)
    for number in range(2 * place.buckets):
        kin.share(place, number)
    return [link for shard in range(place.shards) for link in kin.links_in(place, shard)]


@settings(max_examples=150, deadline=None)
@given(legs=legs_of_calls(), shards=st.integers(1, 9), guess=st.booleans())
def test_links_of_buckets_are_those_of_all_legs(legs: list[Leg], shards: int, *, guess: bool) -> None:
    """Whatever the number of shards and buckets; those of one leg in their order, those of one call in one shard."""
    whole = links_of(legs, guess=guess)
    with TemporaryDirectory() as folder, pytest.MonkeyPatch.context() as patch:
        patch.setattr(run, "SHARDS_A_BUCKET", 2)
        place = Run(folder=Path(folder), data=Path(folder), read=Path(folder), shards=shards)
        found = tied(place, legs, guess=guess)
        homes = {leg.call_id: place.home_of(octets_of(leg.call_id)) for leg in legs}
    for leg in legs:
        assert [each for each in found if each.call_id == leg.call_id] == [
            each for each in whole if each.call_id == leg.call_id
        ]
    assert len(found) == len(whole)
    families = families_of(whole)
    for one, family in families.items():
        assert {homes[other] for other in families if families[other] == family} == {homes[one]}
