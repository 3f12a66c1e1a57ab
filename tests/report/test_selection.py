"""Tests of `sipdiag.report.selection`: what part of an analysis a report shows."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest

from exchange import START, Exchange, ladder
from sipdiag.analysis import Analysis
from sipdiag.calls import status
from sipdiag.errors import UsageError
from sipdiag.findings import diagnose
from sipdiag.report.selection import Selection, selected
from sipdiag.rules import RULES

KNOWN = frozenset(RULES.names)
CLOCK = datetime.fromtimestamp(START // 10**9, UTC)


@pytest.fixture
def analysis() -> Analysis:
    """A call without its ACK, a call that was refused a minute later, a registration, a subscription."""
    talk = Exchange()
    talk.again(talk.answered_call(ack=False), *ladder(1.5))
    second = talk.request("INVITE", 60, call_id="call-2", from_tag="other", branch="two")
    talk.response(403, second, 60.1)
    talk.request("ACK", 60.2, call_id="call-2", from_tag="other", branch="two", to_tag="callee")
    talk.response(200, talk.request("REGISTER", 70, call_id="registration", branch="r"), 70.1)
    talk.response(489, talk.request("SUBSCRIBE", 80, call_id="subscription", branch="s"), 80.1)
    scene = talk.scene()
    return Analysis(captures=[], window=scene.window, correlation=scene.correlation, findings=diagnose(scene, RULES))


def call_ids(analysis: Analysis) -> set[str]:
    return {each.sighting.message.call_id for each in analysis.correlation.arrivals}


def rules(analysis: Analysis) -> set[str]:
    return {each.rule for each in analysis.findings}


def test_nothing_asked_for_is_everything(analysis: Analysis) -> None:
    """An empty selection narrows nothing."""
    assert selected(analysis, Selection(), KNOWN) == analysis


@pytest.mark.parametrize(
    ("call", "shown"),
    [("1", {"call-1"}), ("2", {"call-2"}), ("call-2", {"call-2"}), ("call", {"call-1", "call-2"}), ("xyz", set())],
)
def test_a_call_is_named_by_number_or_part_of_its_id(analysis: Analysis, call: str, shown: set[str]) -> None:
    """A number in the list comes before a part of a Call-ID."""
    narrowed = selected(analysis, Selection(call=call), KNOWN)
    assert call_ids(narrowed) == shown
    assert {each.call_id for each in narrowed.correlation.calls} == shown


def test_codes_show_responses_with_their_requests(analysis: Analysis) -> None:
    """`403` shows the 403 and the INVITE that it answers; an ACK of it too, and nothing else."""
    narrowed = selected(analysis, Selection(codes=("403",)), KNOWN)
    assert [status(each.sighting) for each in narrowed.correlation.arrivals] == [0, 403, 0]
    assert rules(narrowed) == {"call-failed"}


@pytest.mark.parametrize("codes", [("4xx",), ("4XX",), ("403", "489")])
def test_a_class_of_codes_is_written_with_x(analysis: Analysis, codes: tuple[str, ...]) -> None:
    """In either case; several codes add up."""
    narrowed = selected(analysis, Selection(codes=codes), KNOWN)
    assert call_ids(narrowed) == {"call-2", "subscription"}


@pytest.mark.parametrize("code", ["x", "40", "4x4", "7xx", "4039", "", "4xxx", "-03"])
def test_what_is_no_code_is_refused(analysis: Analysis, code: str) -> None:
    """A typing error must not look like an empty capture."""
    with pytest.raises(UsageError, match="no status code"):
        selected(analysis, Selection(codes=(code,)), KNOWN)


def test_a_method_shows_what_has_it_in_cseq(analysis: Analysis) -> None:
    """Requests and responses, in any case."""
    narrowed = selected(analysis, Selection(methods=("register",)), KNOWN)
    assert call_ids(narrowed) == {"registration"}
    assert len(narrowed.correlation.arrivals) == 2
    assert narrowed.correlation.calls == []


@pytest.mark.parametrize(
    ("selection", "shown"),
    [
        (Selection(from_="TAG=OTHER"), {"call-2"}),
        (Selection(to="+12025550199"), {"call-1", "call-2", "registration", "subscription"}),
        (Selection(from_="nobody"), set()),
        (Selection(from_="tag=other", to="nobody"), set()),
    ],
)
def test_parties_are_found_by_text_in_their_header_field(
    analysis: Analysis, selection: Selection, shown: set[str]
) -> None:
    """In any case, and both must fit."""
    assert call_ids(selected(analysis, selection, KNOWN)) == shown


@pytest.mark.parametrize(
    ("offset", "form"), [(60, "%H:%M:%S"), (60, "%Y-%m-%dT%H:%M:%S"), (60, "%Y-%m-%dT%H:%M:%S+00:00"), (60, "%H:%M")]
)
def test_times_are_iso_or_of_the_day(analysis: Analysis, offset: int, form: str) -> None:
    """UTC unless an offset is given; a time of day is on the day of the first message."""
    moment = datetime.fromtimestamp(CLOCK.timestamp() + offset, UTC).strftime(form)
    assert call_ids(selected(analysis, Selection(after=moment), KNOWN)) == {"call-2", "registration", "subscription"}
    assert call_ids(selected(analysis, Selection(before=moment), KNOWN)) == {"call-1", "call-2"}


def test_a_time_with_an_offset_is_taken_at_its_word(analysis: Analysis) -> None:
    """09:01-03:00 is 12:01 UTC."""
    after = f"{CLOCK:%Y-%m-%dT%H}:01:05-00:00"
    assert call_ids(selected(analysis, Selection(after=after), KNOWN)) == {"registration", "subscription"}
    assert call_ids(selected(analysis, Selection(after=f"{CLOCK:%Y-%m-%dT%H}:01:05-03:00"), KNOWN)) == set()


@pytest.mark.parametrize(
    "time", ["soon", "25:00", "12:60", "9", "2026-13-01", "2026-03-02T99:00", "12:00:00.1234567890"]
)
def test_what_is_no_time_is_refused(analysis: Analysis, time: str) -> None:
    """With a hint how to write one."""
    for selection in (Selection(after=time), Selection(before=time)):
        with pytest.raises(UsageError, match="no time"):
            selected(analysis, selection, KNOWN)


def test_rules_are_selected_and_ignored_by_name(analysis: Analysis) -> None:
    """Neither leaves out any message."""
    everything = rules(analysis)
    assert rules(selected(analysis, Selection(select=("ack-missing",)), KNOWN)) == {"ack-missing"}
    ignoring = selected(analysis, Selection(ignore=("ack-missing",)), KNOWN)
    assert rules(ignoring) == everything - {"ack-missing"}
    assert call_ids(ignoring) == call_ids(analysis)
    assert rules(selected(analysis, Selection(select=("ack-missing",), ignore=("ack-missing",)), KNOWN)) == set()


@pytest.mark.parametrize("selection", [Selection(select=("ack-mising",)), Selection(ignore=("",))])
def test_a_rule_that_does_not_exist_is_refused(analysis: Analysis, selection: Selection) -> None:
    """A misspelt `--ignore` must not pass unseen."""
    with pytest.raises(UsageError, match="no rule"):
        selected(analysis, selection, KNOWN)


def test_findings_go_with_the_calls_that_are_shown(analysis: Analysis) -> None:
    """A report on one call has that call's findings."""
    narrowed = selected(analysis, Selection(call="1"), KNOWN)
    assert {each.call_id for each in narrowed.findings} == {"call-1"}
