"""Tests of `sipdiag.findings.diagnose`: who is shown what, and in which order findings come."""

from __future__ import annotations

import os
import sys
from functools import cache
from pathlib import Path
from tempfile import mkdtemp
from types import SimpleNamespace
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from exchange import Exchange
from healthy_stories import STORIES, recorded
from lenses import LENSES
from reporting import SAMPLES
from sipdiag.analysis import read
from sipdiag.calls import Trait, correlate, moment, traits_of, window_of
from sipdiag.findings import Confidence, Finding, RuleBook, Scene, Severity, diagnose, is_asked
from sipdiag.rules import RULES
from sipdiag.trace import CaptureFacts, Sighting, Trace, joined_streams

if TYPE_CHECKING:
    from collections.abc import Iterator

KINDS = [field.name for field in msgspec.structs.fields(RuleBook)]
FACTS = CaptureFacts(
    path="x", format="pcap", link_types=[1], packets=0, bytes=24, first_time=None, last_time=None, sip_messages=0,
    defects=[],
)  # fmt: skip


def a_bit_of_everything() -> Scene:
    talk = Exchange()
    talk.answered_call()
    talk.response(200, talk.request("REGISTER", 3, call_id="register"), 3.1)
    talk.response(200, talk.request("SUBSCRIBE", 4, call_id="subscribe", fields="Event: presence\r\n"), 4.1)
    trace = Trace(facts=FACTS, sightings=[], connections=[])
    return msgspec.structs.replace(talk.scene(), traces=[trace])


def rule(name: str, *findings: Finding) -> tuple[Any, list[object]]:
    """A rule that gives `findings` on each subject, and the subjects that it was shown."""
    subjects: list[object] = []

    def check(subject: object, scene: Scene) -> Iterator[Finding]:
        assert isinstance(scene, Scene)
        subjects.append(subject)
        yield from findings

    def gathered(part: object, scene: Scene) -> dict[str, object]:
        assert isinstance(scene, Scene)
        return {"everything": part}

    def told(about: str, parts: list[object], scene: Scene) -> Iterator[Finding]:
        assert about == "everything"
        (part,) = parts
        yield from check(part, scene)

    return SimpleNamespace(NAME=name, SEVERITY=Severity.ERROR, check=check, gathered=gathered, told=told), subjects


def finding(severity: str, confidence: str, *, time: int = 0, capture: int = 0, frame: int = 1) -> Finding:
    return Finding(
        rule="x",
        variant="x",
        severity=Severity(severity),
        confidence=Confidence(confidence),
        knowledge="rule/x",
        capture=capture,
        time=time,
        frames=[frame],
    )


@pytest.mark.parametrize("kind", KINDS)
def test_a_rule_sees_every_subject_of_its_kind(kind: str) -> None:
    """Calls, transactions, registrations, messages, captures, hosts and their faults one by one, the whole once."""
    scene = a_bit_of_everything()
    watcher, subjects = rule("watcher")
    assert diagnose(scene, RuleBook(**{kind: (watcher,)})) == []
    seen = scene.correlation
    special = {"traces": scene.traces, "wholes": [seen], "sources": scene.sources(), "faults": scene.faults()}
    assert subjects == (special.get(kind) or getattr(seen, kind))
    assert subjects


def unasked(scene: Scene) -> list[Finding]:
    """What rules would say on the calls about which they are not asked."""
    heard = int(Trait.HEARD) if scene.streams else 0
    return [
        found
        for leg in scene.correlation.legs
        for each in RULES.calls
        if not is_asked(each, traits_of(leg) | heard)
        for found in each.check(leg, scene)
    ]


CAPTURES = {f"{path.parent.name}/{path.stem}": path for path in SAMPLES}


@cache
def trace(name: str) -> Trace:
    """A sample, or a story."""
    path = CAPTURES.get(name)
    return read(str(path or recorded(Path(mkdtemp()) / f"{name}.pcap", STORIES[name])))


