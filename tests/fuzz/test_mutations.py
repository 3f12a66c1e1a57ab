"""A thousand damaged captures, always the same, go all the way to the report without anything breaking."""

from __future__ import annotations

import gc
import time
from pathlib import Path

import pytest

from fuzz.mutations import SLOW, analysed, captures
from sipdiag.cli import main
from sipdiag.cli.writing import FORMATS
from tests.test_wrappings import SAID, SAID6

PARTS = 10
EACH = 100


@pytest.mark.parametrize("part", range(PARTS))
def test_damaged_captures_are_read(part: int) -> None:
    """No exception, and none takes long; most are captures still, so that the damage gets past the file header."""
    whole = 0
    for data in captures(SAID, SAID6, count=EACH, seed=part):
        begun = time.monotonic()
        whole += analysed(data) is not None
        assert time.monotonic() - begun < SLOW
    assert whole > EACH // 2


@pytest.mark.parametrize("form", sorted(FORMATS))
def test_the_command_line_ends_well(tmp_path: Path, form: str, capsys: pytest.CaptureFixture[str]) -> None:
    """Every format of a report on a damaged capture ends with an exit code of the contract, and no traceback."""
    path = tmp_path / "damaged.capture"
    for data in captures(SAID, SAID6, count=12, seed=99):
        path.write_bytes(data)
        code = main(["analyze", "--format", form, "-o", str(tmp_path / "report"), str(path)])
        gc.enable()
        assert code in {0, 3}
        told = capsys.readouterr().err
        assert "Traceback" not in told
        assert "a bug in sipdiag" not in told
