"""`sipdiag analyze --knowledge DIR`: the report says whose entry spoke."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from sipdiag.cli import main
from tests.entries import ROOT

CAPTURE = ROOT / "samples" / "call-failed" / "call-failed.pcap"


def test_the_report_shows_which_entry_spoke(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Responses and findings carry the key of one's own entry, and the document carries its words."""
    own = tmp_path / "carrier" / "status" / "403-own.md"
    own.parent.mkdir(parents=True)
    own.write_text(
        '# 403 Forbidden\n\n```toml\nmatch_method = "INVITE"\nmatch_reason = "."\n```\n\nOurs.\n\n'
        "## How to fix\n\n1. Call the desk.\n",
        encoding="utf-8",
    )
    assert main(["analyze", str(CAPTURE), "--format", "json", "--knowledge", str(tmp_path / "carrier")]) == 0
    document = json.loads(capsys.readouterr().out)
    key = "status/403-own@carrier"
    assert {each["knowledge"] for each in document["responses"] if each["code"] == 403} == {key}
    assert [each["knowledge"] for each in document["findings"] if each["rule"] == "call-failed"] == [key]
    assert document["knowledge"][key]["fix"] == ["Call the desk."]


def test_a_broken_entry_does_not_stop_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """It is told on standard error, and the catalogue's entry speaks."""
    broken = tmp_path / "carrier" / "status" / "403.md"
    broken.parent.mkdir(parents=True)
    broken.write_text("403 Forbidden\n", encoding="utf-8")
    assert main(["analyze", str(CAPTURE), "--format", "json", "--knowledge", str(tmp_path / "carrier")]) == 0
    written = capsys.readouterr()
    assert written.err.startswith(f"sipdiag: {broken}:1: ")
    assert "status/403" in {each["knowledge"] for each in json.loads(written.out)["responses"]}
