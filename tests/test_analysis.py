"""Tests of `sipdiag.analysis`: the laws of the whole flow, and what real captures must give."""

from __future__ import annotations

import io
import re
import shutil
import struct
import subprocess
from functools import cache
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from sipdiag.analysis import Analysis, analyze, conclude, read
from sipdiag.calls import status
from sipdiag.findings import Confidence, Severity
from sipdiag.report.times import iso
from sipdiag.trace import read_trace

if TYPE_CHECKING:
    from collections.abc import Sequence

    from sipdiag.findings import Evidence
    from sipdiag.trace import Sighting, Trace

ROOT = Path(__file__).resolve().parents[1]
SAMPLES = sorted((ROOT / "samples").glob("*/*.pcap"))
WHOLE = [
    path
    for path in SAMPLES
    if not path.parent.name.startswith(("capture-", "fragment-", "tcp-", "tls-failed"))
    and b"SIP/2.0/TCP" not in path.read_bytes()
]
"""The samples that a split leaves as they are: not damaged files, fragments and TCP, of which each file has its own."""
SHARED = ROOT.parent / "shared" / "captures"
AAA, LOAD, FRAGMENTS = "wireshark-aaa.pcap", "sipp-load.pcap", "ipv6-fragments.pcap"

UNLIKE_WIRESHARK = {
    AAA: {
        252: (223, 251, "the 408 answers the INVITE; the CANCEL has its CSeq number, and was the last request"),
        274: (247, None, "the 408 answers the CANCEL; Wireshark holds CSeq 1 for answered since frame 252"),
    },
    FRAGMENTS: {
        16: (5, None, "the second 183, at the far hop: Wireshark knows only the last request of a dialog, the UPDATE"),
        17: (2, None, "the same 183 at the near hop"),
        26: (5, None, "the 200 to the INVITE at the far hop, after a second UPDATE"),
        27: (5, None, "the same 200, sent again"),
        28: (2, None, "the same 200 at the near hop"),
    },
    LOAD: {},
}
"""Frame of a response → its request here, its request there, and why."""


def named(path: Path) -> str:
    return f"{path.parent.name}/{path.name}"


def outcome_of(analysis: Analysis, *, frames: bool = True) -> dict[str, Any]:
    """What the analysis says, without the numbers of captures; `frames` as file and number, or as times."""

    def place(seen: Sighting | None) -> object:
        if seen is None:
            return None
        return (analysis.captures[seen.capture].path, seen.frame) if frames else iso(seen.time)

    seen = analysis.correlation
    return {
        "arrivals": [
            (
                place(each.sighting),
                each.repeat.value,
                place(each.first),
                place(each.transaction and each.transaction.request),
            )
            for each in seen.arrivals
        ],
        "calls": [
            (each.call_ids, each.state.value, place(each.invite), place(each.final), place(each.ack), each.ended_by)
            for each in seen.calls
        ],
        "registrations": [(each.aor, each.state.value, place(each.final)) for each in seen.registrations],
        "subscriptions": [(each.event, each.state.value, place(each.final)) for each in seen.subscriptions],
        "findings": [
            (
                each.rule,
                each.variant,
                each.severity.value,
                each.confidence.value,
                each.time,
                (analysis.captures[each.capture].path, each.frames) if frames else None,
                each.evidence if frames else without_frames(each.evidence),
            )
            for each in analysis.findings
        ],
    }


def without_frames(evidence: Evidence) -> dict[str, Any]:
    """Evidence without the numbers of frames, which stand alone or before a colon."""
    return {
        key: [re.sub(r"^\d+: ", "", str(each)) for each in value] if isinstance(value, list) else value
        for key, value in evidence.items()
        if not key.endswith(("frame", "frames"))
    }


def in_any_order(analysis: Analysis) -> dict[str, list[str]]:
    """What it says, sorted: of two messages with one time either may come first."""
    return {name: sorted(map(repr, members)) for name, members in outcome_of(analysis).items()}


def trace_of(data: bytes, number: int) -> Trace:
    return read_trace("-", capture=number, stream=io.BytesIO(data))


def records(data: bytes) -> list[bytes]:
    """The records of a classic capture, header and all."""
    found, at = [], 24
    while at < len(data):
        size = 16 + struct.unpack_from("<I", data, at + 8)[0]
        found.append(data[at : at + size])
        at += size
    return found


@cache
def shared(name: str) -> Analysis:
    """The analysis of a reference capture; the test is skipped where there is none."""
    path = SHARED / name
    if not path.exists():
        pytest.skip("the reference captures of ../shared are not here")
    return analyze([str(path)])


def fields_of(name: str, *fields: str, only: str = "sip") -> list[list[str]]:
    """These fields of every SIP frame, as tshark has them; the test is skipped where there is no tshark."""
    tshark = shutil.which("tshark")
    if tshark is None:
        pytest.skip("tshark is not installed")
    if not (SHARED / name).exists():
        pytest.skip("the reference captures of ../shared are not here")
    wanted = [part for field in fields for part in ("-e", field)]
    command = [tshark, "-r", str(SHARED / name), "-Y", only, "-T", "fields", "-E", "aggregator=|", *wanted]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    return [line.split("\t") for line in told.stdout.splitlines()]


# Laws


@pytest.mark.parametrize(
    "names",
    [
        ("call-failed/call-failed", "ack-missing/ack-missing", "registration-failed/registration-failed"),
        ("ack-missing/ack-missing", "ack-missing/swallowed", "response-unmatched/unseen"),
    ],
)
def test_the_order_of_captures_does_not_matter(names: Sequence[str]) -> None:
    """Whichever is named first, the same is found; only their numbers differ."""
    paths = [str(ROOT / "samples" / f"{name}.pcap") for name in names]
    first = in_any_order(analyze(paths))
    assert first["findings"]
    assert in_any_order(analyze(paths[::-1])) == first
    assert in_any_order(analyze([*paths[1:], paths[0]])) == first


