"""How long hypothesis looks: a little in every run, long by hand (`HYPOTHESIS_PROFILE=long pytest tests/sip`)."""

from __future__ import annotations

import os

from hypothesis import settings

settings.register_profile("short", deadline=None)  # a busy machine is no failure
settings.register_profile("long", deadline=None, max_examples=5_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "short"))
