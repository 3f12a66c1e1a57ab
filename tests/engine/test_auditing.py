"""Tests of `sipdiag.engine.auditing`: an audit is the serial analysis, whatever was interrupted, added or broken."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from benchmarks.captures import write_calls
from benchmarks.fleet import write_fleet
from engine.auditing import SAMPLES, SILENT, SPEAKING, Steps, audited, expected, rows, serially
from sipdiag.engine import Alone, How, Place, Processes, auditing, files, reading, run, summary_of
from sipdiag.engine.files import alone_in
from sipdiag.errors import UsageError

DATASETS = ("findings", "calls", "responses", "streams")


@pytest.fixture
def small_shards(monkeypatch: pytest.MonkeyPatch) -> None:
    """Many shards and batches, so that calls fall apart as they do in a large audit."""
    monkeypatch.setattr(auditing, "MESSAGES_A_SHARD", 300)
    monkeypatch.setattr(auditing, "MESSAGES_A_BATCH", 700)
    monkeypatch.setattr(run, "SHARDS_A_BUCKET", 3)
    monkeypatch.setattr(run, "BUCKETS", 2)
    monkeypatch.setattr(run, "AT_A_TIME", 1)
    monkeypatch.setattr(files, "ROWS_A_GROUP", 7)


def assert_serial(target: Path) -> None:
    """Every table is that of the serial analysis."""
    analysis = serially(target)
    for name in DATASETS:
        assert rows(target, name) == expected(analysis, name), name


@pytest.mark.usefixtures("small_shards")
def test_the_samples_in_many_shards_are_the_samples(tmp_path: Path) -> None:
    """Every rule, in shards of a few calls each."""
    steps = Steps()
    report = audited([str(each) for each in SILENT], tmp_path, steps=steps)
    assert dict(steps.stages)["judging"] > 10
    assert steps.done == sum(total for _, total in steps.stages)
    assert steps.counts["calls"] == len(rows(tmp_path, "calls"))
    assert report.unreadable == []
    assert_serial(tmp_path)


@pytest.mark.parametrize("folder", SPEAKING, ids=lambda folder: folder.name)
def test_media_find_their_calls_from_every_shard(folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A shard a few messages, each capture by itself: all together they would be a crowd of calls at one port."""
    monkeypatch.setattr(auditing, "MESSAGES_A_SHARD", 4)
    monkeypatch.setattr(run, "SHARDS_A_BUCKET", 2)
    monkeypatch.setattr(run, "BUCKETS", 1)
    for path in sorted(folder.glob("*.pcap*"))[:3]:
        audited([str(path)], tmp_path / path.stem)
        assert_serial(tmp_path / path.stem)


@pytest.mark.usefixtures("small_shards")
def test_a_fleet_of_probes_gives_whole_calls(tmp_path: Path) -> None:
    """Three probes, rotated: calls cross captures and probes, some captures are damaged."""
    captures = write_fleet(tmp_path / "in", captures=40, calls=120, damaged=0.1, media=6)
    crew = Processes(2)
    report = audited([str(tmp_path / "in")], tmp_path / "out", crew)
    crew.close()
    assert report.captures == len(captures)
    assert report.unreadable
    assert_serial(tmp_path / "out")
    spanning = [row for row in rows(tmp_path / "out", "calls") if row["legs"] == 2]
    assert len(spanning) > 60


