"""Who does the work: this process, several processes of this machine, or a cluster.

A task is a function of this package that writes files; one that was broken off is given to another, and what it left
half done nobody sees. So a worker that dies costs time only.
"""

from __future__ import annotations

import gc
import os
import sys
import threading
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import ProcessPoolExecutor, as_completed
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from importlib import import_module
from multiprocessing import get_all_start_methods, get_context, parent_process
from signal import SIG_DFL, SIG_IGN, SIGINT, SIGTERM, raise_signal, signal
from typing import Any, Protocol, TypeVar

from sipdiag.errors import SipdiagError

Result = TypeVar("Result")
READ_WITH = ("sipdiag.trace.reader", "sipdiag.trace.media", "pyarrow.compute")
"""What the first task needs besides: a worker loads it while the captures are still being listed."""
TRIES = 4
"""How often a task is begun before it is taken for one that kills whoever does it."""


class WorkError(SipdiagError):
    """Workers died again and again over the same work."""


class Crew(Protocol):
    """Does tasks."""

    @property
    def hands(self) -> int:
        """How many processes may share one task."""

    def start(self) -> None:
        """Get ready for work, if that takes time."""

    def results(
        self,
        task: Callable[..., Result],
        arguments: Iterable[tuple[Any, ...]],
        meanwhile: Callable[[], object] | None = None,
    ) -> Iterator[Result]:
        """What `task` gives for each of `arguments`, in the order in which they are done.

        There may be something for this process to do `meanwhile`.
        """

    def close(self) -> None:
        """Let the workers go, those at work after their task."""

    def abandon(self) -> None:
        """Let them go at once: nobody waits for what they are at."""


class Alone:
    """This process."""

    hands = 1

    def start(self) -> None:
        """It is ready."""

    def results(
        self,
        task: Callable[..., Result],
        arguments: Iterable[tuple[Any, ...]],
        meanwhile: Callable[[], object] | None = None,
    ) -> Iterator[Result]:
        """One after the other."""
        if meanwhile is not None:
            meanwhile()
        return (_done(task, *each) for each in arguments)

    def close(self) -> None:
        """Nobody to let go."""

    def abandon(self) -> None:
        """Nobody either."""


class Processes:
    """Some processes of this machine, started when the first task comes, or by `start`."""

    def __init__(self, jobs: int) -> None:
        self._jobs = self.hands = jobs
        self._pool: ProcessPoolExecutor | None = None

    def start(self) -> None:
        """Start them while this process has no threads and holds nothing: a fork of it has all that is needed."""
        if self._pool is None and sys.platform == "linux" and threading.active_count() == 1:
            import_module("sipdiag.engine.stages")
            import_module("sipdiag.engine.closing")
            self._pool = self._pool_of("fork")
            with _undisturbed():
                self._pool.submit(_nothing)  # with the first task all are started

    def results(
        self,
        task: Callable[..., Result],
        arguments: Iterable[tuple[Any, ...]],
        meanwhile: Callable[[], object] | None = None,
    ) -> Iterator[Result]:
        """As many at once as there are processes; those of a process that died are begun again."""
        left = list(arguments)
        if len(left) == 1 and self._pool is None:
            if meanwhile is not None:
                meanwhile()
            yield _done(task, *left[0])  # a process takes longer to start
            return
        for _ in range(TRIES):
            done: set[int] = set()
            pool = self._started()
            with _undisturbed():
                futures = {pool.submit(_done, task, *each): number for number, each in enumerate(left)}
            if meanwhile is not None:
                meanwhile()
                meanwhile = None
            try:
                for future in as_completed(futures):
                    result = future.result()
                    done.add(futures[future])
                    yield result
            except BrokenProcessPool:
                self.close()
                left = [each for number, each in enumerate(left) if number not in done]
            else:
                return
        raise WorkError(f"the processes that do the work died {TRIES} times; is there enough memory?")

    def _started(self) -> ProcessPoolExecutor:
        if self._pool is None:
            way = "forkserver" if "forkserver" in get_all_start_methods() else "spawn"
            self._pool = self._pool_of(way)
            if way == "forkserver":
                _serve_forks()
        return self._pool

    def _pool_of(self, way: str) -> ProcessPoolExecutor:
        context = get_context(way)
        if way == "forkserver":
            context.set_forkserver_preload(["sipdiag.engine.stages", "sipdiag.engine.closing"])
        return ProcessPoolExecutor(self._jobs, mp_context=context, initializer=_watch_over, initargs=(os.getpid(),))

    def close(self) -> None:
        """Let the processes go, those at work after their task."""
        if self._pool is not None:
            self._pool.shutdown(cancel_futures=True)
            self._pool = None

    def abandon(self) -> None:
        """End the processes."""
        if self._pool is not None:
            for each in tuple((self._pool._processes or {}).values()):  # noqa: SLF001  (it has no other way)
                each.kill()
        self.close()


