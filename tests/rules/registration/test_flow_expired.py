"""Tests of `sipdiag.rules.registration.flow_expired`."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from nat import OTHER_PORT, Nat
from sipdiag.findings import diagnose
from sipdiag.rules import RULES
from sipdiag.rules.registration.flow_expired import NAME
from verdict import Told, findings_of, only_finding_of, told

if TYPE_CHECKING:
    from collections.abc import Callable


def unreached(nat: Nat) -> None:
    nat.registers(0)
    nat.asks(150, answered=False)
    nat.registers(300, OTHER_PORT)


def same_port(nat: Nat) -> None:
    nat.registers(0)
    nat.asks(30, answered=True)
    nat.asks(150, answered=False)
    nat.registers(300)


def moved(nat: Nat) -> None:
    nat.registers(0)
    nat.registers(300, OTHER_PORT)


@pytest.mark.parametrize(
    ("story", "said"),
    [
        (unreached, ("unreached", "error", "likely")),
        (same_port, ("unreached", "error", "likely")),
        (moved, ("moved", "warning", "likely")),
    ],
)
def test_each_death_of_a_flow_is_told_by_what_it_cost(story: Callable[[Nat], None], said: Told) -> None:
    """Requests that were lost are an error; a port that only changed is a risk."""
    nat = Nat()
    story(nat)
    assert told(only_finding_of(nat.talk, NAME)) == said


def test_the_silence_that_killed_and_the_one_that_was_survived() -> None:
    """Both are measured from the last packet of the device itself."""
    nat = Nat()
    same_port(nat)
    finding = only_finding_of(nat.talk, NAME)
    evidence = finding.evidence
    assert finding.call_id == "register"
    assert (evidence["survived_s"], evidence["killed_s"]) == (30.0, 119.9)


@pytest.mark.parametrize("method", ["OPTIONS", "NOTIFY", "MESSAGE"])
def test_one_cause_is_one_finding(method: str) -> None:
    """What was lost in the flow is told nowhere else."""
    nat = Nat()
    nat.registers(0)
    nat.asks(150, answered=False, method=method)
    nat.registers(300, OTHER_PORT)
    findings = [each for each in diagnose(nat.talk.scene(), RULES) if each.severity.value != "note"]
    assert [each.rule for each in findings] == [NAME]


def kept_alive(nat: Nat) -> None:
    nat.registers(0)
    nat.asks(25, answered=True)
    nat.registers(50)


def longer_silence_survived(nat: Nat) -> None:
    nat.registers(0)
    nat.asks(120, answered=True)
    nat.asks(180, answered=False)
    nat.registers(300)


def another_port_each_time(nat: Nat) -> None:
    nat.registers(0)
    nat.registers(1, OTHER_PORT)
    nat.registers(300)


def never_heard_again(nat: Nat) -> None:
    nat.registers(0)
    nat.asks(150, answered=False)


def one_loss_and_nothing_to_compare(nat: Nat) -> None:
    nat.registers(0)
    nat.asks(150, answered=False)
    nat.registers(300)


@pytest.mark.parametrize(
    "story",
    [
        kept_alive,
        longer_silence_survived,
        another_port_each_time,
        never_heard_again,
        one_loss_and_nothing_to_compare,
    ],
)
def test_a_near_miss_is_silent(story: Callable[[Nat], None]) -> None:
    """The mapping stayed, or something else than silence is as likely."""
    nat = Nat()
    story(nat)
    assert findings_of(nat.talk, NAME) == []
