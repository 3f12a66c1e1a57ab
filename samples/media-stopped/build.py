"""Calls in which somebody who was heard is heard no more."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB
from speaking import PTIME, Talk, Voice, media_end, offered


def build(folder: Path) -> None:
    """Write media-stopped.pcap and its variants."""
    # Bob falls silent after three seconds, and Alice hangs up nine seconds later.
    one = Talk(path=folder / "media-stopped.pcap")
    one.there.speak(one.wire, 12, at=one.start + 0.05)
    one.back.speak(one.wire, 3, at=one.start + 0.02)
    one.end(12.1)
    # Bob's phone crashes after three seconds, and his host refuses what Alice sends from then on.
    crashed(folder / "gone.pcap", 3)
    # The same sooner: what was heard for a short time was heard.
    crashed(folder / "soon-gone.pcap", 2)
    # Both fall silent at the same time: the way between them broke.
    both = Talk(path=folder / "both.pcap")
    both.there.speak(both.wire, 3, at=both.start + 0.05)
    both.back.speak(both.wire, 3, at=both.start + 0.02)
    both.end(12.1)
    # Alice moves her media to another port, and nothing comes through there, in either direction.
    moved = Talk(path=folder / "moved.pcap")
    moved.there.speak(moved.wire, 3, at=moved.start + 0.05)
    moved.back.speak(moved.wire, 3, at=moved.start + 0.02)
    moved.reinvite(ALICE, offered(ALICE, version=2, port=16_390), offered(BOB, version=2), after=3)
    moved.end(12.1)
    # Nobody is to be heard for two seconds; then Alice ends the hold, and neither is heard again.
    resumed = Talk(path=folder / "resumed.pcap")
    resumed.there.speak(resumed.wire, 3, at=resumed.start + 0.05)
    resumed.back.speak(resumed.wire, 3, at=resumed.start + 0.02)
    for after, directions in ((3, ("inactive", "inactive")), (5, ("sendrecv", "sendrecv"))):
        offer, answer = (
            offered(each, direction=direction, version=after)
            for each, direction in zip((ALICE, BOB), directions, strict=True)
        )
        resumed.reinvite(ALICE, offer, answer, after=after)
    resumed.end(14.1)
    # Alice moves her media to another port, and both are heard there.
    continued = Talk(path=folder / "continued.pcap")
    continued.there.speak(continued.wire, 3, at=continued.start + 0.05)
    continued.back.speak(continued.wire, 3, at=continued.start + 0.02)
    continued.reinvite(ALICE, offered(ALICE, version=2, port=16_390), offered(BOB, version=2), after=3)
    here = media_end(ALICE, 16_390)
    Voice(source=here, destination=media_end(BOB)).speak(continued.wire, 9, at=continued.start + 3.1)
    Voice(source=media_end(BOB), destination=here).speak(continued.wire, 9, at=continued.start + 3.1)
    continued.end(12.2)
    # Bob is put on hold, so that he has to be silent.
    held = Talk(path=folder / "silent.pcap")
    held.there.speak(held.wire, 12, at=held.start + 0.05)
    held.back.speak(held.wire, 3, at=held.start + 0.02)
    offer, answer = (
        offered(each, direction=direction, version=2) for each, direction in ((ALICE, "sendonly"), (BOB, "recvonly"))
    )
    held.reinvite(ALICE, offer, answer, after=3)
    held.end(12.1)
    # Bob sends comfort noise, and then nothing: his phone saves packets while he listens.
    quiet = Talk(path=folder / "quiet.pcap")
    quiet.there.speak(quiet.wire, 12, at=quiet.start + 0.05)
    number = quiet.back.speak(quiet.wire, 3, at=quiet.start + 0.02)
    quiet.back.noise(quiet.wire, at=quiet.start + 0.02 + number * PTIME, number=number)
    quiet.end(12.1)


def crashed(path: Path, after: float) -> None:
    """Bob speaks until so many seconds after his answer; from then on his host refuses what Alice sends."""
    talk = Talk(path=path)
    talk.back.speak(talk.wire, after, at=talk.start + 0.02)
    before = len(talk.wire.packets)
    talk.there.speak(talk.wire, 12, at=talk.start + 0.05)
    sent = [each for each in talk.wire.packets[before:] if each.time > (talk.start + after + 0.03) * 1_000_000]
    talk.wire.refuse_each(BOB, 3, 3, sent[::16])
    talk.end(12.1)


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
