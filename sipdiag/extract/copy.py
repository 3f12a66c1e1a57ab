"""The second reading: the chosen packets of each capture, in the order of time."""

from __future__ import annotations

from collections.abc import Sequence

import msgspec

from sipdiag.capture import Record, chosen, open_capture
from sipdiag.extract.choice import Choice
from sipdiag.transport import Demultiplexer, frames_at, frames_between


class Copied(msgspec.Struct, frozen=True, kw_only=True):
    """What was read of the chosen packets."""

    records: list[Record]
    """In the order of time; packets of one time in the order of their frames."""
    media: set[tuple[int, int]]
    """Capture and frame of those that are media."""
    pcapng: bool
    """Whether one of the captures was pcapng, which a classic capture cannot replace without loss."""
    secrets: list[bytes]
    """TLS key logs that the captures hold."""


def packets_of(paths: Sequence[str], choice: Choice) -> Copied:
    """Read the captures at `paths` once more; raises `CaptureError` where one cannot be read again."""
    records: list[Record] = []
    media: set[tuple[int, int]] = set()
    secrets: list[bytes] = []
    pcapng = False
    for number, path in enumerate(paths):
        with open_capture(path) as source:
            pcapng = pcapng or source.format == "pcapng"
            wire = Demultiplexer(_nothing, media=True)
            for packets in source.packets():
                frames = {*choice.frames[number], *frames_between(packets, choice.connections)}
                if choice.places:
                    columns = wire.feed(packets).media
                    found = [] if columns is None else frames_at(columns, choice.places)
                    media.update((number, frame) for frame in found)
                    frames.update(found)
                named = source.format == "pcapng"
                records += chosen(packets, sorted(frames), capture=number, pcapng=named)
            secrets += source.secrets
    records.sort(key=lambda record: (record.time, record.capture, record.frame))
    if len(paths) == 1:  # one recorder's order is its own, whatever its clock did
        records.sort(key=lambda record: record.frame)
    return Copied(records=records, media=media, pcapng=pcapng, secrets=_needed(secrets, records))


def _needed(secrets: list[bytes], records: list[Record]) -> list[bytes]:
    """Of the key logs those lines only whose session is among the packets: others would open what others recorded."""
    lines = [line for secret in secrets for line in secret.splitlines() if len(line.split()) == 3]
    asked = {line: _random(line) for line in dict.fromkeys(lines)}
    needed = [line for line, random in asked.items() if random and any(random in record.data for record in records)]
    return [b"\n".join(needed) + b"\n"] if needed else []


def _random(line: bytes) -> bytes:
    """The client's random number, by which a line of a key log names its session; empty where it is none."""
    try:
        return bytes.fromhex(line.split()[1].decode())
    except ValueError:
        return b""


def _nothing(payload: bytes) -> bool:
    """Nothing is signalling here: that is known by its frames."""
    del payload
    return False
