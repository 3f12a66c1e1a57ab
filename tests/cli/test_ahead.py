"""Tests of `sipdiag.cli.ahead`: which command lines say at a glance what they will read."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING
from unittest.mock import patch

import pytest

from command import run
from reporting import sample
from sipdiag.cli.ahead import read_ahead

if TYPE_CHECKING:
    from collections.abc import Sequence

HERE = str(Path(__file__))


def told(arguments: Sequence[str]) -> list[tuple[str, bool]]:
    """What is begun after `arguments`: path, and whether with media."""
    asked: list[tuple[str, bool]] = []
    with patch("sipdiag.trace.begin_ahead", lambda path, *, media: asked.append((path, media))):
        read_ahead(list(arguments))
    return asked


@pytest.mark.parametrize(
    ("arguments", "begun"),
    [
        ([HERE], [(HERE, True)]),
        (["analyze", "-q", HERE], [(HERE, True)]),
        (["-v", HERE, "--no-media"], [(HERE, False)]),
        ([], []),
        (["analyze"], []),
        ([HERE, HERE], []),
        (["check", HERE], []),
        (["--format", "json", HERE], []),
        (["--call", "1", HERE], []),
        (["-"], []),
        (["missing.pcap"], []),
        (["a\0b"], []),
    ],
)
def test_plain_lines_only(arguments: list[str], begun: list[tuple[str, bool]]) -> None:
    """One file that is there, and options that change nothing of how it is read."""
    assert told(arguments) == begun


def test_not_where_keys_may_be_asked_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Then another engine reads it."""
    monkeypatch.setenv("SSLKEYLOGFILE", HERE)
    assert told([HERE]) == []


def test_a_large_capture_is_told_as_ever(tmp_path: Path) -> None:
    """Padded with packets of something else beyond the size that counts, and told alike with other words."""
    small = sample("ack-missing/ack-missing").read_bytes()
    path = tmp_path / "large.pcap"
    record = small[24:32] + (1_000).to_bytes(4, "little") * 2 + bytes(1_000)
    path.write_bytes(small + record * (40 << 10))
    plain, other = run("-q", path), run("-q", "--lang", "en", path)
    assert plain.code == 0
    assert "ack-missing" in plain.out
    assert plain.out == other.out