@contextmanager
def _undisturbed() -> Iterator[None]:
    """Let Ctrl-C come when this is done: a fork in which it comes drops it, and a process half begun complains."""
    if threading.current_thread() is not threading.main_thread():
        yield
        return
    came: list[int] = []
    before = {each: signal(each, lambda number, _: came.append(number)) for each in (SIGINT, SIGTERM)}
    try:
        yield
    finally:
        for each, handler in before.items():
            signal(each, SIG_DFL if handler is None else handler)
    for number in came[:1]:
        raise_signal(number)


def _serve_forks() -> None:
    """Start the process that workers are copies of where Ctrl-C does not reach it: it is for this one alone."""
    from multiprocessing import forkserver, resource_tracker  # noqa: PLC0415  (not on every system)
    from signal import SIG_BLOCK, SIG_SETMASK, pthread_sigmask  # noqa: PLC0415  (the same)

    resource_tracker.ensure_running()  # else the other starts it, and that lets Ctrl-C through again
    before = pthread_sigmask(SIG_BLOCK, {SIGINT})
    try:
        forkserver.ensure_running()
    finally:
        pthread_sigmask(SIG_SETMASK, before)


def _done(task: Callable[..., Result], *given: Any) -> Result:  # noqa: ANN401  (whatever the task takes)
    """What a task gives. What it leaves in circles goes at once: the command line has the collector off."""
    result = task(*given)
    gc.collect(0)
    return result


def _nothing() -> None:
    """Do nothing."""


KEPT = 64 << 20
"""Bytes that a worker keeps when they are free, since the next task wants as many."""
_M_TRIM_THRESHOLD, _M_MMAP_THRESHOLD, _PR_SET_PDEATHSIG = -1, -3, 1


def _keep_memory() -> None:
    """Let the C library keep what it freed: else each task has its pages given back, and cleared anew for the next."""
    with suppress(AttributeError, OSError, TypeError):  # another C library
        import ctypes  # noqa: PLC0415  (workers only)

        mallopt = ctypes.CDLL(None).mallopt
        mallopt(_M_TRIM_THRESHOLD, KEPT)
        mallopt(_M_MMAP_THRESHOLD, KEPT // 2)


def _watch_over(parent: int) -> None:
    """End this process with the one that it works for, however that ended; Ctrl-C is for that one alone."""
    signal(SIGINT, SIG_IGN)
    signal(SIGTERM, SIG_DFL)
    _keep_memory()
    if not _dies_with(parent):
        threading.Thread(target=_follow, daemon=True).start()
    for name in READ_WITH:
        import_module(name)
    gc.freeze()


def _dies_with(parent: int) -> bool:
    """Whether the system ends this process, a child of `parent`, with that: then it needs no thread for it."""
    try:
        import ctypes  # noqa: PLC0415  (the same)

        asked = os.getppid() == parent and ctypes.CDLL(None).prctl(_PR_SET_PDEATHSIG, SIGTERM, 0, 0, 0) == 0
    except (AttributeError, OSError, TypeError):  # another system
        return False
    return asked and os.getppid() == parent


def _follow() -> None:
    """Wait for the end of the process that this one works for, and end too.

    Not by its number: that stays taken as long as nobody has asked how it ended.
    """
    leader = parent_process()
    if leader is not None:
        leader.join()
        os.kill(os.getpid(), SIGTERM)
