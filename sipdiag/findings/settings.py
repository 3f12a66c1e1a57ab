"""The thresholds that rules judge by, each with a default that a healthy network does not reach.

A settings file (`sipdiag.toml`, or `[tool.sipdiag]` in `pyproject.toml`) gives others by these names.
"""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as slow, as many, as large; units stand at the end of each name."""

    guess_legs: bool = True
    """Whether calls of different Call-IDs are taken for legs of one where no header field says so, only likeness."""
    clock_jump_s: float = 1.0
    """How far a recorder's clock goes back before it is worth a word: below, packets of several queues are swapped."""
    setup_slow_s: float = 11.0
    """From the first INVITE to the first that the caller is told: the 95 % of international calls in ITU-T E.721."""
    unfinished_after_s: float = 180.0
    """Without any response after the last provisional one: timer C (RFC 3261, section 16.6)."""
    challenge_answer_s: float = 32.0
    """From a challenge to credentials: a client that knows them needs milliseconds, a user who types them half a
    minute."""
    registration_refresh_s: float = 10.0
    """A refresh sooner than this after the last one is needless, if the binding lasts more than four times as long."""
    registration_storm_count: int = 10
    """Needless refreshes of one binding that are worth a word."""
