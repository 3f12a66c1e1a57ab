"""Tests of `sipdiag.trace.media`: the streams of a capture."""

from __future__ import annotations

import pickle
import re
import shutil
import subprocess
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest

from described import sdp, with_body
from exchange import Exchange
from facsimile import faxed, idle, page
from sipdiag.analysis import analyze, read
from sipdiag.trace import Sighting
from sipdiag.trace.media import MediaLane
from streaming import HERE, THERE, speech
from tests.media.spoken import Said, columns

SAMPLES = Path(__file__).resolve().parents[2] / "samples"
AAA = SAMPLES.parents[1] / "shared" / "captures" / "wireshark-aaa.pcap"
TALK = SAMPLES / "call-with-media" / "call-with-media.pcap"
FOLDERS = ("call-with-media", "media-*")
WITH_MEDIA = sorted(path for folder in FOLDERS for path in SAMPLES.glob(f"{folder}/*.pcap"))
ROW = re.compile(
    r"\s*\S+\s+\S+\s+(\S+)\s+(\d+)\s+(\S+)\s+(\d+)\s+(0x\w+)\s+\S.*?\s+(\d+)\s+(-?\d+) \(.*?%\)"
    r"\s+\S+\s+\S+\s+\S+\s+\S+\s+([\d.]+)\s+([\d.]+)"
)
FINE = 0.01
"""Milliseconds below which jitter is a matter of rounding."""


def told_by_wireshark(path: Path) -> dict[tuple[str, str, int], tuple[int, int, float, float]]:
    """Source, destination, SSRC → packets, lost, mean and maximum of the jitter in milliseconds."""
    if shutil.which("tshark") is None:
        pytest.skip("tshark is not installed")
    command = ["tshark", "-q", "-z", "rtp,streams", "-r", str(path)]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    rows = [found.groups() for line in done.stdout.splitlines() if (found := ROW.match(line))]
    return {
        (_end(source, port), _end(destination, other), int(ssrc, 16)): (
            int(packets),
            int(lost),
            float(mean),
            float(top),
        )
        for source, port, destination, other, ssrc, packets, lost, mean, top in rows
    }


def _end(host: str, port: str) -> str:
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


