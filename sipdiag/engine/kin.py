"""Which calls of all shards are legs of one, found in buckets: nobody has to hold the legs of all calls.

    offer      a shard → its legs, by what ties them: the Call-IDs that they name, header fields, parties
    name       a bucket of Call-IDs → which of them were named
    tie        a bucket of header fields → the links that these make
    guess      a bucket of parties → the links that likeness makes of legs without such
    share      a bucket of links → the shards in which their calls are judged

Each link is that which all legs together in one process would have made: see `kinship`.
"""

from __future__ import annotations

from collections.abc import Iterable
from itertools import chain
from operator import itemgetter
from typing import Any

from msgspec.structs import replace

from sipdiag.calls import Leg, Link, likenesses, links_by_token, may_be_call_id, may_name, named_by
from sipdiag.engine.columns import octets_of
from sipdiag.engine.files import object_in, put_object, put_parts
from sipdiag.engine.run import Run, flattened, in_buckets, tie_of

Found = list[tuple[Any, Link]]
"""Links, and where each stands among all of them."""


def offer(run: Run, shard: int, legs: Iterable[Leg]) -> bool:
    """Hand out the legs of a shard; whether one may name a Call-ID."""
    legs = [leg.settled() for leg in legs]
    tokens = [(leg, place, name, value) for leg in legs for place, (name, value) in enumerate(leg.tokens)]
    naming = [
        (call_id, (_bare(leg), name, value, place, call_id))
        for leg, _, name, value in tokens
        if may_be_call_id(name)
        for place, call_id in enumerate(named_by(value))
    ]
    put_parts(
        run.folder / "legs" / f"{shard}", in_buckets(run, ((leg.call_id, (_bare(leg), leg.parties)) for leg in legs))
    )
    put_parts(run.folder / "naming" / f"{shard}", in_buckets(run, naming))
    put_parts(run.folder / "tokens" / f"{shard}", in_buckets(run, ((each[2:], each) for each in tokens)))
    put_parts(run.folder / "parties" / f"{shard}", in_buckets(run, ((leg.parties, leg) for leg in legs if leg.parties)))
    return bool(naming)


def name(run: Run, bucket: int) -> bytes:
    """Say which of the Call-IDs of a bucket were named, and were going on then; that ties nothing yet."""
    done = run.folder / "named" / f"{bucket}"
    if done.exists():
        return b""
    known = {leg.call_id: (leg, party) for leg, party in chain.from_iterable(run.told("legs", bucket))}
    answers = []
    for leg, field, value, place, call_id in chain.from_iterable(run.told("naming", bucket)):
        other, party = known.get(call_id, (None, None))
        if other is not None and may_name(leg, other):
            answers.append(((field, value), (leg.call_id, field, value, place, call_id, party)))
    put_parts(done, in_buckets(run, answers))
    return b""


def tie(run: Run, bucket: int) -> bytes:
    """Find the links of the header fields of a bucket; gives the hashes of what they tie."""
    done = run.folder / "links" / f"{bucket}"
    if not done.exists():
        tokens = flattened(run.told("tokens", bucket))
        tokens.sort(key=lambda each: (each[0].begun, each[1]))
        answers = sorted(flattened(run.told("named", bucket)), key=lambda each: -each[3])
        named = {(call_id, value): other for call_id, _, value, _, other, _ in answers}
        found = list(links_by_token(tokens, lambda leg, value: named.get((leg.call_id, value))))
        party = {leg.call_id: leg.parties for leg, *_ in tokens} | {each[4]: each[5] for each in answers}
        ends = {end for _, link in found for end in (link.call_id, link.linked_to)}
        put_parts(run.folder / "tied" / f"{bucket}", in_buckets(run, ((party[end], end) for end in ends)))
        put_object(done, found)
    return _ties(object_in(done))


def guess(run: Run, bucket: int) -> bytes:
    """Find the links of likeness among legs whose parties are of a bucket; gives the hashes of what they tie."""
    done = run.folder / "links" / f"{run.buckets + bucket}"
    if not done.exists():
        tied = set(chain.from_iterable(run.told("tied", bucket)))
        legs = [leg for leg in chain.from_iterable(run.told("parties", bucket)) if leg.call_id not in tied]
        legs.sort(key=lambda leg: leg.begun)
        put_object(done, list(likenesses(legs)))
    return _ties(object_in(done))


def share(run: Run, number: int) -> None:
    """Hand some links to the shards in which their calls are judged."""
    done, found = run.folder / "linked" / f"{number}", run.folder / "links" / f"{number}"
    if done.exists() or not found.exists():
        return
    parts: dict[int, Found] = {}
    for each in object_in(found):
        parts.setdefault(run.home_of(octets_of(each[1].call_id)), []).append(each)
    put_parts(done, parts)


def links_in(run: Run, shard: int) -> list[Link]:
    """The links of the calls of a shard, in the order that they have among all."""
    return [link for _, link in sorted(flattened(run.told("linked", shard)), key=itemgetter(0))]


def _ties(found: Found) -> bytes:
    return b"".join(tie_of(link.call_id, link.linked_to) for _, link in found)


def _bare(leg: Leg) -> Leg:
    """What is asked of a leg that another one names."""
    return replace(leg, ends=("", ""), tokens=[], invite=None, said=None)


def _party(leg: Leg) -> tuple[str, str] | None:
    return leg.parties
