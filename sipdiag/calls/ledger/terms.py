"""The terms on which a refused request may be tried again, as the refusal states them.

RFC 3261, sections 8.1.3.5, 10.2.8 (423) and 21.4; RFC 4028, section 7.3 (422); RFC 3903, section 5 (423). What a
refusal does not state is no term: a 415 without Accept says nothing that a client could ignore.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from typing import Final

from sipdiag.calls.authentication import challenges_in
from sipdiag.sip import Message, split_parameters
from sipdiag.trace import Sighting

_LEADING_NUMBER: Final = re.compile(r"\s*(\d{1,9})")

CHALLENGED: Final = frozenset({"MESSAGE", "PUBLISH"})
"""Methods for whose challenges no other rule looks whether the client came back."""
WITHOUT_DIALOG: Final = frozenset({"INVITE", "SUBSCRIBE", "MESSAGE", "PUBLISH", "REFER"})
"""Requests that a client can send to another server, or later."""


def retry_after(response: Sighting) -> int:
    """Seconds for which a client is to stay away; 0 where the response does not say."""
    return _number(response.message.field("retry-after") or "") or 0


def stated_by(status: int, response: Sighting, request: Sighting) -> list[str]:
    """What `response` states, in the words of its header fields: option tags, media types, seconds; else nothing."""
    message = response.message
    if status == 420:
        return message.values("unsupported")
    if status == 415:
        return message.values("accept") if message.field("accept") and _media_type(request.message) else []
    if status == 405:
        return message.values("allow") if message.field("allow") else []
    if status == 489:
        return [_package(request.message)] if _package(request.message) else []
    if status in (422, 423):
        least = message.field("min-se" if status == 422 else "min-expires") or ""
        return [least] if _number(least) is not None else []
    return [each.realm for each in challenges_in(response)] if status in (401, 407) else []


def broken_by(status: int, stated: list[str], request: Sighting) -> bool | None:
    """Whether `request`, which tries again what was refused, breaks the terms; None where they do not concern it."""
    return _JUDGES[status](stated, request.message)


def offending(status: int, stated: list[str], request: Sighting) -> str:
    """What in `request` was refused, in its own words."""
    message = request.message
    if status == 420:
        return ", ".join(sorted(set(stated) & set(_required(message))))
    if status == 415:
        return _media_type(message)
    if status == 489:
        return _package(message)
    if status == 422:
        return message.field("session-expires") or ""
    return (message.field("expires") or "") if status == 423 else ""


def _extension(stated: list[str], message: Message) -> bool | None:
    return bool(set(stated) & set(_required(message)))


def _media(stated: list[str], message: Message) -> bool | None:
    sent = _media_type(message)
    if not sent:
        return False
    accepted = {split_parameters(value)[0].strip().lower() for value in stated}
    return not accepted & {sent, f"{sent.partition('/')[0]}/*", "*/*"} and not sent.startswith("multipart/")


def _method(stated: list[str], message: Message) -> bool | None:
    return message.cseq_method not in stated or None


def _event(stated: list[str], message: Message) -> bool | None:
    return _package(message) in stated or None


def _session(stated: list[str], message: Message) -> bool | None:
    return _shorter(message.field("session-expires"), stated)


def _interval(stated: list[str], message: Message) -> bool | None:
    asked = _number(message.field("expires") or "")
    return None if asked == 0 else _shorter(message.field("expires"), stated)  # 0 removes, whatever the minimum is


def _challenge(stated: list[str], message: Message) -> bool | None:  # noqa: ARG001  (all judges are alike)
    return not (message.field("authorization") or message.field("proxy-authorization"))


def _shorter(asked: str | None, stated: list[str]) -> bool | None:
    """Whether `asked` is less than the least that is stated; leaving it out is a way to comply."""
    wanted, least = _number(asked or ""), _number(stated[0])
    return wanted is not None and least is not None and wanted < least


_JUDGES: Final[dict[int, Callable[[list[str], Message], bool | None]]] = {
    401: _challenge,
    405: _method,
    407: _challenge,
    415: _media,
    420: _extension,
    422: _session,
    423: _interval,
    489: _event,
}
REFUSALS: Final = frozenset(_JUDGES)
"""Status codes of refusals that state terms."""


def _required(message: Message) -> list[str]:
    return [*message.values("require"), *message.values("proxy-require")]


def _media_type(message: Message) -> str:
    return split_parameters(message.field("content-type") or "")[0].strip().lower() if message.body else ""


def _package(message: Message) -> str:
    return split_parameters(message.field("event") or "")[0].strip().lower()


def _number(text: str) -> int | None:
    """The number that `text` begins with; None where it begins with none."""
    found = _LEADING_NUMBER.match(text)
    return int(found[1]) if found else None
