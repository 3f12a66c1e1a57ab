"""Tests of `sipdiag.calls.ledger`: every kind of duty with each of its endings, and the laws of all entries."""

from __future__ import annotations

from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from duties import KINDS
from exchange import Exchange
from sipdiag.analysis import read
from sipdiag.calls import DEMANDS, LAWS, Duty, Outcome, correlate, duties_in, status, window_of
from sipdiag.findings import Scene, diagnose
from sipdiag.rules import RULES

if TYPE_CHECKING:
    from collections.abc import Callable

    from sipdiag.trace import Sighting

SAMPLES = sorted((Path(__file__).resolve().parents[3] / "samples").glob("*/*.pcap"))
CASES = [
    pytest.param(kind, outcome, story, id=f"{kind}-{outcome.value}-{number}")
    for kind, stories in KINDS.items()
    for number, story in enumerate(stories)
    for outcome in Outcome
    if outcome not in LAWS[kind].never
]


def scene_of(story: Callable[[Exchange, Outcome], None], outcome: Outcome) -> Scene:
    talk = Exchange()
    story(talk, outcome)
    return talk.scene()


def entries(scene: Scene, kind: str) -> list[Duty]:
    return [duty for duty in duties_in(scene.correlation, scene.window) if duty.kind == kind]


def marks(duties: list[Duty]) -> list[tuple[str, int, Outcome, str]]:
    return [(duty.kind, duty.trigger.frame, duty.outcome, duty.reason) for duty in duties]


def test_every_kind_has_its_law_and_its_stories() -> None:
    """A kind that no story shows is not built, and a demand that has no law binds nobody."""
    assert set(KINDS) == set(LAWS)
    assert set(DEMANDS.values()) <= set(LAWS)
    assert all(law.section.startswith("RFC ") for law in LAWS.values())


@pytest.mark.parametrize(("kind", "outcome", "story"), CASES)
def test_every_duty_ends_in_every_way(kind: str, outcome: Outcome, story: Callable[[Exchange, Outcome], None]) -> None:
    """Done, late, wrong, undone, or not to be told: each as its story has it, with what opened and closed it."""
    duty = entries(scene_of(story, outcome), kind)[0]
    assert duty.outcome is outcome
    assert duty.debtor
    assert (duty.deadline is None) == (duty.law.within is None and duty.allowed is None)
    if outcome in (Outcome.LATE, Outcome.WRONG):
        assert duty.closed_by is not None
        assert duty.closed_by.time >= duty.trigger.time
    if outcome in (Outcome.UNDONE, Outcome.UNKNOWN):
        assert duty.reason


@pytest.mark.parametrize(("kind", "outcome", "story"), CASES)
def test_an_entry_depends_on_no_rule(kind: str, outcome: Outcome, story: Callable[[Exchange, Outcome], None]) -> None:
    """The rules leave the ledger as it is, and read from its pages what stands in the whole."""
    scene = scene_of(story, outcome)
    before = marks(list(duties_in(scene.correlation, scene.window)))
    assert kind in {each for each, *_ in before}
    diagnose(scene, RULES)
    assert marks(list(duties_in(scene.correlation, scene.window))) == before
    pages = [
        *(page for pages in scene.ledger.values() for page in pages.values()),
        *(page for pages in scene.ledger_under.values() for page in pages.values()),
    ]
    assert Counter(mark for page in pages for mark in marks(page)) <= Counter(before)


@pytest.mark.parametrize("capture", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.name}")
def test_a_message_lays_each_duty_once(capture: Path) -> None:
    """One entry for each kind and each message that lays it, in every sample, and no duty that no law knows."""
    trace = read(str(capture))
    seen = sorted(trace.sightings, key=lambda each: each.time)
    if not seen:
        return
    found = list(duties_in(correlate(seen), window_of([(seen[0].time, seen[-1].time)], seen)))
    assert {duty.kind for duty in found} <= set(LAWS)
    assert [one for one, often in Counter(map(opened, found)).items() if often > 1] == []
    assert all(duty.outcome not in duty.law.never for duty in found)


def opened(duty: Duty) -> tuple[str, int, int, str, int]:
    """What tells an entry from others: its kind and the message; an offer is told by each dialog that it made."""
    closing = None if duty.exchange is None else duty.exchange.closing
    return duty.kind, duty.trigger.capture, duty.trigger.frame, tag_of(closing), status(duty.trigger)


def tag_of(seen: Sighting | None) -> str:
    return "" if seen is None else seen.message.to_tag
