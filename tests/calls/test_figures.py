"""Tests of `sipdiag.calls.figures`."""

from __future__ import annotations

import pytest

from exchange import CALLEE, CALLER, PROXY, Exchange
from sipdiag.calls import added, correlate, figures_in, figures_of, peers_of, sums_of


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


@pytest.mark.parametrize(
    ("status", "figure"),
    [
        *[(status, "session_establishment_effectiveness_ratio_percent") for status in (480, 486, 600, 603)],
        *[(status, "ineffective_session_attempts_percent") for status in (408, 500, 503, 504)],
        *[(status, None) for status in (400, 404, 488, 499, 501, 502, 505)],
    ],
)
def test_who_is_to_blame_follows_from_the_code(status: int, figure: str | None) -> None:
    """RFC 6076, section 4.7: the callee did not want it; section 4.8: an element failed."""
    talk = Exchange()
    call(talk, 1, status)
    told = figures(talk)
    assert {name for name, value in told.items() if name.endswith("_percent") and value} == (
        ({figure} if figure else set())
        | ({"network_effectiveness_ratio_percent"} if status in (480, 486, 600, 603) else set())
    )


@pytest.mark.parametrize(("status", "ratio"), [(300, None), (399, None), (400, 0.0)])
def test_a_redirected_request_is_no_attempt_to_establish(status: int, ratio: float | None) -> None:
    """RFC 6076, section 4.6: every 3xx is taken from the requests that the ratio is over."""
    talk = Exchange()
    call(talk, 1, status)
    assert figures(talk)["session_establishment_ratio_percent"] == ratio


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


def test_each_hop_counts_for_the_host_that_it_leads_to() -> None:
    """A proxy that tries two carriers: the caller's call succeeded, and so did one of the two."""
    talk = Exchange()
    near = talk.request("INVITE", 0, branch="near", destination=PROXY)
    first = talk.request("INVITE", 0.1, branch="first", source=PROXY, destination="203.0.113.1:5060")
    talk.response(503, first, 0.2)
    second = talk.request("INVITE", 0.3, branch="second", source=PROXY)
    talk.response(180, second, 1.3)
    talk.response(180, near, 1.4)
    talk.response(200, second, 3.3)
    talk.response(200, near, 3.4)
    for source, destination, at in ((CALLER, PROXY, 13.4), (PROXY, CALLEE, 13.5)):
        bye = talk.request(
            "BYE", at, branch=f"bye-{at}", cseq=2, to_tag="callee", source=source, destination=destination
        )
        talk.response(200, bye, at + 0.1)
    seen = correlate(talk.sightings)
    peers = {each.host: each.sums for each in peers_of(seen.calls, seen.registrations)}
    assert {name: (each.calls, each.answered) for name, each in peers.items()} == {
        "198.51.100.1": (1, 1),
        "203.0.113.1": (1, 0),
        "203.0.113.20": (1, 1),
    }
    carrier = figures_in(peers["203.0.113.20"])
    assert (carrier["session_request_delay_ms"], carrier["average_call_duration_s"]) == (1000.0, 10.2)
    assert figures_in(peers["203.0.113.1"])["ineffective_session_attempts_percent"] == 100.0


def test_a_challenge_is_no_failure_of_the_host() -> None:
    """The second INVITE is the same call, from the first one on."""
    talk = Exchange()
    first = talk.request("INVITE", 0, branch="a")
    talk.response(407, first, 0.1)
    second = talk.request("INVITE", 0.2, branch="b", cseq=2)
    talk.response(180, second, 0.5)
    talk.response(200, second, 1)
    seen = correlate(talk.sightings)
    ((peer, sums),) = ((each.host, each.sums) for each in peers_of(seen.calls, seen.registrations))
    assert (peer, sums.calls, sums.answered) == ("203.0.113.20", 1, 1)
    assert figures_in(sums)["session_request_delay_ms"] == 500.0


def test_the_busiest_host_comes_first_and_registrars_are_hosts_too() -> None:
    """Then by name; one that was only registered at has no calls."""
    talk = Exchange()
    for number in (1, 2):
        call(talk, number, 200)
    talk.response(200, talk.request("REGISTER", 0, destination=PROXY, call_id="r", branch="r"), 0.2)
    seen = correlate(talk.sightings)
    first, second = peers_of(seen.calls, seen.registrations)
    assert (first.host, second.host) == ("203.0.113.20", "198.51.100.1")
    assert (second.sums.calls, second.sums.registrations) == (0, 1)
    assert figures_in(second.sums)["registration_request_delay_ms"] == 200.0


def test_sums_of_parts_add_up() -> None:
    """Two halves of the calls give the figures of all of them."""
    talk = Exchange()
    for number, status in enumerate((200, 486, 503, 302, 200, 487), 1):
        call(talk, number, status)
    seen = correlate(talk.sightings)
    halves = [sums_of(seen.calls[:3], []), sums_of(seen.calls[3:], [])]
    assert figures_in(added(halves)) == figures_of(seen.calls, [])
    assert added([]) == sums_of([], [])
