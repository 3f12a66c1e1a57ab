"""Tests of the room `extract` on a call in many wrappings: its packets give its messages, none is half disguised."""

from __future__ import annotations

from io import BytesIO
from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from sealed import over_tls
from sipdiag.analysis import conclude, read
from sipdiag.capture import open_capture, written
from sipdiag.extract import Unreadable, choice_of, disguised, packets_of, proof_of
from tests.test_wrappings import SAID, SAID6
from wrappings import FILES, FRAMES, SIX, STREAMS

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from wrappings import Said

NOT_ALONE = {"fragmented-tunnel"}
"""Wrappings whose packets cannot be told one by one; the command says how many messages are missing."""
WRAPPINGS = [
    *(
        (name, make, SAID)
        for group in (FILES, FRAMES, STREAMS)
        for name, make in group.items()
        if name not in NOT_ALONE
    ),
    *((name, make, SAID6) for name, make in SIX.items()),
]


@pytest.mark.parametrize(("name", "make", "said"), WRAPPINGS, ids=[name for name, _, _ in WRAPPINGS])
def test_a_call_is_taken_out_of_every_wrapping(
    name: str, make: Callable[[Sequence[Said]], bytes], said: list[Said], tmp_path: Path
) -> None:
    """Every message is there; a disguise keeps findings and messages, or says that it cannot be made."""
    path = tmp_path / "wrapped"
    path.write_bytes(make(said))
    trace = read(str(path))
    choice = choice_of([trace], conclude([trace]).correlation.calls[0].call_ids)
    copied = packets_of([str(path)], choice)
    several = len({each.link for each in copied.records}) > 1
    again = read("-", stream=BytesIO(b"".join(written(copied.records, pcapng=several))))
    assert [each.message for each in again.sightings] == [each.message for each in trace.sightings]
    try:
        result = disguised(copied, choice, b"0123456789abcdef")
    except Unreadable:
        return
    proof = proof_of(copied.records, result)
    assert proof.holds or (proof.garbled == len(said) and name.startswith("hep-3-stream"))  # which is then refused


def test_a_tls_connection_is_taken_whole(tmp_path: Path) -> None:
    """With its handshake, so that its keys open it again; and only with the keys that it needs."""
    data, keylog = over_tls(SAID, tmp_path)
    keys = keylog.read_bytes()
    other = b"CLIENT_RANDOM " + b"ab" * 32 + b" " + b"cd" * 48 + b"\n"
    with open_capture("-", stream=BytesIO(data)) as source:
        packets = sum(len(chunk) for chunk in source.packets())
    path = tmp_path / "sealed.pcap"
    path.write_bytes(data)
    trace = read(str(path))
    sighting = read(str(_plain(tmp_path))).sightings[0]
    ends = {"source": f"{SAID[0].source[0]}:40000", "destination": f"{SAID[0].destination[0]}:5061"}
    sealed = replace(sighting, transport="tls", frame=packets, **ends)
    choice = choice_of([replace(trace, sightings=[sealed], connections=[])], [sighting.message.call_id])
    copied = packets_of([str(path)], choice)
    assert len(copied.records) == packets
    with_keys = tmp_path / "sealed.pcapng"
    with_keys.write_bytes(b"".join(written(copied.records, pcapng=True, secrets=[keys, other])))
    lines = {line for line in keys.splitlines() if not line.startswith(b"#")}
    assert [set(each.splitlines()) for each in packets_of([str(with_keys)], choice).secrets] == [lines]


def _plain(folder: Path) -> Path:
    path = folder / "plain.pcap"
    path.write_bytes(next(iter(FILES.values()))(SAID))
    return path
