"""Measures `sipdiag audit` by itself: what a capture costs besides its packets, processes, memory; prints tables.

    python -m benchmarks.audit                      all, which takes some ten minutes and 2 GB in the temporary folder
    python -m benchmarks.audit --only captures      the same packets in many captures of 20 kB and in few
    python -m benchmarks.audit --only memory        audits of more and more calls
    python -m benchmarks.audit --only processes     one process and two, on captures of 2 MB with media
    python -m benchmarks.audit --short              small ones, once: whether everything runs

Whole processes, from start to exit; those that are compared take turns, and the median counts. Processor time is that
of all processes together, memory that of the one that leads and of the largest. Seconds are those of the machine:
compare ratios.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

HERE = Path(__file__).resolve().parents[1]
LOOK_AGAIN = 0.02
"""Seconds."""
SMALL, LARGE = 20_000, 2_000_000
"""Bytes of a capture."""


@dataclass(frozen=True)
class Cost:
    """What one audit took."""

    seconds: float
    cpu: float
    megabytes: float
    """Peak of the process that leads."""
    largest: float
    """Peak of the largest process."""


@dataclass(frozen=True)
class Recordings:
    """Captures of one fleet."""

    folder: Path
    captures: int
    megabytes: float


def main() -> int:
    """Measure what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--only", choices=["captures", "memory", "processes"])
    parser.add_argument("--short", action="store_true")
    parser.add_argument("--runs", type=int, default=3)
    parser.add_argument("--command", default=str(Path(sys.executable).with_name("sipdiag")), help="which sipdiag")
    given = parser.parse_args()
    measures = {"captures": _captures, "memory": _memory, "processes": _processes}
    with tempfile.TemporaryDirectory() as folder:
        for name, measure in measures.items():
            if given.only in (None, name):
                for line in measure(Path(folder), given):
                    print(line, flush=True)
                print()
    return 0


def _captures(folder: Path, given: argparse.Namespace) -> Iterator[str]:
    """The same packets in many captures and in few."""
    calls = 60 if given.short else 4300
    small = _made(folder / "small", size=SMALL, calls=calls)
    large = _made(folder / "large", size=LARGE, calls=calls)
    many, few = _in_turn([small, large], given, jobs=1)
    yield "| captures | MB | processor seconds | ratio |"
    yield "|--:|--:|--:|--:|"
    for recordings, cost in ((small, many), (large, few)):
        yield f"| {recordings.captures} | {recordings.megabytes:.0f} | {cost.cpu:.2f} | {cost.cpu / few.cpu:.2f} |"
    each = (many.cpu - few.cpu) / (small.captures - large.captures)
    yield ""
    yield f"A capture of {SMALL // 1000} kB more costs {1000 * each:.2f} ms, beside what its packets cost."


def _memory(folder: Path, given: argparse.Namespace) -> Iterator[str]:
    """Audits of more and more calls."""
    yield "| calls | MB | captures | processor seconds | peak MB of the leader | of the largest |"
    yield "|--:|--:|--:|--:|--:|--:|"
    for calls in (30, 60) if given.short else (5_000, 10_000, 20_000, 40_000):
        recordings = _made(folder / f"calls-{calls}", size=LARGE, calls=calls)
        (cost,) = _in_turn([recordings], given, jobs=2, runs=1)
        peaks = (f"{cost.cpu:.1f}", f"{cost.megabytes:.0f}", f"{cost.largest:.0f}")
        told = (calls, f"{recordings.megabytes:.0f}", recordings.captures, *peaks)
        yield f"| {' | '.join(map(str, told))} |"


def _processes(folder: Path, given: argparse.Namespace) -> Iterator[str]:
    """One process and two."""
    size = {"size": SMALL, "calls": 20, "media": 20} if given.short else {"size": LARGE, "calls": 1400, "media": 900}
    recordings = _made(folder / "media", **size)
    costs: dict[int, list[Cost]] = {1: [], 2: []}
    for _ in range(1 if given.short else given.runs):
        for jobs, some in costs.items():
            some.append(_audited(recordings, given.command, jobs))
    yield "| captures | MB | processes | seconds | processor seconds | ratio |"
    yield "|--:|--:|--:|--:|--:|--:|"
    alone = statistics.median(each.seconds for each in costs[1])
    for jobs, some in costs.items():
        seconds, cpu = statistics.median(each.seconds for each in some), statistics.median(each.cpu for each in some)
        told = (recordings.captures, f"{recordings.megabytes:.0f}", jobs, f"{seconds:.2f}", f"{cpu:.2f}")
        yield f"| {' | '.join(map(str, told))} | {alone / seconds:.2f} |"


def _made(folder: Path, *, size: int, calls: int, media: int = 0) -> Recordings:
    """Recordings of a fleet, made by another process."""
    words = [sys.executable, str(HERE / "benchmarks" / "fleet.py"), str(folder), "--damaged", "0"]
    subprocess.run([*words, "--size", str(size), "--calls", str(calls), "--media", str(media)], check=True)
    sizes = [path.stat().st_size for path in folder.rglob("*.pcap")]
    return Recordings(folder=folder, captures=len(sizes), megabytes=sum(sizes) / 1e6)


def _in_turn(some: Sequence[Recordings], given: argparse.Namespace, *, jobs: int, runs: int = 0) -> list[Cost]:
    """The median of each."""
    taken: list[list[Cost]] = [[] for _ in some]
    for _ in range(1 if given.short else runs or given.runs):
        for recordings, costs in zip(some, taken, strict=True):
            costs.append(_audited(recordings, given.command, jobs))
    return [
        Cost(
            seconds=statistics.median(each.seconds for each in costs),
            cpu=statistics.median(each.cpu for each in costs),
            megabytes=max(each.megabytes for each in costs),
            largest=max(each.largest for each in costs),
        )
        for costs in taken
    ]


def _audited(recordings: Recordings, command: str, jobs: int) -> Cost:
    """One audit, into a folder that is not kept."""
    with tempfile.TemporaryDirectory() as target:
        words = [command, "audit", str(recordings.folder), "-o", target, "--jobs", str(jobs), "-q"]
        environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
        begin = time.perf_counter()
        process = subprocess.Popen(words, stdin=subprocess.DEVNULL, env=environment)
        leader = 0.0
        while not (ended := os.wait4(process.pid, os.WNOHANG))[0]:
            leader = max(leader, _peak(process.pid))
            time.sleep(LOOK_AGAIN)
        _, status, usage = ended
        seconds = time.perf_counter() - begin
        process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    cpu, largest = usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1 << 10)
    return Cost(seconds=seconds, cpu=cpu, megabytes=leader, largest=largest)


def _peak(process: int) -> float:
    """Peak megabytes of one process, without those that it began; 0 where the system does not say."""
    try:
        lines = Path(f"/proc/{process}/status").read_text(encoding="utf-8").splitlines()
    except OSError:
        return 0
    return next((int(line.split()[1]) / (1 << 10) for line in lines if line.startswith("VmHWM")), 0)


if __name__ == "__main__":
    sys.exit(main())
