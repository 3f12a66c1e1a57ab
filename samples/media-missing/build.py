"""Answered calls without media, where the media of others come by."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, CAROL, Dialog, Host
from faxing import faxed
from plain_call import begun
from recording import MICROSECONDS, Recording
from speaking import Talk, Voice, media_end, offered


def build(folder: Path) -> None:
    """Write media-missing.pcap and its variants."""
    # Carol calls Bob first, and both are heard; then Alice calls Bob, and nothing flows.
    missing(folder / "media-missing.pcap", with_media=True)
    # An announcement before Bob answers, and nothing from then on.
    early(folder / "after-early.pcap")
    # The media that come by are of other hosts: this call's may take another way.
    elsewhere(folder / "elsewhere.pcap")
    # No media of any call: the recorder sits where only signalling passes, or was told to keep nothing else.
    missing(folder / "silent.pcap", with_media=False)
    # Both are heard until the call turns into a fax, of which nothing comes by.
    faxed(folder / "fax.pcap").end(20)
    # The recorder kept no packet of the second call's media, but what a firewall said of them.
    refused(folder / "refused.pcap")


def missing(path: Path, *, with_media: bool) -> None:
    """Two calls of Bob's, the first with media if that is wanted."""
    first = Talk(path=path, caller=CAROL)
    if with_media:
        first.there.speak(first.wire, 4, at=first.start + 0.05)
        first.back.speak(first.wire, 4, at=first.start + 0.02)
    first.end(4.1)
    second = Talk(path=path)
    second.end(8)
    first.wire.packets += [replace(each, time=each.time + 10 * MICROSECONDS) for each in second.wire.packets]
    first.wire.write()


def refused(path: Path) -> None:
    """Two calls, the first with media; of the second only the errors on Alice's voice were kept."""
    first = Talk(path=path, caller=CAROL)
    first.there.speak(first.wire, 4, at=first.start + 0.05)
    first.back.speak(first.wire, 4, at=first.start + 0.02)
    first.end(4.1)
    second = Talk(path=path)
    before = len(second.wire.packets)
    second.there.speak(second.wire, 8, at=second.start + 0.05)
    spoken = second.wire.packets[before:]
    second.wire.refuse_each(Host(address="203.0.113.254"), 3, 10, spoken[::16])
    second.wire.packets = [each for each in second.wire.packets if each not in spoken]
    second.end(8)
    first.wire.packets += [replace(each, time=each.time + 10 * MICROSECONDS) for each in second.wire.packets]
    first.wire.write()


def early(path: Path) -> None:
    """A call with early media only."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=path.stem)
    invite = call.request(ALICE, "INVITE", body=offered(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 183, body=offered(BOB)), BOB, ALICE, after=0.5)
    Voice(source=media_end(BOB), destination=media_end(ALICE)).speak(wire, 3, at=wire.clock + 0.02)
    accepted = call.reply(invite, 200, body=offered(BOB))
    wire.send(accepted, BOB, ALICE, after=3.5)
    wire.send(call.ack(accepted), ALICE, BOB)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=8)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


def elsewhere(path: Path) -> None:
    """A call without media, and media of a call between other hosts that the capture does not show."""
    wire, call, _ = begun(path, offered(ALICE), offered(BOB))
    Voice(source=media_end(CAROL, 17_000), destination=media_end(CAROL, 18_000)).speak(wire, 4, at=wire.clock)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=8)
    wire.send(call.reply(bye, 200), BOB, ALICE)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
