"""Tests of `sipdiag.engine.places`: what is audited when a file, a folder, a pattern or a URL is named."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from sipdiag.engine.files import JOURNAL, LOCK
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


def test_a_folder_that_fits_a_pattern_is_audited(folder: Path) -> None:
    """As if the shell had named it."""
    assert named(folder, f"{folder}/d*") == ["deep/d.PCAP.1", "deep/er/c.pcap3"]
    assert named(folder, f"{folder}/*.pcap", f"{folder}/d*/e?") == ["a.pcap", "deep/er/c.pcap3"]


@pytest.mark.parametrize(
    ("pattern", "found"),
    [
        ("**", ["a.pcap", "b.pcapng.gz", "deep/d.PCAP.1", "deep/er/c.pcap3", "e.cap", "notes.txt"]),
        ("**/*", ["a.pcap", "b.pcapng.gz", "deep/d.PCAP.1", "deep/er/c.pcap3", "e.cap", "notes.txt"]),
        ("deep/**", ["deep/d.PCAP.1", "deep/er/c.pcap3"]),
        ("**/er/*", ["deep/er/c.pcap3"]),
        ("d*/**/c*", ["deep/er/c.pcap3"]),
        ("**/deep/**/**/c*", ["deep/er/c.pcap3"]),
        ("**/[a].*", ["a.pcap"]),
    ],
)
def test_two_stars_are_a_folder_and_all_below_it(
    folder: Path, pattern: str, found: list[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Wherever they stand in a pattern, absolute or not; hidden files and folders do not fit."""
    (folder / ".kept").mkdir()
    (folder / ".kept" / "x.pcap").touch()
    assert named(folder, f"{folder}/{pattern}") == found
    monkeypatch.chdir(folder)
    assert [place.path for place in places_of([pattern])[0]] == found


def test_links_in_circles_end(folder: Path) -> None:
    """Two of them would be followed two to the power of forty times; a link to a capture is one."""
    (folder / "deep" / "up").symlink_to(folder)
    (folder / "self").symlink_to(".")
    (folder / "link.pcap").symlink_to("a.pcap")
    captures = ["a.pcap", "b.pcapng.gz", "deep/d.PCAP.1", "deep/er/c.pcap3", "e.cap", "link.pcap"]
    assert named(folder, str(folder)) == captures
    assert named(folder, f"{folder}/**/*.[pP]*", f"{folder}/e.*") == captures


def test_hidden_folders_are_passed_over(folder: Path) -> None:
    """As hidden files are; who names one wants it."""
    (folder / ".snapshot").mkdir()
    (folder / ".snapshot" / "a.pcap").touch()
    assert ".snapshot/a.pcap" not in named(folder, str(folder))
    assert named(folder, f"{folder}/.snapshot") == [".snapshot/a.pcap"]


def test_what_is_no_file_is_passed_over(folder: Path, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Pipes, sockets and devices in a folder; a link to nowhere is a capture that cannot be read."""
    place = tmp_path_factory.mktemp("odd")
    os.mkfifo(place / "pipe.pcap")
    (place / "zero.pcap").symlink_to("/dev/zero")
    (place / "none.pcap").symlink_to("nowhere")
    assert named(place, str(place)) == named(place, f"{place}/*") == ["none.pcap"]
    assert folder != place


def test_a_folder_that_may_not_be_read_is_told(folder: Path) -> None:
    """With what lies beside it audited; here its path is too long for the system."""
    deep = os.open(folder, os.O_RDONLY)
    for _ in range(20):
        os.mkdir("x" * 250, dir_fd=deep)
        deep, above = os.open("x" * 250, os.O_RDONLY, dir_fd=deep), deep
        os.close(above)
    os.close(deep)
    for path in (str(folder), f"{folder}/**/*.cap"):
        places, missing = places_of([path])
        assert str(folder / "e.cap") in {place.path for place in places}
        assert [each.reason for each in missing] == ["file name too long"]


def test_what_the_audit_writes_is_no_capture(folder: Path) -> None:
    """Wherever its folder lies, and however it is named; what else is in that folder is."""
    for target in (folder, folder / "deep" / "out", folder / "out.pcap"):
        own = [target / name for name in ("data/1/calls/0.pcap", "work/read/1.pcap", JOURNAL, LOCK)]
        for each in own:
            each.parent.mkdir(parents=True, exist_ok=True)
            each.touch()
        (target / "latest").symlink_to("data/1")
        (target / "mine").mkdir()
        (target / "mine" / "data.pcap").touch()
        for paths in ([str(folder)], [f"{folder}/**/*"], [f"{folder}/deep/../*", f"{folder}/*/*", f"{folder}/*/*/*/*"]):
            places, _ = places_of(paths, folder / "deep" / ".." / target.relative_to(folder))
            found = {os.path.realpath(place.path) for place in places}
            assert found & {str(each) for each in own} == set()
            assert str(target / "mine" / "data.pcap") in found or "/**" not in paths[0]
        shutil.rmtree(target / "data")
        shutil.rmtree(target / "work")
        (target / "latest").unlink()


def test_nothing_is_no_folder() -> None:
    """An empty variable of a script would else have the folder audited in which it runs."""
    places, missing = places_of([""])
    assert (places, [str(each) for each in missing]) == ([], ["'': holds no capture"])


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
