"""Which expected call is which that was seen: as many as possible without a mismatch, the rest with the fewest.

Calls need not come in the order of the file, and several may have the same parties. So first a largest set of pairs
without any mismatch is found (augmenting paths: Kuhn, Naval Research Logistics Quarterly 2, 1955), then what is left
is paired by its parties.
"""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Callable, Iterable, Mapping, Sequence

import msgspec

from sipdiag.calls import Carriage, Correlation
from sipdiag.expect.comparing import (
    kind_of,
    mismatches_of,
    parties_of,
    pattern,
    patterns_of,
    speaks_of,
    title_of,
)
from sipdiag.expect.course import Courses
from sipdiag.expect.expectations import Expectations, Expected, Range
from sipdiag.expect.mismatch import Compared, Mismatch, mismatch_at
from sipdiag.expect.subjects import Subject, forms_of, subjects_in

MOST_TOLD = 6
MOST_UNEXPECTED = 1_000
"""Things that nobody expected are told one by one up to so many."""


def compared(expectations: Expectations, correlation: Correlation, carriage: Carriage | None = None) -> list[Compared]:
    """Each expectation with what is not as expected, in the order of the file, and then what nobody expected."""
    subjects = list(subjects_in(correlation))
    courses = Courses(correlation, carriage)
    told = [Compared(kind="capture", subject="", mismatches=list(_counts(expectations, subjects)))]
    groups: tuple[Sequence[Expected], ...] = (
        expectations.call,
        expectations.registration,
        expectations.subscription,
        expectations.request,
    )
    met: set[int] = set()
    by_party = _by_party(subjects)
    for group in groups:
        told += _group(group, subjects, by_party, courses, met)
    if expectations.capture.exact:
        others = [each for number, each in enumerate(subjects) if number not in met]
        told += [_unexpected(each) for each in others[:MOST_UNEXPECTED]]
    return told


def _group(
    expected: Sequence[Expected],
    subjects: Sequence[Subject],
    by_party: dict[str, list[int]],
    courses: Courses,
    met: set[int],
) -> list[Compared]:
    alike: dict[bytes, int] = {}  # entries that say the same are one, whatever looks at them
    numbers = [alike.setdefault(msgspec.json.encode(each), number) for number, each in enumerate(expected)]
    slots = [
        number
        for number, each in zip(numbers, expected, strict=True)
        for _ in range(min(each.count, len(subjects) + 1))
    ]
    candidates = {number: _candidates(expected[number], by_party, subjects) for number in alike.values()}
    known: dict[tuple[int, int], list[Mismatch]] = {}

    def differences(number: int, subject: int) -> list[Mismatch]:
        if (number, subject) not in known:
            known[number, subject] = mismatches_of(expected[number], subjects[subject], courses)
        return known[number, subject]

    pairs = _largest(slots, candidates, lambda number, subject: not differences(number, subject))
    taken = set(pairs.values())
    told = []
    for slot, number in enumerate(slots):
        found = pairs.get(slot)
        if found is None:
            free = [each for each in candidates[number] if each not in taken]
            found = min(free, key=lambda each: len(differences(number, each)), default=None)
        kind, title = kind_of(expected[number]), title_of(expected[number])
        if found is None:
            seen = [parties_of(each) for each in subjects if each.kind == kind]
            missing = mismatch_at("missing", title, seen[:MOST_TOLD] or None)
            told.append(Compared(kind=kind, subject=title, mismatches=[missing]))
            continue
        taken.add(found)
        mismatches, call_ids = differences(number, found), subjects[found].call_ids
        told.append(Compared(kind=kind, subject=title, mismatches=mismatches, call_ids=call_ids))
    met |= taken
    return told


def _by_party(subjects: Sequence[Subject]) -> dict[str, list[int]]:
    """The things of each callee, in each form in which an expectation may write it."""
    found: dict[str, list[int]] = defaultdict(list)
    for number, subject in enumerate(subjects):
        for form in dict.fromkeys(forms_of(subject.to)):
            found[form].append(number)
    return found


def _candidates(expected: Expected, by_party: Mapping[str, list[int]], subjects: Sequence[Subject]) -> list[int]:
    """The things that an expectation speaks of; a plain callee is looked up, patterns are tried one by one."""
    text = pattern(patterns_of(expected)[1]).text
    among: Iterable[int] = range(len(subjects)) if text is None else by_party.get(text, ())
    return [number for number in among if speaks_of(expected, subjects[number])]


def _largest(
    slots: Sequence[int], candidates: Mapping[int, Sequence[int]], fits: Callable[[int, int], bool]
) -> dict[int, int]:
    """Slot → subject, as many pairs that fit as there can be."""
    numbers = dict.fromkeys(slots)
    matching = _Matching(
        slots, {number: [each for each in candidates[number] if fits(number, each)] for number in numbers}
    )
    for slot in range(len(slots)):
        matching.add(slot)
    return matching.pairs


class _Matching:
    """A largest set of pairs, grown by one slot after the other."""

    def __init__(self, slots: Sequence[int], edges: dict[int, list[int]]) -> None:
        self._slots = slots
        self._edges = edges
        self._holder: dict[int, int] = {}
        """Subject → the slot that has it."""
        self._hopeless: set[int] = set()
        """Subjects from which no way led to a free one: none ever will."""
        self._free = dict.fromkeys(edges, 0)
        self.pairs: dict[int, int] = {}

    def add(self, slot: int) -> None:
        """Find `slot` a subject, by letting others take another where need be; breadth first."""
        edges, number = self._edges[self._slots[slot]], self._slots[slot]
        # What is taken stays taken: alike expectations go on looking where the last one stopped.
        while self._free[number] < len(edges) and edges[self._free[number]] in self._holder:
            self._free[number] += 1
        if self._free[number] < len(edges):
            self._pair(slot, edges[self._free[number]])
            return
        came_from: dict[int, int] = {}
        waiting = deque([slot])
        while waiting:
            current = waiting.popleft()
            for subject in self._edges[self._slots[current]]:
                if subject in came_from or subject in self._hopeless:
                    continue
                came_from[subject] = current
                if subject not in self._holder:
                    self._hand_over(subject, slot, came_from)
                    return
                waiting.append(self._holder[subject])
        self._hopeless.update(came_from)

    def _hand_over(self, subject: int, slot: int, came_from: dict[int, int]) -> None:
        """Give `subject` to who came to it, what that one had to who came to that, and so on back to `slot`."""
        while True:
            owner = came_from[subject]
            before = self.pairs.get(owner)
            self._pair(owner, subject)
            if owner == slot or before is None:
                return
            subject = before

    def _pair(self, slot: int, subject: int) -> None:
        self.pairs[slot] = subject
        self._holder[subject] = slot


def _counts(expectations: Expectations, subjects: Sequence[Subject]) -> Iterable[Mismatch]:
    for kind in ("call", "registration", "subscription"):
        due: int | Range | None = getattr(expectations.capture, f"{kind}s")
        if due is None:
            continue
        seen = [each for each in subjects if each.kind == kind]
        limits = due if isinstance(due, Range) else Range(min=due, max=due)
        if not limits.holds(len(seen)):
            yield mismatch_at(f"{kind}s", due, len(seen), seen[-1].opening if seen else None)


def _unexpected(subject: Subject) -> Compared:
    parties = parties_of(subject)
    found = mismatch_at("unexpected", None, parties, subject.opening)
    return Compared(kind=subject.kind, subject=parties, mismatches=[found])
