"""The README cannot lie: what it shows is what the program prints."""

from __future__ import annotations

import re

import pytest

from readme_outputs import PICTURE, README, ROOT, output_of, picture

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
