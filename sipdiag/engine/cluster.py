"""Workers of a Dask cluster, on this machine or others; they see the captures and the folder of the audit as we do."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterable, Iterator
from importlib.metadata import version
from typing import Any, TypeVar

from sipdiag import __version__
from sipdiag.engine.crew import TRIES, WorkError
from sipdiag.errors import UsageError

Result = TypeVar("Result")
PATIENCE = 30
"""Seconds in which the scheduler must answer, and in which there must be a worker."""
PAUSE = 0.02
"""Seconds between two looks for results."""
LOOK = 100
"""Pauses without a result after which it is asked whether anybody is at work."""
PACKAGE = "sipdiag"
GO_ON = "the same command goes on where it was"


class Cluster:
    """The workers of one scheduler."""

    hands = 1

    def __init__(self, address: str) -> None:
        """Connect; raises `UsageError` when that cannot be done, or nobody is there who could do the work."""
        try:
            from distributed import Client  # noqa: PLC0415  (only with --cluster)
            from distributed.comm.addressing import resolve_address  # noqa: PLC0415  (the same)
        except ImportError as error:
            raise UsageError("--cluster needs the package distributed: pip install 'sipdiag[cluster]'") from error
        try:
            resolve_address(address)  # a client that fails at that waits a minute when it goes
            self._client = Client(  # type: ignore[no-untyped-call]
                address, timeout=PATIENCE, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise UsageError(f"no Dask scheduler answers at {address}: {error}") from error
        try:
            self._client.wait_for_workers(1, timeout=PATIENCE)
        except TimeoutError as error:
            self.close()
            raise UsageError(f"the scheduler at {address} has no worker") from error
        self._compare()

    def _compare(self) -> None:
        """See that all workers have the version of this package that this process has."""
        found = self._client.run(version, PACKAGE, on_error="return")
        for worker, theirs in sorted(found.items()):
            if theirs != __version__:
                self.close()
                has = f"has {PACKAGE} {theirs}" if isinstance(theirs, str) else f"has no {PACKAGE}"
                raise UsageError(f"the worker {worker} {has}; this is {__version__}")

    def start(self) -> None:
        """The workers wait already."""

    def results(
        self,
        task: Callable[..., Result],
        arguments: Iterable[tuple[Any, ...]],
        meanwhile: Callable[[], object] | None = None,
    ) -> Iterator[Result]:
        """What the workers give; the tasks of one that died go to another."""
        from distributed import KilledWorker, as_completed  # noqa: PLC0415  (the same)

        futures = [self._client.submit(task, *each, pure=False, retries=TRIES) for each in arguments]
        if meanwhile is not None:
            meanwhile()
        done = as_completed(futures, with_results=True, loop=self._client.loop)  # type: ignore[no-untyped-call]
        pauses, pause = 0, threading.Event()
        while not done.is_empty():  # type: ignore[no-untyped-call]
            batch = done.next_batch(block=False)  # type: ignore[no-untyped-call]
            for future, result in batch:
                if future.status == "finished":
                    yield result
                    continue
                error = future.exception() if future.status == "error" else None
                if error is None:
                    raise WorkError(f"the connection to the scheduler broke; {GO_ON}")
                if isinstance(error, KilledWorker):
                    raise WorkError(f"workers of the cluster died again and again: {error}") from error
                raise error
            pauses = 0 if batch or (pauses % LOOK == LOOK - 1 and self._attended()) else pauses + 1
            if pauses * PAUSE > PATIENCE:
                raise WorkError(f"no worker of the cluster is left; {GO_ON}")
            if not batch:
                pause.wait(PAUSE)

    def _attended(self) -> bool:
        """Whether there is a worker."""
        try:
            return bool(self._client.nthreads())  # type: ignore[no-untyped-call]
        except OSError:
            return False  # the scheduler is gone: what was to be done will be told to be lost

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._client.close()  # type: ignore[no-untyped-call]

    def abandon(self) -> None:
        """The same: what nobody waits for is not begun."""
        self.close()
