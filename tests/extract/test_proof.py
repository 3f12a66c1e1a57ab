"""Tests of `sipdiag.extract.proof`: it holds for an honest disguise, and sees one that is not."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from msgspec.structs import replace

from reporting import sample
from sipdiag.analysis import conclude, read
from sipdiag.extract import Copied, Disguised, analysed, choice_of, disguised, messages_in, packets_of, proof_of
from talking import call, recorded

if TYPE_CHECKING:
    from pathlib import Path

KEY = b"0123456789abcdef"


@pytest.fixture
def missing() -> tuple[Copied, Disguised]:
    """A call whose ACK never came, and its disguise."""
    path = str(sample("ack-missing/ack-missing"))
    trace = read(path)
    choice = choice_of([trace], [trace.sightings[0].message.call_id])
    copied = packets_of([path], choice)
    return copied, disguised(copied, choice, KEY)


def test_an_honest_disguise_holds(missing: tuple[Copied, Disguised]) -> None:
    """With the findings that both have."""
    proof = proof_of(missing[0].records, missing[1])
    assert proof.holds
    assert proof.findings == 1


def test_a_lost_finding_is_seen(missing: tuple[Copied, Disguised]) -> None:
    """Packets that are gone take a finding with them, or change what it is sure of."""
    copied, done = missing
    few = replace(done, records=done.records[:3], frames={1: 1, 2: 2, 3: 3})
    proof = proof_of(copied.records, few)
    assert not proof.holds
    assert [sign[0] for sign in proof.lost] == ["ack-missing"]


def test_another_frame_is_another_finding(missing: tuple[Copied, Disguised]) -> None:
    """The same rule elsewhere does not count as the same."""
    copied, done = missing
    shifted = replace(done, frames={was: now + 1 for was, now in done.frames.items()})
    proof = proof_of(copied.records, shifted)
    assert ([sign[0] for sign in proof.lost], [sign[0] for sign in proof.new]) == (["ack-missing"], ["ack-missing"])


def test_a_garbled_message_is_seen(missing: tuple[Copied, Disguised]) -> None:
    """Also where nothing was wrong with it before: a capture of fillings has no findings either."""
    copied, done = missing
    records = [replace(each, data=each.data.replace(b"SIP/2.0 180", b"SIP/2.0 183")) for each in done.records]
    assert proof_of(copied.records, replace(done, records=records)).garbled == 2
    blank = [replace(each, data=each.data[:42] + b"x" * len(each.data[42:])) for each in done.records]
    assert not proof_of(copied.records, replace(done, records=blank)).holds


def test_what_is_still_there_is_seen(missing: tuple[Copied, Disguised]) -> None:
    """A name, a number or a host that should be gone."""
    copied, done = missing
    assert proof_of(copied.records, replace(done, records=copied.records)).leaks


def test_silence_is_no_finding(tmp_path: Path) -> None:
    """That nobody speaks is what the disguise did."""
    path = tmp_path / "call.pcap"
    path.write_bytes(recorded(call(packets=400)))
    trace = read(str(path))
    choice = choice_of([trace], ["one@192.0.2.10"])
    copied = packets_of([str(path)], choice)
    assert proof_of(copied.records, disguised(copied, choice, KEY)).holds


def test_messages_are_counted(missing: tuple[Copied, Disguised]) -> None:
    """Of the Call-IDs that are asked for."""
    assert messages_in(missing[0].records, ["442e227af5@192.0.2.10"]) == 16
    assert messages_in(missing[0].records, ["another"]) == 0


def test_packets_are_analysed_as_a_capture(missing: tuple[Copied, Disguised]) -> None:
    """The same findings as the file has."""
    found = [each.rule for each in analysed(missing[0].records).findings]
    assert found == [each.rule for each in conclude([read(str(sample("ack-missing/ack-missing")))]).findings]
