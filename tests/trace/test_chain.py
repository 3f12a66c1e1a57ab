"""Tests of `sipdiag.trace.chain`: a stream over several captures, read as one."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rotated import Connection, files, message
from sipdiag.trace import read_trace
from sipdiag.trace.chain import Chain, Part

if TYPE_CHECKING:
    from pathlib import Path

INVITE, OPTIONS = message("INVITE", "one", 1), message("OPTIONS", "two", 1)


def parts(folder: Path, connection: Connection, *cuts: int) -> list[Part]:
    """The edges of the client's stream in each file."""
    return [
        Part(number, edge)
        for number, path in enumerate(files(folder, connection.packets, cuts))
        for edge in read_trace(path).edges
        if edge.source == "192.0.2.1:40000"
    ]


def test_readings_agree_where_both_know_a_message_to_begin(tmp_path: Path) -> None:
    """Not before: of the last message the later capture knows only what it is a part of."""
    connection = Connection()
    connection.say(0, INVITE[:50], INVITE[50:], OPTIONS, OPTIONS)
    first, second = parts(tmp_path, connection, 1)
    chain = Chain([first])
    assert chain.take(second) == 2
    seen, following = chain.sightings
    assert (seen.capture, seen.frame, seen.elsewhere, seen.complete) == (1, 1, ((0, 1),), True)
    assert (following.capture, following.frame, following.elsewhere) == (1, 2, ())


def test_bytes_from_elsewhere_do_not_follow(tmp_path: Path) -> None:
    """Nothing tells that they belong together."""
    connection, other = Connection(), Connection((5_000_000, 5_000_000))
    connection.say(0, INVITE[:50])
    other.say(0, INVITE[50:], OPTIONS)
    connection.packets += other.packets
    first, second = parts(tmp_path, connection, 1)
    assert Chain([first]).take(second) is None


def test_what_comes_before_what_it_follows_is_no_proof(tmp_path: Path) -> None:
    """As long as what lies between has not come."""
    connection = Connection()
    begin = connection.next[0]
    connection.say(0, INVITE[:50])
    connection.put(0, INVITE[100:], begin + 100)
    connection.put(0, INVITE[50:100], begin + 50)
    first, second, third = parts(tmp_path, connection, 1, 2)
    chain = Chain([first])
    assert (chain.take(second), chain.proven) == (0, 1)
    assert (chain.take(third), chain.proven) == (0, 3)
    (seen,) = chain.sightings
    assert (seen.capture, seen.frame, seen.elsewhere) == (1, 1, ((0, 1), (2, 1)))
