"""`python -m sipdiag` is `sipdiag`."""

from __future__ import annotations

from sipdiag.cli import console

console()
