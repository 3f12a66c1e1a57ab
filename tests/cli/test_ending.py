"""Tests of `sipdiag.cli.ending`: a service that is stopped ends in order."""

from __future__ import annotations

import os
from signal import SIG_DFL, SIGTERM, getsignal, signal

import pytest

from sipdiag.cli.ending import Ended, ending


@pytest.mark.parametrize("quiet", [False, True])
def test_sigterm_ends_what_is_done(capsys: pytest.CaptureFixture[str], *, quiet: bool) -> None:
    """With the code that shells give it, a word on how to go on, and as it was before behind it."""
    before = signal(SIGTERM, SIG_DFL)
    try:
        with pytest.raises(Ended) as ended, ending(quiet=quiet):
            os.kill(os.getpid(), SIGTERM)
        assert ended.value.code == 143
        assert ("goes on where it was" in capsys.readouterr().err) is not quiet
        assert getsignal(SIGTERM) is SIG_DFL
    finally:
        signal(SIGTERM, before)
