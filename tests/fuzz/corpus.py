"""Writes the corpus of the fuzzer anew: the first two messages of a conversation in some wrappings, small each.

`python tests/fuzz/corpus.py`
"""

from __future__ import annotations

import sys
from pathlib import Path

if __name__ == "__main__":
    sys.path[:0] = [str(Path(__file__).parents[2]), str(Path(__file__).parents[1])]

from wrappings import FILES, FRAMES, SIX, STREAMS

CORPUS = Path(__file__).parent / "corpus"
MESSAGES = 2
CHOSEN = {
    "four": [
        *("pcap-big-endian", "pcapng", "pcapng-obsolete", "pcapng-chattering", "pcapng-interfaces", "gzip", "zstd"),
        *("radiotap-padded", "nflog", "ppi", "mpls", "pppoe-ethernet", "gre-key-sum-sequence", "erspan-3-more"),
        *("geneve", "gtp-extended", "l2tp", "fragments-reversed", "fragmented-tunnel", "hep-2", "hep-3-stream-tiny"),
        *(
            "tcp",
            "tcp-out-of-order",
            "tcp-overlapping",
            "websocket-fragments",
            "websocket-compressed",
            "sctp-fragments",
        ),
    ],
    "six": ["teredo-authentication", "extension-headers", "fragments-6"],
}


def corpus() -> dict[str, bytes]:
    """Name → bytes of each file."""
    from tests.test_wrappings import SAID, SAID6  # noqa: PLC0415 - which needs this folder on the path

    every = {**FILES, **FRAMES, **STREAMS}
    four = {name: every[name](SAID[:MESSAGES]) for name in CHOSEN["four"]}
    return four | {name: SIX[name](SAID6[:MESSAGES]) for name in CHOSEN["six"]}


if __name__ == "__main__":
    CORPUS.mkdir(exist_ok=True)
    for name, data in corpus().items():
        (CORPUS / name).write_bytes(data)
