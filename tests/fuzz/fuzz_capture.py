"""The whole way from bytes to the JSON document under atheris, which looks for bytes that go new ways.

`python tests/fuzz/fuzz_capture.py -max_total_time=900 FOLDER tests/fuzz/corpus`: what it finds new goes to FOLDER.
"""

from __future__ import annotations

import sys
from pathlib import Path

sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

import atheris  # noqa: E402 - the path comes first

with atheris.instrument_imports(include=["sipdiag"]):
    from fuzz.mutations import analysed

LONGEST = 1 << 16


def one(data: bytes) -> None:
    """Read one input; anything raised is a find."""
    analysed(data[:LONGEST])


if __name__ == "__main__":
    atheris.Setup(sys.argv, one)
    atheris.Fuzz()
