"""Legs: calls of several Call-IDs put together as one call (RFC 7092: a B2BUA ends one leg and begins another).

State and outcome of the whole are those of the leg nearest the caller: what happened there is what the caller got. Each
leg stays a `Call` of its own, because duties, tags and CSeq numbers hold within one Call-ID only.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from msgspec.structs import replace

from sipdiag.calls.call import Call
from sipdiag.calls.kinship import Leg, legs_in, links_by_header, links_by_likeness
from sipdiag.calls.link import Link


def linked(calls: Sequence[Call], *, guess: bool = True) -> list[Call]:
    """`calls` with the legs of each put together, in the order they began; without `guess` by header fields only."""
    return put_together(calls, links_of(list(legs_in(calls)), guess=guess) if len(calls) > 1 else [])


def links_of(legs: Sequence[Leg], *, guess: bool = True) -> list[Link]:
    """What ties `legs` together, in whatever order they come."""
    legs = sorted(legs, key=lambda leg: leg.begun)
    links = list(links_by_header(legs))
    if guess:
        named = {end for link in links for end in (link.call_id, link.linked_to)}
        links += links_by_likeness([leg for leg in legs if leg.call_id not in named])
    return links


def put_together(calls: Sequence[Call], links: Sequence[Link]) -> list[Call]:
    """`calls` with those that `links` tie together as one."""
    if not links:
        return list(calls)
    families = families_of(links)
    members: dict[int, list[Call]] = {}
    ties: dict[int, list[Link]] = {}
    for call in calls:
        if call.key in families:
            members.setdefault(families[call.call_id], []).append(call)
    for link in links:
        ties.setdefault(families[link.call_id], []).append(link)
    wholes: list[Call] = []
    for call in calls:
        family = families.get(call.key)
        if family is None:
            wholes.append(call)
        elif family in members:
            wholes.append(_whole(sorted(members.pop(family), key=_begin), ties[family]))
    return wholes


def families_of(links: Iterable[Link]) -> dict[str, int]:
    """Call-ID → the number of its family, which is all Call-IDs that links tie together.

    The smaller family joins the larger, so that the cost of a long chain of links does not grow with its square.
    """
    members: dict[int, list[str]] = {}
    families: dict[str, int] = {}
    for link in links:
        for call_id in (link.linked_to, link.call_id):
            if call_id not in families:
                families[call_id] = len(families)
                members[families[call_id]] = [call_id]
        one, other = families[link.linked_to], families[link.call_id]
        if one != other:
            larger, smaller = (one, other) if len(members[one]) >= len(members[other]) else (other, one)
            for call_id in members[smaller]:
                families[call_id] = larger
            members[larger] += members.pop(smaller)
    return families


def _whole(legs: list[Call], links: list[Link]) -> Call:
    """The call whose leg nearest the caller is the first of `legs`."""
    transactions = sorted((each for leg in legs for each in leg.transactions), key=lambda each: each.time)
    acks = sorted((ack for leg in legs for ack in leg.acks), key=lambda ack: (ack.time, ack.capture, ack.frame))
    place = {leg.call_id: number for number, leg in enumerate(legs)}
    return replace(
        legs[0],
        call_ids=[leg.call_id for leg in legs],
        transactions=transactions,
        acks=acks,
        legs=legs,
        links=sorted(links, key=lambda link: place[link.call_id]),
    )


def _begin(call: Call) -> tuple[int, int, int]:
    invite = call.invite
    assert invite is not None, "only calls whose INVITE was seen are linked"  # noqa: S101
    return invite.time, invite.capture, invite.frame
