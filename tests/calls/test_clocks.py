"""The table of clocks, and which of them a gap fits."""

from __future__ import annotations

from sipdiag.calls.clocks import CLOCKS, IDLE, best_fit, longest_passed, session_clocks


def test_an_exact_gap_fits_wholly_and_names_the_runner_up() -> None:
    """100 percent, and the next best is another clock."""
    fit = best_fit({"answer": 32.0})
    assert fit is not None
    assert (fit.clock.name, fit.percent, fit.off) == ("64*T1", 100, 0.0)
    assert fit.runner_up is not None
    assert fit.runner_up.seconds != fit.clock.seconds


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
    assert longest_passed(20, reliable=False) is None


def test_every_clock_can_be_missed() -> None:
    """A slack above zero, and the table holds no clock twice."""
    assert all(clock.slack > 0 for clock in (*CLOCKS, *IDLE))
    assert len({(clock.name, clock.since, clock.seconds) for clock in CLOCKS}) == len(CLOCKS)
