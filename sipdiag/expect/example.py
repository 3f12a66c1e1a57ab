"""A good recording → what to expect of the next one: as it went, with room for times that differ from run to run."""

from __future__ import annotations

from collections.abc import Iterable
from math import ceil, floor
from typing import TypeVar

import msgspec

from sipdiag.calls import SECOND, Call, Carriage, Correlation, Registration
from sipdiag.expect.course import Courses
from sipdiag.expect.expectations import (
    Expectations,
    ExpectedCall,
    ExpectedCapture,
    ExpectedRegistration,
    ExpectedRequest,
    ExpectedSubscription,
    Range,
)
from sipdiag.expect.listening import directions_of, lowest_mos
from sipdiag.expect.pattern import literal
from sipdiag.expect.subjects import Subject, agreement_of, short_form, steps_of, subjects_in
from sipdiag.trace import Sighting

LONGEST = 200
"""Characters of a party that are written; a star stands for the rest."""
SLACK = 2
"""How often as long the next setup may take; a whole second is granted at least."""
MOS_SLACK = 3
"""Tenths by which the estimate may be lower."""
TALK_SLACK = 0.2
"""The part by which a call may be shorter or longer; two seconds are granted at least."""
_VARYING = ("setup_s", "duration_s", "retransmissions")
"""Keys of which like calls may have different values."""

Each = TypeVar("Each", ExpectedCall, ExpectedRegistration, ExpectedSubscription, ExpectedRequest)


def expectations_of(correlation: Correlation, carriage: Carriage | None = None) -> Expectations:
    """What the next recording must show to be like this one; like calls are one entry with a count."""
    courses = Courses(correlation, carriage)
    subjects = list(subjects_in(correlation))
    calls = [_call(each, courses) for each in subjects if each.kind == "call"]
    registrations = [_registration(each) for each in subjects if each.kind == "registration"]
    subscriptions = [_subscription(each) for each in subjects if each.kind == "subscription"]
    requests = [_request(each) for each in subjects if each.kind == "request" and _readable(each.label)]
    return Expectations(
        capture=ExpectedCapture(
            calls=len(calls),
            registrations=len(registrations),
            subscriptions=len(subscriptions),
            exact=len(requests) == sum(each.kind == "request" for each in subjects),
        ),
        call=_counted(calls),
        registration=_counted(registrations),
        subscription=_counted(subscriptions),
        request=_counted(requests),
    )


def _call(subject: Subject, courses: Courses) -> ExpectedCall:
    call = subject.member
    if not isinstance(call, Call):
        raise TypeError(subject.kind)  # subjects of this kind hold a call
    codecs, _ = agreement_of(call)
    steps = steps_of(subject, courses)
    ending = None if call.ending is None else call.ending.request
    talked = _seconds(call.answer, ending)
    labels = [step.label for step in steps]
    repeats = sum(len(step.repeats) for step in steps)
    return _made(
        ExpectedCall,
        {
            "from": _party(subject.from_),
            "to": _party(subject.to),
            "outcome": subject.outcome,
            "code": _code(subject),
            "ended_by": call.ended_by,
            "setup_s": _at_most(_seconds(call.invite, call.answer)),
            "duration_s": None if talked is None else _around(talked),
            "codecs": codecs if codecs and all(_readable(each) for each in codecs) else None,
            **_media(call, courses.carriage),
            "retransmissions": {"max": repeats} if repeats else 0,
            "messages": labels if all(_readable(each.replace(" ", "", 1)) for each in labels) else None,
        },
    )


def _media(call: Call, carriage: Carriage | None) -> dict[str, object]:
    """Who is sent media and how well; nothing where the recording holds none, as one of signalling only does."""
    carried = [] if carriage is None else carriage.of(call).carried
    if directions_of(carried) == "none":
        return {}
    lowest = lowest_mos(carried)
    room = None if lowest is None else {"min": max(1.0, floor(10 * lowest - MOS_SLACK) / 10)}
    return {"media": directions_of(carried), "mos": room}


def _registration(subject: Subject) -> ExpectedRegistration:
    granted = subject.member.expires if isinstance(subject.member, Registration) else None
    return _made(
        ExpectedRegistration,
        {
            "aor": _party(subject.to),
            "outcome": subject.outcome,
            "code": _code(subject),
            "expires_s": None if granted is None else {"min": granted, "max": granted},
        },
    )


def _subscription(subject: Subject) -> ExpectedSubscription:
    package = subject.label.partition(";")[0]  # what follows is an id, new in each run
    parts = {"event": _pattern(package) + "*", "to": _party(subject.to)}
    return _made(ExpectedSubscription, {**parts, "outcome": subject.outcome, "code": _code(subject)})


def _request(subject: Subject) -> ExpectedRequest:
    parties = {"from": _party(subject.from_), "to": _party(subject.to)}
    return _made(ExpectedRequest, {"method": subject.label, **parties, "code": _code(subject)})


def _made(kind: type[Each], values: dict[str, object]) -> Each:
    return msgspec.convert({name: value for name, value in values.items() if value is not None}, kind)


def _code(subject: Subject) -> int | None:
    code = subject.code
    return code if code is not None and 100 <= code <= 699 else None


def _readable(text: str) -> bool:
    return bool(text) and text.isprintable() and not any(each.isspace() for each in text)


def _party(uri: str) -> str:
    """A pattern for a URI as `user@host`."""
    return _pattern(short_form(uri))


def _pattern(text: str) -> str:
    """A pattern for `text`; what no TOML file can hold is any character, what is very long any characters."""
    characters = ("?" if "\ud800" <= each <= "\udfff" else literal(each) for each in text[:LONGEST])
    pattern = "".join(characters) + ("*" if len(text) > LONGEST else "")
    return f"\\{pattern}" if len(pattern) > 1 and pattern[0] == pattern[-1] == "/" else pattern


def _at_most(seconds: float | None) -> dict[str, int] | None:
    return None if seconds is None else {"max": ceil(max(seconds * SLACK, seconds + 1))}


def _around(seconds: float) -> dict[str, int]:
    slack = max(2.0, seconds * TALK_SLACK)
    return {"min": max(0, floor(seconds - slack)), "max": ceil(seconds + slack)}


def _seconds(begin: Sighting | None, end: Sighting | None) -> float | None:
    """None too where the recorder's clock went back in between: such a time is nothing to expect."""
    return None if begin is None or end is None or end.time < begin.time else (end.time - begin.time) / SECOND


def _counted(entries: Iterable[Each]) -> list[Each]:
    """Like entries as one, with a count and with ranges that hold them all."""
    found: dict[bytes, Each] = {}
    for each in entries:
        varying = {name: getattr(each, name) for name in _VARYING if hasattr(each, name)}
        key = msgspec.json.encode(msgspec.structs.replace(each, **dict.fromkeys(varying)))
        first = found.get(key)
        if first is None:
            found[key] = each
            continue
        joined = {name: _joined(getattr(first, name), value) for name, value in varying.items()}
        found[key] = msgspec.structs.replace(first, count=first.count + 1, **joined)
    return list(found.values())


def _joined(one: Range | int | None, other: Range | int | None) -> Range | int | None:
    """A range that holds what either holds; None where one has no such time."""
    if one is None or other is None or one == other:
        return one if one == other else None
    ranges = [Range(min=each, max=each) if isinstance(each, int) else each for each in (one, other)]
    least, most = [each.min for each in ranges], [each.max for each in ranges]
    return Range(
        min=None if None in least else min(each for each in least if each is not None),
        max=None if None in most else max(each for each in most if each is not None),
    )
