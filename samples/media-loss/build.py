"""Calls that lose packets on the way."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from faxing import answering, faxed, sending
from speaking import Talk


def build(folder: Path) -> None:
    """Write media-loss.pcap and its twin."""
    # Of 200 packets of Bob's every twentieth is lost.
    lossy = Talk(path=folder / "media-loss.pcap")
    lossy.there.speak(lossy.wire, 12, at=lossy.start + 0.05)
    lossy.back.speak(lossy.wire, 12, at=lossy.start + 0.02, lost=range(10, 200, 20))
    lossy.end(12.1)
    # Two are lost, and every tenth comes after its next: late is not lost.
    silent = Talk(path=folder / "silent.pcap")
    silent.there.speak(silent.wire, 12, at=silent.start + 0.05)
    late = dict.fromkeys(range(5, 200, 10), 0.07)
    silent.back.speak(silent.wire, 12, at=silent.start + 0.02, lost=(33, 34), late=late)
    silent.end(12.1)
    # Of a fax three packets in a row are lost six times, of which those behind them bring two again each time.
    fax = faxed(folder / "fax.pcap")
    sending(fax).send(
        fax.wire, 12, at=fax.start + 3.2, lost={at + more for at in range(40, 280, 40) for more in (0, 1, 2)}
    )
    answering(fax).send(fax.wire, 12, at=fax.start + 3.3)
    fax.end(15.5)
    # Two in a row are, six times: nothing is missing at last.
    repaired = faxed(folder / "fax-repaired.pcap")
    lost = {at + more for at in range(40, 280, 40) for more in (0, 1)}
    sending(repaired).send(repaired.wire, 12, at=repaired.start + 3.2, lost=lost)
    answering(repaired).send(repaired.wire, 12, at=repaired.start + 3.3)
    repaired.end(15.5)
    # None is.
    whole = faxed(folder / "fax-silent.pcap")
    sending(whole).send(whole.wire, 12, at=whole.start + 3.2)
    answering(whole).send(whole.wire, 12, at=whole.start + 3.3)
    whole.end(15.5)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
