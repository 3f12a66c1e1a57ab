"""The thresholds that rules judge by, each with a default that a healthy network does not reach.

A settings file (`sipdiag.toml`, or `[tool.sipdiag]` in `pyproject.toml`) gives others by these names.
"""

from __future__ import annotations

import msgspec


class Settings(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What counts as slow, as many, as large; units stand at the end of each name."""
