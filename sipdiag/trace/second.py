"""A second process that does a part of the work on a large capture: a copy of this one that gives one answer."""

from __future__ import annotations

import os
import sys
from collections.abc import Callable, Sequence
from typing import BinaryIO, Generic, Self, TypeVar

Answer = TypeVar("Answer")
MOST_TASKS = 1000
"""So many task numbers always fit into a pipe."""
_NUMBER = 2
"""Bytes of a task's number."""
SLACK = 0.5
"""The load may be above the number of processors by this: earlier work of this program may still count in it."""


class Second(Generic[Answer]):
    """The process; leaving the `with` statement ends it."""

    def __init__(self, work: Callable[[], Answer]) -> None:
        import pickle  # noqa: PLC0415  (small captures do without)

        reading, writing = os.pipe()
        self._process = os.fork()
        if self._process:
            os.close(writing)
            self._answer: BinaryIO = os.fdopen(reading, "rb")
            return
        try:  # the second process, which ends here whatever happens
            os.close(reading)
            with os.fdopen(writing, "wb") as answer:
                pickle.dump(work(), answer, pickle.HIGHEST_PROTOCOL)
        finally:
            os._exit(0)

    def answer(self) -> Answer | None:
        """The result of its work; None when it failed."""
        import pickle  # noqa: PLC0415

        try:
            found: Answer = pickle.load(self._answer)  # noqa: S301 - written by a process of our own
        except (EOFError, pickle.UnpicklingError):  # it was killed: the system was out of memory
            return None
        return found

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.end()

    def end(self) -> None:
        """End the process, whatever it is doing; a second time this does nothing."""
        if self._answer.closed:
            return
        from signal import SIGKILL  # noqa: PLC0415

        os.kill(self._process, SIGKILL)
        os.waitpid(self._process, 0)
        self._answer.close()


def all_done(tasks: Sequence[Callable[[], Answer]]) -> list[Answer]:
    """The result of each of at most `MOST_TASKS` tasks, done by two processes: whichever is free takes the next.

    Only the result of a task counts, since what it changes may be changed in the other process. A task that the second
    process took and did not answer is done here.
    """
    waiting, given = os.pipe()
    os.write(given, b"".join(number.to_bytes(_NUMBER, "big") for number in range(len(tasks))))
    os.close(given)

    def share() -> dict[int, Answer]:
        done: dict[int, Answer] = {}
        while number := os.read(waiting, _NUMBER):
            taken = int.from_bytes(number, "big")
            done[taken] = tasks[taken]()
        return done

    with Second(share) as second:
        mine = share()
        done = mine | (second.answer() or {})
    os.close(waiting)
    return [done[number] if number in done else task() for number, task in enumerate(tasks)]


def may_fork() -> bool:
    """Whether a second process can begin as a copy of this one, and has a processor of its own."""
    import threading  # noqa: PLC0415

    if not hasattr(os, "fork") or not hasattr(os, "preadv") or threading.active_count() > 1:
        return False
    return processors() > 1 and sys.platform != "darwin"  # where the system's own libraries forbid it


def is_idle() -> bool:
    """Whether the machine has a processor to spare for work that is done twice."""
    try:
        return os.getloadavg()[0] < processors() + SLACK
    except (AttributeError, OSError):  # the system does not tell
        return True


def processors() -> int:
    """How many processors this process may use."""
    return len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count() or 1
