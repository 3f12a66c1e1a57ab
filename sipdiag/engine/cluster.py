"""Workers of a Dask cluster, on this machine or others; they see the captures and the folder of the audit as we do."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from typing import Any, TypeVar

from sipdiag.engine.crew import TRIES, WorkError
from sipdiag.errors import UsageError

Result = TypeVar("Result")
PATIENCE = 30
"""Seconds in which the scheduler must answer."""


class Cluster:
    """The workers of one scheduler."""

    hands = 1

    def __init__(self, address: str) -> None:
        """Connect; raises `UsageError` when that cannot be done."""
        try:
            from distributed import Client  # noqa: PLC0415  (only with --cluster)
        except ImportError as error:
            raise UsageError("--cluster needs the package distributed: pip install 'sipdiag[cluster]'") from error
        try:
            self._client = Client(  # type: ignore[no-untyped-call]
                address, timeout=PATIENCE, set_as_default=False
            )
        except (OSError, ValueError) as error:
            raise UsageError(f"no Dask scheduler answers at {address}: {error}") from error

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
        try:
            for _, result in as_completed(futures, with_results=True, loop=self._client.loop):  # type: ignore[no-untyped-call]
                yield result
        except KilledWorker as error:
            raise WorkError(f"workers of the cluster died again and again: {error}") from error

    def close(self) -> None:
        """Leave the cluster as it was."""
        self._client.close()  # type: ignore[no-untyped-call]

    def abandon(self) -> None:
        """The same: what nobody waits for is not begun."""
        self.close()
