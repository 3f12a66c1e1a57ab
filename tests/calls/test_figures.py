"""Tests of `sipdiag.calls.figures`."""

from __future__ import annotations

import pytest

from exchange import Exchange
from sipdiag.calls import correlate, figures_of


def call(talk: Exchange, number: int, status: int, *, ringing: bool = True) -> None:
    at = number * 100.0
    invite = talk.request("INVITE", at, call_id=f"c{number}", branch=f"b{number}")
    if ringing:
        talk.response(180, invite, at + 0.5)
    talk.response(status, invite, at + 2)
    talk.request(
        "ACK", at + 2.1, call_id=f"c{number}", branch=f"b{number}" if status >= 300 else "ack", to_tag="callee"
    )
    if status == 200:
        bye = talk.request("BYE", at + 12, call_id=f"c{number}", branch=f"y{number}", cseq=2, to_tag="callee")
        talk.response(200, bye, at + 12.25)


def figures(talk: Exchange) -> dict[str, float | int | None]:
    seen = correlate(talk.sightings)
    return figures_of(seen.calls, seen.registrations)


def test_ratios_follow_their_formulas() -> None:
    """RFC 6076, sections 4.6 to 4.9, over 200, 486, 503 and 302."""
    talk = Exchange()
    for number, status in enumerate((200, 486, 503, 302), 1):
        call(talk, number, status)
    told = figures(talk)
    assert told["session_establishment_ratio_percent"] == pytest.approx(33.33)  # 1 of 4 less the 302
    assert told["session_establishment_effectiveness_ratio_percent"] == pytest.approx(66.67)
    assert told["ineffective_session_attempts_percent"] == 25.0
    assert told["session_completion_ratio_percent"] == 25.0
    assert told["answer_seizure_ratio_percent"] == 25.0
    assert told["network_effectiveness_ratio_percent"] == 50.0
    assert told["session_requests"] == 4


def test_delays_are_means_over_the_right_pairs() -> None:
    """RFC 6076, sections 4.3 to 4.5: INVITE to 180, BYE to its 200, 200 to BYE."""
    talk = Exchange()
    call(talk, 1, 200)
    call(talk, 2, 503, ringing=False)
    told = figures(talk)
    assert told["session_request_delay_ms"] == 500.0
    assert told["session_request_delay_failed_ms"] == 2000.0
    assert told["session_disconnect_delay_ms"] == 250.0
    assert told["session_duration_s"] == 10.0


def test_the_registration_delay_includes_the_challenge() -> None:
    """RFC 6076, section 4.1: from the first REGISTER to the 2xx; the next registration starts anew."""
    talk = Exchange()
    for cycle in (0.0, 600.0):
        first = talk.request("REGISTER", cycle, branch=f"a{cycle}", cseq=int(cycle) + 1)
        talk.response(401, first, cycle + 0.1)
        second = talk.request("REGISTER", cycle + 0.2, branch=f"b{cycle}", cseq=int(cycle) + 2)
        talk.response(200, second, cycle + 0.4)
    assert figures(talk)["registration_request_delay_ms"] == 400.0


def test_what_nothing_was_seen_of_is_undefined() -> None:
    """RFC 6076, section 4: a ratio over 0 is undefined, so it is None and not 0."""
    told = figures(Exchange())
    assert told.pop("session_requests") == 0
    assert set(told.values()) == {None}
