"""Measures `sipdiag` beside tcpdump, sngrep, tshark and sip-doctor, as far as these are installed; prints a table.

    python -m benchmarks                 all captures, which takes some minutes and 3 GB in the temporary folder
    python -m benchmarks --short         small captures, once: whether everything runs
    python -m benchmarks --long          10 million packets as well

Whole processes, from start to exit, on files that were read before; commands on one capture take turns, and the median
counts. Memory is that of the largest process, and never read as less than this program itself has. Compare ratios:
seconds are those of the machine.
"""

from __future__ import annotations

import argparse
import os
import shutil
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path

OURS = "sipdiag"
HERE = Path(__file__).resolve().parents[1]
SLOW = ("sngrep", "tshark", "sip-doctor")
"""What takes so long on large captures that one run has to do."""


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A capture, the commands that read it, and which of them the others are held against."""

    title: str
    path: Path
    commands: dict[str, list[str]]
    reference: str
    runs: int
    slow_runs: int


@dataclass(kw_only=True)
class Taken:
    """What the runs of one command took."""

    seconds: list[float] = field(default_factory=list)
    cpu: list[float] = field(default_factory=list)
    megabytes: list[float] = field(default_factory=list)


def main() -> int:
    """Run what the command line asks for."""
    parser = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    parser.add_argument("--short", action="store_true", help="small captures, one run")
    parser.add_argument("--long", action="store_true", help="10 million packets as well")
    parser.add_argument("--runs", type=int, default=5, help="runs of each command that is not slow")
    parser.add_argument("--only", default="", help="captures whose title contains this")
    parser.add_argument("--folder", type=Path, help="where captures are made, and left for the next time")
    parser.add_argument("--command", default=str(Path(sys.executable).with_name(OURS)), help="which sipdiag to measure")
    given = parser.parse_args()
    given.command = str(Path(shutil.which(given.command) or given.command).absolute())
    with tempfile.TemporaryDirectory() as temporary:
        folder = (given.folder or Path(temporary)).absolute()
        folder.mkdir(parents=True, exist_ok=True)
        lines = _machine() + _table(_measures(folder, given), given.only)
        for line in lines:
            print(line, flush=True)
    return 0


def _machine() -> list[str]:
    cores = len(os.sched_getaffinity(0)) if hasattr(os, "sched_getaffinity") else os.cpu_count()
    return [f"{datetime.now(UTC):%Y-%m-%d}, {cores} processors, Python {sys.version.partition(' ')[0]}.", ""]


def _measures(folder: Path, given: argparse.Namespace) -> Iterator[Measure]:
    """Every capture with its commands; it is made when it is asked for."""
    calls, packets, load = (20, 20_000, 50) if given.short else (700, 2_000_000, 20_180)
    runs = 1 if given.short else given.runs
    several = {"runs": runs, "slow_runs": 1}
    make = {
        "rtp.pcap": ("captures.py", calls, packets),
        "mixed.pcap": ("mixed.py", calls, packets),
        "load.pcap": ("load.py", load, 0),
        "long.pcap": ("captures.py", 5 * calls, 5 * packets),
    }

    def made(name: str) -> Path:
        path, (script, number, count) = folder / name, make[name]
        if not path.exists():  # by another process: memory of this one would be the least that a command is seen to use
            words = [sys.executable, str(HERE / "benchmarks" / script), str(path), "--calls", str(number)]
            subprocess.run([*words, "--packets", str(count)] if count else words, check=True)
        return path

    yield Measure(title="RTP, signalling only", reference="tcpdump", **several, **_signalling(made("rtp.pcap"), given))
    yield Measure(
        title="Mixed, signalling only", reference="tcpdump", **several, **_signalling(made("mixed.pcap"), given)
    )
    path = made("rtp.pcap")
    full = {OURS: [given.command, "-q", str(path)], "tcpdump": _tcpdump(path), "sngrep": _sngrep(path)}
    yield Measure(title="RTP, with media", path=path, reference="tcpdump", commands=full, **several)
    path = made("load.pcap")
    commands = {OURS: [given.command, "--format", "json", str(path)], "sngrep": _sngrep(path), **_readers(path)}
    yield Measure(title="SIP only, JSON", path=path, reference="sngrep", commands=commands, **several)
    path = HERE / "samples" / "call-through-proxy" / "call-through-proxy.pcap"
    commands = {OURS: [given.command, "-q", str(path)], "tshark": ["tshark", "-Y", "sip", "-r", str(path)]}
    small = {"runs": 3 * runs, "slow_runs": 3 * runs}
    yield Measure(title="Small", path=path, reference="tshark", commands=commands, **small)
    if given.long:
        path = made("long.pcap")
        commands = {OURS: [given.command, "-q", str(path)], "tcpdump": _tcpdump(path)}
        yield Measure(
            title="RTP five times as long, with media", path=path, reference="tcpdump", commands=commands, **several
        )


def _signalling(path: Path, given: argparse.Namespace) -> dict[str, object]:
    ours = [given.command, "-q", "--no-media", str(path)]
    return {"path": path, "commands": {OURS: ours, "tcpdump": _tcpdump(path), "sngrep": _sngrep(path)}}


def _tcpdump(path: Path) -> list[str]:
    # To its standard output, which nobody reads: run by root, tcpdump gives the file it writes to another user.
    return ["tcpdump", "-r", str(path), "-w", "-", "udp port 5060"]


def _sngrep(path: Path) -> list[str]:
    return ["sngrep", "-N", "-q", "-I", str(path), "-O", os.devnull]


def _readers(path: Path) -> dict[str, list[str]]:
    return {
        "tshark": ["tshark", "-q", "-z", "sip,stat", "-r", str(path)],
        "sip-doctor": ["sip-doctor", "read", str(path)],
    }


def _table(measures: Iterator[Measure], only: str) -> list[str]:
    lines = ["| capture | MB | command | seconds | of which CPU | peak MB | ratio |", "|---|--:|---|--:|--:|--:|--:|"]
    for measure in measures:
        if only.lower() not in measure.title.lower():
            continue
        taken = _taken(measure)
        reference = taken.get(measure.reference)
        size = measure.path.stat().st_size / 1e6
        for name, each in taken.items():
            if not each.seconds:
                continue
            seconds = statistics.median(each.seconds)
            ratio = f"{seconds / statistics.median(reference.seconds):.2f}" if reference and reference.seconds else "-"
            cpu, peak = statistics.median(each.cpu), max(each.megabytes)
            head = f"{measure.title} | {size:.{0 if size >= 1 else 2}f}" if name == OURS else " | "
            lines.append(f"| {head} | {name} | {seconds:.2f} | {cpu:.2f} | {peak:.0f} | {ratio} |")
    return lines


def _taken(measure: Measure) -> dict[str, Taken]:
    """Run the commands in turn; those that are not installed are left out."""
    commands = {name: words for name, words in measure.commands.items() if shutil.which(words[0])}
    taken = {name: Taken() for name in commands}
    with measure.path.open("rb") as file:  # so that it is in memory
        while file.read(1 << 24):
            pass
    _run(commands[OURS])  # so that the program is
    for run in range(max(measure.runs, measure.slow_runs)):
        for name, words in commands.items():
            if run < (measure.slow_runs if name in SLOW else measure.runs):
                seconds, cpu, megabytes = _run(words)
                taken[name].seconds.append(seconds)
                taken[name].cpu.append(cpu)
                taken[name].megabytes.append(megabytes)
    return taken


def _run(words: list[str]) -> tuple[float, float, float]:
    """Seconds, seconds of CPU and peak megabytes of one run."""
    environment = {name: value for name, value in os.environ.items() if name != "PYTHONDONTWRITEBYTECODE"}
    null = subprocess.DEVNULL
    # Where nothing else is: in the project itself there is a settings file to be looked for first.
    with tempfile.TemporaryDirectory() as elsewhere:
        begin = time.perf_counter()
        process = subprocess.Popen(words, stdin=null, stdout=null, stderr=null, env=environment, cwd=elsewhere)
        _, status, usage = os.wait4(process.pid, 0)
        seconds = time.perf_counter() - begin
    process.returncode = os.waitstatus_to_exitcode(status)
    if process.returncode not in (0, 1):
        raise SystemExit(f"{' '.join(words)} ended with {process.returncode}")
    return seconds, usage.ru_utime + usage.ru_stime, usage.ru_maxrss / (1 << 10)


if __name__ == "__main__":
    sys.exit(main())
