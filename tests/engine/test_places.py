"""Tests of `sipdiag.engine.places`: what is audited when a file, a folder, a pattern or a URL is named."""

from __future__ import annotations

from pathlib import Path

import pytest

from sipdiag.engine.places import Place, places_of


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """Captures of a rotation, packed ones, and what is none."""
    names = ("a.pcap", "b.pcapng.gz", "deep/er/c.pcap3", "deep/d.PCAP.1", "notes.txt", ".hidden.pcap", "e.cap")
    for name in names:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(name.encode())
    return tmp_path


def named(folder: Path, *paths: str) -> list[str]:
    places, missing = places_of(paths)
    assert missing == []
    return [str(Path(place.path).relative_to(folder)) for place in places]


def test_a_folder_is_all_captures_below_it(folder: Path) -> None:
    """By their names: packed and rotated ones too, hidden ones and others not."""
    assert named(folder, str(folder)) == ["a.pcap", "b.pcapng.gz", "deep/d.PCAP.1", "deep/er/c.pcap3", "e.cap"]


def test_a_file_is_taken_whatever_it_is_called(folder: Path) -> None:
    """Who names it wants it."""
    assert named(folder, str(folder / "notes.txt")) == ["notes.txt"]


def test_a_pattern_that_the_shell_left_alone_is_matched(folder: Path) -> None:
    """`**` reaches into folders."""
    assert named(folder, f"{folder}/*.pcap") == ["a.pcap"]
    assert named(folder, f"{folder}/**/*.pcap*") == ["a.pcap", "b.pcapng.gz", "deep/er/c.pcap3"]


def test_each_is_named_once_in_an_order_of_its_own(folder: Path) -> None:
    """However often, and in whatever order, they are given."""
    one, other = str(folder / "a.pcap"), str(folder / "e.cap")
    assert named(folder, other, one, str(folder)) == named(folder, str(folder))


def test_what_names_nothing_is_told(folder: Path) -> None:
    """A pattern without a match, a folder without captures, a URL to nowhere."""
    (folder / "void").mkdir()
    given = [f"{folder}/*.snoop", str(folder / "void"), "memory://nowhere/*.pcap"]
    places, missing = places_of(given)
    assert places == []
    assert [each.path for each in missing] == given


def test_a_missing_file_is_left_to_reading() -> None:
    """Which says what is wrong with it."""
    places, missing = places_of(["/no/such.pcap"])
    assert ([place.path for place in places], missing) == (["/no/such.pcap"], [])


def test_urls_are_listed_by_their_store() -> None:
    """Folders and patterns behind a URL, with what tells one version from the next."""
    import fsspec  # noqa: PLC0415

    store = fsspec.filesystem("memory")
    for name in ("/fleet/a.pcap", "/fleet/deep/b.pcap.gz", "/fleet/c.txt"):
        store.pipe_file(name, name.encode())
    places, missing = places_of(["memory://fleet"])
    assert missing == []
    assert [place.path for place in places] == ["memory:///fleet/a.pcap", "memory:///fleet/deep/b.pcap.gz"]
    assert all(place.remote and place.size for place in places)
    assert [place.path for place in places_of(["memory://fleet/*.pcap"])[0]] == ["memory:///fleet/a.pcap"]


def test_what_lets_somebody_in_is_not_told() -> None:
    """A place is read by its path, and called by its name."""
    place = Place(path="https://alice:wonderland@example.com/a.pcap?v=1&sig=wonderland", remote=True)
    assert place.name == "https://example.com/a.pcap?v=1&sig=..."
    assert Place(path="/a/b@c?sig=1").name == "/a/b@c?sig=1"
