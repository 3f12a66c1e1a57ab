"""Messages of an `Exchange` with bodies: the short way to set a scene for rules on sessions."""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from exchange import CALLEE, CALLER, Exchange

if TYPE_CHECKING:
    from sipdiag.trace import Sighting

VOICE = "m=audio 4000 RTP/AVP 0\na=rtpmap:0 PCMU/8000"


def sdp(*streams: str, address: str = "192.0.2.10") -> bytes:
    """A session description; each stream is an m= line with its attributes, joined by line feeds."""
    lines = ["v=0", f"o=- 1 1 IN IP4 {address}", "s=-", f"c=IN IP4 {address}", "t=0 0"]
    lines += [line for stream in streams for line in stream.split("\n")]
    return "".join(f"{line}\r\n" for line in lines).encode()


def with_body(talk: Exchange, sighting: Sighting, body: bytes, *, stated: int | None = None) -> Sighting:
    """The message of `sighting` with a body, and with another stated length when one is given."""
    message = sighting.message
    length = len(body) if stated is None else stated
    head = message.head.replace("Content-Length: 0", f"Content-Type: application/sdp\r\nContent-Length: {length}")
    changed = replace(sighting, message=replace(message, head=head if body else message.head, body=body))
    talk.sightings[talk.sightings.index(sighting)] = changed
    return changed


def with_head(talk: Exchange, sighting: Sighting, old: str, new: str) -> Sighting:
    """The message of `sighting` with another text in its header; its correlation stays."""
    message = replace(sighting.message, head=sighting.message.head.replace(old, new))
    changed = replace(sighting, message=message)
    talk.sightings[talk.sightings.index(sighting)] = changed
    return changed


def call(
    talk: Exchange,
    offer: bytes = b"",
    answer: bytes = b"",
    *,
    in_ack: bytes = b"",
    fields: str = "",
    caller: str = CALLER,
    callee: str = CALLEE,
) -> tuple[Sighting, Sighting, Sighting]:
    """INVITE, 200 and ACK with these session descriptions; gives the three."""
    invite = with_body(talk, talk.request("INVITE", 0, fields=fields, source=caller, destination=callee), offer)
    accepted = with_body(talk, talk.response(200, invite, 1, fields=f"Contact: <sip:b@{callee}>\r\n"), answer)
    ack = talk.request("ACK", 1.1, branch="ack", to_tag="callee", source=caller, destination=callee)
    return invite, accepted, with_body(talk, ack, in_ack)


def refused(talk: Exchange, offer: bytes, status: int, *, body: bytes = b"", fields: str = "") -> None:
    """INVITE and a refusal with these session descriptions."""
    invite = with_body(talk, talk.request("INVITE", 0), offer)
    with_body(talk, talk.response(status, invite, 0.1, fields=fields), body)
    talk.request("ACK", 0.2, to_tag="callee")
