"""The first look at a shard: what its calls tell that others need, before anything is judged."""

from __future__ import annotations

from collections.abc import Container, Iterable

import msgspec

from sipdiag.calls import Leg, Registration, correlate, legs_in
from sipdiag.findings import PIECES, Facts, Settings, Traffic, behind_nat, traffic_of
from sipdiag.trace import Sighting


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """What one shard tells."""

    legs: list[Leg]
    """The calls that may be legs of one."""
    facts: dict[str, Facts]
    """The pieces of the surroundings, by name."""
    behind: list[Registration]
    """Registrations of devices behind a NAT."""
    traffic: Traffic
    """What such devices sent and were sent."""


def survey_of(sightings: Iterable[Sighting], settings: Settings, devices: Container[str]) -> Survey:
    """What `sightings`, in the order of time and with whole Call-IDs, tell; `devices` may be behind a NAT."""
    seen = correlate(sightings, links=())
    return Survey(
        legs=[leg.settled() for leg in legs_in(seen.legs)],
        facts={name: piece.parts(seen, settings) for name, piece in PIECES.items()},
        behind=[each for each in seen.registrations if behind_nat(each)],
        traffic=traffic_of(seen, devices),
    )