@pytest.mark.parametrize("name", [*CAPTURES, *STORIES])
def test_who_is_not_asked_has_nothing_to_say(name: str) -> None:
    """What a rule needs is no less than what it looks for, whatever the recorder made of a conversation."""
    for lens in ("as-it-is", "one-side", "one-host", "each-twice"):
        for way, traces in LENSES[lens](trace(name)):
            assert unasked(scene_of(traces)) == [], way


@given(st.sampled_from([*CAPTURES, *STORIES]), st.data())
def test_nor_has_it_whatever_the_messages_say(name: str, data: st.DataObject) -> None:
    """Messages lost, said again, later, elsewhere, in another dialog: what is no longer healthy is asked about."""
    whole = trace(name)
    seen = [each for one in whole.sightings[:60] for each in data.draw(altered(one))]
    assert unasked(scene_of([msgspec.structs.replace(whole, sightings=seen)])) == []


@st.composite
def altered(draw: st.DrawFn, seen: Sighting) -> list[Sighting]:
    """As a rule the message as it is."""
    change = draw(st.sampled_from(["", "", "", "", "lost", "again", "time", "source", "to_tag", "from_tag", "cseq"]))
    message = seen.message
    if change in ("to_tag", "from_tag", "cseq"):
        value = 7 if change == "cseq" else draw(st.sampled_from(["", "x", message.from_tag, message.to_tag]))
        return [msgspec.structs.replace(seen, message=msgspec.structs.replace(message, **{change: value}))]
    late = seen.time + draw(st.integers(0, 40)) * 1_000_000_000
    changed: dict[str, Any] = {"time": {"time": late}, "source": {"source": "192.0.2.77:5060"}}.get(change, {})
    copies = {"lost": 0, "again": 2}.get(change, 1)
    return [msgspec.structs.replace(seen, **changed, **({"time": late} if number else {})) for number in range(copies)]


def scene_of(traces: list[Trace]) -> Scene:
    """What the traces mean together, before any rule was asked."""
    seen = sorted((each for one in traces for each in one.sightings), key=moment)
    spans = [(each.facts.first_time or 0, each.facts.last_time or 0) for each in traces]
    streams = joined_streams([each.streams for each in traces])
    return Scene(
        window=window_of(spans, seen), correlation=correlate(seen), traces=traces, streams=streams, with_media=True
    )


@pytest.mark.skipif(not hasattr(os, "fork"), reason="needs a system on which a process can be copied")
@pytest.mark.parametrize("name", [*CAPTURES, *STORIES])
def test_two_processes_find_what_one_does(name: str) -> None:
    """The same findings in the same order, whoever judged which call."""
    scenes = scene_of([trace(name)]), scene_of([trace(name)])
    with patch.multiple(sys.modules[diagnose.__module__], ENOUGH=0, FEWEST=1, may_fork=lambda: True):
        assert diagnose(scenes[0], RULES, helped=True) == diagnose(scenes[1], RULES)


def test_the_worst_and_surest_come_first_then_the_order_of_time() -> None:
    """Severity, confidence, time, capture, frames."""
    in_order = [
        finding("error", "certain", time=9),
        finding("error", "likely", time=1),
        finding("error", "inconclusive"),
        finding("warning", "certain", time=2),
        finding("warning", "certain", time=3, capture=0, frame=8),
        finding("warning", "certain", time=3, capture=1, frame=2),
        finding("warning", "certain", time=3, capture=1, frame=3),
        finding("note", "certain"),
    ]
    teller, _ = rule("teller", *reversed(in_order))
    assert diagnose(a_bit_of_everything(), RuleBook(wholes=(teller,))) == in_order


def test_the_names_of_a_book_are_those_of_its_rules() -> None:
    """One name a rule, whatever it looks at, in the order of the book."""
    book = RuleBook(**{kind: (rule(kind)[0],) for kind in KINDS})
    assert book.names == KINDS


def test_no_rules_find_nothing() -> None:
    """An empty book is a book."""
    assert diagnose(a_bit_of_everything(), RuleBook()) == []