@settings(max_examples=5, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(data=st.data())
def test_any_split_in_any_order_with_any_workers_gives_the_same(
    data: st.DataObject, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """However the recording was cut, named and divided: calls and findings, but for the numbers of frames."""
    folder = tmp_path_factory.mktemp("split")
    cut = data.draw(st.integers(2, 12))
    size = data.draw(st.integers(50, 1000))
    names = data.draw(st.permutations(range(cut)))
    write_fleet(folder / "whole", captures=3, calls=25, damaged=0, media=5)
    for path in sorted((folder / "whole").rglob("*.pcap")):
        _split(path, [folder / "parts" / f"{name}-{path.name}" for name in names])
    told = []
    for name in ("whole", "parts"):
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr(auditing, "MESSAGES_A_SHARD", size if name == "parts" else 10**9)
            patch.setattr(run, "SHARDS_A_BUCKET", data.draw(st.integers(1, 4)))
            patch.setattr(run, "BUCKETS", data.draw(st.integers(1, 4)))
            patch.setattr(run, "AT_A_TIME", data.draw(st.sampled_from([1, 100])))
            audited([str(folder / name)], folder / f"{name}-out", Alone())
        told.append((_told(folder / f"{name}-out", "calls"), _told(folder / f"{name}-out", "findings")))
    assert told[0] == told[1]
    shutil.rmtree(folder)


def _split(path: Path, parts: list[Path]) -> None:
    """Cut a capture into parts of about the same size, between packets."""
    data = path.read_bytes()
    at, records = 24, []
    while at < len(data):
        end = at + 16 + int.from_bytes(data[at + 8 : at + 12], "little")
        records.append(data[at:end])
        at = end
    size = -(-len(records) // len(parts))
    for number, part in enumerate(parts):
        part.parent.mkdir(exist_ok=True)
        part.write_bytes(data[:24] + b"".join(records[number * size : (number + 1) * size]))


def _told(target: Path, name: str) -> list[object]:
    """The rows of a dataset without what names a capture or a frame in it."""
    kept = {
        "calls": ("call_id", "call_ids", "time", "state", "final_code", "setup_ms", "pdd_ms", "duration_ms", "legs"),
        "findings": ("rule", "variant", "severity", "confidence", "time", "call_id", "role"),
    }[name]
    return sorted([str([row[key] for key in kept]) for row in rows(target, name)])


def test_what_is_done_is_not_done_again(tmp_path: Path) -> None:
    """The second run reads nothing, judges nothing, and leaves the same result."""
    some = [f"{SAMPLES}/{name}" for name in ("ack-missing", "call-failed", "tcp-reset")]
    first = audited(some, tmp_path)
    steps = Steps()
    second = audited(some, tmp_path, steps=steps)
    assert (first.fresh, second.fresh, second.data) == (first.captures, 0, first.data)
    assert [stage for stage, _ in steps.stages] == ["reading"]
    assert not list((tmp_path / "work").glob("[!r]*"))


def test_added_changed_and_removed_captures_are_picked_up(tmp_path: Path) -> None:
    """By their content: one that is only touched or renamed is known."""
    sources = sorted(SAMPLES.glob("ack-missing/*.pcap"))
    folder, target = tmp_path / "in", tmp_path / "out"
    folder.mkdir()
    one, other = folder / "one.pcap", folder / "other.pcap"
    shutil.copyfile(sources[0], one)
    audited([str(folder)], target)
    shutil.copyfile(sources[1], other)
    assert audited([str(folder)], target).fresh == 1
    assert_serial(target)
    one.write_bytes(sources[2].read_bytes())
    assert audited([str(folder)], target).fresh == 1
    assert_serial(target)
    assert len(list((target / "work" / "read").glob("*.parquet"))) == 2
    one.rename(folder / "renamed.pcap")
    audited([str(folder)], target)
    assert_serial(target)
    other.unlink()
    audited([str(folder)], target)
    assert [row["path"] for row in rows(target, "captures")] == [str(folder / "renamed.pcap")]
    assert_serial(target)


def test_two_audits_do_not_write_to_one_folder(tmp_path: Path) -> None:
    """The second says so; one that was killed stands in nobody's way."""
    some = [f"{SAMPLES}/ack-missing"]
    with alone_in(tmp_path), pytest.raises(UsageError, match="another audit"):
        audited(some, tmp_path)
    audited(some, tmp_path)


def test_a_folder_may_be_called_anything(tmp_path: Path) -> None:
    """Also what DuckDB takes for a pattern or the end of a text."""
    target = tmp_path / "it's [a] *strange* {name}"
    audited([f"{SAMPLES}/ack-missing"], target)
    assert sum(summary_of(target).calls.values()) == len(rows(target, "calls"))


def test_the_same_content_twice_counts_once(tmp_path: Path) -> None:
    """A copy is listed and not counted."""
    folder = tmp_path / "in"
    folder.mkdir()
    for name in ("a.pcap", "b.pcap"):
        shutil.copyfile(SAMPLES / "ack-missing" / "ack-missing.pcap", folder / name)
    audited([str(folder)], tmp_path / "out")
    assert [row["state"] for row in rows(tmp_path / "out", "captures")] == ["read", "duplicate"]
    assert len(rows(tmp_path / "out", "calls")) == 1


def test_what_cannot_be_read_is_listed_with_its_reason(tmp_path: Path) -> None:
    """And the audit goes on; a later run tries again."""
    folder = tmp_path / "in"
    folder.mkdir()
    shutil.copyfile(SAMPLES / "ack-missing" / "ack-missing.pcap", folder / "good.pcap")
    (folder / "text.pcap").write_text("no capture", encoding="utf-8")
    (folder / "empty.pcap").write_bytes(b"")
    report = audited([str(folder)], tmp_path / "out")
    assert [Path(each.place.path).name for each in report.unreadable] == ["empty.pcap", "text.pcap"]
    states = {Path(row["path"]).name: (row["state"], row["reason"]) for row in rows(tmp_path / "out", "captures")}
    assert states["good.pcap"] == ("read", "")
    assert states["empty.pcap"] == ("unreadable", "is empty")
    assert "text file" in states["text.pcap"][1]


def test_what_is_no_file_is_listed_with_its_reason(tmp_path: Path) -> None:
    """What never ends, or can be read once only: nobody waits for it."""
    os.mkfifo(tmp_path / "pipe.pcap")
    report = audited(["/dev/zero", str(tmp_path / "pipe.pcap"), "x" * 300], tmp_path / "out")
    assert [each.reason for each in report.unreadable] == [
        "is a pipe, a socket or a device, and not a file",
        "is a pipe, a socket or a device, and not a file",
        "file name too long",
    ]


def test_large_captures_are_read_first_and_shared_where_they_are_most_of_the_work(tmp_path: Path) -> None:
    """One that takes longer than all others take the other processes is read by two; each capture is read once."""
    sizes = {"a": 10**5, "b": 50 * 10**6, "c": 9 * 10**6, "d": 10**5}
    places = [Place(path=name, size=size, stamp="") for name, size in sizes.items()]
    tasks = list(auditing._tasks(places, tmp_path, How(), hands=2))
    assert [[place.path for place in bundle] for bundle, *_ in tasks] == [["b"], ["c"], ["a"], ["d"]]
    assert [helped for *_, helped in tasks] == [True, False, False, False]
    assert not any(helped for *_, helped in auditing._tasks(places, tmp_path, How(), hands=1))


def test_a_capture_that_two_processes_read_gives_what_one_gives(tmp_path: Path) -> None:
    """In a worker and in the process that leads."""
    (tmp_path / "in").mkdir()
    write_calls(tmp_path / "in" / "large.pcap", calls=40, packets=180_000)
    shutil.copyfile(SAMPLES / "ack-missing" / "ack-missing.pcap", tmp_path / "in" / "small.pcap")
    crew = Processes(2)
    crew.start()
    audited([str(tmp_path / "in")], tmp_path / "shared", crew)
    crew.close()
    audited([str(tmp_path / "in")], tmp_path / "alone")
    assert_serial(tmp_path / "alone")
    for name in DATASETS:
        assert rows(tmp_path / "shared", name) == rows(tmp_path / "alone", name)


@pytest.mark.parametrize("damage", [b"", b"\0" * 50, b"cno_such_module\nNothing\n."])
@pytest.mark.parametrize("ending", ["reading", "parquet"])
def test_what_was_not_kept_whole_is_read_anew(damage: bytes, ending: str, tmp_path: Path) -> None:
    """By a system that lost power, or left by another version; a table that is gone is made anew too."""
    write_fleet(tmp_path / "in", captures=3, calls=3, damaged=0)
    paths, target = [str(tmp_path / "in")], tmp_path / "out"
    audited(paths, target)
    before = {name: rows(target, name) for name in ("calls", "responses", "findings", "captures")}
    (left, *_) = sorted((target / "work" / "read").glob(f"*.{ending}"))
    left.write_bytes(damage)
    shutil.rmtree(next((target / "data").iterdir()) / "calls")
    assert audited(paths, target).fresh == 1
    assert {name: rows(target, name) for name in before} == before


def test_another_version_reads_anew(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """It may find more in the same bytes."""
    write_fleet(tmp_path / "in", captures=3, calls=3, damaged=0)
    first = audited([str(tmp_path / "in")], tmp_path / "out")
    assert audited([str(tmp_path / "in")], tmp_path / "out").fresh == 0
    monkeypatch.setattr(reading, "__version__", "99.1")
    assert audited([str(tmp_path / "in")], tmp_path / "out").fresh == first.captures


def test_a_change_that_left_size_and_time_is_picked_up(tmp_path: Path) -> None:
    """As `cp -p` and `rsync --times` make it."""
    capture = tmp_path / "in" / "one.pcap"
    capture.parent.mkdir()
    one, other = (SAMPLES / name / f"{name}.pcap" for name in ("call-answered", "ack-missing"))
    size = max(one.stat().st_size, other.stat().st_size)

    def put(sample: Path) -> None:
        data = sample.read_bytes()
        capture.write_bytes(data + b"\0" * (size - len(data)))
        os.utime(capture, ns=(0, 0))

    put(one)
    audited([str(capture.parent)], tmp_path / "out")
    put(other)
    audited([str(capture.parent)], tmp_path / "out")
    assert "ack-missing" in {row["rule"] for row in rows(tmp_path / "out", "findings")}
