"""Which conversation of one recording is which of the other: by kind and parties, then by what is left over."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence

from sipdiag.expect import Subject, short_form

Couple = tuple[Subject | None, Subject | None]
Key = Callable[[Subject], tuple[str, ...]]

_KEYS: tuple[Key, ...] = (
    lambda each: (each.kind, each.label, short_form(each.from_), short_form(each.to)),
    lambda each: (each.kind, each.label, short_form(each.to)),
    lambda each: (each.kind, each.label, short_form(each.from_)),
)
"""What two must have in common, the strictest first; of several alike the first is the first."""


def couples(before: Sequence[Subject], after: Sequence[Subject]) -> list[Couple]:
    """Every conversation once, with its counterpart or None, in the order of the first recording."""
    partner: dict[int, int] = {}
    for key in _KEYS:
        _couple(before, after, partner, key)
    for kind in dict.fromkeys(each.kind for each in before):
        taken = set(partner.values())
        left = [number for number, each in enumerate(before) if each.kind == kind and number not in partner]
        right = [number for number, each in enumerate(after) if each.kind == kind and number not in taken]
        if len(left) == len(right) == 1:  # one call is left on either side: who calls whom is what changed
            partner[left[0]] = right[0]
    return list(_listed(before, after, partner))


def _couple(before: Sequence[Subject], after: Sequence[Subject], partner: dict[int, int], key: Key) -> None:
    taken = set(partner.values())
    waiting: dict[tuple[str, ...], list[int]] = defaultdict(list)
    for number, each in reversed(list(enumerate(after))):
        if number not in taken:
            waiting[key(each)].append(number)
    for number, each in enumerate(before):
        if number not in partner and waiting[key(each)]:
            partner[number] = waiting[key(each)].pop()


def _listed(before: Sequence[Subject], after: Sequence[Subject], partner: dict[int, int]) -> Iterator[Couple]:
    for number, each in enumerate(before):
        yield each, after[partner[number]] if number in partner else None
    met = set(partner.values())
    others: Iterable[Subject] = (each for number, each in enumerate(after) if number not in met)
    yield from ((None, each) for each in others)
