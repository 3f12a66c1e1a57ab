"""Flows through a NAT, worked out in buckets: a device with its registrations and all that it sent lies in one.

offer      a shard → its registrations behind a NAT, and what such devices sent and were sent
route      a shard → the same, by the buckets of devices
find       a bucket of devices → their flows, by the shards in which their Call-IDs are judged
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Mapping, Sequence
from itertools import chain, pairwise
from zlib import crc32

import numpy as np

from sipdiag.calls import Registration, Window
from sipdiag.engine.columns import octets_of
from sipdiag.engine.files import object_in, put_object, put_parts
from sipdiag.engine.run import Run, tie_of
from sipdiag.engine.survey import without_words
from sipdiag.findings import Flow, Flows, Mark, Traffic, all_traffic, flows_of

NO_FLOWS = Flows(by_registration={}, lost=frozenset())
DEVICES = "devices"
"""The kind of ties between the endpoints that one registration came from: see `Run.home_by`."""


class Devices:
    """The endpoints that register, and those of them that may be behind a NAT: a few bytes a Call-ID."""

    def __init__(self) -> None:
        self._numbers: dict[str, int] = {}
        self._registering, self._natted = array("Q"), array("Q")

    def add(self, registering: Mapping[str, Iterable[str]], natted: Iterable[str]) -> None:
        """Add a capture: Call-ID → endpoints that register with it; the Call-IDs whose device may be behind a NAT."""
        for call_id, endpoints in registering.items():
            number = crc32(octets_of(call_id)) << 32
            for endpoint in endpoints:
                self._registering.append(number | self._numbers.setdefault(endpoint, len(self._numbers)))
        self._natted.extend(crc32(octets_of(call_id)) for call_id in natted)

    def behind(self) -> frozenset[str]:
        """The endpoints that may be behind a NAT; where two Call-IDs have the same hash, a few too many."""
        registering = np.frombuffer(self._registering, np.uint64)
        natted = np.isin(registering >> np.uint64(32), np.frombuffer(self._natted, np.uint64))
        wanted = set((registering[natted] & np.uint64(0xFFFFFFFF)).tolist())
        return frozenset(endpoint for endpoint, number in self._numbers.items() if number in wanted)


def offer(run: Run, shard: int, behind: Sequence[Registration], traffic: Traffic) -> None:
    """Keep what a shard shows of devices behind a NAT."""
    if behind or traffic.spoken or traffic.asked:
        ties = {pair for each in behind for pair in pairwise(_endpoints(each))}
        spoken = {endpoint: [without_words(seen) for seen in told] for endpoint, told in traffic.spoken.items()}
        told = Traffic(spoken=spoken, asked=traffic.asked)
        put_object(run.folder / "behind" / f"{shard}", [tie_of(*pair) for pair in sorted(ties)], (behind, told))


def ties_in(run: Run) -> list[bytes]:
    """The endpoints that belong to one device."""
    return list(chain.from_iterable(object_in(path) for path in sorted((run.folder / "behind").glob("[0-9]*"))))


def route(run: Run, shard: int) -> None:
    """Hand what a shard shows of devices to their buckets."""
    path = run.folder / "behind" / f"{shard}"
    if not path.exists():
        return
    behind, traffic = object_in(path, 1)
    parts: dict[int, tuple[list[Registration], Traffic]] = {}

    def part(endpoint: str) -> tuple[list[Registration], Traffic]:
        bucket = run.home_by(DEVICES, octets_of(endpoint)) % run.buckets
        return parts.setdefault(bucket, ([], Traffic(spoken={}, asked={})))

    for each in behind:
        part(_endpoints(each)[0])[0].append(each)
    for endpoint, spoken in traffic.spoken.items():
        part(endpoint)[1].spoken[endpoint] = spoken
    for endpoint, asked in traffic.asked.items():
        part(endpoint)[1].asked[endpoint] = asked
    put_parts(run.folder / "devices" / f"{shard}", parts)


def find(run: Run, bucket: int, window: Window) -> None:
    """Work out the flows of the devices of a bucket."""
    told = list(run.told("devices", bucket))
    behind = chain.from_iterable(mine for mine, _ in told)
    flows = flows_of(behind, all_traffic(traffic for _, traffic in told), window)
    parts: dict[int, tuple[dict[tuple[str, str], Flow], list[Mark]]] = {}
    for key, flow in flows.by_registration.items():
        parts.setdefault(run.home_of(octets_of(key[0])), ({}, []))[0][key] = flow
    for mark in flows.lost:
        parts.setdefault(run.home_of(octets_of(mark[2])), ({}, []))[1].append(mark)
    put_parts(run.folder / "flows" / f"{bucket}", parts)


def flows_in(run: Run, shard: int) -> Flows:
    """The flows that closed, as far as calls of a shard have to do with them."""
    told = list(run.told("flows", shard))
    if not told:
        return NO_FLOWS
    return Flows(
        by_registration={key: flow for mine, _ in told for key, flow in mine.items()},
        lost=frozenset(mark for _, lost in told for mark in lost),
    )


def _endpoints(registration: Registration) -> list[str]:
    """Where the device was seen to register from."""
    return [each.source for each in registration.attempts] or [registration.transactions[0].source]
