"""The README cannot lie: what it shows is what the program prints."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from readme_outputs import PICTURE, README, ROOT, output_of, picture
from sipdiag.cli.settings import settings_near
from sipdiag.findings import Settings
from sipdiag.rules import RULES

TEXT = README.read_text(encoding="utf-8")
BLOCKS = re.findall(r"^```console\n\$ ([^\n]+)\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize(("command", "shown"), BLOCKS, ids=[command for command, _ in BLOCKS])
def test_every_pasted_output_is_what_its_command_prints(command: str, shown: str) -> None:
    """`python tests/readme_outputs.py` writes them anew."""
    assert output_of(command) == shown


def test_the_picture_is_what_the_program_shows() -> None:
    """The same script draws it."""
    assert PICTURE.read_text(encoding="utf-8") == picture()


def test_there_is_something_to_check() -> None:
    """A README without a single console block would pass the test above unseen."""
    assert len(BLOCKS) >= 3


def test_every_link_to_a_file_leads_somewhere() -> None:
    """Relative links and pictures exist."""
    links = re.findall(r"\]\((?!https?:|#)([^)]+)\)", TEXT)
    assert links
    assert [link for link in links if not (ROOT / link.partition("#")[0]).exists()] == []


def test_the_settings_shown_are_settings(tmp_path: Path) -> None:
    """The file pasted under Settings is read without a complaint, every name in it known."""
    (shown,) = re.findall(r"^```toml\n(.*?)^```$", TEXT, re.MULTILINE | re.DOTALL)
    (tmp_path / "sipdiag.toml").write_text(shown)
    settings = settings_near(tmp_path, frozenset(RULES.names))
    assert settings.silence
    assert settings.thresholds != Settings()
