"""The first look at a shard: what its calls tell that others need, before anything is judged."""

from __future__ import annotations

from collections.abc import Container, Iterable
from typing import Any

import msgspec
from msgspec.structs import replace

from sipdiag.calls import Correlation, Leg, Registration, correlate, legs_in
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
    return surveyed(seen, settings, devices, [leg.settled() for leg in legs_in(seen.legs)])


def surveyed(seen: Correlation, settings: Settings, devices: Container[str], legs: list[Leg]) -> Survey:
    """The same, where it is known already what belongs to what, and which calls may be `legs`."""
    return Survey(
        legs=legs,
        facts={name: _kept(name, piece.parts(seen, settings)) for name, piece in PIECES.items()},
        behind=[each for each in seen.registrations if behind_nat(each)],
        traffic=traffic_of(seen, devices),
    )


OF_MESSAGES = {"accepted", "watched", "renewed"}
"""Pieces that hold messages: others ask when and where these were, not what they say."""


def _kept(name: str, facts: Facts) -> Facts:
    """A piece as it is handed on: messages without what they say."""
    if name not in OF_MESSAGES:
        return facts
    return {key: [without_words(each) for each in told] for key, told in facts.items()}


def without_words(told: Any) -> Any:  # noqa: ANN401  (a sighting, or one with what orders it)
    """Without what a message says: when and where it was seen is left."""
    if isinstance(told, tuple):
        return (*told[:-1], without_words(told[-1]))
    return replace(told, message=replace(told.message, head="", body=b"", branch="", sent_by=""))
