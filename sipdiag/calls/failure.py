"""Who said no: the element that a failed call's final response came from, and those that passed it on.

A proxy passes a response on as it is (RFC 3261, section 16.7); a B2BUA answers with one of its own instead. So the way
of the failure is followed back from the caller, hop by hop, as far as each hop failed before the one nearer the caller.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

import msgspec

from sipdiag.calls.call import Call
from sipdiag.calls.link import Certainty
from sipdiag.calls.transaction import Transaction, status
from sipdiag.trace import Sighting, host


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """One hop that the failure crossed on its way back."""

    hop: Transaction
    final: Sighting
    others: list[Sighting] = []
    """Final responses on the other branches of the element that sent the INVITE on this hop."""

    @property
    def code(self) -> int:
        """The status code at this hop."""
        return status(self.final)


class Failure(msgspec.Struct, frozen=True, kw_only=True):
    """How a call's failure came to its caller."""

    steps: list[Step]
    """The hops that it crossed, from the element that said no to the caller."""
    unanswered: list[Transaction]
    """Hops behind that element that got no final response: it may have waited for one in vain."""
    certainty: Certainty
    """How sure it is that all hops belong to the call."""

    @property
    def origin(self) -> Step:
        """The hop where it arose: the farthest from the caller."""
        return self.steps[0]

    @property
    def relays(self) -> list[str]:
        """The elements that passed it on, nearest the origin first."""
        return [step.final.source for step in self.steps[1:]]


def failure_of(call: Call) -> Failure | None:
    """The failure that the caller of `call` got in the end; None where it got none."""
    hops = [hop for hop in call.path if hop.origin is None]
    if not hops or hops[0].final is None or status(hops[0].final) < 300:
        return None
    steps: list[Step] = []
    onward = [hops[0]]
    while onward:
        hop = _chosen(onward, steps)
        if hop is None:
            break
        final = hop.final
        assert final is not None, "a hop is chosen by its final response"  # noqa: S101
        others = [each.final for each in onward if each is not hop and each.final is not None]
        steps.append(Step(hop=hop, final=final, others=others))
        behind = list(_onward(hop, hops, call)) if len(hops) > 1 else []
        onward = [each for each in behind if not any(each is step.hop for step in steps)]
    unanswered = [each for each in onward if each.final is None]
    guessed = any(link.certainty is Certainty.LIKELY for link in call.links)
    crosses = len({step.hop.call_id for step in steps}) > 1
    certainty = Certainty.LIKELY if guessed and crosses else Certainty.CERTAIN
    return Failure(steps=steps[::-1], unanswered=unanswered, certainty=certainty)


def _chosen(onward: Sequence[Transaction], steps: Sequence[Step]) -> Transaction | None:
    """The hop whose failure the element of the last step passed on: one with the same code, else the latest.

    A 487 only says that a branch was cancelled: what its element passed on is the failure it cancelled it for (16.7).
    """
    if not steps:
        return onward[0]
    last = steps[-1]
    failed = [
        each
        for each in onward
        if each.final is not None and status(each.final) >= 300 and each.final.time <= last.final.time
        if status(each.final) != 487 or last.code == 487
    ]
    same = [each for each in failed if each.final is not None and status(each.final) == last.code]
    return max(same or failed, key=lambda each: 0 if each.final is None else each.final.time, default=None)


def _onward(hop: Transaction, hops: Sequence[Transaction], call: Call) -> Iterator[Transaction]:
    """The hops on which the element at the end of `hop` sent the INVITE on."""
    later = [each for each in hops if each is not hop and each.request is not None and each.time >= hop.time]
    within = [each for each in later if each.call_id == hop.call_id]
    # A proxy puts its Via above those that it received (section 16.6), so the second one has the branch of `hop`.
    by_via = [each for each in within if hop.branch and any(hop.branch in via for via in _vias_below(each))]
    if by_via:
        yield from by_via
        return
    by_host = [each for each in within if host(each.source) == host(hop.destination)]
    if by_host:
        yield from by_host
        return
    linked = {link.call_id for link in call.links if link.linked_to == hop.call_id}
    seen: set[str] = set()
    for each in later:
        if each.call_id in linked and each.call_id not in seen:
            seen.add(each.call_id)
            yield each


def _vias_below(hop: Transaction) -> list[str]:
    """The Via below the topmost of the request, if there is one."""
    return [] if hop.request is None else hop.request.message.vias[1:2]
