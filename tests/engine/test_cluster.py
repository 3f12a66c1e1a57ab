"""Tests of `sipdiag.engine.cluster`: a scheduler and two workers on loopback, one of which is killed at its work."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from benchmarks.fleet import write_fleet
from command import environment
from engine.auditing import Steps, audited, rows
from sipdiag import __version__
from sipdiag.engine import Cluster, auditing, cluster
from sipdiag.engine.crew import WorkError
from sipdiag.errors import UsageError

DATASETS = ("findings", "calls", "responses", "captures")


@pytest.fixture
def scheduler(tmp_path: Path) -> Iterator[tuple[str, list[subprocess.Popen[str]]]]:
    """Its address, and its two workers."""
    files = [(tmp_path / f"log{number}").open("w") for number in range(3)]
    address = tmp_path / "scheduler.json"
    common = ["--scheduler-file", str(address), "--no-dashboard"]
    begin = [sys.executable, "-m", "distributed.cli.dask_scheduler", *common, "--host", "127.0.0.1", "--port", "0"]
    ran = [subprocess.Popen(begin, stdout=files[0], stderr=files[0], text=True, cwd=tmp_path, env=environment())]
    for file in files[1:]:
        work = [sys.executable, "-m", "distributed.cli.dask_worker", *common, "--nthreads", "1", "--no-nanny"]
        ran.append(subprocess.Popen(work, stdout=file, stderr=file, text=True, cwd=tmp_path, env=environment()))
    deadline = time.monotonic() + 30
    while not address.exists() and time.monotonic() < deadline:
        time.sleep(0.05)
    yield json.loads(address.read_text(encoding="utf-8"))["address"], ran[1:]
    for each in reversed(ran):
        each.kill()
        each.wait()
    for file in files:
        file.close()


class KillsAtJudging(Steps):
    """Kills a worker when the shards are being judged."""

    def __init__(self, victim: subprocess.Popen[str]) -> None:
        super().__init__()
        self._victim = victim

    def begin(self, stage: str, total: int) -> None:
        """Look whether it is time."""
        super().begin(stage, total)
        if stage == "judging":
            threading.Timer(0.05, os.kill, (self._victim.pid, signal.SIGKILL)).start()


def test_a_cluster_gives_the_same_tables_though_a_worker_dies(
    tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What it had begun goes to the other one."""
    monkeypatch.setattr(auditing, "MESSAGES_A_SHARD", 300)
    write_fleet(tmp_path / "in", captures=12, calls=80, damaged=0.1)
    address, workers = scheduler
    crew = Cluster(address)
    audited([str(tmp_path / "in")], tmp_path / "far", crew, KillsAtJudging(workers[0]))
    crew.close()
    assert workers[0].wait(10) == -signal.SIGKILL
    audited([str(tmp_path / "in")], tmp_path / "near")
    for name in DATASETS:
        assert rows(tmp_path / "far", name) == rows(tmp_path / "near", name), name


def test_paths_count_from_where_the_command_runs(
    tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Workers run in folders of their own."""
    (tmp_path / "home").mkdir()
    monkeypatch.chdir(tmp_path / "home")
    write_fleet(Path("in"), captures=3, calls=5, damaged=0)
    crew = Cluster(scheduler[0])
    report = audited(["in"], Path("out"), crew)
    crew.close()
    assert report.unreadable == []
    assert {row["state"] for row in rows(Path("out"), "captures")} == {"read"}
    assert all(row["path"].startswith("in/") for row in rows(Path("out"), "captures"))


def test_a_cluster_without_workers_is_told(
    tmp_path: Path, scheduler: tuple[str, list[subprocess.Popen[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Before the audit begins, and when the last one dies; what is done by then is kept."""
    monkeypatch.setattr(cluster, "PATIENCE", 2)
    address, workers = scheduler
    write_fleet(tmp_path / "in", captures=3, calls=5, damaged=0)
    crew = Cluster(address)
    for each in workers:
        each.kill()
    with pytest.raises(WorkError, match="no worker of the cluster is left"):
        audited([str(tmp_path / "in")], tmp_path / "out", crew)
    with pytest.raises(UsageError, match="has no worker"):
        Cluster(address)


def test_workers_of_another_version_do_nothing(
    scheduler: tuple[str, list[subprocess.Popen[str]]], monkeypatch: pytest.MonkeyPatch
) -> None:
    """What they leave would be of another form."""
    crew = Cluster(scheduler[0])
    crew.close()
    monkeypatch.setattr(cluster, "__version__", "99.1")
    with pytest.raises(UsageError, match=rf"the worker tcp://.* has sipdiag {__version__}; this is 99\.1"):
        Cluster(scheduler[0])


@pytest.mark.parametrize("address", ["", "nonsense", "foo://x:1", "tcp://127.0.0.1:x"])
def test_what_is_no_address_is_told_at_once(address: str) -> None:
    """And nothing waits for it behind that."""
    with pytest.raises(UsageError, match="no Dask scheduler answers at"):
        Cluster(address)
    assert not [each for each in threading.enumerate() if "Profile" in each.name or "IO loop" in each.name]


def test_where_no_scheduler_answers_is_told(monkeypatch: pytest.MonkeyPatch) -> None:
    """In one line."""
    monkeypatch.setattr("sipdiag.engine.cluster.PATIENCE", 1)
    with pytest.raises(UsageError, match=r"no Dask scheduler answers at tcp://127\.0\.0\.1:9"):
        Cluster("tcp://127.0.0.1:9")
