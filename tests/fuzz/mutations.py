"""Damaged captures, the same each time: the wrappings of one conversation, cut, doubled, splintered and mixed.

`python tests/fuzz/mutations.py --count 100000 --seed 7` reads as many as one likes and tells what broke, and how long
the slowest took; the tests read a thousand of them.
"""

from __future__ import annotations

import argparse
import io
import random
import resource
import struct
import sys
import time
import traceback
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, TextIO

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

import msgspec

from sipdiag.analysis import conclude, read
from sipdiag.errors import CaptureError
from sipdiag.knowledge import Catalogue
from sipdiag.report.rows import document_of
from sipdiag.report.words import Words
from wrappings import FILES, FRAMES, SIX, STREAMS, plain

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from wrappings import Said

WORDS = Words(Catalogue("en"))
SPLINTERS = [b"", b"\0", b"\xff\xff\xff\xff", b"\r\n\r\n", b"SIP/2.0", b"\x7f\xff\xff\xff", b"INVITE sip:x SIP/2.0\r\n"]
NUMBERS = [0, 1, 2, 3, 4, 7, 8, 0x7F, 0x80, 0xFF, 0x100, 0x7FFF, 0x8000, 0xFFFF, 0x10000, 0x7FFFFFFF, 0xFFFFFFFF]
MOST_CHANGES = 8
KEEPING_LENGTH = (0, 3, 7)
LONGEST_COPY = 400
SLOW = 20.0


def seeds(said: Sequence[Said], said6: Sequence[Said]) -> list[bytes]:
    """The captures that mutations begin with."""
    four = [*FILES.values(), *FRAMES.values(), *STREAMS.values(), plain]
    return [wrap(said) for wrap in four] + [wrap(said6) for wrap in SIX.values()]


def mutated(data: bytes, others: Sequence[bytes], chance: random.Random) -> bytes:
    """A capture of which some places are changed; the file header is mostly left alone, or nothing would be read.

    Half of them keep their length, so that the records behind a change are still found.
    """
    changed = bytearray(data)
    kinds = KEEPING_LENGTH if chance.random() < 0.5 else range(8)
    begin = 0 if chance.random() < 0.05 else 24
    for _ in range(chance.randint(1, MOST_CHANGES)):
        if len(changed) <= begin:
            break
        at = chance.randrange(begin, len(changed))
        kind = chance.choice(kinds)
        if kind == 0:
            changed[at] ^= 1 << chance.randrange(8)
        elif kind == 1:
            del changed[at : at + chance.randint(1, 40)]
        elif kind == 2:
            changed[at:at] = changed[at : at + chance.randint(1, LONGEST_COPY)] * chance.randint(1, 3)
        elif kind == 3:
            width, order = chance.choice("BHI"), chance.choice("<>")
            number = chance.choice(NUMBERS) & (1 << 8 * struct.calcsize(width)) - 1
            packed = struct.pack(order + width, number)[: len(changed) - at]
            changed[at : at + len(packed)] = packed
        elif kind == 4:
            changed[at : at + chance.randint(0, 8)] = chance.choice(SPLINTERS) * chance.randint(1, 3)
        elif kind == 5:
            other = chance.choice(others)
            start = chance.randrange(len(other))
            changed[at:at] = other[start : start + chance.randint(1, LONGEST_COPY)]
        elif kind == 6:
            changed[at:] = b"" if chance.random() < 0.3 else changed[at:]
        else:
            size = min(16, len(changed) - at)
            changed[at : at + size] = chance.randbytes(size)
    return bytes(changed)


def captures(said: Sequence[Said], said6: Sequence[Said], *, count: int, seed: int) -> Iterator[bytes]:
    """So many damaged captures."""
    chance = random.Random(seed)  # noqa: S311 - no secret
    begun = seeds(said, said6)
    for number in range(count):
        yield mutated(begun[number % len(begun)], begun, chance)


def analysed(data: bytes) -> bytes | None:
    """The whole way from bytes to the JSON document; nothing when it is no capture any more."""
    try:
        trace = read("-", stream=io.BytesIO(data))
    except CaptureError:
        return None
    return msgspec.json.encode(document_of(conclude([trace]), WORDS))


def main(arguments: Sequence[str], out: TextIO) -> int:
    """Read as many as was asked for; give how many broke."""
    from tests.test_wrappings import SAID, SAID6  # noqa: PLC0415 - which needs this folder on the path

    parser = argparse.ArgumentParser(description="Reads damaged captures and tells what broke.")
    parser.add_argument("--count", type=int, default=10_000)
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--keep", type=Path, help="folder for what broke")
    given = parser.parse_args(arguments)
    broken, slowest, read_in_full = 0, 0.0, 0
    begun = time.monotonic()
    for number, data in enumerate(captures(SAID, SAID6, count=given.count, seed=given.seed)):
        started = time.monotonic()
        try:
            read_in_full += analysed(data) is not None
        except Exception:  # noqa: BLE001 - whatever it is, it is what is looked for
            broken += 1
            out.write(f"capture {number} of seed {given.seed}:\n{traceback.format_exc()}\n")
            if given.keep:
                with suppress(OSError):
                    given.keep.mkdir(parents=True, exist_ok=True)
                    (given.keep / f"{given.seed}-{number}.capture").write_bytes(data)
        slowest = max(slowest, time.monotonic() - started)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss >> 10
    out.write(
        f"{given.count} captures in {time.monotonic() - begun:.0f} s, {read_in_full} of them still captures; "
        f"broke: {broken}; slowest {slowest:.2f} s; {memory} MB at most\n"
    )
    return broken


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:], sys.stdout) > 0)
