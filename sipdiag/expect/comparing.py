"""One expectation against one thing that was seen: does it speak of it, and what is not as expected."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import lru_cache

from sipdiag.calls import SECOND, Call, Registration
from sipdiag.expect.course import Courses, Step, has_code, is_called, label_of
from sipdiag.expect.expectations import (
    Expected,
    ExpectedCall,
    ExpectedHeader,
    ExpectedRegistration,
    ExpectedRequest,
    ExpectedSubscription,
    Range,
)
from sipdiag.expect.listening import media_mismatches
from sipdiag.expect.mismatch import Compared, Mismatch, mismatch_at
from sipdiag.expect.pattern import Pattern
from sipdiag.expect.subjects import Subject, agreement_of, forms_of, short_form, steps_of
from sipdiag.trace import Sighting, host

__all__ = ["Compared", "Mismatch", "kind_of", "mismatches_of", "patterns_of", "speaks_of", "title_of"]

MOST_TOLD = 6
"""Values or messages that one mismatch lists."""

pattern = lru_cache(maxsize=4096)(Pattern)
"""Each pattern is read once."""


def kind_of(expected: Expected) -> str:
    """What an expectation is about, as `Subject.kind` has it."""
    kinds = {ExpectedCall: "call", ExpectedRegistration: "registration", ExpectedSubscription: "subscription"}
    return kinds.get(type(expected), "request")


def title_of(expected: Expected) -> str:
    """Its name, else what it says of the parties."""
    if expected.name:
        return expected.name
    if isinstance(expected, ExpectedRegistration):
        return expected.aor
    if isinstance(expected, ExpectedSubscription):
        return f"{expected.event} {expected.to}"
    parties = f"{expected.from_} → {expected.to}"
    return f"{expected.method} {parties}" if isinstance(expected, ExpectedRequest) else parties


def patterns_of(expected: Expected) -> tuple[str, str]:
    """The patterns for From and To that tell which things it speaks of."""
    if isinstance(expected, ExpectedRegistration):
        return "*", expected.aor
    return "*" if isinstance(expected, ExpectedSubscription) else expected.from_, expected.to


def speaks_of(expected: Expected, subject: Subject) -> bool:
    """Whether kind and parties are those of the expectation."""
    if kind_of(expected) != subject.kind:
        return False
    if isinstance(expected, ExpectedSubscription) and not pattern(expected.event).matches(subject.label):
        return False
    if isinstance(expected, ExpectedRequest) and expected.method != subject.label:
        return False
    from_, to = patterns_of(expected)
    return _fits(from_, subject.from_) and _fits(to, subject.to)


def mismatches_of(expected: Expected, subject: Subject, courses: Courses) -> list[Mismatch]:
    """What of `subject` is not as `expected`, in the order of the keys."""
    found = list(_outcome(expected, subject))
    if isinstance(expected, ExpectedCall) and isinstance(subject.member, Call):
        found += _times(expected, subject.member)
        found += _codecs(expected, subject.member)
        found += media_mismatches(expected, subject.member, courses.carriage)
        if expected.messages is not None or expected.retransmissions is not None or expected.header:
            found += _course(expected, subject, courses)
    if isinstance(expected, ExpectedRegistration) and isinstance(subject.member, Registration):
        granted = subject.member.expires
        if expected.expires_s is not None and not expected.expires_s.holds(granted):
            found.append(mismatch_at("expires_s", expected.expires_s, granted, subject.final or subject.opening))
    return found


def _fits(source: str, uri: str) -> bool:
    return source == "*" or any(pattern(source).matches(form) for form in forms_of(uri))


def _outcome(expected: Expected, subject: Subject) -> Iterator[Mismatch]:
    shown_by = subject.final or subject.opening
    outcome = None if isinstance(expected, ExpectedRequest) else expected.outcome
    if outcome is not None and outcome != subject.outcome:
        yield mismatch_at("outcome", outcome, subject.outcome, shown_by)
    if expected.code is not None and not has_code(str(subject.code), str(expected.code)):
        yield mismatch_at("code", expected.code, subject.code, shown_by)
    if isinstance(expected, ExpectedCall) and isinstance(subject.member, Call) and expected.ended_by is not None:
        call = subject.member
        if call.ended_by != expected.ended_by:
            ending = None if call.ending is None else call.ending.request
            yield mismatch_at("ended_by", expected.ended_by, call.ended_by, ending or subject.opening)


def _times(expected: ExpectedCall, call: Call) -> Iterator[Mismatch]:
    ending = None if call.ending is None else call.ending.request
    spans = (
        ("setup_s", expected.setup_s, call.invite, call.answer),
        ("pdd_s", expected.pdd_s, call.invite, call.first_indication),
        ("duration_s", expected.duration_s, call.answer, ending),
    )
    for key, due, begin, end in spans:
        if due is None:
            continue
        seen = None if begin is None or end is None else round((end.time - begin.time) / SECOND, 6)
        if not due.holds(seen):
            yield mismatch_at(key, due, seen, end or begin or call.opening)


def _codecs(expected: ExpectedCall, call: Call) -> Iterator[Mismatch]:
    if expected.codecs is None:
        return
    seen, exchange = agreement_of(call)
    due = [each.lower() for each in expected.codecs]
    if [each.lower() for each in seen[: len(due)]] != due:
        answer = None if exchange is None else exchange.answer
        yield mismatch_at("codecs", expected.codecs, seen[:MOST_TOLD] or None, answer or call.opening)


def _course(expected: ExpectedCall, subject: Subject, courses: Courses) -> Iterator[Mismatch]:
    steps = steps_of(subject, courses)
    if expected.retransmissions is not None:
        repeats = [each for step in steps for each in step.repeats]
        due = expected.retransmissions
        limits = due if isinstance(due, Range) else Range(min=due, max=due)
        if not limits.holds(len(repeats)):
            shown_by = min(repeats, key=lambda each: each.time, default=subject.opening)
            yield mismatch_at("retransmissions", due, len(repeats), shown_by)
    if expected.messages is not None:
        yield from _order(expected.messages, steps, exact=expected.exact)
    for header in expected.header:
        yield from _header(header, courses.sightings(subject.call_ids), subject.opening)


def _order(due: Sequence[str], steps: Sequence[Step], *, exact: bool) -> Iterator[Mismatch]:
    """The first message that does not come where it should."""
    place = 0
    for number, name in enumerate(due):
        at = next((at for at in range(place, len(steps)) if is_called(steps[at].label, name)), None)
        if at is None or (exact and at != place):
            rest = [step.label for step in steps[place:]]
            before = steps[place - 1].label if place else ""
            shown_by = steps[min(place, len(steps) - 1)].sighting
            told = list(due[number:][:MOST_TOLD])
            yield mismatch_at("messages", told, rest[:MOST_TOLD] or None, shown_by, detail=before)
            return
        place = at + 1
    if exact and place < len(steps):
        rest = [step.label for step in steps[place:]]
        yield mismatch_at("messages", None, rest[:MOST_TOLD], steps[place].sighting, detail=steps[place - 1].label)


def _header(due: ExpectedHeader, sightings: Sequence[Sighting], opening: Sighting) -> Iterator[Mismatch]:
    """Some message of that name has such a value; where it must be absent none has the field."""
    asked = [each for each in sightings if is_called(label_of(each), due.message)]
    if due.to is not None:
        asked = [each for each in asked if pattern(due.to).matches(host(each.destination))]
    detail = f"{due.message} {due.name}"
    if due.absent:
        having = next((each for each in asked if each.message.field(due.name) is not None), None)
        if having is not None:
            yield mismatch_at("header", None, _values(having, due)[:MOST_TOLD], having, detail=detail)
    elif not any(_has(each, due) for each in asked):
        seen = list(dict.fromkeys(value for each in asked for value in _values(each, due)))
        shown_by = asked[-1] if asked else opening
        yield mismatch_at("header", due.value or [], seen[:MOST_TOLD] or None, shown_by, detail=detail)


def _has(sighting: Sighting, due: ExpectedHeader) -> bool:
    values = _values(sighting, due)
    return bool(values) if due.value is None else any(pattern(due.value).matches(each) for each in values)


def _values(sighting: Sighting, due: ExpectedHeader) -> list[str]:
    """Each line of the field as it stands; where there are several values in a line, each of them too."""
    lines = sighting.message.fields(due.name)
    return list(dict.fromkeys([*lines, *sighting.message.values(due.name)])) if len(lines) < 100 else lines


def parties_of(subject: Subject) -> str:
    """Who a thing that was seen is between, for people."""
    if subject.kind == "registration":
        return short_form(subject.to)
    parties = f"{short_form(subject.from_)} → {short_form(subject.to)}"
    return f"{subject.label} {parties}" if subject.label else parties
