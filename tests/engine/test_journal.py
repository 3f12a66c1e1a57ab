"""Tests of `sipdiag.engine.journal`."""

from __future__ import annotations

from pathlib import Path

from sipdiag.engine.journal import Journal
from sipdiag.engine.places import Place

PLACE = Place(path="a.pcap", size=3, stamp="1")


def test_what_was_read_is_known_until_it_changes(tmp_path: Path) -> None:
    """By size and time of change; the last line on a path holds."""
    path = tmp_path / "journal"
    Journal(path).add([(PLACE, "x")])
    Journal(path).add([(Place(path="a.pcap", size=4, stamp="2"), "y"), (Place(path="b.pcap", size=1, stamp="1"), "z")])
    journal = Journal(path)
    assert journal.content(PLACE) == ""
    assert journal.content(Place(path="a.pcap", size=4, stamp="2")) == "y"
    assert journal.content(Place(path="b.pcap", size=1, stamp="1")) == "z"


def test_a_torn_line_is_passed_over(tmp_path: Path) -> None:
    """Whoever was killed while writing loses that line only, and no later one."""
    path = tmp_path / "journal"
    Journal(path).add([(PLACE, "x")])
    whole = path.read_bytes()
    path.write_bytes(whole + b'{"path":"b.pcap","si')
    journal = Journal(path)
    journal.add([(Place(path="c.pcap", size=1, stamp="1"), "z")])
    again = Journal(path)
    assert again.content(PLACE) == "x"
    assert again.content(Place(path="c.pcap", size=1, stamp="1")) == "z"


def test_what_has_no_time_of_change_is_always_looked_at(tmp_path: Path) -> None:
    """A store that tells none may have changed it."""
    place = Place(path="http://example.com/a.pcap", size=3, remote=True)
    journal = Journal(tmp_path / "journal")
    journal.add([(place, "x")])
    assert journal.content(place) == ""


def test_a_path_that_is_no_text_is_kept(tmp_path: Path) -> None:
    """File names are bytes."""
    place = Place(path="a\udcff.pcap", size=3, stamp="1")
    journal = Journal(tmp_path / "journal")
    journal.add([(place, "x")])
    assert Journal(tmp_path / "journal").content(place) == "x"
