"""Tests of `sipdiag.trace.edge`: what a capture keeps of the streams that others may have a part of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotated import Connection, files, message
from sipdiag.trace import read_trace

if TYPE_CHECKING:
    from pathlib import Path

    from sipdiag.trace.edge import Edge

INVITE = message("INVITE", "one", 1)
CLIENT = "192.0.2.1:40000"


def edges(folder: Path, connection: Connection) -> dict[str, Edge]:
    """By their source."""
    (path,) = files(folder, connection.packets)
    return {each.source: each for each in read_trace(path).edges}


def test_a_stream_that_ends_between_messages_keeps_its_last_piece(tmp_path: Path) -> None:
    """So that its bytes are known where they come again, and where it goes on."""
    connection = Connection()
    connection.open()
    connection.say(0, INVITE[:100], INVITE[100:])
    edge = edges(tmp_path, connection)[CLIENT]
    assert (edge.opened, edge.ended, edge.is_clean, edge.steps) == (True, False, True, [])
    assert [data.payload for data in edge.tail] == [INVITE[100:]]
    assert (edge.end, edge.said) == (connection.next[0], INVITE)


def test_a_stream_that_ends_within_a_message_keeps_all_of_that(tmp_path: Path) -> None:
    """And what was made of it."""
    connection = Connection()
    connection.open()
    connection.say(0, INVITE, INVITE[:40], INVITE[40:100])
    edge = edges(tmp_path, connection)[CLIENT]
    assert not edge.is_clean
    assert edge.boundary == (connection.next[0] - 100) % 2**32
    assert b"".join(data.payload for data in edge.tail) == INVITE[:100]
    assert edge.late_given == [(6, False)]


def test_a_stream_that_begins_in_the_middle_keeps_its_beginning(tmp_path: Path) -> None:
    """As long as it is not certain where messages begin."""
    connection = Connection()
    connection.say(0, INVITE[100:], *[INVITE] * 9)
    edge = edges(tmp_path, connection)[CLIENT]
    assert [data.payload for data in [step.data for step in edge.steps]] == [INVITE[100:], *[INVITE] * 3]
    assert [step.given for step in edge.steps] == [0, 1, 2, 3]
    assert edge.steps[0].boundary is None
    assert not edge.whole


def test_what_is_not_recognised_is_kept_whole(tmp_path: Path) -> None:
    """Nothing of it is a message yet, and it may be a part of one."""
    connection = Connection()
    connection.say(0, INVITE[60:100], INVITE[100:140])
    edge = edges(tmp_path, connection)[CLIENT]
    assert (edge.recognized, edge.whole, len(edge.steps)) == (False, True, 2)


def test_a_capture_alone_keeps_nothing(tmp_path: Path) -> None:
    """There is nobody to have the rest."""
    connection = Connection()
    connection.open()
    connection.say(0, INVITE[:100])
    (path,) = files(tmp_path, connection.packets)
    trace = read_trace(path, alone=True)
    assert (trace.edges, trace.parts, len(trace.connections)) == ([], [], 1)