@pytest.mark.parametrize("path", [*WITH_MEDIA, AAA], ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_figures_are_wiresharks(path: Path) -> None:
    """Packets and lost exactly, jitter within 5 %.

    Wireshark takes copies off the loss, and averages their jitter in, which is none. It also counts a key press as
    jitter, because the timestamp of telephone events stands still (RFC 4733, section 2.5.1.2): of a stream with keys
    the jitter is compared in another test.
    """
    if not path.exists():
        pytest.skip("the reference captures of ../shared are not here")
    due = told_by_wireshark(path)
    analysis = analyze([str(path)])
    known = {(each.source, each.destination, each.ssrc): each for each in analysis.carriage.streams}
    assert due.keys() <= known.keys()
    for key, (packets, lost, mean, top) in due.items():
        stream = known[key]
        assert (stream.packets, stream.lost - stream.duplicates) == (packets, lost)
        jitter = stream.jitter()
        assert jitter is not None
        if not stream.keys and not stream.duplicates:
            assert jitter.mean == pytest.approx(mean, rel=0.05, abs=FINE)
            assert jitter.highest == pytest.approx(top, rel=0.05, abs=FINE)


def test_every_sample_with_media_is_compared() -> None:
    """None lies in another folder."""
    others = [path for path in sorted(SAMPLES.glob("*/*.pcap")) if path not in WITH_MEDIA]
    assert [path for path in others if read(str(path)).streams] == []
    assert TALK in WITH_MEDIA


def test_a_key_press_is_no_jitter() -> None:
    """Wireshark takes the length of the event, 300 ms, for a delay: a sixteenth of it is its maximum."""
    due = told_by_wireshark(TALK)
    (pressing,) = [each for each in read(str(TALK)).streams if each.keys]
    _, _, _, top = due[pressing.source, pressing.destination, pressing.ssrc]
    jitter = pressing.jitter()
    assert jitter is not None
    assert top == pytest.approx(300 / 16, rel=0.05)
    assert jitter.highest < 2


def test_without_media_nothing_is_known_of_it() -> None:
    """And the trace says so."""
    trace = read(str(TALK), media=False)
    assert (trace.media, trace.streams) == (False, [])


def test_what_merely_looks_like_rtp_is_left_out() -> None:
    """NetBIOS and DNS in a capture of phones: of two dozen candidates one is a stream."""
    if not AAA.exists():
        pytest.skip("the reference captures of ../shared are not here")
    assert [each.packets for each in read(str(AAA)).streams if each.is_convincing] == [9]


def lane_of(said: list[Said], *cuts: int, later: bool = False) -> MediaLane:
    lane, said = MediaLane(later=later), sorted(said, key=lambda each: each.time)
    for begin, end in pairwise([0, *cuts, len(said)]):
        lane.feed(columns(said[begin:end], begin + 1))
    return lane


def asking(port: int = 4_000) -> list[Sighting]:
    """Voice at port 4000, and after four seconds a fax."""
    talk = Exchange()
    with_body(talk, talk.request("INVITE", 0), sdp("m=audio 4000 RTP/AVP 0"))
    with_body(talk, talk.request("INVITE", 4, cseq=2, branch="fax"), sdp(f"m=image {port} UDPTL t38"))
    return talk.sightings


def told_by(lane: MediaLane, sightings: list[Sighting]) -> list[tuple[int, int]]:
    return [(each.ssrc, each.packets) for each in lane.streams(0, sightings)]


@pytest.mark.parametrize("data", [idle, page])
@pytest.mark.parametrize("number", [0, 0x7FC0, 0x8000, 0x9000, 0xBF00])
@pytest.mark.parametrize("port", [4_000, 4_010], ids=["port-of-the-voice", "port-of-its-own"])
@pytest.mark.parametrize("repeated", [1, 5])
def test_a_fax_is_no_rtp(data: Callable[[int], bytes], number: int, port: int, repeated: int) -> None:
    """Its numbers from 0x8000 on look like version 2; the voice before it, and one packet of it, stay."""
    fax = (HERE[0], port)
    said = [*speech(THERE, HERE, 1, 2), *speech(THERE, HERE, 3.5, 0.02, ssrc=9)]
    for ends in ((THERE, fax), (fax, THERE)):
        said += faxed(*ends, 5, 12, first=number, data=data, repeated=repeated)
    assert told_by(lane_of(said), asking(port)) == [(7, 100), (9, 1), (-1, 300), (-1, 300)]


def test_a_short_fax_is_told_where_one_was_asked_for() -> None:
    """By its number or its form alone nothing is; a long one is a fax whatever the capture holds."""
    brief, lengthy = faxed(THERE, HERE, 5, 0.36), faxed(THERE, HERE, 5, 0.4)
    assert told_by(lane_of(brief), asking()) == [(-1, 9)]
    assert told_by(lane_of(brief), asking(4_010)) == told_by(lane_of(brief), []) == []
    assert told_by(lane_of(lengthy), []) == [(-1, 10)]
    assert told_by(lane_of(faxed(THERE, HERE, 1, 0.36)), asking()) == []
    assert told_by(lane_of(brief[::3]), asking()) == []


@pytest.mark.parametrize("data", [idle, page])
def test_a_fax_that_an_earlier_capture_asked_for_is_no_rtp(data: Callable[[int], bytes]) -> None:
    """This one knows the port by the voice that follows."""
    said = [*faxed(THERE, HERE, 1, 12, first=0x8170, data=data), *speech(THERE, HERE, 14, 1)]
    said += speech(THERE, HERE, 16, 0.02, ssrc=9)
    talk = Exchange()
    with_body(talk, talk.request("INVITE", 13.5), sdp("m=audio 4000 RTP/AVP 0"))
    assert told_by(lane_of(said), talk.sightings) == [(-1, 300), (7, 50), (9, 1)]


def test_what_is_doubtful_is_said() -> None:
    """Where what messages say decides."""
    assert lane_of(faxed(THERE, HERE, 5, 0.36)).doubtful(0)
    assert not lane_of(faxed(THERE, HERE, 5, 0.4)).doubtful(0)
    assert not lane_of(speech(THERE, HERE, 1, 2)).doubtful(0)


@pytest.mark.parametrize(("cut", "joined"), [(120, True), (130, True), (20, True), (125, False)])
def test_two_lanes_are_joined_with_their_faxes(cut: int, *, joined: bool) -> None:
    """Unless what is missing where they meet could not be told."""
    said = [*speech(THERE, HERE, 1, 2), *faxed(THERE, HERE, 5, 4, lost={25}), *speech(THERE, HERE, 10, 1, ssrc=9)]
    lane, rest = lane_of(said[:cut]), MediaLane(later=True)
    rest.feed(columns(said[cut:]))
    assert lane.join(pickle.loads(pickle.dumps(rest)), cut) == joined  # noqa: S301 - as another process gives it
    if joined:
        assert lane.streams(0, asking()) == lane_of(said).streams(0, asking())