@pytest.mark.parametrize("capture", WHOLE, ids=named)
def test_a_capture_split_in_two_gives_the_same(capture: Path) -> None:
    """A rotated recording is one recording, wherever it was rotated."""
    data = capture.read_bytes()
    packets = records(data)
    whole = outcome_of(conclude([trace_of(data, 0)]), frames=False)
    for at in sorted({1, len(packets) // 3, len(packets) // 2, len(packets) - 1} - {0, len(packets)}):
        if gap_at(packets, at) > 1:
            continue  # a pause as long as this is not told from two recordings
        halves = [data[:24] + b"".join(part) for part in (packets[:at], packets[at:])]
        assert (
            outcome_of(conclude([trace_of(half, number) for number, half in enumerate(halves)]), frames=False) == whole
        )


def gap_at(packets: list[bytes], at: int) -> float:
    """Seconds between the packet at `at` and the one before it."""
    times = [struct.unpack_from("<II", packet) for packet in packets[at - 1 : at + 1]]
    return (times[1][0] - times[0][0]) + (times[1][1] - times[0][1]) / 1e6


@settings(max_examples=25, deadline=None)
@given(st.data())
def test_any_split_of_a_real_capture_gives_the_same(data: st.DataObject) -> None:
    """Cut at any packets, and the parts given in any order."""
    path = SHARED / AAA
    if not path.exists():
        pytest.skip("the reference captures of ../shared are not here")
    raw = path.read_bytes()
    packets = records(raw)
    places = [at for at in range(1, len(packets)) if gap_at(packets, at) < 1]
    cuts = sorted(data.draw(st.sets(st.sampled_from(places), min_size=1, max_size=3)))
    edges = [0, *cuts, len(packets)]
    parts = [raw[:24] + b"".join(packets[a:b]) for a, b in pairwise(edges)]
    traces = [trace_of(part, number) for number, part in enumerate(data.draw(st.permutations(parts)))]
    assert outcome_of(conclude(traces), frames=False) == outcome_of(shared(AAA), frames=False)


@pytest.mark.parametrize("capture", SAMPLES[::7], ids=named)
def test_the_same_captures_always_give_the_same(capture: Path) -> None:
    """Time comes from packets; there is no clock and no randomness."""
    trace = read(str(capture))
    assert outcome_of(conclude([trace])) == outcome_of(conclude([trace])) == outcome_of(analyze([str(capture)]))


def test_nothing_concludes_to_nothing() -> None:
    """A capture without a packet, and no capture at all."""
    for traces in ([], [trace_of(SAMPLES[0].read_bytes()[:24], 0)]):
        analysis = conclude(traces)
        assert (analysis.findings, analysis.correlation.arrivals, analysis.window.stretches) == ([], [], [])


# What real captures must give


def test_the_wireshark_sample() -> None:
    """691 packets, 81 messages; the 403s of frames 32 and 348 answer the REGISTER in 30 and the INVITE in 346."""
    analysis = shared(AAA)
    (facts,) = analysis.captures
    assert (facts.packets, facts.sip_messages, facts.defects) == (691, 81, [])
    by_frame = {each.sighting.frame: each for each in analysis.correlation.arrivals}
    for frame, method, asked in ((32, "REGISTER", 30), (348, "INVITE", 346)):
        answer = by_frame[frame]
        assert (status(answer.sighting), answer.sighting.message.cseq_method) == (403, method)
        assert answer.transaction is not None
        assert answer.transaction.request is by_frame[asked].sighting


@pytest.mark.parametrize("name", [AAA, LOAD, FRAGMENTS])
def test_responses_have_the_requests_that_wireshark_gives_them(name: str) -> None:
    """Every one of them but those listed, and each of those differs as its explanation says."""
    ours = {
        each.sighting.frame: each.transaction.request.frame if each.transaction and each.transaction.request else None
        for each in shared(name).correlation.arrivals
        if status(each.sighting)
    }
    theirs = {
        int(frame): int(request) if request else None
        for frame, request in fields_of(name, "frame.number", "sip.response-request", only="sip.Status-Code")
    }
    assert sorted(ours) == sorted(theirs)
    differing = {frame: (ours[frame], theirs[frame]) for frame in ours if ours[frame] != theirs[frame]}
    assert differing == {frame: (here, there) for frame, (here, there, _) in UNLIKE_WIRESHARK[name].items()}


@pytest.mark.parametrize("name", [AAA, LOAD, FRAGMENTS])
def test_as_many_messages_as_wireshark_finds(name: str) -> None:
    """Neither one more nor one fewer, and in the same frames."""
    rows = fields_of(name, "frame.number", "sip.CSeq")
    frames = [int(frame) for frame, cseqs in rows for _ in cseqs.split("|")]
    assert [each.sighting.frame for each in shared(name).correlation.arrivals] == frames


@pytest.mark.parametrize("name", [LOAD, FRAGMENTS])
def test_a_healthy_capture_is_told_healthy(name: str) -> None:
    """The first law: no error and no warning on calls that went well, however the capture ends."""
    worse = [each for each in shared(name).findings if each.severity is not Severity.NOTE]
    assert worse == []


def test_a_run_that_was_cut_off_proves_nothing() -> None:
    """The load test goes on behind the end of the capture: nothing that it lacks is certain."""
    assert [each for each in shared(LOAD).findings if each.confidence is Confidence.CERTAIN] == []
