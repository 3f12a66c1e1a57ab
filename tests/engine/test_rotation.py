"""Tests of `sipdiag.engine.rotation`: what the captures of an audit cut in two is one, as if read together."""

from __future__ import annotations

from random import Random
from typing import TYPE_CHECKING

from hypothesis import given, settings
from hypothesis import strategies as st

from rotated import Connection, conversation, files, message, read, shown
from sipdiag.engine import Processes
from tests.engine.auditing import audited, expected, rows, serially

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

INVITE, RINGING = message("INVITE", "one", 1), message("INVITE", "one", 1, "180 Ringing")


def assert_serial(target: Path) -> None:
    """An audit found what one process finds that reads all captures."""
    analysis = serially(target)
    for name in ("calls", "responses", "findings"):
        assert rows(target, name) == expected(analysis, name)
    told = sorted(rows(target, "captures"), key=lambda row: row["number"])
    assert [row["sip_messages"] for row in told] == [each.sip_messages for each in analysis.captures]
    assert [len(row["defects"]) for row in told] == [len(each.defects) for each in analysis.captures]


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 2**32), data=st.data())
def test_any_rotation_gives_the_same(seed: int, data: st.DataObject, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Wherever the recorder begins another file: what one file shows, and what one process finds in the files."""
    folder = tmp_path_factory.mktemp("rotated")
    packets = conversation(Random(seed), 1)  # noqa: S311
    files(folder / "cut", packets, data.draw(st.sets(st.integers(1, len(packets) - 1), min_size=1, max_size=6)))
    audited([str(folder / "cut")], folder / "out")
    assert_serial(folder / "out")
    assert shown(serially(folder / "out")) == shown(read(folder / "whole", packets))


def test_a_call_of_three_files_is_healthy(tmp_path: Path) -> None:
    """Of which the middle one holds the middle of a message only: nothing is found, by whatever process it is read."""
    connection = Connection()
    connection.open()
    for piece in (INVITE[:100], INVITE[100:200], INVITE[200:]):
        connection.say(0, piece)
    connection.say(1, RINGING, message("INVITE", "one", 1, "200 OK"))
    connection.say(0, message("ACK", "one", 1), message("BYE", "one", 2))
    connection.say(1, message("BYE", "one", 2, "200 OK"))
    files(tmp_path / "in", connection.packets, [4, 5])
    crew = Processes(2)
    audited([str(tmp_path / "in")], tmp_path / "out", crew)
    crew.close()
    assert_serial(tmp_path / "out")
    (call,) = rows(tmp_path / "out", "calls")
    assert (call["state"], call["invite_frame"]) == ("answered", 1)
    assert [row["rule"] for row in rows(tmp_path / "out", "findings")] == []
    assert [row["defects"] for row in rows(tmp_path / "out", "captures")] == [[], [], []]
