"""Two analyses → the difference between them, conversation by conversation, message by message."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from difflib import SequenceMatcher

import msgspec

from sipdiag.analysis import Analysis
from sipdiag.calls import SECOND, Call
from sipdiag.difference.change import Change, Difference, Pair
from sipdiag.difference.content import content_changes
from sipdiag.difference.matching import couples
from sipdiag.difference.neutral import Neutral
from sipdiag.expect import (
    Courses,
    Step,
    Subject,
    agreement_of,
    directions_of,
    forms_of,
    lowest_mos,
    parties_of,
    subjects_in,
)
from sipdiag.findings import Finding
from sipdiag.trace import host

MOST_STEPS = 1_000
"""Messages of a conversation up to which each is looked for anywhere in the other; longer ones go side by side."""
TOLERANCE_S = 0.5
"""Seconds by which the time between two messages may differ."""
TOLERANCE_MOS = 0.3


class _Side(msgspec.Struct, frozen=True):
    """One recording."""

    analysis: Analysis
    courses: Courses
    findings: dict[str, list[Finding]]
    """By Call-ID; those of no call under the empty one."""

    def steps(self, subject: Subject) -> list[Step]:
        return self.courses.steps(subject.call_ids)


def difference_between(before: Analysis, after: Analysis, *, tolerance_s: float = TOLERANCE_S) -> Difference:
    """What changed from `before` to `after`; times that differ by no more than `tolerance_s` are the same."""
    one, other = _side(before), _side(after)
    subjects = [list(_conversations(each)) for each in (before, after)]
    pairs = [_pair(left, right, one, other, tolerance_s) for left, right in couples(subjects[0], subjects[1])]
    rest = list(_finding_changes(one.findings[""], other.findings[""]))
    if rest:
        pairs.append(Pair(kind="capture", subject="", changes=rest))
    paths = [", ".join(facts.path for facts in each.captures) for each in (before, after)]
    return Difference(before=paths[0], after=paths[1], pairs=pairs)


def _conversations(analysis: Analysis) -> Iterator[Subject]:
    """Everything in a recording, each Call-ID once: what belongs to a call is compared with the call."""
    known: set[str] = set()
    for each in subjects_in(analysis.correlation):
        if not known.issuperset(each.call_ids):
            known.update(each.call_ids)
            yield each


def _side(analysis: Analysis) -> _Side:
    known = {call_id for each in subjects_in(analysis.correlation) for call_id in each.call_ids}
    findings: dict[str, list[Finding]] = defaultdict(list)
    for each in analysis.findings:
        findings[each.call_id if each.call_id in known and each.call_id is not None else ""].append(each)
    return _Side(analysis, Courses(analysis.correlation, analysis.carriage), findings)


def _pair(before: Subject | None, after: Subject | None, one: _Side, other: _Side, tolerance_s: float) -> Pair:
    if before is None or after is None:
        there = before or after
        assert there is not None  # noqa: S101  (one of a couple is there)
        seen = "after" if before is None else "before"
        return Pair(kind=there.kind, subject=parties_of(there), seen=seen, frame=there.opening.frame)
    steps = one.steps(before), other.steps(after)
    aligned = list(_aligned(*steps))
    hosts = _renamed_hosts(aligned)
    neutral = _neutral(before, steps[0], {}), _neutral(after, steps[1], hosts)
    changes = [
        *(Change(kind="host", before=there, after=here) for here, there in hosts.items()),
        *_outcome(before, after, one, other),
        *_message_changes(aligned, neutral, tolerance_s),
        *_finding_changes(_own(before, one), _own(after, other)),
    ]
    return Pair(kind=before.kind, subject=parties_of(before), changes=changes)


def _own(subject: Subject, side: _Side) -> list[Finding]:
    return [each for call_id in dict.fromkeys(subject.call_ids) for each in side.findings.get(call_id, ())]


Aligned = tuple[Step | None, Step | None]


def _aligned(before: Sequence[Step], after: Sequence[Step]) -> Iterator[Aligned]:
    """The messages of both in one order, each beside its counterpart where it has one."""
    labels = [step.label for step in before], [step.label for step in after]
    if max(len(before), len(after)) > MOST_STEPS:
        opcodes = [("replace", 0, len(before), 0, len(after))]
    else:
        opcodes = list(SequenceMatcher(a=labels[0], b=labels[1], autojunk=False).get_opcodes())
    for tag, begin, end, from_, to in opcodes:
        gone, come = before[begin:end], after[from_:to]
        if tag == "equal" or len(before) > MOST_STEPS:
            yield from zip(gone, come, strict=False)
            gone, come = gone[len(come) :], come[len(gone) :]
        yield from ((each, None) for each in gone)
        yield from ((None, each) for each in come)


def _renamed_hosts(aligned: Iterable[Aligned]) -> dict[str, str]:
    """Address of the second recording → the address of whoever played that part in the first, where they differ."""
    named: dict[str, str] = {}
    for before, after in aligned:
        if before is not None and after is not None:
            for side in ("source", "destination"):
                here, there = host(getattr(after.sighting, side)), host(getattr(before.sighting, side))
                named.setdefault(here, there)
    return {here: there for here, there in named.items() if here != there}


def _neutral(subject: Subject, steps: Iterable[Step], hosts: dict[str, str]) -> Neutral:
    users = {form for uri in (subject.from_, subject.to) for form in forms_of(uri)[3:]}
    return Neutral((step.sighting for step in steps), users=users, hosts=hosts)


def _outcome(before: Subject, after: Subject, one: _Side, other: _Side) -> Iterator[Change]:
    told = _told(before, one), _told(after, other)
    for kind in told[0]:
        was, now = told[0][kind], told[1].get(kind, "")
        if was != now and not (kind == "mos" and was and now and abs(float(was) - float(now)) < TOLERANCE_MOS):
            ends = [(each.final or each.opening).frame for each in (before, after)]
            yield Change(kind=kind, before=was, after=now, frame_before=ends[0], frame_after=ends[1])


def _told(subject: Subject, side: _Side) -> dict[str, str]:
    told = {"outcome": subject.outcome, "code": str(subject.code or "")}
    if isinstance(subject.member, Call):
        carried = side.analysis.carriage.of(subject.member).carried
        lowest = lowest_mos(carried)
        told |= {
            "ended_by": subject.member.ended_by or "",
            "codecs": ", ".join(agreement_of(subject.member)[0]),
            "media": directions_of(carried),
            "mos": "" if lowest is None else f"{lowest:.1f}",
        }
    return told


def _message_changes(
    aligned: Sequence[Aligned], neutral: tuple[Neutral, Neutral], tolerance_s: float
) -> Iterator[Change]:
    last: tuple[Step, Step] | None = None
    for before, after in aligned:
        if before is None or after is None:
            there = before or after
            if there is not None:
                yield Change(
                    kind="message",
                    name=there.label,
                    before="" if before is None else before.label,
                    after="" if after is None else after.label,
                    frame_before=None if before is None else before.sighting.frame,
                    frame_after=None if after is None else after.sighting.frame,
                )
            continue
        yield from content_changes(before.label, before.sighting, after.sighting, neutral)
        yield from _repeat_changes(before, after)
        if last is not None:
            yield from _timing_changes(last, before, after, tolerance_s)
        last = before, after


def _repeat_changes(before: Step, after: Step) -> Iterator[Change]:
    if len(before.repeats) != len(after.repeats):
        yield Change(
            kind="retransmissions",
            of=before.label,
            before=str(len(before.repeats)),
            after=str(len(after.repeats)),
            frame_before=before.sighting.frame,
            frame_after=after.sighting.frame,
        )


def _timing_changes(last: tuple[Step, Step], before: Step, after: Step, tolerance_s: float) -> Iterator[Change]:
    """The time since the message before, where it changed by more than is tolerated."""
    was, now = (
        (here.sighting.time - there.sighting.time) / SECOND for there, here in zip(last, (before, after), strict=True)
    )
    if abs(was - now) > tolerance_s:
        yield Change(
            kind="timing",
            name=before.label,
            of=last[0].label,
            before=f"{was:.3f}",
            after=f"{now:.3f}",
            frame_before=before.sighting.frame,
            frame_after=after.sighting.frame,
        )


def _finding_changes(before: Sequence[Finding], after: Sequence[Finding]) -> Iterator[Change]:
    """The findings that went and those that came: alike are those of one rule that say the same."""
    left = Counter((each.rule, each.variant) for each in after)
    for each in before:
        if left[each.rule, each.variant]:
            left[each.rule, each.variant] -= 1
        else:
            yield Change(kind="finding", name=each.rule, before=each.variant, frame_before=_frame(each), finding=each)
    for each in reversed(after):
        if left[each.rule, each.variant]:
            left[each.rule, each.variant] -= 1
            yield Change(kind="finding", name=each.rule, after=each.variant, frame_after=_frame(each), finding=each)


def _frame(finding: Finding) -> int | None:
    return finding.frames[0] if finding.frames else None
