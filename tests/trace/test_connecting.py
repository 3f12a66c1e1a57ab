"""Tests of `sipdiag.trace.connecting`: a connection that one capture begins and another ends is one."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from rotated import Connection, files, message
from sipdiag.trace import joined, read_trace
from tests.transport.wire import RST, SYN

if TYPE_CHECKING:
    from sipdiag.trace import Trace

OPTIONS = message("OPTIONS", "one", 1)


def traces(folder: Path, connection: Connection, *cuts: int) -> list[Trace]:
    """What the files show together."""
    paths = files(folder, connection.packets, cuts)
    return joined([read_trace(path, capture=number) for number, path in enumerate(paths)])


def test_a_reset_alone_in_a_file_ends_what_another_began(tmp_path: Path) -> None:
    """It counts for the capture that it is in, with the ends as the SYN tells them."""
    connection = Connection()
    connection.open()
    connection.say(0, OPTIONS)
    connection.put(1, flags=RST)
    first, second = (trace.connections for trace in traces(tmp_path, connection, 4))
    assert [(each.continued, each.reset_frame) for each in first] == [(True, None)]
    (ended,) = second
    assert (ended.client, ended.server) == ("192.0.2.1:40000", "198.51.100.2:5060")
    assert (ended.reset_frame, ended.reset_by, ended.syn_frame) == (1, "198.51.100.2:5060", None)
    assert (ended.signalling, ended.continued) == (True, True)


def test_each_side_is_heard_if_it_is_heard_in_one_file(tmp_path: Path) -> None:
    """One that says nothing for the length of a file is not unheard."""
    connection = Connection()
    connection.open()
    connection.say(0, OPTIONS, OPTIONS)
    assert [each.unheard for trace in traces(tmp_path, connection, 4) for each in trace.connections] == ["", ""]


def test_what_a_handshake_began_is_known_without_any_message(tmp_path: Path) -> None:
    """SIP follows in the next file."""
    connection = Connection()
    connection.open()
    connection.say(0, OPTIONS)
    before, after = (trace.connections for trace in traces(tmp_path, connection, 3))
    assert before == []
    assert [(each.continued, each.syn_frame) for each in after] == [(True, None)]


def test_a_syn_that_is_answered_in_the_next_file_was_not_in_vain(tmp_path: Path) -> None:
    """Whether it is the first that is answered there, or the same sent again."""
    connection = Connection()
    for _ in range(3):
        connection.put(0, flags=SYN)
    connection.packets += _answered()
    for cut in (2, 3):
        first = traces(tmp_path / str(cut), connection, cut)[0].connections
        assert [(each.syn_count, each.continued) for each in first] == [(3, True)]


def test_a_syn_of_another_connection_begins_anew(tmp_path: Path) -> None:
    """What was open before on the same ports has nothing to do with it."""
    connection, other = Connection(), Connection((7, 9))
    for each in (connection, other):
        each.open()
        each.say(0, OPTIONS)
    connection.packets += other.packets
    assert [each.continued for trace in traces(tmp_path, connection, 4) for each in trace.connections] == [False, False]


def _answered() -> list[bytes]:
    connection = Connection()
    connection.open()
    connection.say(0, OPTIONS)
    return connection.packets[1:]
