"""Tests of `sipdiag.cli.nearby`: whether there may be a settings file."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from sipdiag.cli.nearby import may_have_settings


@pytest.mark.parametrize(
    ("name", "text", "due"),
    [
        ("sipdiag.toml", "", True),
        ("pyproject.toml", "[tool.sipdiag]", True),
        ("pyproject.toml", "[tool.other]", False),
        ("other.toml", "[tool.sipdiag]", False),
    ],
)
def test_a_file_above_counts(name: str, text: str, tmp_path: Path, *, due: bool) -> None:
    """It may be in any folder above; of a project's file only one that names the program."""
    deep = tmp_path / "some" / "where"
    deep.mkdir(parents=True)
    (tmp_path / name).write_text(text)
    assert may_have_settings(deep) == due


def test_without_a_file_reading_begins_before_the_rules_are_imported(tmp_path: Path) -> None:
    """They take as long to import as a small capture takes to read."""
    command = [sys.executable, "-v", "-m", "sipdiag", str(tmp_path / "missing.pcap")]
    done = subprocess.run(command, capture_output=True, text=True, cwd=tmp_path, check=False)
    assert done.returncode == 3
    assert "import 'sipdiag.capture" in done.stderr
    assert "import 'sipdiag.rules" not in done.stderr
    assert "import 'sipdiag.findings" not in done.stderr
