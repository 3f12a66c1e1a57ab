"""Bob's server hangs up 32 seconds after each answer, though every ACK came: a clock behind it ran out."""

from __future__ import annotations

import sys
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))

from conversation import ALICE, BOB, PROXY, Agent, Dialog, Message, ack_of_failure, cancel, sdp
from recording import LADDER, LADDER_OF_INVITE, Recording


def build(folder: Path) -> None:
    """Write every capture of the folder."""
    dropped(folder / "dropped-by-timer.pcap", (32.01, 32.02, 32.01))
    dropped(folder / "call-limit.pcap", (900.03,))
    dropped(folder / "stated.pcap", (47.3,), ("Reason", 'Q.850;cause=102;text="Recovery on timer expiry"'))
    refused(folder / "timer-b.pcap", 100, 32.05, 408)
    refused(folder / "timer-c.pcap", 180, 180.1, 408)
    refused(folder / "expires.pcap", 180, 35.02, 487, ("Expires", "35"))
    given_up(folder / "ring-limit.pcap", (25.01, 25.02))
    ladder(folder / "ladder.pcap")
    idle(folder / "idle.pcap")
    silent(folder / "silent.pcap")


def set_up(wire: Recording, call: Dialog) -> None:
    """Alice calls Bob, who answers after two seconds."""
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 180), BOB, ALICE, after=0.12)
    answer = call.reply(invite, 200, body=sdp(BOB))
    wire.send(answer, BOB, ALICE, after=2)
    wire.send(call.ack(answer), ALICE, BOB)


def hung_up(wire: Recording, call: Dialog, sender: Agent, after: float, *fields: tuple[str, str]) -> None:
    """A BYE of `sender`, so long after the 200, and the 200 to it."""
    peer = BOB if sender is ALICE else ALICE
    bye = call.request(sender, "BYE", *fields)
    wire.send(bye, sender, peer, after=after - 0.018)
    wire.send(call.reply(bye, 200), peer, sender)


def dropped(path: Path, lengths: tuple[float, ...], *fields: tuple[str, str]) -> None:
    """Calls that Bob's server ends after these lengths."""
    wire = Recording(path=path)
    for number, length in enumerate(lengths, 1):
        call = Dialog(caller=ALICE, callee=BOB, name=f"{path.stem}-{number}")
        set_up(wire, call)
        hung_up(wire, call, BOB, length, *fields)
        wire.wait(5)
    wire.write()


def rung(wire: Recording, call: Dialog, code: int, peer: Agent, *fields: tuple[str, str]) -> Message:
    """Alice's INVITE and a provisional response."""
    invite = call.request(ALICE, "INVITE", *fields, body=sdp(ALICE))
    wire.send(invite, ALICE, peer)
    wire.send(call.reply(invite, code, by=peer), peer, ALICE, after=0.01)
    return invite


def refused(path: Path, code: int, length: float, final: int, *fields: tuple[str, str]) -> None:
    """The server says `code`, and `final` so long after the INVITE or the ringing."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"dropped-by-timer-{path.stem}")
    invite = rung(wire, call, code, PROXY, *fields)
    refusal = call.reply(invite, final, by=PROXY)
    wire.send(refusal, PROXY, ALICE, after=length - 0.01)
    wire.send(ack_of_failure(invite, refusal), ALICE, PROXY)
    wire.write()


def given_up(path: Path, lengths: tuple[float, ...]) -> None:
    """Alice's dial plan lets it ring for 25 seconds."""
    wire = Recording(path=path)
    for number, length in enumerate(lengths, 1):
        attempt(wire, Dialog(caller=ALICE, callee=BOB, name=f"{path.stem}-{number}"), length)
        wire.wait(7)
    wire.write()


def attempt(wire: Recording, call: Dialog, length: float) -> None:
    """It rings, and Alice gives up so long after that."""
    invite = rung(wire, call, 180, BOB)
    over = cancel(invite)
    wire.send(over, ALICE, BOB, after=length)
    wire.send(call.reply(over, 200), BOB, ALICE)
    ended = call.reply(invite, 487)
    wire.send(ended, BOB, ALICE)
    wire.send(ack_of_failure(invite, ended), ALICE, BOB)


def ladder(path: Path) -> None:
    """Nothing answers, and Alice's phone gives up when its next copy would be due."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="dropped-by-timer-ladder")
    invite = call.request(ALICE, "INVITE", body=sdp(ALICE))
    wire.send(invite, ALICE, BOB)
    wire.repeat(invite, ALICE, BOB, LADDER_OF_INVITE[:4])
    over = cancel(invite)
    wire.send(over, ALICE, BOB, after=15.5)
    wire.send(call.reply(over, 200), BOB, ALICE)
    ended = call.reply(invite, 487)
    wire.send(ended, BOB, ALICE)
    wire.send(ack_of_failure(invite, ended), ALICE, BOB)
    wire.write()


def idle(path: Path) -> None:
    """Twenty minutes of talk without any signalling; then Alice's BYE does not get through any more."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name="dropped-by-timer-idle")
    set_up(wire, call)
    bye = call.request(ALICE, "BYE")
    wire.send(bye, ALICE, BOB, after=1234.5)
    wire.repeat(bye, ALICE, BOB, LADDER)
    wire.write()


def silent(path: Path) -> None:
    """Calls that people end: one of them after a minute to the tenth of a second, as chance will have it."""
    wire = Recording(path=path)
    for number, length in enumerate((33.4, 60.08, 61.9, 118.2, 7.3), 1):
        call = Dialog(caller=ALICE, callee=BOB, name=f"dropped-by-timer-silent-{number}")
        set_up(wire, call)
        hung_up(wire, call, ALICE, length)
        wire.wait(6)
    attempt(wire, Dialog(caller=ALICE, callee=BOB, name="dropped-by-timer-silent-ringing"), 19.6)
    wire.write()


if __name__ == "__main__":
    build(Path(__file__).resolve().parent)
