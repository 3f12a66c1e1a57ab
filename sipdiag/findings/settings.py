"""The thresholds that rules judge by, each with a default that a healthy network does not reach.

A settings file (`sipdiag.toml`, or `[tool.sipdiag]` in `pyproject.toml`) gives others by these names.
"""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as slow, as many, as large; units stand at the end of each name."""

    setup_slow_s: float = 11.0
    """From the first INVITE to the first that the caller is told: the 95 % of international calls in ITU-T E.721."""
    unfinished_after_s: float = 180.0
    """Without any response after the last provisional one: timer C (RFC 3261, section 16.6)."""
