"""Tests of `sipdiag.trace.second`: a process that answers once."""

from __future__ import annotations

import os
import signal
import threading
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from sipdiag.trace import read, read_trace
from sipdiag.trace.second import MOST_TASKS, Second, all_done, is_idle, may_fork

if TYPE_CHECKING:
    from collections.abc import Callable

TALK = Path(__file__).resolve().parents[2] / "samples" / "call-with-media" / "call-with-media.pcap"
pytestmark = pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system on which a process can be copied")


def killed() -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def test_it_answers_and_is_gone() -> None:
    """No process is left behind, whether it had ended or not."""
    with Second(lambda: [os.getpid()] * 100_000) as second:
        answer = second.answer()
    assert answer is not None
    assert (len(answer), answer[0] != os.getpid()) == (100_000, True)
    with Second(signal.pause) as waiting:
        pass
    for each in (second._process, waiting._process):
        with pytest.raises(ChildProcessError):
            os.waitpid(each, os.WNOHANG)


@pytest.mark.parametrize("work", [killed, lambda: 1 / 0], ids=["killed", "failed"])
def test_no_answer_is_nothing(work: type, capfd: pytest.CaptureFixture[str]) -> None:
    """The system may be out of memory; and nothing is said of it."""
    with Second(work) as second:
        assert second.answer() is None
    assert capfd.readouterr() == ("", "")


def test_two_processes_share_tasks() -> None:
    """Each does some, and what comes of them stands in their order."""

    def task(number: int) -> tuple[int, int]:
        time.sleep(0.01)
        return number, os.getpid()

    done = all_done([partial(task, number) for number in range(20)])
    assert [number for number, _ in done] == list(range(20))
    assert len({process for _, process in done}) == 2


@pytest.mark.parametrize("work", [killed, lambda: 1 / 0], ids=["killed", "failed"])
def test_what_the_other_process_did_not_do_is_done_here(work: Callable[[], object]) -> None:
    """Whatever it took with it; of as many tasks as there may be."""
    here = os.getpid()

    def task(number: int) -> int:
        if os.getpid() != here:
            work()
        time.sleep(0.001 if number < 20 else 0)
        return number

    assert all_done([partial(task, number) for number in range(MOST_TASKS)]) == list(range(MOST_TASKS))


@pytest.mark.parametrize("media", [True, False])
def test_a_capture_is_read_without_it(*, media: bool) -> None:
    """When the second process is killed, the first one does all."""
    alone = read_trace(str(TALK), media=media)
    with (
        patch.object(read, "plain_trace", lambda *_, **__: None),
        patch.object(read, "LARGE", 0),
        patch.object(read, "may_fork", lambda: True),
        patch("sipdiag.trace.later.later_part", lambda *_, **__: killed()),
    ):
        assert read_trace(str(TALK), media=media, meanwhile=list) == alone


def test_a_process_with_threads_is_not_copied() -> None:
    """A copy has one of them only, and may wait for another for ever."""
    done = threading.Event()
    thread = threading.Thread(target=done.wait)
    thread.start()
    assert not may_fork()
    done.set()
    thread.join()


@pytest.mark.parametrize(("load", "due"), [(0.0, True), (1.0, True), (64_000.0, False)])
def test_a_busy_machine_is_told(load: float, *, due: bool) -> None:
    """By how many processes wanted a processor in the last minute."""
    with patch("os.getloadavg", lambda: (load, 0.0, 0.0)):
        assert is_idle() == due


def test_a_system_that_does_not_tell_is_taken_for_idle() -> None:
    """In a container the figures may be missing."""
    with patch("os.getloadavg", side_effect=OSError):
        assert is_idle()
