"""Tests of `sipdiag.engine.crew`: every task is done once in the end, whoever dies over it."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from sipdiag.engine.crew import Alone, Crew, Processes, WorkError


def squared(number: int) -> int:
    return number * number


def dies_once(number: int, folder: str) -> int:
    """Kills its process the first time that it is asked for 3."""
    mark = Path(folder) / "died"
    if number == 3 and not mark.exists():
        mark.touch()
        os.kill(os.getpid(), signal.SIGKILL)
    return number * number


def always_dies(number: int) -> int:
    os.kill(os.getpid(), signal.SIGKILL)
    return number


@pytest.mark.parametrize("crew", [Alone(), Processes(2)], ids=["alone", "processes"])
@pytest.mark.parametrize("started", [False, True])
def test_every_task_is_done(crew: Crew, *, started: bool) -> None:
    """In this process or in others, in whatever order."""
    if started:
        crew.start()
    assert sorted(crew.results(squared, [(number,) for number in range(10)])) == [n * n for n in range(10)]
    assert list(crew.results(squared, [])) == []
    crew.close()


def test_the_work_of_a_process_that_died_is_done_by_another(tmp_path: Path) -> None:
    """Each result comes once."""
    crew = Processes(2)
    found = sorted(crew.results(dies_once, [(number, str(tmp_path)) for number in range(8)]))
    crew.close()
    assert found == [n * n for n in range(8)]


def test_work_that_kills_whoever_does_it_is_given_up() -> None:
    """With one line that says so."""
    crew = Processes(2)
    with pytest.raises(WorkError, match="died"):
        list(crew.results(always_dies, [(1,), (2,)]))
    crew.close()


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere a thread looks whether the leader lives")
def test_a_worker_has_one_thread() -> None:
    """So that it may begin a second process, which reads a part of a large capture."""
    lines = (
        "import threading",
        "from sipdiag.engine.crew import Processes",
        "crew = Processes(2)",
        "crew.start()",
        "print(set(crew.results(threading.active_count, [(), ()])))",
        "crew.close()",
    )
    # In a process that has one thread itself, as a command line has.
    done = subprocess.run([sys.executable, "-c", "\n".join(lines)], capture_output=True, text=True, check=True)
    assert done.stdout == "{1}\n"


LEADER = """
import os, sys, time
from sipdiag.engine.crew import Processes
crew = Processes(2)
if sys.argv[1] == "fork":
    crew.start()
print(*crew.results(os.getpid, [(), ()]), flush=True)
time.sleep(60)
"""


@pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="needs /proc to see whether a process lives")
@pytest.mark.parametrize("way", ["fork", "forkserver"])
def test_workers_end_with_whom_they_work_for(way: str) -> None:
    """However that ended, and though nobody has asked yet how it did."""
    with subprocess.Popen([sys.executable, "-c", LEADER, way], stdout=subprocess.PIPE, text=True) as leader:
        assert leader.stdout is not None
        worker = int(leader.stdout.readline().split()[0])
        os.kill(worker, 0)
        leader.kill()
        until = time.monotonic() + 10
        while _lives(worker):
            assert time.monotonic() < until
            time.sleep(0.05)


INTERRUPTED = """
import os, signal, sys, threading, time
from sipdiag.engine.crew import Processes
crew = Processes(2)
if sys.argv[1] == "fork":
    crew.start()
threading.Timer(float(sys.argv[2]), os.killpg, (os.getpid(), signal.SIGINT)).start()
try:
    list(crew.results(time.sleep, [(60,), (60,)]))
except KeyboardInterrupt:
    crew.abandon()
    print("broken off")
"""


@pytest.mark.parametrize("way", ["fork", "forkserver"])
@pytest.mark.parametrize("when", [0.02, 2])
def test_work_that_nobody_waits_for_is_broken_off(way: str, when: float) -> None:
    """At once, though Ctrl-C reaches all processes, and without a word of theirs."""
    done = subprocess.run(
        [sys.executable, "-c", INTERRUPTED, way, str(when)],
        capture_output=True, text=True, check=False, timeout=30, start_new_session=True,
    )  # fmt: skip
    assert (done.returncode, done.stdout, done.stderr) == (0, "broken off\n", "")


FORKED = """
import os, signal
from sipdiag.engine.crew import Processes
os.register_at_fork(before=lambda: os.kill(os.getpid(), signal.SIGINT))
crew = Processes(2)
try:
    crew.start()
except KeyboardInterrupt:
    print("heard")
crew.abandon()
"""


@pytest.mark.skipif(not sys.platform.startswith("linux"), reason="elsewhere no process is forked of this one")
def test_an_interrupt_while_processes_begin_is_heard() -> None:
    """Python itself would say that it is ignored."""
    done = subprocess.run([sys.executable, "-c", FORKED], capture_output=True, text=True, check=False, timeout=30)
    assert (done.stdout, done.stderr) == ("heard\n", "")


def _lives(process: int) -> bool:
    try:
        state = Path(f"/proc/{process}/stat").read_text(encoding="utf-8").rpartition(")")[2].split()[0]
    except FileNotFoundError:
        return False
    return state != "Z"
