"""Room for messages: where they do not all fit into memory, the oldest are left out."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from itertools import islice
from sys import getsizeof

from sipdiag.sip.message import MOST_SHARED
from sipdiag.trace.sighting import Sighting

ROOM = 800_000_000
"""Bytes that the messages of an analysis may take, with all that is worked out from them."""
MESSAGE, CALL = 2_500, 3_000
"""Bytes that a message takes besides its text; bytes that a Call-ID takes: its transactions, its call, its findings."""
LONG, FURTHER = 4_096, 2
"""Bytes of text above which the analysis makes further copies of the rest, and how many."""
NAME = 150
"""Bytes that each name of a header field takes in a message with too many for its layout to be shared."""
KEPT = 0.75
"""Share of the room that is filled again once it was too small, so that it does not overflow with every message."""


class Room:
    """Weighs the messages of one capture while they come in."""

    def __init__(self, octets: int = ROOM) -> None:
        self.left_out = 0
        self._octets, self._total, self._weighed = octets, 0, 0
        self._call_ids: set[str] = set()

    def forget(self) -> None:
        """Begin anew: the messages that were read do not count."""
        self.left_out = self._total = self._weighed = 0
        self._call_ids = set()

    def fit(self, sightings: list[Sighting]) -> None:
        """Leave out the oldest of `sightings` where they take too much; those weighed before come first among them."""
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
    """How many of `sightings`, counted from the last, fit into so many bytes."""
    call_ids: set[str] = set()
    for number, seen in enumerate(reversed(sightings)):
        octets -= weight_of(seen, call_ids)
        if octets < 0:
            return number
    return len(sightings)


def weight_of(seen: Sighting, call_ids: set[str]) -> int:
    """Bytes that a message takes, with its Call-ID unless that is among `call_ids`, to which it is added."""
    message = seen.message
    call_id, weight = message.call_id, MESSAGE + weight_of_text(message.head, message.body, message.names)
    if call_id not in call_ids:
        call_ids.add(call_id)
        weight += CALL
    return weight


def weight_of_text(head: str, body: bytes, names: Collection[str]) -> int:
    """Bytes that the text of a message takes, with what is read from it."""
    said = getsizeof(head) + len(body)
    return said + FURTHER * max(0, said - LONG) + (NAME * len(names) if len(names) > MOST_SHARED else 0)
