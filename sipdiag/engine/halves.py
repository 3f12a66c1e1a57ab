"""A large capture of SIP read, judged and told by two processes, each the messages of half of the Call-IDs.

Both read all packets, which costs little, and parse, correlate, judge and encode their own messages. What the result
needs of all messages goes between them in small pieces: see `whole.py`. It is byte for byte that of one process.
"""

from __future__ import annotations

import os
import pickle
from collections.abc import Callable, Sequence
from contextlib import suppress
from signal import SIGKILL
from types import TracebackType
from typing import Any, BinaryIO, NamedTuple, NoReturn, Self

from msgspec.structs import replace

from sipdiag.engine.gist import Gist, Reading, told_of
from sipdiag.engine.part import Judging, Part
from sipdiag.engine.whole import Answers, Whole, concluded_in
from sipdiag.trace import Progress, is_worth_sharing, read_share, share_of

FIRST, SECOND = 0, 1
"""Which half."""
MOST_UNREAD = 32 << 10
"""Bytes that a pipe certainly takes without anybody reading."""


class Half(NamedTuple):
    """What one process has read, without the messages, and the frames that these are in."""

    gist: Gist
    reading: Reading
    frames: frozenset[int]
    apart: bool
    """Whether what was read can be judged apart from the other half: see `Shared.apart`."""


def told_in_halves(path: str, judging: Judging, *, media: bool, progress: Progress | None = None) -> Whole | None:
    """What the capture at `path` means, in two processes; nothing where one is as good, or has to do it."""
    if not is_worth_sharing(path):
        return None
    with Other(path, judging) as other:
        read = _half(path, FIRST, judging, media=media, progress=progress)
        try:
            if read is None or (theirs := other.answer()) is None:
                return None
            mine, part = read
            reading = _joined(mine, theirs)
            return None if reading is None else concluded_in(Halves(part, other), reading, judging)
        except (EOFError, OSError, pickle.UnpicklingError):  # it was killed: the system was out of memory
            return None


def _half(
    path: str, number: int, judging: Judging, *, media: bool, progress: Progress | None = None
) -> tuple[Half, Part] | None:
    """Read a half."""
    shared = read_share(path, number, media=media, progress=progress)
    if shared is None:
        return None
    trace = shared.trace
    part = Part(number, (((seen.time, seen.frame, 0), seen) for seen in trace.sightings), judging)
    frames = frozenset(seen.frame for seen in trace.sightings)
    return Half(*told_of(trace), frames, shared.apart and len(frames) == len(trace.sightings)), part


def _joined(mine: Half, theirs: Half) -> Reading | None:
    """What both halves show besides their messages; nothing where one process has to look at all of them together."""
    first, second = mine.reading, theirs.reading
    together = not mine.apart or not theirs.apart or mine.gist.told_below or theirs.gist.told_below
    if together or not mine.frames.isdisjoint(theirs.frames):
        return None
    facts = replace(first.trace.facts, sip_messages=mine.gist.messages + theirs.gist.messages)
    return replace(
        first,
        trace=replace(first.trace, facts=facts),
        directions=first.directions | second.directions,
        registering=first.registering | second.registering,
        natted=first.natted | second.natted,
    )


class Halves:
    """The two parts: one here, one in the other process."""

    def __init__(self, mine: Part, other: Other) -> None:
        self._mine, self._other = mine, other
        self._waiting: list[Callable[[], None]] = []

    def part_of(self, call_id: str) -> int:
        """Which half a Call-ID is in."""
        return share_of(call_id)

    def ask(self, step: str, *given: object) -> Answers:
        """Let both take a step."""
        return self.ask_each(step, [given, given])

    def ask_each(self, step: str, given: Sequence[tuple[Any, ...]]) -> Answers:
        """Let both take a step: the other at once, this one when there is time to wait for the other."""
        asked = pickle.dumps((step, given[SECOND]), pickle.HIGHEST_PROTOCOL)
        while (
            self._waiting and len(asked) > MOST_UNREAD
        ):  # while the other waits to be heard, it hears no more than that
            self._waiting.pop(0)()
        self._other.ask(asked)
        answers: list[Any] = []

        def wait() -> None:
            mine = getattr(self._mine, step)(*given[FIRST])
            answers.extend((mine, self._other.answer()))

        def answer() -> list[Any]:
            while not answers:  # the other answers in the order in which it was asked
                self._waiting.pop(0)()
            return answers

        self._waiting.append(wait)
        return answer


class Other:
    """The second process, a copy of this one, which takes one step after the other; leaving `with` ends it."""

    def __init__(self, path: str, judging: Judging) -> None:
        asking, asked = os.pipe()
        answering, answered = os.pipe()
        self._process = os.fork()
        if not self._process:
            _close(asked, answering)
            _serve(path, judging, os.fdopen(asking, "rb"), os.fdopen(answered, "wb"))
        _close(asking, answered)
        self._asked, self._answers = os.fdopen(asked, "wb"), os.fdopen(answering, "rb")

    def ask(self, asked: bytes) -> None:
        """Ask for a step."""
        self._asked.write(asked)
        self._asked.flush()

    def answer(self) -> Any:  # noqa: ANN401  (each step gives what it gives)
        """Wait for what came of the next step."""
        return pickle.load(self._answers)  # noqa: S301 - written by a process of our own

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        os.kill(self._process, SIGKILL)
        os.waitpid(self._process, 0)
        self._answers.close()
        with suppress(OSError):  # it did not hear all of it
            self._asked.close()


def _close(*descriptors: int) -> None:
    for each in descriptors:
        os.close(each)


def _serve(path: str, judging: Judging, asking: BinaryIO, answers: BinaryIO) -> NoReturn:
    """The work of the second process, which ends here whatever happens."""
    try:
        read = _half(path, SECOND, judging, media=False)
        half, part = (None, None) if read is None else read
        pickle.dump(half, answers, pickle.HIGHEST_PROTOCOL)
        answers.flush()
        while part is not None:
            step, given = pickle.load(asking)  # noqa: S301 - written by the process that this one is a copy of
            pickle.dump(getattr(part, step)(*given), answers, pickle.HIGHEST_PROTOCOL)
            answers.flush()
    finally:
        os._exit(0)
