"""The findings of all shards in one list, piece by piece: each shard has its own in order, and those orders are merged.

unite      a shard → its findings as they are told: with causes, consequences, or under what explains them all
united     everything in order, a few findings of each shard in memory at a time
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from datetime import date
from functools import lru_cache
from itertools import chain
from operator import itemgetter
from typing import Any, NamedTuple

import msgspec

from sipdiag.calls import Twin
from sipdiag.engine.files import object_in, put_object
from sipdiag.engine.run import Run
from sipdiag.engine.stages import FINDINGS, OPEN, Open
from sipdiag.findings import (
    Circles,
    Finding,
    Folding,
    Policy,
    attacker_of,
    beside,
    explains,
    grouped,
    owned_by,
    taken,
    unfolded,
)

Order = tuple[Any, ...]
"""Place of a finding, number of the shard that it is of, place there; of what is told under another, behind that's."""
Told = tuple[Order, bool, Finding]
"""Order, whether it is told under the last that is not, and the finding."""


class Wanted(NamedTuple):
    """Which findings are wanted, and how they are to be taken."""

    policy: Policy
    today: date
    select: frozenset[str]
    ignore: frozenset[str]

    def of(self, findings: Iterable[Finding]) -> list[Finding]:
        """Those of `findings` that are wanted, as they are to be taken."""
        return [each for each in taken(findings, self.policy, self.today) if self._has(each.rule)]

    def _has(self, rule: str) -> bool:
        return rule not in self.ignore and (not self.select or rule in self.select)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What every shard has to know to unite its findings with those of others."""

    folding: Folding | None
    """What tells open findings."""
    twins: dict[int, dict[int, Twin]]
    """Shard → place of a finding there → its twin."""
    wanted: Wanted
    owners: list[tuple[Order, Finding]]
    """Attacks and connections that explain findings: the last that has to do with a call does."""


def unite(run: Run, shard: int) -> None:
    """Bring the findings of a shard into the order and the form in which they are told."""
    done = run.folder / "united" / f"{shard}"
    if done.exists():
        return
    plan = plan_in(run)
    path = run.folder / "judged" / f"{shard}"
    findings, circles = object_in(path, FINDINGS)
    left_open: list[Open] = object_in(path, OPEN)
    inside = {place for place, _, ways in left_open if plan.folding and plan.folding.tells(ways)}
    findings = beside(findings, plan.twins.get(shard, {}))
    mine = [((each.place, shard, place), each) for place, each in enumerate(findings) if place not in inside]
    mine += chain.from_iterable(run.told("brought", shard))
    mine.sort(key=itemgetter(0))
    put_all(run, shard, _told(run, shard, [each for _, each in mine], circles, plan))


def _told(run: Run, shard: int, findings: list[Finding], circles: Circles, plan: Plan) -> list[Told]:
    wanted = plan.wanted.of(unfolded(grouped(findings, circles, _nothing)))
    attacked: dict[tuple[str, str], list[str]] = {}
    for name, call_ids in chain.from_iterable(run.told("attacked", shard)):
        attacked.setdefault(name, []).extend(call_ids)
    owners = {
        call_id: owner
        for owner in plan.owners
        for call_id in owned_by(owner[1], lambda attack: attacked.get((attack.rule, attacker_of(attack)), ()))
    }
    apart: list[Told] = []
    kept: list[Finding] = []
    for number, each in enumerate(wanted):
        order, owner = owners.get(each.call_id or "", (None, None))
        if order is None or owner is None or not explains(owner, each):
            kept.append(each)
        else:
            apart.append(((*order, 1, each.place, shard, number), True, each))
    heads = grouped(kept, circles, _nothing)
    told = [*apart, *(((each.place, shard, number), False, each) for number, each in enumerate(heads))]
    return sorted(told, key=itemgetter(0))


def _nothing(_: Finding) -> Sequence[str]:
    """What an attack among the findings of a shard attacked: there are none."""
    return ()


def put_all(run: Run, shard: int, told: Sequence[Told]) -> None:
    """Keep what a shard tells."""
    run.keep_in_order("united", shard, told, run.shards + 1)


def united(run: Run) -> Iterator[tuple[Finding, bool]]:
    """All findings, worst first; and whether each is told under the last that is not."""
    return ((finding, under) for _, under, finding in run.in_order("united", run.shards + 1))


def keep_plan(run: Run, plan: Plan) -> None:
    """Write what all shards are told."""
    put_object(run.folder / "plan", plan)


@lru_cache(maxsize=1)
def plan_in(run: Run) -> Plan:
    """What all shards were told."""
    plan: Plan = object_in(run.folder / "plan")
    return plan
