"""Reads packet captures of SIP, explains every response, and says what went wrong and how sure it is."""

from __future__ import annotations

__version__ = "0.1.0"
