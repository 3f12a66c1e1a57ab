"""Tests of `sipdiag.trace.rotation`: a recording in several files shows what it shows in one."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path
from random import Random
from unittest.mock import patch

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from rotated import Connection, conversation, files, message, pieces, read, records, shown
from sipdiag.analysis import Analysis, analyze
from sipdiag.extract import choice_of
from sipdiag.trace import aligned, joined, read_trace

BROKEN = [
    path
    for path in sorted((Path(__file__).resolve().parents[2] / "samples").glob("tcp-re*/*.pcap"))
    if path.stem != "calls-broken"  # a refusal behind a call is told with that, one behind several calls by itself
]
INVITE = message("INVITE", "one", 1)
RINGING = message("INVITE", "one", 1, "180 Ringing")


def in_pieces(*sizes: int, text: bytes = INVITE) -> list[bytes]:
    """Text in pieces of these sizes, and one of what is left."""
    edges = [0]
    for size in sizes:
        edges.append(edges[-1] + size)
    return [text[begin:end] for begin, end in pairwise([*edges, len(text)])]


def asked(*pieces: bytes) -> Connection:
    """A connection on which a request comes in pieces (the 4th packet is the first), and is answered."""
    connection = Connection()
    connection.open()
    connection.say(0, *pieces)
    connection.say(1, RINGING)
    return connection


@settings(deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 2**32), data=st.data())
def test_any_rotation_gives_the_same(tmp_path: Path, seed: int, data: st.DataObject) -> None:
    """Wherever the recorder begins another file: the same messages, calls and findings."""
    packets = conversation(Random(seed), 1)  # noqa: S311
    cuts = data.draw(st.sets(st.integers(1, len(packets) - 1), max_size=8))
    whole = shown(read(tmp_path / "whole", packets))
    for each in (tmp_path / "cut").glob("*"):
        each.unlink()
    assert shown(read(tmp_path / "cut", packets, cuts)) == whole


def test_a_message_in_three_files_of_which_the_middle_one_holds_only_its_middle(tmp_path: Path) -> None:
    """It is one message, of the frame that completed it, and says where the others are."""
    analysis = read(tmp_path, asked(*in_pieces(100, 100)).packets, [4, 5])
    request, answer = (each.sighting for each in analysis.correlation.arrivals)
    assert (request.capture, request.frame, request.frames) == (2, 1, ())
    assert request.elsewhere == ((0, 4), (1, 1))
    assert (request.complete, request.message.head.encode()) == (True, INVITE.removesuffix(b"\r\n\r\n"))
    assert (answer.capture, answer.frame, answer.elsewhere) == (2, 2, ())
    assert [each.sip_messages for each in analysis.captures] == [0, 0, 2]
    assert [each.defects for each in analysis.captures] == [[], [], []]


def test_a_notice_of_what_was_skipped_goes_away(tmp_path: Path) -> None:
    """A capture that begins in a message tells what it passed over, unless the one before it has the beginning."""
    paths = files(tmp_path, asked(*in_pieces(100)).packets, [4])
    assert [each.kind for each in read_trace(paths[1]).facts.defects] == ["stream-not-sip"]
    assert analyze(paths).captures[1].defects == []


def test_bytes_that_differ_are_of_another_connection(tmp_path: Path) -> None:
    """What lies where other bytes were is not of the same stream: nothing is joined, and nothing is lost."""
    first = asked(in_pieces(100)[0]).packets[:4]
    other = Connection()
    other.next[0] += 51
    other.say(0, bytes(50) + INVITE[100:])
    other.say(0, message("OPTIONS", "two", 1))
    sightings = [each.sighting for each in read(tmp_path, [*first, *other.packets], [4]).correlation.arrivals]
    assert [(each.message.cseq_method, each.complete) for each in sightings] == [("", False), ("OPTIONS", True)]


def test_bytes_that_are_missing_join_nothing(tmp_path: Path) -> None:
    """One byte that no capture has is enough."""
    packets = asked(in_pieces(100)[0]).packets[:4]
    other = Connection()
    other.next[0] += 102
    other.say(0, INVITE[101:], message("OPTIONS", "two", 1))
    sightings = [each.sighting for each in read(tmp_path, [*packets, *other.packets], [4]).correlation.arrivals]
    assert [each.complete for each in sightings] == [False, True]


def test_no_message_waits_longer_than_tcp(tmp_path: Path) -> None:
    """Captures of different days, or of recorders whose clocks differ, share no message by chance."""
    paths = files(tmp_path, asked(*in_pieces(100)).packets, [4])
    traces = [read_trace(path, capture=number) for number, path in enumerate(paths)]
    with patch("sipdiag.trace.rotation.PATIENCE", 1):
        assert [seen.complete for trace in aligned(traces) for seen in trace.sightings] == [False, True]


def test_limits_are_told(tmp_path: Path) -> None:
    """Where there is no room for what a capture begins or ends with, or for all that may go on, the report says so."""
    packets = asked(*in_pieces(100)).packets
    with patch("sipdiag.trace.streams.MOST_KEPT", 100):
        told = [each.detail for capture in read(tmp_path, packets, [4]).captures for each in capture.defects]
    assert any(each.startswith("what TCP streams begin and end with") for each in told)
    with patch("sipdiag.trace.rotation.MOST_FOLLOWED", 0):
        told = [each.detail for capture in read(tmp_path, packets, [4]).captures for each in capture.defects]
    assert any(each.startswith("TCP streams that may go on") for each in told)


def test_what_is_extracted_has_all_parts(tmp_path: Path) -> None:
    """The packets of a message lie in several files."""
    paths = files(tmp_path, asked(*in_pieces(100, 100)).packets, [4, 5])
    traces = joined([read_trace(path, capture=number) for number, path in enumerate(paths)])
    assert choice_of(traces, ["one"]).frames == [[4], [1], [1, 2]]


def told(analysis: Analysis) -> set[tuple[str, str, str]]:
    """What is found; of what befell several connections in several files, each file tells by itself."""
    return {(each.rule, each.variant, each.severity.value) for each in analysis.findings}


@pytest.mark.parametrize("capture", BROKEN, ids=lambda path: path.stem)
def test_a_connection_is_one_in_several_files(capture: Path, tmp_path: Path) -> None:
    """How it began, what was under way and who reset it: wherever the file changed, the same is found."""
    whole = told(analyze([str(capture)]))
    for cut in range(1, records(capture)):
        assert told(analyze(pieces(tmp_path / str(cut), capture, [cut]))) == whole, cut


def test_what_two_recorders_saw_at_the_same_time_is_not_sent_again(tmp_path: Path) -> None:
    """Each has seen what it has seen; only where the first one stopped may the second one go on."""
    connection = Connection()
    connection.open()
    for number in range(20):
        connection.say(0, message("OPTIONS", f"{number}", 1))
    (first,) = files(tmp_path / "one", connection.packets[:15])
    (second,) = files(tmp_path / "other", [b"\0" * 60] * 4 + connection.packets[4:])
    traces = [read_trace(path, capture=number) for number, path in enumerate((first, second))]
    assert [len(trace.sightings) for trace in joined(traces)] == [12, 19]
