"""Session descriptions name inside addresses to a side that cannot reach them."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB
from plain_call import answered, description

AUDIO = "m=audio 16384 RTP/AVP 0 8\na=rtpmap:0 PCMU/8000\na=rtpmap:8 PCMA/8000"
ICE = "\na=candidate:1 1 UDP 2130706431 10.0.0.20 16384 typ host"
ICE += "\na=candidate:2 1 UDP 1694498815 198.51.100.20 40000 typ srflx"


def build(folder: Path) -> None:
    """Write sdp-private.pcap and its variants."""
    inside, outside = description(ALICE, AUDIO, address="192.168.1.7"), description(ALICE, AUDIO)
    answer_inside = description(BOB, AUDIO, address="10.0.0.20")
    # Two phones behind NATs, each of which tells the other an address that it cannot reach.
    answered(folder / "sdp-private.pcap", inside, answer_inside)
    # Only the caller is behind a NAT: a server that sends back to where media come from copes with it.
    answered(folder / "offer.pcap", inside, description(BOB, AUDIO))
    # Only the callee is.
    answered(folder / "answer.pcap", outside, answer_inside)
    # ICE names addresses from which the two choose what works.
    answered(
        folder / "silent.pcap",
        description(ALICE, AUDIO + ICE.replace("198.51.100.20", "192.0.2.10"), address="10.0.0.20"),
        description(BOB, AUDIO + ICE, address="10.0.0.20"),
    )


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
