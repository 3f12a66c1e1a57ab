"""The calls of which only the session descriptions or single messages matter: answered, or refused."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from typing import TYPE_CHECKING

from conversation import ALICE, BOB, Agent, Dialog, Message, ack_of_failure
from recording import Recording

if TYPE_CHECKING:
    from pathlib import Path

TALK = 9.0
"""Seconds from the answer to the end of a call."""


def answered(
    path: Path,
    offer: str,
    answer: str,
    *,
    caller: Agent = ALICE,
    callee: Agent = BOB,
    fields: tuple[tuple[str, str], ...] = (),
) -> None:
    """Write a call with these session descriptions, ended by the caller."""
    wire, call, _ = begun(path, offer, answer, caller=caller, callee=callee, fields=fields)
    ended(wire, call)
    wire.write()


def begun(
    path: Path,
    offer: str,
    answer: str,
    *,
    caller: Agent = ALICE,
    callee: Agent = BOB,
    fields: tuple[tuple[str, str], ...] = (),
) -> tuple[Recording, Dialog, Message]:
    """A call up to its ACK: what is recorded, the dialog and the 200."""
    wire = Recording(path=path)
    call = Dialog(caller=caller, callee=callee, name=f"{path.parent.name}-{path.stem}")
    invite = call.request(caller, "INVITE", *fields, body=offer)
    wire.send(invite, caller, callee)
    wire.send(call.reply(invite, 100), callee, caller)
    wire.send(call.reply(invite, 180), callee, caller, after=0.1)
    accepted = call.reply(invite, 200, body=answer)
    wire.send(accepted, callee, caller, after=2)
    wire.send(call.ack(accepted), caller, callee)
    return wire, call, accepted


def ended(wire: Recording, call: Dialog) -> None:
    """The caller hangs up."""
    bye = call.request(call.caller, "BYE")
    wire.send(bye, call.caller, call.callee, after=TALK)
    wire.send(call.reply(bye, 200), call.callee, call.caller)


def refused(path: Path, offer: str, code: int, *fields: tuple[str, str], body: str = "") -> None:
    """Write a call that Bob's phone refuses, with a session description of its own or without."""
    wire = Recording(path=path)
    call = Dialog(caller=ALICE, callee=BOB, name=f"{path.parent.name}-{path.stem}")
    invite = call.request(ALICE, "INVITE", body=offer)
    wire.send(invite, ALICE, BOB)
    wire.send(call.reply(invite, 100), BOB, ALICE)
    refusal = call.reply(invite, code, *fields, body=body)
    wire.send(refusal, BOB, ALICE)
    wire.send(ack_of_failure(invite, refusal), ALICE, BOB)
    wire.go_on(TALK)
    wire.write()


def description(agent: Agent, *streams: str, address: str = "") -> str:
    """A session description with `streams`, each an m= line with its attributes, joined by line feeds."""
    at = address or agent.address
    lines = ["v=0", f"o={agent.user} 3849120 1 IN IP4 {agent.address}", "s=-", f"c=IN IP4 {at}", "t=0 0"]
    lines += [line for stream in streams for line in stream.split("\n")]
    return "".join(f"{line}\r\n" for line in lines)


def without(message: Message, name: str) -> Message:
    """The message without its header fields of one name."""
    return replace(message, fields=tuple(field for field in message.fields if field[0] != name))


@dataclass(frozen=True, kw_only=True, eq=False)
class Measured(Message):
    """A message that states a length of its own."""

    off: int = 0
    """How much the stated length differs from the true one."""
    tail: bytes = b""
    """Bytes behind the body."""

    def __bytes__(self) -> bytes:
        length = len(self.body.encode())
        return (
            super()
            .__bytes__()
            .replace(f"Content-Length: {length}".encode(), f"Content-Length: {length + self.off}".encode())
            + self.tail
        )


def measured(message: Message, *, off: int = 0, tail: bytes = b"") -> Measured:
    """`message` with a stated length that is wrong by `off`, and more bytes behind it."""
    known = {each.name: getattr(message, each.name) for each in fields(message)}
    return Measured(**known, off=off, tail=tail)
