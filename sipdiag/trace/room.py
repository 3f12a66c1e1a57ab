"""Room for messages: of more than fit into memory the oldest are left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice
from sys import getsizeof

from sipdiag.sip.message import MOST_SHARED
from sipdiag.trace.sighting import Sighting

ROOM = 800_000_000
"""Bytes that the messages of an analysis may take, with all that is found out about them."""
MESSAGE, CALL = 2_500, 3_000
"""Bytes that each message takes besides what it says, and each Call-ID: its transactions, its call, its findings."""
LONG, FURTHER = 4_096, 2
"""Of what a message says beyond this length, copies are made: each byte is counted so many times more."""
NAME = 150
"""Bytes that each name of a header field takes where there are too many for messages to share them."""
KEPT = 0.75
"""Of the room, once there was too little: so that not every message is weighed against every other."""


class Room:
    """Weighs the messages of one capture while they come in."""

    def __init__(self, octets: int = ROOM) -> None:
        self.left_out = 0
        self._octets, self._total, self._weighed = octets, 0, 0
        self._call_ids: set[str] = set()

    def forget(self) -> None:
        """Begin anew: what was read counts for nothing."""
        self.left_out = self._total = self._weighed = 0
        self._call_ids = set()

    def fit(self, sightings: list[Sighting]) -> None:
        """Leave the oldest of `sightings` out where all of them are too many; what was weighed before is among them."""
        for seen in islice(sightings, self._weighed, None):
            self._total += weight_of(seen, self._call_ids)
        self._weighed = len(sightings)
        if self._total > self._octets:
            excess = len(sightings) - newest(sightings, round(self._octets * KEPT))
            del sightings[:excess]
            self.left_out += excess
            self._call_ids = set()
            self._total = sum(weight_of(seen, self._call_ids) for seen in sightings)
            self._weighed = len(sightings)


def newest(sightings: Sequence[Sighting], octets: int) -> int:
    """How many of `sightings`, from the last on, have room."""
    call_ids: set[str] = set()
    for number, seen in enumerate(reversed(sightings)):
        octets -= weight_of(seen, call_ids)
        if octets < 0:
            return number
    return len(sightings)


def weight_of(seen: Sighting, call_ids: set[str]) -> int:
    """Bytes that one more message takes, besides those of `call_ids`, to which its own is added."""
    call_id, weight = (
        seen.message.call_id,
        MESSAGE + weight_of_text(seen.message.head, seen.message.body, seen.message.names),
    )
    if call_id not in call_ids:
        call_ids.add(call_id)
        weight += CALL
    return weight


def weight_of_text(head: str, body: bytes, names: Collection[str]) -> int:
    """Bytes that what a message says takes, with what is read of it."""
    said = getsizeof(head) + len(body)
    return said + FURTHER * max(0, said - LONG) + (NAME * len(names) if len(names) > MOST_SHARED else 0)
