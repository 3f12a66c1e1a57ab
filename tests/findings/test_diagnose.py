"""Tests of `sipdiag.findings.diagnose`: who is shown what, and in which order findings come."""

from __future__ import annotations

from types import SimpleNamespace
from typing import TYPE_CHECKING, Any

import msgspec
import pytest

from exchange import Exchange
from sipdiag.findings import Confidence, Finding, RuleBook, Scene, Severity, diagnose
from sipdiag.trace import CaptureFacts, Trace

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
