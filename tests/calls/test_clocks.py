"""The table of clocks, and which of them a gap fits."""

from __future__ import annotations

import pytest

from sipdiag.calls.clocks import CLOCKS, IDLE, best_fit, longest_passed, session_clocks


def test_an_exact_gap_fits_wholly_and_names_the_runner_up() -> None:
    """100 percent, and the next best is another clock."""
    fit = best_fit({"answer": 32.0})
    assert fit is not None
    assert (fit.clock.name, fit.percent, fit.off) == ("64*T1", 100, 0.0)
    assert fit.runner_up is not None
    assert fit.runner_up.seconds != fit.clock.seconds


def test_a_fit_is_the_worse_the_further_the_gap_is_off() -> None:
    """Half the slack off is half as good; the runner-up may have been started by something else."""
    fit = best_fit({"answer": 32.375, "invite": 33.0})
    assert fit is not None
    assert (fit.clock.name, fit.percent, fit.off) == ("64*T1", 50, 0.375)
    second = best_fit({"answer": 32.0, "invite": 32.5})
    assert second is not None
    assert second.runner_up is not None
    assert (second.clock.name, second.runner_up.name, second.runner_up_gap) == ("64*T1", "timer-B", 32.5)


def test_a_gap_between_two_clocks_fits_none() -> None:
    """Beyond the slack of the nearest."""
    assert best_fit({"answer": 45.0}) is None
    assert best_fit({}) is None


def test_a_clock_that_an_rfc_names_goes_before_a_round_number() -> None:
    """A session timer of 1800 s, and a limit of half an hour."""
    fit = best_fit({"answer": 1800.0, "refresh": 1800.0}, (*CLOCKS, *session_clocks(1800.0, 1768.0)))
    assert fit is not None
    assert (fit.clock.name, fit.runner_up and fit.runner_up.name) == ("Session-Expires", "max-duration")


def test_a_gap_fits_only_what_was_wound() -> None:
    """Timer B runs from the INVITE."""
    fit = best_fit({"invite": 32.0})
    assert fit is not None
    assert fit.clock.name == "timer-B"


def test_a_silence_outlasts_the_longest_idle_time_below_it() -> None:
    """Over TCP others than over UDP."""
    udp, tcp = longest_passed(400, reliable=False), longest_passed(2000, reliable=True)
    assert udp is not None
    assert tcp is not None
    assert (udp.clock.seconds, tcp.clock.seconds) == (300.0, 1800.0)
    assert udp.runner_up is not None
    assert udp.runner_up.seconds == 180.0
    assert longest_passed(20, reliable=False) is None
    shortest = longest_passed(30, reliable=False)
    assert shortest is not None
    assert (shortest.clock.seconds, shortest.runner_up) == (30.0, None)


@pytest.mark.parametrize("hours", [2, 3, 4, 6, 8, 12, 24])
def test_a_limit_of_whole_hours_is_a_clock(hours: int) -> None:
    """As PBXs and accounts have it."""
    fit = best_fit({"answer": hours * 3600.0})
    assert fit is not None
    assert (fit.clock.name, fit.percent) == ("max-duration", 100)


def test_every_clock_can_be_missed() -> None:
    """A slack above zero, and the table holds no clock twice."""
    assert all(clock.slack > 0 for clock in (*CLOCKS, *IDLE))
    assert len({(clock.name, clock.since, clock.seconds) for clock in CLOCKS}) == len(CLOCKS)
