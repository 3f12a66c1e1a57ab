"""What changed inside a message: its first line, its header fields, its session description.

What changed is told as it stands; of credentials and keys only what is no secret.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from difflib import SequenceMatcher

from sipdiag.calls import sdp_in
from sipdiag.difference.change import Change
from sipdiag.difference.neutral import DIGEST, ELLIPSIS, Neutral
from sipdiag.media import parse_sdp
from sipdiag.sip import Response
from sipdiag.trace import Sighting

MOST_LINES = 2_000
"""Lines of a session description, and header fields of a message, that are compared one with another."""
COMPACT = {"i": "call-id", "m": "contact", "e": "content-encoding", "l": "content-length", "c": "content-type"}
COMPACT |= {"f": "from", "s": "subject", "k": "supported", "t": "to", "v": "via", "o": "event", "r": "refer-to"}
"""Short spellings of header fields (RFC 3261, section 20; RFC 6665; RFC 3515)."""
_MEDIA_PORT = re.compile(r"^(\S+) [1-9]\d*")
_MADE_UP = re.compile(r"^(ice-ufrag|ice-pwd|ssrc|ssrc-group|fingerprint|msid|msid-semantic|key-mgmt|rtcp|cname):.*")
_SECRET = re.compile(r"^(ice-pwd|crypto|key-mgmt):")
"""Lines that are told without their keys."""
_CRYPTO = re.compile(r"(inline:)\S+")
_CANDIDATE = re.compile(r"^candidate:\S+ (\S+) (\S+) \S+ \S+ \S+ typ (\S+).*")


def content_changes(
    label: str, before: Sighting, after: Sighting, neutral: tuple[Neutral, Neutral]
) -> Iterator[Change]:
    """The changes from one message to its counterpart."""

    def change(kind: str, name: str, was: str, now: str) -> Change:
        frames = before.frame, after.frame
        return Change(
            kind=kind, name=name, of=label, before=was, after=now, frame_before=frames[0], frame_after=frames[1]
        )

    one, other = (_start(each, how) for each, how in zip((before, after), neutral, strict=True))
    if one != other:
        yield change("start-line", "", one, other)
    for name, gone, come in _field_changes(before, after, neutral):
        yield change("header", name, gone, come)
    lines = [_sdp_lines(each, how) for each, how in zip((before, after), neutral, strict=True)]
    for stream, gone, come in _line_changes(lines[0], lines[1]):
        yield change("sdp", stream, gone, come)


def _start(sighting: Sighting, neutral: Neutral) -> str:
    message = sighting.message
    if isinstance(message, Response):
        return neutral.text(f"{message.status} {message.reason}")
    return neutral.field("contact", f"{message.method} {message.uri}")


def _field_changes(
    before: Sighting, after: Sighting, neutral: tuple[Neutral, Neutral]
) -> Iterator[tuple[str, str, str]]:
    """Name, value before and value after of each header field that changed; both as they stand."""
    fields = [_fields(each, how) for each, how in zip((before, after), neutral, strict=True)]
    for name in dict.fromkeys([*fields[0], *fields[1]]):
        gone, come = (each.get(name, []) for each in fields)
        if [told for told, _ in gone] == [told for told, _ in come]:
            continue
        yield (
            (gone or come)[0][1].partition(":")[0],
            ", ".join(whole.partition(": ")[2] for _, whole in gone),
            ", ".join(whole.partition(": ")[2] for _, whole in come),
        )


def _fields(sighting: Sighting, neutral: Neutral) -> dict[str, list[tuple[str, str]]]:
    """Name in lower case → (what is compared, `Name: value` as it stands) of each of its lines."""
    found: dict[str, list[tuple[str, str]]] = {}
    for name, value in sighting.message.all_fields[:MOST_LINES]:
        lower = COMPACT.get(name.lower(), name.lower())
        told = neutral.field(lower, value)
        found.setdefault(lower, []).append((told, f"{name}: {told if lower in DIGEST else value}"))
    return found


def _sdp_lines(sighting: Sighting, neutral: Neutral) -> list[tuple[str, str, str]]:
    """Stream, what is compared, and the line as it stands, for each line of the session description."""
    body = sdp_in(sighting.message)
    if not body:
        return []
    stream, told = "", []
    for kind, value in parse_sdp(body).lines[:MOST_LINES]:
        if kind == "m":
            stream = value.partition(" ")[0]
        plain = _plain(kind, value)
        told.append((stream, neutral.address(plain), plain if _SECRET.match(value) else f"{kind}={value}"))
    return told


def _plain(kind: str, value: str) -> str:
    """A line without what differs in every run: ids of the session, ports, keys, candidates."""
    if kind == "o":
        parts = value.split(" ")
        return f"o={parts[0]} {ELLIPSIS} {' '.join(parts[3:])}"
    if kind == "m":  # a port of 0 means something, any other is as good as the next
        return "m=" + _MEDIA_PORT.sub(rf"\1 {ELLIPSIS}", value)
    value = _CANDIDATE.sub(r"candidate \1 \2 \3", value)
    return f"{kind}=" + _CRYPTO.sub(rf"\1{ELLIPSIS}", _MADE_UP.sub(rf"\1:{ELLIPSIS}", value))


def _line_changes(
    before: Sequence[tuple[str, str, str]], after: Sequence[tuple[str, str, str]]
) -> Iterator[tuple[str, str, str]]:
    """Stream, line before and line after; a line that came or went has nothing on the other side."""
    one, other = [each[:2] for each in before], [each[:2] for each in after]
    if one == other:
        return
    for tag, begin, end, from_, to in SequenceMatcher(a=one, b=other, autojunk=False).get_opcodes():
        if tag == "equal":
            continue
        gone, come = before[begin:end], after[from_:to]
        for number in range(max(len(gone), len(come))):
            was = gone[number] if number < len(gone) else None
            now = come[number] if number < len(come) else None
            yield (was or now or ("", "", ""))[0], was[2] if was else "", now[2] if now else ""
