"""The clocks that end calls and attempts, as a table, and which of them a gap (a stretch of time in a call) fits.

A gap that fits a clock is a hint, not a proof: people hang up after 32 s too. So a fit says how far the gap is off, and
which clock would be the next best.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

import msgspec


class Clock(msgspec.Struct, frozen=True, kw_only=True):
    """Something that runs for a known time and then ends a call or an attempt."""

    name: str
    since: str
    """What starts it: `answer`, `refresh`, `invite`, `provisional`, `ringing`, `silence`."""
    seconds: float
    """How long it runs."""
    whose: str
    """Who runs it: `callee`, `caller`, `server`, `proxy`, `refresher's peer`, `nat`, `pbx`."""
    slack: float
    """Seconds by which a gap may be off and still fit."""
    common: bool = False
    """Whether `seconds` is a round number, which many systems use and people hit by chance."""


class Fit(msgspec.Struct, frozen=True, kw_only=True):
    """A gap and the clock that it fits best."""

    clock: Clock
    gap: float
    """Seconds."""
    runner_up: Clock | None = None
    """The clock that fits next best, of those that something in this call started; None where there is no other."""
    runner_up_gap: float = 0.0
    """Seconds since what starts the runner-up."""

    @property
    def off(self) -> float:
        """Seconds by which the gap is longer than the clock runs; negative where it is shorter."""
        return self.gap - self.clock.seconds

    @property
    def percent(self) -> int:
        """How good the fit is: 100 is exact, 0 just within the slack."""
        return round(100 * (1 - min(1.0, abs(self.off) / self.clock.slack)))


LADDER = tuple(
    Clock(name="T1-ladder", since="invite", seconds=seconds, whose="caller", slack=0.1)
    for seconds in (1.5, 3.5, 7.5, 15.5)
)
"""A client that gives up a target when the next retransmission of its INVITE is due (RFC 3261, section 17.1.1.2)."""
ROUND = tuple(
    Clock(name="max-duration", since="answer", seconds=seconds, whose="pbx", slack=0.15, common=True)
    for seconds in (30.0, 60.0, 90.0, 120.0, 180.0, 300.0, 600.0, 900.0, 1200.0, 1800.0, 2700.0, 3600.0, 5400.0)
) + tuple(
    Clock(name="max-duration", since="answer", seconds=hours * 3600.0, whose="pbx", slack=0.5, common=True)
    for hours in (2, 3, 4, 6, 8, 12, 24)
)
"""The longest call, or the longest without media, that a PBX, SBC or account allows: always a round number."""
RINGING = tuple(
    Clock(name="dial-timeout", since=since, seconds=seconds, whose="pbx", slack=0.15, common=True)
    for since in ("ringing", "invite")
    for seconds in (10.0, 15.0, 20.0, 25.0, 30.0, 40.0, 45.0, 50.0, 60.0, 90.0, 120.0)
)
"""How long a PBX, a queue or a dial plan lets it ring."""
CLOCKS = (
    Clock(name="64*T1", since="answer", seconds=32.0, whose="callee", slack=0.75),
    Clock(name="timer-B", since="invite", seconds=32.0, whose="server", slack=0.6),
    Clock(name="timer-C", since="provisional", seconds=180.0, whose="proxy", slack=1.0),
    *LADDER,
    *ROUND,
    *RINGING,
)
"""64*T1 after a 2xx without ACK: RFC 3261, section 13.3.1.4; timer B: section 17.1.1.2; timer C: section 16.6, step 11.
"""
IDLE = tuple(
    Clock(name=name, since="silence", seconds=seconds, whose="nat", slack=seconds, common=True)
    for name, seconds in (
        ("udp-idle", 30.0),
        ("udp-idle", 60.0),
        ("udp-idle", 120.0),
        ("udp-idle", 180.0),
        ("udp-idle", 300.0),
        ("tcp-idle", 900.0),
        ("tcp-idle", 1800.0),
        ("tcp-idle", 3600.0),
        ("tcp-idle", 7440.0),
    )
)
"""When NATs and firewalls forget a flow: 2 min is the least that RFC 4787 (REQ-5) wants for UDP, 2 h 4 min is what
RFC 5382 (REQ-5) wants for TCP; many do less."""


def session_clocks(interval: float, bye_due: float) -> tuple[Clock, ...]:
    """The clocks that a Session-Expires of `interval` seconds starts (RFC 4028, section 10).

    Without a refresh the session ends at its interval, or earlier with a BYE that is due after `bye_due` seconds.
    """
    return tuple(
        Clock(name="Session-Expires", since="refresh", seconds=seconds, whose="refresher's peer", slack=1.5)
        for seconds in (bye_due, interval)
    )


def expires_clock(seconds: float) -> Clock:
    """The clock that the Expires of an INVITE starts (RFC 3261, section 13.3.1)."""
    return Clock(name="Expires", since="invite", seconds=seconds, whose="callee", slack=1.0)


def best_fit(gaps: Mapping[str, float], clocks: Iterable[Clock] = CLOCKS) -> Fit | None:
    """The clock that one of `gaps` (what started a clock → seconds since then) fits best; None when none fits.

    A clock that an RFC names is preferred to a round number.
    """
    rated = sorted(
        ((_misfit(gaps[clock.since], clock), clock) for clock in clocks if clock.since in gaps),
        key=lambda each: each[0],
    )
    if not rated or abs(gaps[rated[0][1].since] - rated[0][1].seconds) > rated[0][1].slack:
        return None
    clock = rated[0][1]
    others = (each for _, each in rated[1:] if (each.name, each.seconds) != (clock.name, clock.seconds))
    second = next(others, None)
    return Fit(
        clock=clock,
        gap=gaps[clock.since],
        runner_up=second,
        runner_up_gap=0.0 if second is None else gaps[second.since],
    )


def longest_passed(silence: float, *, reliable: bool) -> Fit | None:
    """The longest idle time that `silence` outlasted, over a connection or not; None when it was too short for any."""
    kind = "tcp-idle" if reliable else "udp-idle"
    passed = [clock for clock in IDLE if clock.seconds <= silence and clock.name == kind]
    if not passed:
        return None
    others = passed[:-1]
    return Fit(clock=passed[-1], gap=silence, runner_up=others[-1] if others else None, runner_up_gap=silence)


def _misfit(gap: float, clock: Clock) -> float:
    """How far a gap is off, in units of the clock's slack; a round number counts as half a slack worse."""
    return abs(gap - clock.seconds) / clock.slack + (0.5 if clock.common else 0.0)
